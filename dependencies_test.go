package caspian_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDependenciesAreListed compares the table of docs/dependencies.md with the direct
// requirements of go.mod: the same modules with the same versions, in the same order, each with its date,
// licence, purpose and replacement.
func TestDependenciesAreListed(t *testing.T) {
	var required, listed []string
	for _, m := range regexp.MustCompile(`(?m)^(?:require )?\t?([a-z][^\s]*\.[^\s]*/[^\s]+) (v[^\s]+)$`).FindAllStringSubmatch(read(t, "go.mod"), -1) {
		required = append(required, m[1]+" "+m[2])
	}
	row := regexp.MustCompile(`^\| ([^ ]+) \| (v[^ ]+) \| \d{4}-\d\d-\d\d \| [^|]+ \| [^|]+ \| [^|]+ \|$`)
	modules, _, _ := strings.Cut(read(t, "docs/dependencies.md"), "\n## Of the explorer\n")
	for line := range strings.Lines(modules) {
		line = strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| module ") {
			continue
		}
		m := row.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("docs/dependencies.md: the row is not complete: %s", line)
			continue
		}
		listed = append(listed, m[1]+" "+m[2])
	}
	if len(required) == 0 || !slices.Equal(required, listed) {
		t.Errorf("go.mod requires\n%s\nand docs/dependencies.md lists\n%s", strings.Join(required, "\n"), strings.Join(listed, "\n"))
	}
}
