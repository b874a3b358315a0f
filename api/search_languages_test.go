package api_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// languageFloor is the share, in hundredths, of the countries that their name in a language must find first.
const languageFloor = 90

// TestSearchLanguages looks for countries by their names in the languages of the tables handed over: a sample
// of each, all with CASPIAN_SOAK.
func TestSearchLanguages(t *testing.T) {
	b, err := os.ReadFile("../../shared/data/names-multilingual/cldr_territories.json")
	if err != nil {
		t.Skipf("skipped: the names by language are not there: %v", err)
	}
	var named map[string]map[string]string // by language and alpha-2 code
	if err := json.Unmarshal(b, &named); err != nil {
		t.Fatal(err)
	}
	a := seeded(t)
	ids := idsByCode(t)
	every := 20
	if os.Getenv("CASPIAN_SOAK") != "" {
		every = 1
	}
	n, all := 0, tallyOf{}
	for _, lang := range slices.Sorted(maps.Keys(named)) {
		var of tallyOf
		for _, code := range slices.Sorted(maps.Keys(named[lang])) {
			if n++; ids[code] == "" || n%every > 0 {
				continue
			}
			of.count(firstIDs(t, a, named[lang][code]), ids[code], lang+" "+named[lang][code])
		}
		all.add(&of)
		if 100*of.found < languageFloor*of.n && of.n >= 20 {
			t.Errorf("%s: %d of %d names find their country first, not %s", lang, of.found, of.n, strings.Join(of.missed, ", "))
		}
	}
	t.Logf("%d of %d; not %s", all.found, all.n, strings.Join(all.missed[:min(30, len(all.missed))], ", "))
	if 100*all.found < languageFloor*all.n || all.n < 500 {
		t.Errorf("%d of %d names in all languages find their country first", all.found, all.n)
	}
}

// TestSearchFormerNames looks for countries and cities by their names of the past that the seeds state.
func TestSearchFormerNames(t *testing.T) {
	b, err := os.ReadFile("../seeds/former.names")
	if err != nil {
		t.Fatal(err)
	}
	a := seeded(t)
	var all tallyOf
	n := 0
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(cells) < 6 || cells[5] == "" {
			continue // no time
		}
		if n++; n%2 == 0 {
			all.count(firstIDs(t, a, cells[2]), cells[0], cells[2])
		}
	}
	t.Logf("%d of %d; not %s", all.found, all.n, strings.Join(all.missed, ", "))
	if 100*all.found < languageFloor*all.n || all.n < 20 {
		t.Errorf("%d of %d names of the past find what had them first", all.found, all.n)
	}
}

// tallyOf counts the names that find what they mean first.
type tallyOf struct {
	n, found int
	missed   []string
}

func (c *tallyOf) count(first []string, id, what string) {
	c.n++
	if slices.Contains(first, id) {
		c.found++
	} else {
		c.missed = append(c.missed, what+" ("+id+")")
	}
}

func (c *tallyOf) add(of *tallyOf) {
	c.n, c.found, c.missed = c.n+of.n, c.found+of.found, append(c.missed, of.missed...)
}

// firstIDs are the entities that a search finds with the best score.
func firstIDs(t *testing.T, a *api.API, text string) (ids []string) {
	var found struct {
		Search struct {
			Edges []struct {
				Score float64
				Node  struct{ ID string }
			}
		}
	}
	askInto(t, a, `query($q: String!) { search(text: $q, first: 5) { edges { score node { id } } } }`, map[string]any{"q": text}, &found)
	for _, e := range found.Search.Edges {
		if e.Score == found.Search.Edges[0].Score {
			ids = append(ids, e.Node.ID)
		}
	}
	return ids
}

// idsByCode are the countries by their codes of two letters.
func idsByCode(t *testing.T) map[string]string {
	var found struct {
		Countries struct{ Nodes []struct{ ID, Iso2 string } }
	}
	askInto(t, seeded(t), `{ countries(first: 400) { nodes { id iso2 } } }`, nil, &found)
	ids := map[string]string{}
	for _, n := range found.Countries.Nodes {
		ids[n.Iso2] = n.ID
	}
	return ids
}
