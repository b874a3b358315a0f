package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// damageable makes a store with tables on two levels and a journal.
func damageable(t *testing.T) (dir string, want []*graph.Commit) {
	t.Helper()
	dir = t.TempDir()
	for n := graph.Seq(1); n <= 24; n++ {
		c := storetest.Sample(n, 120)
		want = append(want, c)
		l, err := store.Open(dir, store.WithWriteBuffer(64<<10))
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Append(context.Background(), c); err != nil {
			t.Fatal(err)
		}
		for range 3 * (n / 24) { // the last ones stay in the journal
			c := storetest.Sample(l.Head()+1, 2)
			want = append(want, c)
			if err := l.Append(context.Background(), c); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir, want
}

func TestDamage(t *testing.T) {
	sound, want := damageable(t)
	files, err := filepath.Glob(filepath.Join(sound, "quads", "*"))
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, filepath.Join(sound, "head"))
	r := rand.New(rand.NewPCG(1, 1))
	silent, flips := 0, 4
	if testing.Short() {
		flips = 1
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(sound, file)
		if err != nil {
			t.Fatal(err)
		}
		harms := map[string]func(path string) error{
			"removed": os.Remove,
			"emptied": func(p string) error { return os.Truncate(p, 0) },
			"halved":  func(p string) error { return os.Truncate(p, info.Size()/2) },
			"shorter": func(p string) error { return os.Truncate(p, max(0, info.Size()-11)) },
		}
		for i := range flips {
			at := r.Int64N(info.Size() + 1)
			harms[fmt.Sprintf("flip %d at %d", i, at)] = func(p string) error { return flip(p, at) }
		}
		for harm, do := range harms {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(sound)); err != nil {
				t.Fatal(err)
			}
			if err := do(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
			got, err := readAll(dir)
			switch {
			case err == nil && !reflect.DeepEqual(got, want):
				t.Errorf("%s %s: %d commits came back without an error, %d were there", name, harm, len(got), len(want))
			case err == nil:
				silent++
			case !strings.Contains(err.Error(), filepath.Base(name)) && !strings.Contains(err.Error(), dir):
				t.Errorf("%s %s: the error names no file: %v", name, harm, err)
			default:
				t.Logf("%s %s: %v", name, harm, strings.ReplaceAll(err.Error(), dir, "DIR"))
			}
		}
	}
	t.Logf("%d harms did no harm", silent)
}

func flip(path string, at int64) error {
	b, err := os.ReadFile(path)
	if err != nil || at >= int64(len(b)) {
		return err
	}
	b[at] ^= 0x55
	return os.WriteFile(path, b, 0o644)
}

func readAll(dir string) (got []*graph.Commit, err error) {
	l, err := store.Open(dir, store.WithWriteBuffer(64<<10))
	if err != nil {
		return nil, err
	}
	defer l.Close()
	err = l.Replay(context.Background(), 0, func(c *graph.Commit) error {
		got = append(got, c)
		return nil
	})
	return got, err
}

// TestJournalTorn cuts the journal at every length: as after a crash, when no
// note knows of more, all commits but the torn ones must be there.
func TestJournalTorn(t *testing.T) {
	dir := t.TempDir()
	l := openStore(t, dir)
	var want []*graph.Commit
	for n := graph.Seq(1); n <= 4; n++ {
		want = append(want, storetest.Sample(n, 3))
		if err := l.Append(context.Background(), want[n-1]); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	if err := os.Remove(filepath.Join(dir, "head")); err != nil {
		t.Fatal(err)
	}
	logs, _ := filepath.Glob(filepath.Join(dir, "quads", "*.log"))
	if len(logs) != 1 {
		t.Fatalf("journals: %v", logs)
	}
	info, err := os.Stat(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[int]bool)
	for size := info.Size(); size > 0; size -= 211 {
		torn := t.TempDir()
		if err := os.CopyFS(torn, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(dir, logs[0])
		if err := os.Truncate(filepath.Join(torn, name), size); err != nil {
			t.Fatal(err)
		}
		got, err := readAll(torn)
		if err != nil {
			t.Fatalf("cut at %d: %v", size, err)
		}
		storetest.Equal(t, got, want[:len(got)])
		seen[len(got)] = true
	}
	if len(seen) < 4 {
		t.Fatalf("the cuts left %v commits; want nearly every number from 0 to 4", seen)
	}
}

func TestLocked(t *testing.T) {
	dir := t.TempDir()
	l := openStore(t, dir)
	_, err := store.Open(dir, store.Options{})
	if err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Fatalf("a second opening: %v", err)
	}
	// The same from another process.
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	timer := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "in use by another process") {
		t.Fatalf("another process: %v\n%s", err, out)
	}
	l.Close()
	openStore(t, dir)
}

func TestOpenNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if _, err := store.Open(dir, store.Options{}); err == nil || !strings.Contains(err.Error(), file) {
			t.Fatalf("%s: %v", dir, err)
		}
	}
}

// TestOpenAtOnce opens one new folder many times at once: one succeeds, and what the others
// began is removed.
func TestOpenAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "odd [name] *")
	const many = 8
	var wg, tried sync.WaitGroup
	var open atomic.Int32
	tried.Add(many)
	for range many {
		wg.Go(func() {
			l, err := store.Open(dir, store.Options{})
			tried.Done()
			if err == nil {
				open.Add(1)
				tried.Wait()
				err = l.Close()
			} else if strings.Contains(err.Error(), "in use by another process") {
				err = nil
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := open.Load(); n != 1 {
		t.Fatalf("%d could open the store, not 1", n)
	}
	l := openStore(t, dir)
	if err := l.Append(context.Background(), storetest.Sample(1, 1)); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Fatalf("the folder holds %v, %v; want head and quads", entries, err)
	}
}

// TestOpenWhileAnotherMakes opens a store while another process, which lost the
// race to make it, still writes files to its own: the winner leaves them to it.
func TestOpenWhileAnotherMakes(t *testing.T) {
	dir := t.TempDir()
	openStore(t, dir).Close()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			half := filepath.Join(dir, "quads.new-123")
			os.Mkdir(half, 0o755)
			for j := range 20 { // the folder may be removed at any of them
				os.WriteFile(filepath.Join(half, fmt.Sprint(i, ".", j)), nil, 0o644)
			}
		}
	})
	defer wg.Wait()
	defer close(stop)
	for range 50 {
		l, err := store.Open(dir, store.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHalfMade finds a database that a crash left in the making.
func TestHalfMade(t *testing.T) {
	dir := t.TempDir()
	half := filepath.Join(dir, "quads.new-123")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "MANIFEST-000000"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	openStore(t, dir)
	if _, err := os.Stat(half); err == nil {
		t.Fatal("the half-made database is still there")
	}
}

// TestQuadsGone loses the database and keeps the note.
func TestQuadsGone(t *testing.T) {
	dir := filled(t, 3, 1)
	if err := os.RemoveAll(filepath.Join(dir, "quads")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := store.Open(dir, store.Options{}); err == nil || !strings.Contains(err.Error(), "notes commit 3") {
			t.Fatalf("opened a store that has lost its database: %v", err)
		}
	}
}
