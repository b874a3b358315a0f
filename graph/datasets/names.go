package datasets

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// names/ holds the tables that map names, as the Factbook and the ISO table
// print them, to the ids of the graph: one file a kind of thing, explained in
// its own head. A name that is in no table becomes its slug where its kind
// allows (a city, a person, a good), and is reported where it does not.
//
//go:embed names/*.csv
var nameFiles embed.FS

// country is one row of names/countries.csv.
type country struct {
	id   graph.ID
	name string
	of   string // as it is written after "President of"
	// part marks an entry that covers a part of the country only, or one of
	// several entries for it: Gaza Strip and West Bank for PSE. From such an
	// entry, relations are read and figures are not.
	part bool
}

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
	name          string // where it is not the printed form, which is then in lists of lakes only
	shores        []*regexp.Regexp
}

// nameTables is everything under names/, ready for looking up.
type nameTables struct {
	byFIPS        map[string]*country
	byID          map[graph.ID]*country
	countries     map[string]graph.ID // by nameKey
	organisations map[string]*organisation
	goods         map[string]*good // by the printed form
	// The organisation of each id, by the first row that has it.
	organisationsByID map[graph.ID]*organisation
	goodsByID         map[graph.ID]*good
	titles            []title // the longest first
	people            map[string]person
	cities            map[string]graph.ID // "KAZ/astana" or "/astana", by nameKey
	waters            []water             // the longest first
	lakes             map[string]water
	regions           map[string]graph.ID
	roles             map[string]string
	minerals          map[string][]mineral // by the file of the commodity
	terms             map[string]bool      // "do.json Roosevelt SKERRIT": a long term that is confirmed
	cityNames         map[graph.ID]string  // where the printed name is not the city's own
	archigos          map[string][]archigosState
}

// names reads the tables once. They are part of the binary, so a fault in them
// is ours; a test reads them all.
var names = sync.OnceValue(func() *nameTables {
	t, err := readNames()
	if err != nil {
		panic(err)
	}
	return t
})

// nameKey makes two spellings of one name equal: St. and &, San José and San Jose.
func nameKey(s string) string {
	s = strings.ToLower(strings.NewReplacer("&", "and", "’", "'", "St. ", "Saint ", "St ", "Saint ").Replace(s))
	s = strings.TrimSpace(strings.TrimPrefix(s, "the "))
	var b strings.Builder
	for _, r := range s {
		if folded, ok := codec.Latin(r); ok {
			b.WriteString(folded)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func readNames() (*nameTables, error) {
	t := &nameTables{
		byFIPS: map[string]*country{}, byID: map[graph.ID]*country{}, countries: map[string]graph.ID{},
		organisations: map[string]*organisation{}, goods: map[string]*good{}, people: map[string]person{},
		organisationsByID: map[graph.ID]*organisation{}, goodsByID: map[graph.ID]*good{},
		cities: map[string]graph.ID{}, regions: map[string]graph.ID{}, roles: map[string]string{},
		lakes: map[string]water{}, terms: map[string]bool{}, minerals: map[string][]mineral{}, cityNames: map[graph.ID]string{},
		archigos: map[string][]archigosState{},
	}
	for _, table := range []struct {
		file string
		row  func(cells []string) error
	}{
		{"countries", t.country},
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
		{"cities", t.cityRow},
		{"minerals", t.mineral},
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
		{"archigos", t.archigosState},
		{"roles", func(c []string) error { t.roles[c[0]] = c[1]; return nil }},
	} {
		if err := readTable("names/"+table.file+".csv", table.row); err != nil {
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

func readTable(file string, row func([]string) error) error {
	f, err := nameFiles.Open(file)
	if err != nil {
		return fmt.Errorf("codec: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	for first := true; ; first = false {
		cells, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err == nil && !first {
			err = row(cells)
		}
		if err != nil {
			line, _ := r.FieldPos(0)
			return fmt.Errorf("codec: %s:%d: %w", file, line, err)
		}
	}
}

func (t *nameTables) country(c []string) error {
	row := &country{graph.ID(c[1]), c[2], c[3], c[5] == "part"}
	if row.of == "" {
		row.of = row.name
	}
	if c[0] != "" {
		t.byFIPS[c[0]] = row
	}
	t.byID[row.id] = row
	for _, n := range append(strings.Split(c[4], "|"), c[2]) {
		if n == "" {
			continue
		}
		if have, taken := t.countries[nameKey(n)]; taken && have != row.id {
			return fmt.Errorf("%q is %s and %s", n, have, row.id)
		}
		t.countries[nameKey(n)] = row.id
	}
	return nil
}

func (t *nameTables) archigosState(c []string) (err error) {
	row := archigosState{id: graph.ID(c[1]), of: c[2]}
	if c[3] != "" {
		if row.from, err = graph.ParseDate(c[3]); err != nil {
			return err
		}
	}
	if c[4] != "" {
		if row.to, err = graph.ParseDate(c[4]); err != nil {
			return err
		}
	}
	if row.of == "" && t.byID[row.id] == nil {
		return fmt.Errorf("%s is not in countries.csv, and has nothing to write after \"of\"", row.id)
	}
	t.archigos[c[0]] = append(t.archigos[c[0]], row)
	return nil
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
		*have = *g // the row that says most
	case g.broader != "" || g.hs != "":
		return fmt.Errorf("%s has its broader good or HS heading in two rows", g.ids[0])
	}
	return nil
}

func (t *nameTables) mineral(c []string) error {
	t.minerals[c[0]] = append(t.minerals[c[0]], mineral{c[1], graph.ID(c[2]), c[3], c[4], c[5]})
	return nil
}

func (t *nameTables) cityRow(c []string) error {
	t.cities[c[0]+"/"+nameKey(c[1])] = graph.ID(c[2])
	if c[3] != "" {
		t.cityNames[graph.ID(c[2])] = c[3]
	}
	return nil
}

// city is the id of a city of the country.
func (t *nameTables) city(of graph.ID, name string) graph.ID {
	for _, in := range []graph.ID{of, ""} {
		if id, ok := t.cities[string(in)+"/"+nameKey(name)]; ok {
			return id
		}
	}
	return slug(name)
}

func longestFirst[T any](list []T, text func(T) string) {
	// Insertion keeps equal lengths in the order of the file.
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && len(text(list[j])) > len(text(list[j-1])); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}
