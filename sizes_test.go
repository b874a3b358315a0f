package caspian_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The limits of a file, a function and a package, in lines without tests.
const (
	mostOfFile     = 500
	mostOfFunction = 65 // 60 is the rule of STYLE; a table may read better whole
	mostOfPackage  = 4500
	// Of a test's function only what is outside its tables counts.
	mostOfTest = 65
	// The exported names of graph/snapshot, methods included: a package that all others read.
	mostOfNames = 80
)

// TestSizes keeps files to one subject, and packages to one part of the whole.
func TestSizes(t *testing.T) {
	for _, dir := range packages(t) {
		whole := 0
		for _, name := range filesOf(t, dir, false) {
			files := token.NewFileSet()
			f, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			line := func(at token.Pos) int { return files.Position(at).Line }
			n := line(f.FileEnd)
			if n > mostOfFile {
				t.Errorf("%s has %d lines, more than %d: move one of its subjects to another file", name, n, mostOfFile)
			}
			if !checksOnly(t, name) {
				whole += n
			}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && line(fn.End())-line(fn.Pos()) >= mostOfFunction {
					t.Errorf("%s:%d: %s has more than %d lines: split it", name, line(fn.Pos()), fn.Name.Name, mostOfFunction)
				}
			}
		}
		if whole > mostOfPackage {
			t.Errorf("the package %s has %d lines without tests, more than %d: move a part of it to another package", dir, whole, mostOfPackage)
		}
	}
}

// TestSizesOfTests keeps the functions of tests short enough to read.
func TestSizesOfTests(t *testing.T) {
	for _, dir := range packages(t) {
		for _, name := range filesOf(t, dir, true) {
			files := token.NewFileSet()
			f, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			lines := func(n ast.Node) int { return files.Position(n.End()).Line - files.Position(n.Pos()).Line }
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				n := lines(fn)
				ast.Inspect(fn, func(x ast.Node) bool {
					table, ok := x.(*ast.CompositeLit)
					if ok {
						n -= lines(table)
					}
					return !ok
				})
				if n >= mostOfTest {
					t.Errorf("%s:%d: %s has %d lines outside its tables, at least %d: split it", name, files.Position(fn.Pos()).Line, fn.Name.Name, n, mostOfTest)
				}
			}
		}
	}
}

// TestExportedNames counts what graph/snapshot exports.
func TestExportedNames(t *testing.T) {
	var names []string
	for _, name := range filesOf(t, "graph/snapshot", false) {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil || exportedType(d.Recv.List[0].Type) {
					names = append(names, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						names = append(names, s.Name.Name)
					case *ast.ValueSpec:
						for _, n := range s.Names {
							names = append(names, n.Name)
						}
					}
				}
			}
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !ast.IsExported(name) })
	if len(names) > mostOfNames {
		t.Errorf("graph/snapshot exports %d names, more than %d: %v", len(names), mostOfNames, names)
	}
}

// exportedType reports whether the type of a receiver is exported.
func exportedType(x ast.Expr) bool {
	if p, ok := x.(*ast.StarExpr); ok {
		x = p.X
	}
	name, ok := x.(*ast.Ident)
	return ok && name.IsExported()
}

// checksOnly reports whether the file is built for tests only: what a package checks
// of itself under the tag invariants is part of its tests.
func checksOnly(t *testing.T, name string) bool {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.HasPrefix(string(text), "//go:build invariants\n")
}

// TestSleeps: each time.Sleep in a test has a reason, on its line or the one before: a test
// sleeps only if the time is what it tests, or on the clock of a bubble.
func TestSleeps(t *testing.T) {
	for _, dir := range packages(t) {
		for _, name := range filesOf(t, dir, true) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			before := ""
			for n, line := range strings.Split(string(text), "\n") {
				if strings.Contains(line, "time.Sleep"+"(") && !strings.Contains(before+line, "// ") {
					t.Errorf("%s:%d: wait for an event instead, or say why the time is what is tested", name, n+1)
				}
				before = line
			}
		}
	}
}

// filesOf are the Go files of a package: its tests, or the others.
func filesOf(t *testing.T, dir string, tests bool) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, "_test.go") != tests })
}
