package api_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"
)

// recallFloors are the shares, in hundredths, of the queries of each class in
// testdata/search-recall.txt that must find the entity meant as the first, and
// among the first five or what the search says may be meant.
var recallFloors = map[string][2]int{
	"misspelling":             {97, 99},
	"romanisation":            {93, 98},
	"cyrillic":                {98, 99},
	"arabic":                  {91, 93},
	"hebrew":                  {82, 82},
	"greek georgian armenian": {93, 93},
	"han":                     {82, 82},
	"kana":                    {99, 99},
	"hangul":                  {99, 99},
	"original script":         {99, 99},
	"old name":                {94, 94},
	"abbreviation":            {99, 99},
	"words in any order":      {95, 99},
	"beginning":               {90, 99},
	"all":                     {95, 97},
}

// TestSearchRecall measures how often a search finds the entity meant, by kind of query.
func TestSearchRecall(t *testing.T) {
	f, err := os.Open("testdata/search-recall.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	type tally struct {
		name         string
		n, one, five int
		missed       []string
	}
	var classes []*tally
	a := seeded(t)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if name, ok := strings.CutPrefix(line, "== "); ok {
			classes = append(classes, &tally{name: name})
			continue
		}
		query, id, ok := strings.Cut(line, "\t")
		if !ok {
			continue
		}
		c := classes[len(classes)-1]
		var found struct {
			Search struct {
				Edges, DidYouMean []struct{ Node struct{ ID string } }
			}
		}
		askInto(t, a, `query($q: String!) { search(text: $q, first: 5) { edges { node { id } } didYouMean { node { id } } } }`, map[string]any{"q": query}, &found)
		c.n++
		is := func(e struct{ Node struct{ ID string } }) bool { return e.Node.ID == id }
		switch at := slices.IndexFunc(found.Search.Edges, is); {
		case at == 0:
			c.one++
			c.five++
		case at > 0, slices.ContainsFunc(found.Search.DidYouMean, is):
			c.five++
			fallthrough
		default:
			c.missed = append(c.missed, query+" ("+id+")")
		}
	}
	all := &tally{name: "all"}
	for _, c := range classes {
		all.n, all.one, all.five = all.n+c.n, all.one+c.one, all.five+c.five
	}
	for _, c := range append(classes, all) {
		one, five := 100*c.one/c.n, 100*c.five/c.n
		t.Logf("%-24s %4d queries, recall at 1 %3d %%, at 5 %3d %%; not first: %s", c.name, c.n, one, five, strings.Join(c.missed, ", "))
		if floor, ok := recallFloors[c.name]; !ok || one < floor[0] || five < floor[1] {
			t.Errorf("%s: recall at 1 %d %%, at 5 %d %%; the floors are %v", c.name, one, five, floor)
		}
	}
}
