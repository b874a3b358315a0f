package store_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// sampled returns a commit of a store whose commits have digests.
func sampled(n graph.Seq) *graph.Commit {
	c := storetest.Sample(n, 3)
	c.Digest, c.Ontology = fmt.Sprintf("%064x", uint64(n)*0x9e3779b97f4a7c15), "0123456789abcdef"
	return c
}

// killed makes a store as a kill leaves it: its commits were acknowledged, most of them are
// in the journal only, and it was not closed.
func killed(t *testing.T, commits int) (dir string, want []*graph.Commit) {
	t.Helper()
	live := t.TempDir()
	l := openStore(t, live)
	for n := graph.Seq(1); n <= graph.Seq(commits); n++ {
		want = append(want, sampled(n))
		if err := l.Append(context.Background(), want[n-1]); err != nil {
			t.Fatal(err)
		}
	}
	return copied(t, live), want
}

func copied(t *testing.T, dir string) string {
	t.Helper()
	other := t.TempDir()
	if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return other
}

// contents returns what the files of a folder hold.
func contents(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	all := make(map[string][32]byte)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all[path] = sha256.Sum256(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestDamageAfterKill damages each file of a killed store: it changes every byte, cuts at
// each length, and removes the file. Either everything acknowledged is there, or the store
// is refused, the error names the file, and nothing is changed.
func TestDamageAfterKill(t *testing.T) {
	sound, want := killed(t, 16)
	files, err := filepath.Glob(filepath.Join(sound, "quads", "*"))
	if err != nil {
		t.Fatal(err)
	}
	refused, read := 0, 0
	harm := func(name, what string, do func(path string) error) {
		t.Helper()
		dir := copied(t, sound)
		if err := do(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		before := contents(t, dir)
		got, err := readAll(dir)
		switch {
		case err == nil && !reflect.DeepEqual(got, want):
			t.Errorf("%s %s: %d commits came back without an error, %d were acknowledged", name, what, len(got), len(want))
		case err == nil:
			read++
		case !strings.Contains(err.Error(), dir):
			t.Errorf("%s %s: the error names no file: %v", name, what, err)
		case !strings.Contains(err.Error(), "restore") && !strings.Contains(err.Error(), "delete"):
			t.Errorf("%s %s: the error says not what to do: %v", name, what, err)
		default:
			refused++
			if after := contents(t, dir); !reflect.DeepEqual(after, before) {
				t.Errorf("%s %s: a refused opening changed the store", name, what)
			}
		}
	}
	for _, file := range append(files, filepath.Join(sound, "head")) {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(sound, file)
		if base := filepath.Base(file); base == "LOG" || base == "LOCK" {
			continue // nothing is read from them
		}
		harm(name, "removed", os.Remove)
		size := info.Size()
		steps := int64(10)
		if filepath.Ext(name) == ".log" {
			steps = 40
		}
		step := max(1, size/steps)
		for at := int64(0); at < size; at += step {
			harm(name, fmt.Sprintf("flipped at %d", at), func(p string) error { return flip(p, at) })
			harm(name, fmt.Sprintf("cut at %d", at), func(p string) error { return os.Truncate(p, at) })
		}
	}
	t.Logf("%d read, %d refused", read, refused)
	if refused < 40 || read < 20 {
		t.Errorf("%d read, %d refused; want many of both", read, refused)
	}
}

// TestCrashIsNoDamage checks that a note that lags the log, as after a power loss, and
// a torn last write are not treated as damage.
func TestCrashIsNoDamage(t *testing.T) {
	live := t.TempDir()
	l := openStore(t, live)
	var want []*graph.Commit
	var notes []string
	for n := graph.Seq(1); n <= 6; n++ {
		want = append(want, sampled(n))
		if err := l.Append(context.Background(), want[n-1]); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(live, "head"))
		if err != nil {
			t.Fatal(err)
		}
		notes = append(notes, string(b))
	}
	for i, note := range notes {
		dir := copied(t, live)
		if err := os.WriteFile(filepath.Join(dir, "head"), []byte(note), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := readAll(dir)
		if err != nil {
			t.Fatalf("the note trails by %d: %v", len(want)-i-1, err)
		}
		storetest.Equal(t, got, want)
	}
	// After the last acknowledged commit, the journal has half a write.
	dir := copied(t, live)
	logs, _ := filepath.Glob(filepath.Join(dir, "quads", "*.log"))
	whole, err := os.ReadFile(logs[len(logs)-1])
	if err != nil {
		t.Fatal(err)
	}
	for _, tail := range []int{1, 6, 7, 8, 100} {
		if err := os.WriteFile(logs[len(logs)-1], append(whole[:len(whole):len(whole)], whole[:tail]...), 0o644); err != nil {
			t.Fatal(err)
		}
		torn := copied(t, dir)
		got, err := readAll(torn)
		if err != nil {
			t.Fatalf("%d bytes of the next write: %v", tail, err)
		}
		storetest.Equal(t, got, want)
	}
}

// TestOtherHistory puts other quads next to the note: those of another store,
// of an older backup, or of a history that has diverged.
func TestOtherHistory(t *testing.T) {
	fill := func(dir string, change func(*graph.Commit), from, to graph.Seq) {
		t.Helper()
		l, err := store.Open(dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		for n := from; n <= to; n++ {
			c := sampled(n)
			change(c)
			if err := l.Append(context.Background(), c); err != nil {
				t.Fatal(err)
			}
		}
	}
	same := func(*graph.Commit) {}
	dir := t.TempDir()
	fill(dir, same, 1, 3)
	backup := copied(t, dir)
	fill(dir, same, 4, 5)
	parted := copied(t, backup)
	fill(parted, func(c *graph.Commit) { c.Digest = strings.Repeat("f", 64) }, 4, 6)
	another := t.TempDir()
	fill(another, same, 1, 5)
	for _, c := range []struct{ what, quads, want string }{
		{"an older backup", backup, "notes commit 5"},
		{"a history that parted", parted, "another history"},
		{"another store", another, "is of the store"},
	} {
		mixed := t.TempDir()
		if err := os.CopyFS(filepath.Join(mixed, "quads"), os.DirFS(filepath.Join(c.quads, "quads"))); err != nil {
			t.Fatal(err)
		}
		note, err := os.ReadFile(filepath.Join(dir, "head"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(mixed, "head"), note, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, readOnly := range []bool{true, false} {
			if _, err := store.Open(mixed, store.Options{ReadOnly: readOnly}); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), filepath.Join(mixed, "head")) {
				t.Errorf("%s: %v", c.what, err)
			}
		}
		if err := os.Remove(filepath.Join(mixed, "head")); err != nil {
			t.Fatal(err)
		}
		l, err := store.Open(mixed, store.Options{})
		if err != nil {
			t.Fatalf("%s, without the note: %v", c.what, err)
		}
		if id := l.Identity(); id.Epoch != 2 {
			t.Errorf("%s, without the note: %+v", c.what, id)
		}
		l.Close()
	}
}

// TestReadOnly reads stores of every sort and changes nothing.
func TestReadOnly(t *testing.T) {
	afterKill, want := killed(t, 5)
	closed := t.TempDir()
	l := openStore(t, closed)
	for _, c := range want {
		if err := l.Append(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	// Two journals, as a crash leaves them while a table is made.
	two := copied(t, afterKill)
	logs, _ := filepath.Glob(filepath.Join(two, "quads", "*.log"))
	if err := os.WriteFile(filepath.Join(two, "quads", "000099.log"), nil, 0o644); err != nil || len(logs) != 1 {
		t.Fatal(err, logs)
	}
	for what, dir := range map[string]string{"killed": afterKill, "closed": closed, "two journals": two} {
		before := contents(t, dir)
		a, err := store.Open(dir, store.Options{ReadOnly: true})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		b, err := store.Open(dir, store.Options{ReadOnly: true})
		if err != nil {
			t.Fatalf("%s, a second time: %v", what, err)
		}
		for _, l := range []store.Log{a, b} {
			storetest.Equal(t, storetest.All(t, l, 0), want)
			storetest.Equal(t, storetest.All(t, l, 3), want[3:])
			if l.Head() != 5 || l.Identity().Epoch != 1 {
				t.Errorf("%s: %d, %+v", what, l.Head(), l.Identity())
			}
			if seq, err := l.Key(context.Background(), want[1].Key); seq != 2 || err != nil {
				t.Errorf("%s: key: %d %v", what, seq, err)
			}
			if err := l.Append(context.Background(), sampled(6)); err == nil || !strings.Contains(err.Error(), "reading only") || l.Writable() == nil {
				t.Errorf("%s: an append: %v", what, err)
			}
			if err := l.Close(); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		if after := contents(t, dir); !reflect.DeepEqual(after, before) {
			t.Errorf("%s: reading changed it", what)
		}
	}
	if _, err := store.Open(t.TempDir(), store.Options{ReadOnly: true}); err == nil || !strings.Contains(err.Error(), "there is no store") {
		t.Errorf("nothing there: %v", err)
	}
}
