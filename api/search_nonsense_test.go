package api_test

import (
	"os"
	"strings"
	"testing"
)

// firstOf is the name that a search finds first, "" where it finds nothing.
func firstOf(t *testing.T, query string) (name string) {
	var found struct {
		Search struct{ Edges []struct{ Matched string } }
	}
	askInto(t, seeded(t), `query($q: String!) { search(text: $q, first: 1) { edges { matched } } }`, map[string]any{"q": query}, &found)
	for _, e := range found.Search.Edges {
		return e.Matched
	}
	return ""
}

// TestSearchNonsense: nothing is found by words that nobody uses.
func TestSearchNonsense(t *testing.T) {
	b, err := os.ReadFile("testdata/search-nonsense.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		if found := firstOf(t, line); found != "" {
			t.Errorf("%s finds %s", line, found)
		}
	}
}
