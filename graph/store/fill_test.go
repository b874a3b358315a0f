package store_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syndtr/goleveldb/leveldb/storage"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// fillStore fills a new store and returns every key and value of it.
func fillStore(t test, top string, o store.Options, commits []*graph.Commit) map[string]string {
	t.Helper()
	return dumped(t, top, o, func(l store.Log) error { return storetest.Fill(l, commits...) })
}

// TestFillSame fills a store and writes another through Cayley, commit by commit,
// and finds the same keys and bytes.
func TestFillSame(t *testing.T) {
	top := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		commits := storetest.Commits(rapid.IntRange(1, 8).Draw(rt, "commits")).Draw(rt, "all")
		var groups [][]*graph.Commit
		for _, c := range commits {
			groups = append(groups, []*graph.Commit{c})
		}
		sameKeys(rt, fillStore(rt, top, store.WithRuns(rapid.IntRange(1, 50).Draw(rt, "run")), commits), writeGroups(rt, top, store.WithBulk(-1), groups))
	})
}

// TestFillSameLarge does the same with ids whose keys are in another order than the ids.
func TestFillSameLarge(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var commits []*graph.Commit
	var groups [][]*graph.Commit
	last := graph.Seq(40)
	if testing.Short() { // as under the race detector, which sees as much in a tenth
		last = 5
	}
	for n := graph.Seq(1); n <= last; n++ {
		c := synthetic(r, n, 50+r.IntN(2000))
		if n > 3 {
			for i := range 20 {
				c.Claims[i].Value = commits[n-3].Claims[i].Value
				c.Claims[i].Supersedes = []graph.ClaimID{commits[n-2].Claims[i].ID()}
			}
		}
		commits, groups = append(commits, c), append(groups, []*graph.Commit{c})
	}
	top := t.TempDir()
	sameKeys(t, fillStore(t, top, store.WithRuns(3000), commits), writeGroups(t, top, store.WithBulk(1), groups))
}

// TestRanks compares the order of ranks with that of keys.
func TestRanks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		special := rapid.SampledFrom([]byte{0, '.', '/', '0', '[', '\\', ']', 255})
		draw := func(name string) uint32 {
			b := rapid.SliceOfN(rapid.OneOf(special, rapid.Byte()), 4, 4).Draw(rt, name)
			return binary.BigEndian.Uint32(b)
		}
		x, y := draw("x"), draw("y")
		if store.IDOf(store.RankOf(x)) != x {
			rt.Fatalf("%d has a rank that leads to %d", x, store.IDOf(store.RankOf(x)))
		}
		if want := bytes.Compare(store.LogKey(x), store.LogKey(y)); cmp.Compare(store.RankOf(x), store.RankOf(y)) != want {
			rt.Fatalf("the keys of %d and %d compare as %d, their ranks not", x, y, want)
		}
	})
}

// samples returns what the next tests fill a store with.
func samples(n int) []*graph.Commit {
	cs := make([]*graph.Commit, n)
	for i := range cs {
		cs[i] = storetest.Sample(graph.Seq(i+1), 200)
	}
	return cs
}

// untouched checks that a store is empty after a full disk ended its filling with err.
func untouched(t *testing.T, l store.Log, dir string, err error) {
	t.Helper()
	var ge *graph.Error
	if !errors.As(err, &ge) || ge.Code != graph.Unavailable || !strings.Contains(err.Error(), "no space left") {
		t.Fatalf("a full disk gives: %v", err)
	}
	if l.Head() != 0 {
		t.Fatalf("the store is at commit %d", l.Head())
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "quads.*")); left != nil {
		t.Fatalf("left over are %v", left)
	}
}

// TestFillOnFullDisk lets each write of a filling be the first for which there is no room.
func TestFillOnFullDisk(t *testing.T) {
	want := samples(4)
	for n := int64(0); ; n++ {
		dir := t.TempDir()
		var left atomic.Int64
		left.Store(1 << 30)
		now := time.Unix(0, 0)
		o := store.WithRuns(1000)
		o.Now = func() time.Time { return now }
		o.Files = func(s storage.Storage) storage.Storage { return roomFor{s, &left} }
		l, err := store.Open(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		left.Store(n)
		err = storetest.Fill(l, want...)
		hadRoom := left.Load() >= 0
		left.Store(1 << 30)
		now = now.Add(time.Hour)
		if l.Head() == 0 {
			untouched(t, l, dir, err)
			err = storetest.Fill(l, want...)
		}
		// The last writes are those of opening the new database, which come too late to fail.
		if err != nil {
			t.Fatalf("with room again after %d writes: %v", n, err)
		}
		storetest.Equal(t, storetest.All(t, l, 0), want)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if hadRoom {
			t.Logf("a filling takes %d writes", n)
			return
		}
	}
}

// TestFillFillsDisk fills a store on a file system that is too small for its runs.
func TestFillFillsDisk(t *testing.T) {
	top := mounted(t, "3m")
	dir := filepath.Join(top, "data")
	l, err := store.Open(dir, store.WithRuns(1000))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = storetest.Fill(l, samples(300)...)
	untouched(t, l, dir, err)
	if err := storetest.Fill(l, samples(10)...); err != nil {
		t.Fatal(err)
	}
	storetest.Equal(t, storetest.All(t, l, 0), samples(10))
}

const fillDir, toFill = "CASPIAN_STORE_FILL", 60

// fillForEver is a child that fills the store and then does nothing.
func fillForEver(dir string) {
	l, err := store.Open(dir, store.Options{})
	if err == nil && l.Head() == 0 {
		err = storetest.Fill(l, samples(toFill)...)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(l.Head())
	select {}
}

// TestKillFill kills a process that fills a store at random moments: the store is
// empty or full, and full where the process said so.
func TestKillFill(t *testing.T) {
	runs, r := storetest.Kills(t, 3, 12, 200)
	want, found := samples(toFill), map[graph.Seq]int{}
	dir := t.TempDir()
	start := time.Now()
	if err := storetest.Fill(openStore(t, t.TempDir()), want...); err != nil {
		t.Fatal(err)
	}
	took := int(time.Since(start))
	for range runs {
		acknowledged := storetest.KillChild(t, fillDir+"="+dir, time.Duration(r.IntN(3*took)))
		l, err := store.Open(dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		switch head := l.Head(); {
		case head == 0 && acknowledged == 0:
		case head == toFill && reflect.DeepEqual(storetest.All(t, l, 0), want):
			dir = t.TempDir()
		default:
			t.Fatalf("%d commits were acknowledged, and the store is at %d", acknowledged, head)
		}
		found[l.Head()]++
		if left, _ := filepath.Glob(filepath.Join(dir, "quads.*")); left != nil {
			t.Errorf("left over are %v", left)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("the store was at commits %v", found)
}
