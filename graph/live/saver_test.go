package live

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapfile"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// slow is a cache that waits before it saves.
type slow struct {
	cache
	begun, go_ chan struct{}
	fail       func() error
}

func (s *slow) Save(x *snapshot.Snapshot, of graph.Identity) error {
	s.begun <- struct{}{}
	<-s.go_
	if s.fail != nil {
		if err := s.fail(); err != nil {
			return err
		}
	}
	return s.cache.Save(x, of)
}

// many returns a change that makes the cache worth writing.
func many(name string) *graph.Change {
	var ops []graph.Op
	for k := range cacheAfter {
		ops = append(ops, named(fmt.Sprint(name, "-", k)))
	}
	return change("", ops...)
}

// TestSavesBesideWrites: writes go on while the cache is being written, one
// save at a time, and Close waits for it.
func TestSavesBesideWrites(t *testing.T) {
	kept := &slow{begun: make(chan struct{}), go_: make(chan struct{})}
	g := open(t, &memory{}, Options{Cache: kept})
	commit(t, g, change("", base()...))
	commit(t, g, many("a")) // nobody lets it go on yet
	<-kept.begun
	commit(t, g, many("b"))
	commit(t, g, change("", named("c")))
	closed := make(chan error)
	go func() { closed <- g.Close() }()
	kept.go_ <- struct{}{}
	<-kept.begun // what came since
	kept.go_ <- struct{}{}
	if err := <-closed; err != nil || kept.saves != 2 || kept.kept.Seq() != 4 {
		t.Errorf("%v after %d saves, of %d at last", err, kept.saves, kept.kept.Seq())
	}
}

// TestFailingSaves: after a failure, or a panic, the cache is left alone for
// a while, longer each time; a success begins again.
func TestFailingSaves(t *testing.T) {
	kept := &cache{err: errors.New("no space left on device")}
	var past time.Duration
	g := open(t, &memory{}, Options{Cache: kept, Elapsed: func() time.Duration { return past }})
	commit(t, g, change("", base()...))
	commit(t, g, many("a"))
	g.saver.wait()
	n := 0
	next := func(after time.Duration, saves int) {
		t.Helper()
		past += after
		n++
		commit(t, g, change("", named(fmt.Sprint(n))))
		g.saver.wait()
		if kept.saves != saves {
			t.Errorf("%v after the start the cache was written %d times, not %d", past, kept.saves, saves)
		}
	}
	next(0, 1)
	next(firstPause-1, 1)
	next(1, 2)
	next(2*firstPause-1, 2)
	next(1, 3)
	for i := range 9 {
		next(longestWait, 4+i)
	}
	next(longestWait-1, 12)
	kept.err = nil
	next(1, 13)
	if kept.kept == nil || kept.kept.Seq() != g.Snapshot().Seq() {
		t.Error("it was not kept at last")
	}
	kept.panics = true
	commit(t, g, many("b"))
	g.saver.wait()
	commit(t, g, change("", named("on")))
	if kept.saves != 14 {
		t.Errorf("after a panic: %d", kept.saves)
	}
	kept.panics = false
	if err := g.Close(); err != nil || kept.saves != 15 || kept.kept.Seq() != g.Snapshot().Seq() {
		t.Errorf("Close tries once more: %v, %d", err, kept.saves)
	}
}

// TestSavedWhileAdvanced checks that a save beside writes stores the snapshot with which it
// began.
func TestSavedWhileAdvanced(t *testing.T) {
	file := snapfile.File{Path: filepath.Join(t.TempDir(), "snapshot")}
	log := &memory{}
	g := open(t, log, Options{Cache: file})
	commit(t, g, change("", base()...))
	for i := range 20 {
		g.Save()
		for k := range 10 {
			commit(t, g, change("", named(fmt.Sprint(i, k))))
		}
		g.saver.wait()
		s, _, err := file.Load(schema.MustDefault())
		if err != nil {
			t.Fatal(err)
		}
		if want := open(t, &memory{commits: log.commits[:s.Seq()]}, Options{}).Snapshot(); s.Digest() != want.Digest() {
			t.Fatalf("the file of commit %d has another graph", s.Seq())
		}
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSavesOnTheWay: a long import writes the cache now and then, so that a
// start after a crash replays a part only, and not for every commit.
func TestSavesOnTheWay(t *testing.T) {
	kept := &cache{}
	g := open(t, &memory{}, Options{Cache: kept})
	commit(t, g, change("", base()...))
	const each = 5000
	for i := range 4 * cacheAfter / each {
		var ops []graph.Op
		for k := range each {
			ops = append(ops, named(fmt.Sprint(i, "-", k)))
		}
		commit(t, g, change("", ops...))
		g.saver.wait()
	}
	if kept.saves != 3 { // at 20,000, 40,000 and 60,000 claims
		t.Errorf("the cache was written %d times", kept.saves)
	}
	if left := g.Snapshot().ClaimCount() - kept.kept.ClaimCount(); left > kept.kept.ClaimCount()/2 {
		t.Errorf("%d claims are beyond the cache", left)
	}
}
