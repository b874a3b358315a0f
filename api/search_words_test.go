package api_test

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestSearchWords: more words than a name guide a search and do not empty its answer.
func TestSearchWords(t *testing.T) {
	b, err := os.ReadFile("testdata/search-words.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		query, want, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		var found struct {
			Search struct{ Nodes []struct{ ID string } }
		}
		askInto(t, seeded(t), `query($q: String!) { search(text: $q, first: 10) { nodes { id } } }`, map[string]any{"q": query}, &found)
		var ids []string
		for _, n := range found.Search.Nodes {
			ids = append(ids, n.ID)
		}
		for i, id := range strings.Fields(want) {
			if at := slices.Index(ids, id); at < 0 || i == 0 && at > 0 {
				t.Errorf("%s: %s is at %d of %v", query, id, at, ids)
			}
		}
	}
}
