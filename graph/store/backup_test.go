package store_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// TestBackup: a backup has each commit as it was made and the ontologies, and one that is cut short or changed anywhere is refused.
func TestBackup(t *testing.T) {
	log, err := store.Open(t.TempDir(), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	var want []*graph.Commit
	for n := graph.Seq(1); n <= 4; n++ {
		c := storetest.Sample(n, 3)
		c.Ontology = "ab"
		if n > 2 {
			c.Import = &graph.Import{First: 3, Files: "a.csv"}
		}
		if err := log.Append(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		want = append(want, c)
	}
	if err := errors.Join(log.AcceptOntology("cd", "earlier"), log.AcceptOntology("ab", "later"), log.AcceptOntology("ef", "last")); err != nil { // no commit was made under the last
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := store.Backup(t.Context(), log, &file); err != nil {
		t.Fatal(err)
	}
	_, digest, err := log.Seal(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	head := &store.BackupHead{Store: log.Identity(), Head: 4, Digest: digest, Ontologies: map[string]string{"cd": "earlier", "ab": "later", "ef": "last"}, Accepted: "ef"}
	read := func(b []byte) (h *store.BackupHead, got []*graph.Commit, err error) {
		h, err = store.ReadBackup(bytes.NewReader(b), func(c *graph.Commit) error { got = append(got, c); return nil })
		return h, got, err
	}
	h, got, err := read(file.Bytes())
	if err != nil || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(h, head) {
		t.Errorf("read %+v and %d commits, %v; want %+v", h, len(got), err, head)
	}
	for i := range file.Len() {
		if _, _, err := read(file.Bytes()[:i]); err == nil {
			t.Errorf("%d of %d bytes were taken for the whole", i, file.Len())
		}
		if i < 10 {
			continue // the header of gzip has a time and the like
		}
		harmed := bytes.Clone(file.Bytes())
		harmed[i] ^= 0x10
		if _, got, err := read(harmed); err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("a change of byte %d was not found", i)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Backup(ctx, log, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after its end: %v", err)
	}
}
