package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mapped are the public tables with a mapping in examples/mappings, and what the import of each says.
var mapped = []struct{ mapping, table, first, left string }{
	{"ports-wpi.yaml", "ports-wpi/UpdatedPub150.csv", "imported 2,6", "3 rows left out"},
}

// TestMappings imports each table into the seeds by its mapping, of at most 25 lines; a second import changes nothing.
func TestMappings(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of rows, twice")
	}
	seeded, err := seededStore()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mapped {
		t.Run(m.mapping, func(t *testing.T) {
			mapping := filepath.Join("..", "..", "examples", "mappings", m.mapping)
			text, err := os.ReadFile(mapping)
			if n := strings.Count(string(text), "\n"); err != nil || n > 25 {
				t.Errorf("%d lines, %v", n, err)
			}
			table := filepath.Join("..", "..", "..", "shared", "data", m.table)
			if _, err := os.Stat(table); err != nil {
				t.Skip(err)
			}
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(seeded)); err != nil {
				t.Fatal(err)
			}
			args := []string{"import", "--store", dir, "--mapping", mapping, "--on-error", "skip", table}
			code, out, words := runCommand(t, args...)
			if code != exitOK || !strings.HasPrefix(out, m.first) || !strings.Contains(words, m.left) {
				t.Errorf("%d\n%s\n%.2000s", code, out, words)
			}
			if code, out, words = runCommand(t, args...); code != exitOK || !strings.HasPrefix(out, "imported 0 entities, 0 claims") {
				t.Errorf("again: %d\n%s\n%.2000s", code, out, words)
			}
		})
	}
}
