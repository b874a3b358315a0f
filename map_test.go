package caspian_test

import (
	"flag"
	"fmt"
	"go/build"
	"os"
	"slices"
	"strings"
	"testing"
)

var updateMap = flag.Bool("update-map", false, "redraw docs/packages.md")

// TestPackageMap compares docs/packages.md with the imports of the code. An arrow leads from a
// package to one that it imports, unless the package also imports it indirectly.
func TestPackageMap(t *testing.T) {
	const file = "docs/packages.md"
	imports := map[string][]string{}
	var dirs []string
	for _, dir := range packages(t) {
		p, err := build.ImportDir(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
		for _, path := range p.Imports {
			if ours, ok := strings.CutPrefix(path, module+"/"); ok {
				imports[dir] = append(imports[dir], ours)
			}
		}
	}
	var reaches func(from, to string) bool
	reaches = func(from, to string) bool {
		return slices.ContainsFunc(imports[from], func(d string) bool { return d == to || reaches(d, to) })
	}
	var b strings.Builder
	b.WriteString("# The packages\n\nAn arrow leads from a package to one that it imports. Imports that follow from other arrows are left out.\n" +
		"`make map` draws this page from the code, and a test compares the two.\n\n```mermaid\ngraph TD\n")
	name := func(dir string) string { return strings.ReplaceAll(dir, "/", "_") }
	for _, dir := range dirs {
		fmt.Fprintf(&b, "  %s[%q]\n", name(dir), dir)
	}
	for _, dir := range dirs {
		for _, to := range imports[dir] {
			if !slices.ContainsFunc(imports[dir], func(other string) bool { return other != to && reaches(other, to) }) {
				fmt.Fprintf(&b, "  %s --> %s\n", name(dir), name(to))
			}
		}
	}
	b.WriteString("```\n")
	if *updateMap {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Errorf("%s does not match the imports of the code; run make map", file)
	}
}
