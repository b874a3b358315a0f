package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	cgraph "github.com/cayleygraph/cayley/graph"
	ckv "github.com/cayleygraph/cayley/graph/kv"
	clevel "github.com/cayleygraph/cayley/graph/kv/leveldb"
	"github.com/cayleygraph/quad"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// filled makes a store of some commits, closed.
func filled(t *testing.T, commits, claims int) string {
	t.Helper()
	dir := t.TempDir()
	l := openStore(t, dir)
	for n := 1; n <= commits; n++ {
		c := storetest.Sample(graph.Seq(n), claims)
		if n > 1 {
			c.Claims[0].Supersedes = []graph.ClaimID{storetest.Sample(graph.Seq(n-1), claims).Claims[0].ID()}
		}
		if err := l.Append(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestVerify(t *testing.T) {
	dir := filled(t, 5, 700)
	for range 2 {
		before := contents(t, dir)
		r, err := storetest.Verify(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		// 5 entities, 3500 claims of two quads, 4 retractions, 4 supersessions, 5 keys, 5 seals.
		if !r.Sound() || r.Head != 5 || r.Entities != 5 || r.Claims != 3500 || r.Retractions != 4 ||
			r.Quads != 5+7000+4+4+5+5 || r.Followed < 1000 {
			t.Fatalf("%+v", r)
		}
		if !reflect.DeepEqual(contents(t, dir), before) {
			t.Fatal("verifying changed the files")
		}
	}
}

// TestStockCayley opens the files as Cayley's own "leveldb" backend does, finds
// every quad, and goes on with the store after it.
func TestStockCayley(t *testing.T) {
	dir := filled(t, 5, 300)
	db, err := clevel.Open(filepath.Join(dir, "quads"), nil)
	if err != nil {
		t.Fatal(err)
	}
	qs, err := ckv.New(db, cgraph.Options{ckv.OptNoBloom: true})
	if err != nil {
		t.Fatal(err)
	}
	quads := 0
	it := qs.QuadsAllIterator()
	for it.Next(context.Background()) {
		if q := qs.Quad(it.Result()); !q.IsValid() {
			t.Fatalf("the quad %v", q)
		}
		quads++
	}
	if err := errors.Join(it.Err(), it.Close(), qs.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := storetest.Verify(context.Background(), dir)
	if err != nil || !r.Sound() || r.Quads != quads {
		t.Fatalf("Cayley finds %d quads; verify: %+v, %v", quads, r, err)
	}
	l := openStore(t, dir)
	if err := l.Append(context.Background(), storetest.Sample(6, 3)); err != nil {
		t.Fatalf("after Cayley has had the files: %v", err)
	}
}

// TestVerifyFinds changes a store with Cayley's own writer.
func TestVerifyFinds(t *testing.T) {
	iri := func(s string) quad.IRI { return quad.IRI("caspian:" + s) }
	claim := storetest.Sample(1, 3).Claims[2]
	label := iri("c/" + claim.ID().String())
	fact := quad.Quad{Subject: iri("e/" + string(claim.Subject)), Predicate: iri("p/near"),
		Object: iri("e/" + string(claim.Value.Entity())), Label: label}
	seal := quad.Quad{Subject: iri("n/2"), Predicate: iri("commit/1"),
		Object: quad.String(`{"at":1,"e":0,"c":1,"r":0}`), Label: iri("n/2")}
	manySeal := seal
	manySeal.Object = quad.String(`{"at":1,"e":0,"c":2,"r":0}`)
	other := iri("c/" + graph.ClaimID{1, 2, 3}.String())
	falseFact := fact
	falseFact.Label = other
	falseMeta := quad.Quad{Subject: other, Predicate: iri("meta/1"), Object: quad.String("{}"), Label: other}
	add := func(qs ...quad.Quad) (ds []cgraph.Delta) {
		for _, q := range qs {
			ds = append(ds, cgraph.Delta{Quad: q, Action: cgraph.Add})
		}
		return ds
	}
	for name, c := range map[string]struct {
		deltas []cgraph.Delta
		want   string // in the error or the first difference
	}{
		"nothing":        {nil, ""},
		"no seal":        {add(falseFact), "not the seal of a commit"},
		"a false count":  {add(falseFact, falseMeta, manySeal), "its seal says"},
		"no meta":        {add(falseFact, seal), "has no meta"},
		"a false label":  {add(falseFact, falseMeta, seal), "is false"},
		"a deleted fact": {[]cgraph.Delta{{Quad: fact, Action: cgraph.Delete}}, "damaged at primitive"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filled(t, 1, 3)
			if len(c.deltas) > 0 {
				db, err := clevel.Open(filepath.Join(dir, "quads"), nil)
				if err != nil {
					t.Fatal(err)
				}
				qs, err := ckv.New(db, cgraph.Options{ckv.OptNoBloom: true})
				if err != nil {
					t.Fatal(err)
				}
				if err := qs.ApplyDeltas(c.deltas, cgraph.IgnoreOpts{}); err != nil {
					t.Fatal(err)
				}
				if err := qs.Close(); err != nil {
					t.Fatal(err)
				}
			}
			r, err := storetest.Verify(context.Background(), dir)
			t.Logf("%v %v", r.Differences, err)
			got := strings.Join(r.Differences, "\n")
			if err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, c.want) || c.want == "" && got != "" {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestVerifyNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	if _, err := storetest.Verify(context.Background(), dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Fatalf("a store that is not there: %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Fatal("verifying made a store")
	}
}

// TestVerifyWhileAppending verifies a store that is being written to: the report is about
// the commits that were there when it began. Between two reports as many commits are
// allowed as a report may meet, since a writer without a pause outruns a slow reader.
func TestVerifyWhileAppending(t *testing.T) {
	l := openStore(t, t.TempDir())
	if err := l.Append(context.Background(), storetest.Sample(1, 20)); err != nil {
		t.Fatal(err)
	}
	allowed, done := make(chan struct{}, 8), make(chan error, 1)
	allow := func() {
		for len(allowed) < cap(allowed) {
			allowed <- struct{}{}
		}
	}
	go func() {
		var err error
		for range allowed {
			if err == nil {
				err = l.Append(context.Background(), storetest.Sample(l.Head()+1, 20))
			}
		}
		done <- err
	}()
	for range 3 {
		allow()
		before := l.Head()
		r, err := store.Verify(context.Background(), l)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Sound() || r.Head < before || r.Claims != 20*int(r.Head) {
			t.Fatalf("from commit %d: %+v", before, r)
		}
	}
	close(allowed)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
