package seeds_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/schema"
)

// regenerated compares a file of the seeds with what a generator makes of it, and writes it under -update. name is the part of
// the test's name that runs the generator.
func regenerated(t *testing.T, path, name string, text []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("%v; run go test ./seeds -run %s -update", err, name)
		return
	}
	if line := firstDifference(have, text); line > 0 {
		t.Errorf("%s:%d differs from what the importer makes; run go test ./seeds -run %s -update and read the difference", path, line, name)
	}
}

// seedText is a generated file with its first comment.
func seedText(t *testing.T, head string, file *worldFile) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(head)
	if err := codec.Seed.Encode(context.Background(), &b, file); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// importedFile returns what a format reads from one file, checked.
func importedFile(t *testing.T, o *schema.Ontology, format *codec.Format, path string) *graph.Result {
	t.Helper()
	return imported(t, o, func(emit codec.Emit) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return format.Decode(context.Background(), path, f, emit)
	})
}

// emitSeeds emits what the files of the seeds state, without those to skip.
func emitSeeds(emit codec.Emit, skip func(path string) bool) error {
	paths, err := filepath.Glob("*.yaml")
	if err != nil {
		return err
	}
	for _, p := range paths {
		if skip(p) {
			continue
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if err := codec.Seed.Decode(context.Background(), p, bytes.NewReader(text), emit); err != nil {
			return err
		}
	}
	return nil
}

// readTable reads a table of the original files; the test is skipped if it is absent.
func readTable(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("skipped: %s is absent", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
