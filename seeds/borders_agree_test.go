package seeds_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// The list of neighbours against which borders are held, and why the two differ.
const (
	bordersListed = "testdata/borders.txt"
	bordersDiffer = "testdata/borders-differ.txt"
)

// fieldsOf are the words of each line of a file that is not a comment.
func fieldsOf(t *testing.T, path string) (lines [][]string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] != "#" {
			lines = append(lines, f)
		}
	}
	return lines
}

// TestBordersAgree compares the neighbours of each country with a public list; each difference has an explanation, and each
// explanation a difference.
func TestBordersAgree(t *testing.T) {
	s := loadSeeds(t)
	v := s.view(t, "2026-01-15")
	pair := func(a, b string) string { return strings.Join(slices.Sorted(slices.Values([]string{a, b})), " ") }
	shown, listed := map[string]bool{}, map[string]bool{}
	for _, e := range s.commit.Entities {
		if n, ok := s.snap.Number(e.ID); ok && e.Type == "Country" {
			for _, x := range targets(v, n, "borders") {
				shown[pair(string(e.ID), string(x.ID))] = true
			}
		}
	}
	for _, f := range fieldsOf(t, bordersListed) {
		for _, other := range f[1:] {
			listed[pair(f[0], other)] = true
			for _, id := range []string{f[0], other} {
				if _, ok := s.snap.Number(graph.ID(id)); !ok {
					t.Errorf("the seeds have no %s", id)
				}
			}
		}
	}
	explained := map[string]bool{}
	for _, f := range fieldsOf(t, bordersDiffer) {
		p := pair(f[0], f[1])
		explained[p] = true
		if shown[p] == listed[p] {
			t.Errorf("%s: the two lists agree about %s now; take it out", bordersDiffer, p)
		}
	}
	for _, side := range []struct {
		name       string
		has, lacks map[string]bool
	}{{"the seeds", shown, listed}, {bordersListed, listed, shown}} {
		for p := range side.has {
			if !side.lacks[p] && !explained[p] {
				t.Errorf("only %s has the border %s: correct it, or explain it in %s", side.name, p, bordersDiffer)
			}
		}
	}
	t.Logf("%d borders in the seeds, %d in the list, %d differences", len(shown), len(listed), len(explained))
	if len(listed) < 300 {
		t.Errorf("only %d borders are listed", len(listed))
	}
}
