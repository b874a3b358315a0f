package snapfile_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapfile"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// TestClean removes what saves left that were cut short, and nothing else.
func TestClean(t *testing.T) {
	dir := t.TempDir()
	file := snapfile.File{Path: filepath.Join(dir, "snapshot")}
	if err := (snapfile.File{Path: filepath.Join(dir, "none", "snapshot")}).Clean(); err != nil {
		t.Errorf("of a folder that is not there: %v", err)
	}
	if err := file.Save(snapshot.Empty(schema.MustDefault()), graph.Identity{}); err != nil {
		t.Fatal(err)
	}
	// The name is one that Save uses for a file it is writing.
	half, err := os.CreateTemp(dir, "snapshot.*")
	if err != nil {
		t.Fatal(err)
	}
	half.Close()
	for _, name := range []string{"snapshot.12345", "snapshot.bak", "snapshot.1.gz", "snapshot.", "snapshots.123", "head"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "snapshot.7"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := file.Clean(); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{"head", "snapshot", "snapshot.", "snapshot.1.gz", "snapshot.7", "snapshot.bak", "snapshots.123"}; !slices.Equal(left, want) {
		t.Errorf("left are %v", left)
	}
}
