package facts

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// names/ contains the tables of countries and cities. Comments at the beginning of each file explain it.
//
//go:embed names/countries.csv names/cities.csv
var placeFiles embed.FS

// Country is one row of names/countries.csv.
type Country struct {
	ID   graph.ID
	Name string
	Of   string // the name as written after "President of"
	// Part marks an entry of the data set about only a part of the country, or about the country together with
	// others: Gaza Strip and West Bank are parts of PSE. Relations of such an entry are read, and figures are
	// not.
	Part bool
}

// Places finds the countries and cities of the graph by the names that data sets print.
type Places struct {
	ByFIPS    map[string]*Country
	ByID      map[graph.ID]*Country
	countries map[string]graph.ID // keyed by nameKey
	Cities    map[string]graph.ID // keys are "KAZ/astana" or "/astana", by nameKey
	CityNames map[graph.ID]string // names of cities for which a data set prints another name
}

// KnownPlaces returns the places of names/countries.csv and names/cities.csv. It reads the files once.
var KnownPlaces = Once(func() (*Places, error) {
	t := &Places{
		ByFIPS: map[string]*Country{}, ByID: map[graph.ID]*Country{}, countries: map[string]graph.ID{},
		Cities: map[string]graph.ID{}, CityNames: map[graph.ID]string{},
	}
	if err := ReadTable(placeFiles, "names/countries.csv", t.countryRow); err != nil {
		return nil, err
	}
	return t, ReadTable(placeFiles, "names/cities.csv", t.cityRow)
})

// Once returns a function that calls read the first time and returns the same value each time. It panics if
// read fails: the tables are embedded, so only a defect of Caspian causes that, and tests read all tables.
func Once[T any](read func() (T, error)) func() T {
	return sync.OnceValue(func() T {
		t, err := read()
		if err != nil {
			panic(err)
		}
		return t
	})
}

func (t *Places) countryRow(c []string) error {
	row := &Country{graph.ID(c[1]), c[2], c[3], c[5] == "part"}
	if row.Of == "" {
		row.Of = row.Name
	}
	if c[0] != "" {
		t.ByFIPS[c[0]] = row
	}
	t.ByID[row.ID] = row
	for _, n := range append(strings.Split(c[4], "|"), c[2]) {
		if n == "" {
			continue
		}
		if have, taken := t.countries[nameKey(n)]; taken && have != row.ID {
			return fmt.Errorf("%q is %s and %s", n, have, row.ID)
		}
		t.countries[nameKey(n)] = row.ID
	}
	return nil
}

func (t *Places) cityRow(c []string) error {
	t.Cities[c[0]+"/"+nameKey(c[1])] = graph.ID(c[2])
	if c[3] != "" {
		t.CityNames[graph.ID(c[2])] = c[3]
	}
	return nil
}

// City returns the id of a city of the country.
func (t *Places) City(of graph.ID, name string) graph.ID {
	for _, in := range []graph.ID{of, ""} {
		if id, ok := t.Cities[string(in)+"/"+nameKey(name)]; ok {
			return id
		}
	}
	return Slug(name)
}

// Country returns the id of the country with the printed name.
func (t *Places) Country(printed string) (id graph.ID, known bool) {
	id, known = t.countries[nameKey(printed)]
	return id, known
}

// nameKey returns the same key for different spellings of a name, such as St. and Saint, & and and, San José
// and San Jose.
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

// ReadTable reads an embedded table of names.
func ReadTable(files fs.FS, file string, row func(cells []string) error) error {
	f, err := files.Open(file)
	if err != nil {
		return err
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
			return fmt.Errorf("%s:%d: %w", file, line, err)
		}
	}
}
