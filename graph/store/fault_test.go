package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/syndtr/goleveldb/leveldb/storage"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

var errDisk = errors.New("the disk is full")

// faults says what fails from when on, and for how many calls.
type faults struct {
	kind  atomic.Pointer[string] // write, half, sync, create, journal, panic, journal panic or journal wait
	calls atomic.Int64           // let through before
	left  atomic.Int64           // how many fail
	wait  chan struct{}
}

func (f *faults) set(kind string, after, times int) {
	f.calls.Store(int64(after))
	f.left.Store(int64(times))
	f.kind.Store(&kind)
}

func (f *faults) hit(kind string) bool {
	k := f.kind.Load()
	return k != nil && *k == kind && f.calls.Add(-1) < 0 && f.left.Add(-1) >= 0
}

type faultyFiles struct {
	storage.Storage
	f *faults
}

func (s faultyFiles) Create(fd storage.FileDesc) (storage.Writer, error) {
	if s.f.hit("create") || fd.Type == storage.TypeJournal && s.f.hit("journal") {
		return nil, errDisk
	}
	if fd.Type == storage.TypeJournal && s.f.hit("journal panic") {
		panic("out of order")
	}
	if fd.Type == storage.TypeJournal && s.f.hit("journal wait") {
		<-s.f.wait
	}
	w, err := s.Storage.Create(fd)
	return faultyWriter{w, s.f}, err
}

type faultyWriter struct {
	storage.Writer
	f *faults
}

func (w faultyWriter) Write(p []byte) (int, error) {
	if w.f.hit("write") {
		return 0, errDisk
	}
	if w.f.hit("panic") {
		panic("out of order")
	}
	if w.f.hit("half") {
		n, _ := w.Writer.Write(p[:len(p)/2])
		return n, errDisk
	}
	return w.Writer.Write(p)
}

func (w faultyWriter) Sync() error {
	if w.f.hit("sync") {
		return errDisk
	}
	return w.Writer.Sync()
}

// TestDiskFaults lets writes fail in every way, once and for a while, and checks that the
// store has everything it acknowledged, and whole commits only.
func TestDiskFaults(t *testing.T) {
	for _, kind := range []string{"write", "half", "sync", "create", "journal"} {
		for _, times := range []int{1, 40} {
			for _, size := range []int{1, 300} {
				t.Run(fmt.Sprintf("%s/%d/%d", kind, times, size), func(t *testing.T) {
					t.Parallel() // most of the time passes in LevelDB's waits before it tries again
					for after := range 4 {
						diskFault(t, kind, after, times, size)
					}
				})
			}
		}
	}
}

// TestPanickingWrite checks that a panic in the middle of a write becomes the error of that
// write, or of none if the commit is durable, and delays no other. Of the journals that a large
// commit begins, the second is begun when the commit is durable.
func TestPanickingWrite(t *testing.T) {
	for _, size := range []int{1, 300} {
		diskFault(t, "panic", 0, 1, size)
		diskFault(t, "journal panic", 0, 1, size)
		diskFault(t, "journal panic", 1, 1, size)
	}
}

// TestDurableIsEnough checks that an append returns when its commits are durable, although the
// database does not show them yet, and that who reads waits until it does.
func TestDurableIsEnough(t *testing.T) {
	ctx := context.Background()
	f := &faults{wait: make(chan struct{})}
	l, err := store.Open(t.TempDir(), store.WithFiles(64<<10, func(s storage.Storage) storage.Storage { return faultyFiles{s, f} }))
	if err != nil {
		t.Fatal(err)
	}
	want := []*graph.Commit{storetest.Sample(1, 20), storetest.Sample(2, 300)}
	if err := l.Append(ctx, want[0]); err != nil {
		t.Fatal(err)
	}
	f.set("journal wait", 1, 1) // the journal that the commit begins when LevelDB's memory has it
	if err := l.Append(ctx, want[1]); err != nil {
		t.Fatal(err)
	}
	if l.Head() != 2 {
		t.Fatalf("the head is %d", l.Head())
	}
	read := make(chan graph.Seq)
	go func() {
		last := graph.Seq(0)
		if err := l.Replay(ctx, 0, func(c *graph.Commit) error { last = c.Seq; return nil }); err != nil {
			t.Error(err)
		}
		read <- last
	}()
	select {
	case n := <-read:
		t.Fatalf("a replay ended at commit %d before the database had commit 2", n)
	default:
	}
	close(f.wait)
	if n := <-read; n != 2 {
		t.Fatalf("the replay ended at commit %d", n)
	}
	storetest.Equal(t, storetest.All(t, l, 0), want)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func diskFault(t *testing.T, kind string, after, times, size int) {
	ctx := context.Background()
	var f faults
	opts := store.WithFiles(64<<10, func(s storage.Storage) storage.Storage { return faultyFiles{s, &f} })
	dir := t.TempDir()
	l, err := store.Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { l.Close() }()
	want := []*graph.Commit{storetest.Sample(1, 20), storetest.Sample(2, 20)}
	for _, c := range want {
		if err := l.Append(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	f.set(kind, after, times)
	outcome := [3]int{}
	defer func() {
		t.Logf("after %d: %d taken, %d refused, %d in doubt", after, outcome[0], outcome[1], outcome[2])
	}()
	for range 3 {
		next := storetest.Sample(l.Head()+1, size)
		err := l.Append(ctx, next)
		switch {
		case err == nil:
			outcome[0]++
			want = append(want, next)
		case errors.Is(err, store.ErrInDoubt):
			outcome[2]++
			f.set("", 0, 0)
			// Opening the files again, for whatever reason, settles the doubt.
			if _, err := l.Key(ctx, ""); err != nil {
				t.Fatalf("after the fault: %v", err)
			}
			if l.Head() == next.Seq {
				want = append(want, next)
			}
		case l.Head() != graph.Seq(len(want)):
			t.Fatalf("%v, but the head went from %d to %d", err, len(want), l.Head())
		default:
			outcome[1]++
		}
	}
	f.set("", 0, 0)
	for range 2 {
		next := storetest.Sample(l.Head()+1, 10)
		if err := l.Append(ctx, next); err != nil {
			t.Fatalf("after the fault: %v", err)
		}
		want = append(want, next)
		storetest.Equal(t, storetest.All(t, l, 0), want)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if l, err = store.Open(dir, opts); err != nil {
			t.Fatalf("after the fault: %v", err)
		}
		storetest.Equal(t, storetest.All(t, l, 0), want)
	}
}
