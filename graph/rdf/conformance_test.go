package rdf

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// suites are the W3C's tests of the syntaxes, read in place where they are.
var suites = []struct {
	folder string
	syntax Syntax
	least  int // tests in the whole suite
}{
	{"rdf-n-triples", NTriples, 70}, {"rdf-n-quads", NQuads, 87}, {"rdf-turtle", Turtle, 313}, {"rdf-trig", TriG, 356},
}

func TestConformance(t *testing.T) {
	for _, s := range suites {
		t.Run(s.folder, func(t *testing.T) {
			dir := filepath.Join("..", "..", "..", "shared", "conformance", s.folder)
			if given := os.Getenv("CASPIAN_CONFORMANCE"); given != "" {
				dir = filepath.Join(given, s.folder)
			}
			if _, err := os.Stat(dir); err != nil {
				t.Skipf("the tests of the W3C are not run: %v; CASPIAN_CONFORMANCE names their folder", err)
			}
			n := runSuite(t, dir, s.syntax)
			t.Logf("%d tests", n)
			if n < s.least {
				t.Errorf("the suite has only %d tests", n)
			}
		})
	}
}

const (
	manifest = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
	kinds    = "http://www.w3.org/ns/rdftest#Test"
)

// runSuite runs the tests of a manifest and returns how many there are.
func runSuite(t *testing.T, dir string, syntax Syntax) int {
	t.Helper()
	file := filepath.Join(dir, "manifest.ttl")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]map[string]string{}
	base := ""
	err = Decode(bytes.NewReader(text), Turtle, Options{Base: "file:///"}, func(q Quad) error {
		if entries[q.Subject.Text] == nil {
			entries[q.Subject.Text] = map[string]string{}
		}
		entries[q.Subject.Text][q.Predicate.Text] = q.Object.Text
		if q.Predicate.Text == manifest+"assumedTestBase" {
			base = q.Object.Text
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s:%v", file, err)
	}
	n := 0
	for name, e := range entries {
		kind, ok := strings.CutPrefix(e[Type], kinds)
		if !ok {
			continue
		}
		n++
		action := filepath.Base(e[manifest+"action"])
		quads, err := decodeFile(t, filepath.Join(dir, action), syntax, base+action)
		switch {
		case strings.HasSuffix(kind, "NegativeSyntax") || strings.HasSuffix(kind, "NegativeEval"):
			if err == nil {
				t.Errorf("%s: no fault in %s", name, action)
			}
		case err != nil:
			t.Errorf("%s: %s:%v", name, action, err)
		case strings.HasSuffix(kind, "Eval"):
			result := filepath.Base(e[manifest+"result"])
			want, err := decodeFile(t, filepath.Join(dir, result), NQuads, "")
			if err != nil {
				t.Errorf("%s: %s:%v", name, result, err)
			} else if !isomorphic(quads, want) {
				t.Errorf("%s: %s has\n%v\nwant\n%v", name, action, quads, want)
			}
		}
	}
	return n
}

func decodeFile(t *testing.T, path string, syntax Syntax, base string) (quads []Quad, err error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = Decode(f, syntax, Options{Base: base}, func(q Quad) error {
		q.Line = 0
		quads = append(quads, q)
		return nil
	})
	return quads, err
}

// isomorphic reports whether two sets of quads are the same up to the labels of blank nodes.
func isomorphic(a, b []Quad) bool {
	a, b = distinct(a), distinct(b)
	if len(a) != len(b) {
		return false
	}
	return match(a, b, map[string]string{}, map[string]string{})
}

func distinct(quads []Quad) (out []Quad) {
	seen := map[Quad]bool{}
	for _, q := range quads {
		if !seen[q] {
			seen[q] = true
			out = append(out, q)
		}
	}
	return out
}

// match looks for a counterpart of the first quad in b, and of the rest in what is left of b.
func match(a, b []Quad, to, from map[string]string) bool {
	if len(a) == 0 {
		return true
	}
	for i, q := range b {
		var bound [][2]string
		fits := true
		for _, pair := range [][2]Term{{a[0].Subject, q.Subject}, {a[0].Predicate, q.Predicate}, {a[0].Object, q.Object}, {a[0].Graph, q.Graph}} {
			x, y := pair[0], pair[1]
			if x.Kind != Blank || y.Kind != Blank {
				fits = fits && x == y
				continue
			}
			if to[x.Text] == "" && from[y.Text] == "" {
				to[x.Text], from[y.Text] = y.Text, x.Text
				bound = append(bound, [2]string{x.Text, y.Text})
			}
			fits = fits && to[x.Text] == y.Text && from[y.Text] == x.Text
		}
		if fits {
			left := append(append([]Quad(nil), b[:i]...), b[i+1:]...)
			if match(a[1:], left, to, from) {
				return true
			}
		}
		for _, p := range bound {
			delete(to, p[0])
			delete(from, p[1])
		}
	}
	return false
}
