package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/storage"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// onHub returns a commit of n claims of one subject and predicate, about seven
// others.
func onHub(seq graph.Seq, n int) *graph.Commit {
	c := &graph.Commit{Seq: seq, At: time.UnixMicro(1_750_000_000_000_000 + int64(seq)).UTC(), Key: fmt.Sprint("hub ", seq), Digest: "00ff", Ontology: "ee"}
	for i := range n {
		c.Claims = append(c.Claims, graph.Claim{
			Subject: "hub", Predicate: "near", Value: graph.EntityValue(graph.ID(fmt.Sprint("place-", i%7))), Source: "src", Locator: fmt.Sprint(seq, " row ", i),
		})
	}
	return c
}

// ofV2 returns the commits in testdata/store-v2.tar.gz, which a version wrote
// whose first index had one list for a subject and a predicate.
func ofV2() []*graph.Commit {
	cs := []*graph.Commit{storetest.Sample(1, 2), onHub(2, 130), onHub(3, 20), storetest.Sample(4, 2)}
	for _, c := range cs {
		c.Digest, c.Ontology = "00ff", "ee"
	}
	return cs
}

func dump(t *testing.T, l store.Log) map[string]string {
	t.Helper()
	all, err := store.Dump(l)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestOldIndexes: a store of an earlier version is read as it is, and has the
// indexes of this one when it is opened to be written: every key and value is as
// in a store that has had them from the beginning.
func TestOldIndexes(t *testing.T) {
	dir := unpack(t, "store-v2.tar.gz")
	read, err := store.Open(dir, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Equal(t, storetest.All(t, read, 0), ofV2())
	storetest.Equal(t, storetest.All(t, read, 2), ofV2()[2:])
	if n, err := read.Key(t.Context(), "hub 3"); n != 3 || err != nil {
		t.Errorf("an idempotency key: %d, %v", n, err)
	}
	before := dump(t, read)
	read.Close()

	said := ""
	l, err := store.Open(dir, store.Options{Say: func(format string, a ...any) { said += fmt.Sprintf(format, a...) }})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said, "earlier version") {
		t.Errorf("it says %q", said)
	}
	afterMigration(t, l, before)
	l.Close()
	said = ""
	l = openStore(t, dir)
	if err := l.Append(context.Background(), onHub(5, 3)); err != nil || said != "" {
		t.Errorf("the second time: %q, %v", said, err)
	}
	l.Close()
	if r, err := storetest.Verify(t.Context(), dir); err != nil || !r.Sound() {
		t.Errorf("verify: %+v, %v", r, err)
	}
}

// afterMigration compares with a new store. before is what the store had.
func afterMigration(t *testing.T, l store.Log, before map[string]string) {
	t.Helper()
	storetest.Equal(t, storetest.All(t, l, 2), ofV2()[2:])
	if n, err := l.Key(t.Context(), "hub 2"); n != 2 || err != nil {
		t.Errorf("an idempotency key: %d, %v", n, err)
	}
	fresh := openStore(t, t.TempDir())
	for _, c := range ofV2() {
		if err := fresh.Append(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	got, want := dump(t, l), dump(t, fresh)
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%q is %q, in a new store %q", k, got[k], v)
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%q is left over", k)
		}
	}
	if len(before) <= len(want)/2 {
		t.Errorf("the old store had %d keys only", len(before))
	}
}

// TestOldIndexesCut checks that a migration that fails or is cut off at any write is
// continued later, and that until then the store reads as before.
func TestOldIndexesCut(t *testing.T) {
	for _, kind := range []string{"write", "half", "sync"} {
		for after := 0; ; after += 3 {
			dir := unpack(t, "store-v2.tar.gz")
			var f faults
			f.set(kind, after, 1<<30)
			l, err := store.Open(dir, store.WithMigration(1000, func(s storage.Storage) storage.Storage { return faultyFiles{s, &f} }))
			if err == nil {
				l.Close()
				if after < 9 {
					t.Errorf("%s %d: no write failed", kind, after)
				}
				break
			}
			read, err := store.Open(dir, store.Options{ReadOnly: true})
			if err != nil {
				t.Fatalf("%s %d: for reading: %v", kind, after, err)
			}
			storetest.Equal(t, storetest.All(t, read, 2), ofV2()[2:])
			read.Close()
			l = openStore(t, dir)
			afterMigration(t, l, dump(t, l))
			l.Close()
		}
	}
}

// TestForeignIndexes: indexes that somebody else chose are refused
// before anything is written.
func TestForeignIndexes(t *testing.T) {
	dir := filled(t, 1, 3)
	db, err := leveldb.OpenFile(filepath.Join(dir, "quads"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Put([]byte("meta/indexes"), []byte(`[{"dirs":[3]}]`), nil); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if _, err := store.Open(dir, store.Options{}); err == nil || !strings.Contains(err.Error(), "which this version does not keep") {
		t.Errorf("opened: %v", err)
	}
}

// countedFiles count what is written to the journals.
type countedFiles struct {
	storage.Storage
	n *int
}

type countedWriter struct {
	storage.Writer
	n *int
}

func (s countedFiles) Create(fd storage.FileDesc) (storage.Writer, error) {
	w, err := s.Storage.Create(fd)
	if fd.Type != storage.TypeJournal {
		return w, err
	}
	return countedWriter{w, s.n}, err
}

func (w countedWriter) Write(p []byte) (int, error) {
	*w.n += len(p)
	return w.Writer.Write(p)
}

// TestHubsCostNoMore: a claim of a subject and predicate with thousands writes as
// much as one of those that have few.
func TestHubsCostNoMore(t *testing.T) {
	written := 0
	l, err := store.Open(t.TempDir(), store.WithFiles(0, func(s storage.Storage) storage.Storage { return countedFiles{s, &written} }))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	each := func(c *graph.Commit) int {
		before := written
		if err := l.Append(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		return written - before
	}
	each(onHub(1, 10))
	small := each(onHub(2, 1))
	hub := onHub(3, 5000)
	for i := range hub.Claims {
		hub.Claims[i].Value = graph.EntityValue(graph.ID(fmt.Sprint("node-", i)))
	}
	each(hub)
	for n := graph.Seq(4); n < 8; n++ {
		c := onHub(n, 1)
		c.Claims[0].Value = hub.Claims[n].Value
		if large := each(c); large > small+100 {
			t.Errorf("a claim of a hub writes %d bytes, at first %d", large, small)
		}
	}
}
