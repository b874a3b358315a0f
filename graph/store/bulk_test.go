package store_test

import (
	"context"
	"math/rand/v2"
	"os"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// TestBulkSame writes the same commits in bulk, through Cayley, and by turns,
// and finds the same keys and bytes.
func TestBulkSame(t *testing.T) {
	top := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		commits := storetest.Commits(rapid.IntRange(1, 8).Draw(rt, "commits")).Draw(rt, "all")
		var groups [][]*graph.Commit
		for rest := commits; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "group")
			groups, rest = append(groups, rest[:n]), rest[n:]
		}
		bySize := rapid.IntRange(5, 40).Draw(rt, "bulk from")
		var want map[string]string
		for _, bulk := range []int{-1, 1, bySize} {
			got := writeGroups(rt, top, store.WithBulk(bulk), groups)
			if want == nil {
				want = got
			} else {
				sameKeys(rt, got, want)
			}
		}
	})
}

// TestBulkSameLarge does it with more than the filter and the caches begin with.
func TestBulkSameLarge(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var groups [][]*graph.Commit
	for n := graph.Seq(1); n <= 12; n++ {
		c := synthetic(r, n, 50+r.IntN(400))
		if n > 3 { // values that are there already, and claims that point back
			for i := range 20 {
				c.Claims[i].Value = groups[n-3][0].Claims[i].Value
				c.Claims[i].Supersedes = []graph.ClaimID{groups[n-2][0].Claims[i].ID()}
			}
		}
		groups = append(groups, []*graph.Commit{c})
	}
	top := t.TempDir()
	want := writeGroups(t, top, store.WithBulk(-1), groups)
	sameKeys(t, writeGroups(t, top, store.WithBulk(1), groups), want)
	sameKeys(t, writeGroups(t, top, store.WithBulk(500), groups), want)
}

// test is what testing.T and rapid.T have in common.
type test interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// dumped returns every key and value of a new store after a write.
func dumped(t test, top string, o store.Options, write func(store.Log) error) map[string]string {
	t.Helper()
	dir, err := os.MkdirTemp(top, "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := store.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := write(l); err != nil {
		t.Fatal(err)
	}
	all, err := store.Dump(l)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func writeGroups(t test, top string, o store.Options, groups [][]*graph.Commit) map[string]string {
	t.Helper()
	return dumped(t, top, o, func(l store.Log) error {
		for _, g := range groups {
			if err := l.AppendGroup(context.Background(), g); err != nil {
				return err
			}
		}
		return nil
	})
}

func sameKeys(t test, got, want map[string]string) {
	t.Helper()
	for k, v := range want {
		if got[k] != v {
			t.Fatalf("key %q is %x; Cayley writes %x", k, got[k], v)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d keys; Cayley writes %d", len(got), len(want))
	}
}
