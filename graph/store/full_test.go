package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/syndtr/goleveldb/leveldb/storage"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// fullFiles are files on a disk that has no room while full is set.
type fullFiles struct {
	storage.Storage
	full *atomic.Bool
}

func (s fullFiles) Create(fd storage.FileDesc) (storage.Writer, error) {
	if s.full.Load() {
		return nil, &os.PathError{Op: "open", Path: fd.String(), Err: syscall.ENOSPC}
	}
	w, err := s.Storage.Create(fd)
	return fullWriter{w, s.full}, err
}

type fullWriter struct {
	storage.Writer
	full *atomic.Bool
}

func (w fullWriter) Write(p []byte) (int, error) {
	if w.full.Load() {
		n, _ := w.Writer.Write(p[:len(p)/2])
		return n, &os.PathError{Op: "write", Path: "journal", Err: syscall.ENOSPC}
	}
	return w.Writer.Write(p)
}

// disk is a disk for a store that can become full.
type disk struct {
	dir     string
	fill    func()
	free    func()
	options store.Options
	probed  bool // the disk itself reports that it is full
}

// onFullDisk goes through the life of a store on a disk that fills up.
func onFullDisk(t *testing.T, d disk) {
	ctx := context.Background()
	var opens int
	var now time.Time
	d.watch(&now, &opens)
	l, err := store.Open(d.dir, d.options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { l.Close() }()
	var want []*graph.Commit
	add := func(n int) error {
		c := storetest.Sample(l.Head()+1, n)
		err := l.Append(ctx, c)
		if err == nil {
			want = append(want, c)
		}
		return err
	}
	refused := func(when string) {
		t.Helper()
		refusedWrite(t, l, d, when, add(300), want)
	}
	for range 3 {
		if err := add(20); err != nil {
			t.Fatal(err)
		}
	}
	d.fill()
	refused("when the disk is full")
	before := opens
	for range 50 {
		refused("while it is full")
	}
	if opens != before {
		t.Errorf("50 refused writes opened the database %d times", opens-before)
	}
	now = now.Add(time.Hour)
	refused("when it is tried again")
	if d.probed && opens != before {
		t.Errorf("a full disk was found by opening the database %d times", opens-before)
	}
	l = reopened(t, l, d)
	identity := l.Identity()
	refused("after a restart")
	d.free()
	now = now.Add(time.Hour)
	for range 3 {
		if err := add(20); err != nil {
			t.Fatalf("with room again: %v", err)
		}
	}
	if err := l.Writable(); err != nil || l.Identity() != identity {
		t.Fatalf("with room again: %v, %+v", err, l.Identity())
	}
	l = reopened(t, l, d)
	storetest.Equal(t, storetest.All(t, l, 0), want)
}

// watch gives the store a clock, and counts how often it opens the database.
func (d *disk) watch(now *time.Time, opens *int) {
	*now = time.Unix(0, 0)
	wrap := d.options.Files
	d.options.Now = func() time.Time { return *now }
	d.options.Files = func(s storage.Storage) storage.Storage {
		*opens++
		if wrap != nil {
			s = wrap(s)
		}
		return s
	}
}

// reopened closes the store and opens it again.
func reopened(t *testing.T, l store.Log, d disk) store.Log {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := store.Open(d.dir, d.options)
	if err != nil {
		t.Fatalf("a restart: %v", err)
	}
	return l
}

// refusedWrite checks the error of a write on a full disk, and that the store can be read.
func refusedWrite(t *testing.T, l store.Log, d disk, when string, err error, want []*graph.Commit) {
	t.Helper()
	var ge *graph.Error
	if !errors.As(err, &ge) || ge.Code != graph.Unavailable || !strings.Contains(err.Error(), "no space left") || strings.Contains(err.Error(), d.dir) {
		t.Fatalf("%s, a write gives: %v", when, err)
	}
	if err := l.Writable(); err == nil {
		t.Fatalf("%s, the store says that it accepts writes", when)
	}
	storetest.Equal(t, storetest.All(t, l, 0), want)
	if seq, err := l.Key(t.Context(), want[0].Key); seq != 1 || err != nil {
		t.Fatalf("%s, a key: %d, %v", when, seq, err)
	}
}

func TestFullFiles(t *testing.T) {
	var full atomic.Bool
	d := disk{dir: t.TempDir(), fill: func() { full.Store(true) }, free: func() { full.Store(false) }}
	d.options.WriteBuffer = 64 << 10
	d.options.Files = func(s storage.Storage) storage.Storage { return fullFiles{s, &full} }
	onFullDisk(t, d)
}

// roomFor are files on a disk that takes a number of writes and is then full.
type roomFor struct {
	storage.Storage
	left *atomic.Int64
}

func (s roomFor) fail(op string) error {
	if s.left.Add(-1) >= 0 {
		return nil
	}
	return &os.PathError{Op: op, Path: "file", Err: syscall.ENOSPC}
}

func (s roomFor) Create(fd storage.FileDesc) (storage.Writer, error) {
	if err := s.fail("open"); err != nil {
		return nil, err
	}
	w, err := s.Storage.Create(fd)
	return roomForWriter{w, s}, err
}

func (s roomFor) SetMeta(fd storage.FileDesc) error {
	if err := s.fail("write"); err != nil {
		return err
	}
	return s.Storage.SetMeta(fd)
}

type roomForWriter struct {
	storage.Writer
	of roomFor
}

func (w roomForWriter) Write(p []byte) (int, error) {
	if err := w.of.fail("write"); err != nil {
		return 0, err
	}
	return w.Writer.Write(p)
}

func (w roomForWriter) Sync() error {
	if err := w.of.fail("sync"); err != nil {
		return err
	}
	return w.Writer.Sync()
}

// TestFullAtTheStart opens a store on a disk that becomes full at each moment
// of the start, after a good end and after a kill: it can be read each time, and
// written to when there is room again.
func TestFullAtTheStart(t *testing.T) {
	ctx := context.Background()
	for _, end := range []string{"closed", "killed"} {
		from, want := killed(t, 5)
		if end == "closed" {
			l := openStore(t, from)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
		for n := int64(0); ; n++ {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
			now := time.Unix(0, 0)
			var left atomic.Int64
			left.Store(n)
			l, err := store.Open(dir, store.Options{Now: func() time.Time { return now }, Files: func(s storage.Storage) storage.Storage { return roomFor{s, &left} }})
			if err != nil {
				t.Fatalf("%s, with room for %d writes: %v", end, n, err)
			}
			storetest.Equal(t, storetest.All(t, l, 0), want)
			full := l.Writable() != nil
			left.Store(1 << 30)
			now = now.Add(time.Hour)
			if err := l.Append(ctx, sampled(6)); err != nil {
				t.Fatalf("%s, with room again after %d writes: %v", end, n, err)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if !full {
				t.Logf("%s: a start takes %d writes", end, n)
				break
			}
		}
	}
}

// mounted returns a separate small file system.
func mounted(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("mounting is not permitted here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func TestFullDisk(t *testing.T) {
	dir := mounted(t, "6m")
	ballast := filepath.Join(dir, "ballast")
	d := disk{dir: filepath.Join(dir, "data"), probed: true}
	d.options.WriteBuffer = 64 << 10
	d.fill = func() {
		f, err := os.Create(ballast)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for size := 64 << 10; size > 0; size /= 2 {
			for err = nil; err == nil; {
				_, err = f.Write(make([]byte, size))
			}
		}
	}
	d.free = func() {
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	}
	onFullDisk(t, d)
}

// TestReadOnlyDisk opens a store on a file system that accepts no writes, asked to
// write and asked to read.
func TestReadOnlyDisk(t *testing.T) {
	dir := mounted(t, "20m")
	_, want := killed(t, 5)
	l := openStore(t, filepath.Join(dir, "data"))
	for _, c := range want {
		if err := l.Append(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("mounting is not permitted here: %v", err)
	}
	for _, readOnly := range []bool{true, false} {
		l, err := store.Open(filepath.Join(dir, "data"), store.Options{ReadOnly: readOnly})
		if err != nil {
			t.Fatalf("read-only %v: %v", readOnly, err)
		}
		storetest.Equal(t, storetest.All(t, l, 0), want)
		if err := l.Append(context.Background(), sampled(6)); err == nil || !strings.Contains(err.Error(), "read") {
			t.Errorf("read-only %v: an append: %v", readOnly, err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if r, err := storetest.Verify(context.Background(), filepath.Join(dir, "data")); err != nil || !r.Sound() {
		t.Errorf("verify: %+v, %v", r, err)
	}
}
