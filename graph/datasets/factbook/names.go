package factbook

import (
	"embed"
	"fmt"
	"regexp"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// names/ contains the tables that map names, as the Factbook prints them, to ids of the graph, with one file
// for each kind of thing. Comments at the beginning of each file explain it. If no table has a name, a person
// or a good gets the slug of the name as its id; for other kinds a notice reports the name.
//
//go:embed names/*.csv
var nameFiles embed.FS

type organisation struct {
	id           graph.ID
	name, kind   string
	parent       graph.ID
	abbreviation string
}

type good struct {
	ids     []graph.ID
	broader graph.ID
	hs      string
}

type title struct{ printed, title, note string }

type person struct {
	id   graph.ID
	name string
}

type water struct {
	id            graph.ID
	printed, kind string
	name          string // set if it differs from the printed form, which then occurs only in lists of lakes
	shores        []*regexp.Regexp
}

// nameTables has the content of the tables in names/, indexed for looking up.
type nameTables struct {
	*facts.Places
	organisations map[string]*organisation
	goods         map[string]*good // keyed by the printed form
	// organisationsByID maps an id to the organisation of the first row that has it.
	organisationsByID map[graph.ID]*organisation
	goodsByID         map[graph.ID]*good
	titles            []title // longest first
	people            map[string]person
	waters            []water // longest first
	lakes             map[string]water
	regions           map[string]graph.ID
	roles             map[string]string
	terms             map[string]bool // keys such as "do.json Roosevelt SKERRIT": confirmed long terms
}

// names returns the tables. It reads them once.
var names = facts.Once(readNames)

func readNames() (*nameTables, error) {
	t := &nameTables{
		Places:        facts.KnownPlaces(),
		organisations: map[string]*organisation{}, goods: map[string]*good{}, people: map[string]person{},
		organisationsByID: map[graph.ID]*organisation{}, goodsByID: map[graph.ID]*good{},
		regions: map[string]graph.ID{}, roles: map[string]string{},
		lakes: map[string]water{}, terms: map[string]bool{},
	}
	for _, table := range []struct {
		file string
		row  func(cells []string) error
	}{
		{"organisations", func(c []string) error {
			o := &organisation{graph.ID(c[1]), c[2], c[3], graph.ID(c[4]), c[0]}
			t.organisations[c[0]] = o
			if t.organisationsByID[o.id] == nil {
				t.organisationsByID[o.id] = o
			}
			return nil
		}},
		{"resources", t.good},
		{"titles", func(c []string) error {
			if c[1] == "" {
				c[1] = c[0]
			}
			t.titles = append(t.titles, title{c[0], c[1], c[2]})
			return nil
		}},
		{"people", func(c []string) error { t.people[c[0]] = person{graph.ID(c[1]), c[2]}; return nil }},
		{"terms", func(c []string) error { t.terms[c[0]+" "+c[1]] = true; return nil }},
		{"waters", func(c []string) error {
			if w := (water{id: graph.ID(c[1]), printed: c[0], kind: c[2], name: c[3]}); w.name == "" {
				w.shores = shoreForms(w.printed)
				t.waters = append(t.waters, w)
			} else {
				t.lakes[w.printed] = w
			}
			return nil
		}},
		{"regions", func(c []string) error { t.regions[c[0]] = graph.ID(c[1]); return nil }},
		{"roles", func(c []string) error { t.roles[c[0]] = c[1]; return nil }},
	} {
		if err := facts.ReadTable(nameFiles, "names/"+table.file+".csv", table.row); err != nil {
			return nil, err
		}
	}
	longestFirst(t.titles, func(x title) string { return x.printed })
	for _, w := range t.waters {
		t.lakes[w.printed] = w
	}
	longestFirst(t.waters, func(x water) string { return x.printed })
	return t, nil
}

func (t *nameTables) good(c []string) error {
	g := &good{broader: graph.ID(c[2]), hs: c[3]}
	for _, id := range strings.Split(c[1], "|") {
		g.ids = append(g.ids, graph.ID(id))
	}
	if _, twice := t.goods[c[0]]; twice {
		return fmt.Errorf("%q is given twice", c[0])
	}
	t.goods[c[0]] = g
	if len(g.ids) > 1 {
		return nil
	}
	switch have := t.goodsByID[g.ids[0]]; {
	case have == nil:
		t.goodsByID[g.ids[0]] = g
	case have.broader == "" && have.hs == "":
		*have = *g // use the row with the most columns
	case g.broader != "" || g.hs != "":
		return fmt.Errorf("%s has its broader good or HS heading in two rows", g.ids[0])
	}
	return nil
}

func longestFirst[T any](list []T, text func(T) string) {
	// An insertion sort leaves rows of equal length in the order of the file.
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && len(text(list[j])) > len(text(list[j-1])); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}
