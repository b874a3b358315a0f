package store_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

func TestIdentity(t *testing.T) {
	dir := t.TempDir()
	identity := func() graph.Identity {
		t.Helper()
		l, err := store.Open(dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Identity()
	}
	first := identity()
	if len(first.Store) != 32 || first.Epoch != 1 {
		t.Fatalf("a new store is %+v", first)
	}
	if other := openStore(t, t.TempDir()).Identity(); other.Store == first.Store {
		t.Fatal("two stores have one id")
	}
	forget := func() {
		t.Helper()
		if err := os.Remove(filepath.Join(dir, "head")); err != nil {
			t.Fatal(err)
		}
	}
	forget()
	if again := identity(); again != first {
		t.Fatalf("an empty store without its note is %+v, it was %+v", again, first)
	}
	l := openStore(t, dir)
	if err := l.Append(context.Background(), storetest.Sample(1, 1)); err != nil {
		t.Fatal(err)
	}
	l.Close()
	if again := identity(); again != first {
		t.Fatalf("with a commit it is %+v, it was %+v", again, first)
	}
	forget()
	for range 2 {
		if again := identity(); again.Store != first.Store || again.Epoch != 2 {
			t.Fatalf("without its note it is %+v, it was %+v", again, first)
		}
	}
}

// unpack puts a store that an earlier version made into a folder.
func unpack(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, h.Name)
		if h.Typeflag == tar.TypeDir {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEarlierVersion opens a store whose seals are commit/1 and goes on with it.
func TestEarlierVersion(t *testing.T) {
	dir := unpack(t, "store-v1.tar.gz")
	var want []*graph.Commit
	for n := graph.Seq(1); n <= 3; n++ {
		want = append(want, storetest.Sample(n, 2))
	}
	for n := graph.Seq(4); n <= 5; n++ {
		l := openStore(t, dir)
		storetest.Equal(t, storetest.All(t, l, 0), want)
		storetest.Equal(t, storetest.All(t, l, 2), want[2:])
		if id := l.Identity(); id.Store == "" || id.Epoch != 1 {
			t.Fatalf("it is %+v", id)
		}
		c := storetest.Sample(n, 2)
		c.Digest, c.Ontology = "00ff", "ee"
		want = append(want, c)
		if err := l.Append(context.Background(), c); err != nil {
			t.Fatal(err)
		}
		l.Close()
	}
	if r, err := storetest.Verify(context.Background(), dir); err != nil || !r.Sound() {
		t.Fatalf("verify: %v %v", r, err)
	}
}
