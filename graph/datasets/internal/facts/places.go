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

// names/ has the tables of countries and cities, each explained in its head.
//
//go:embed names/countries.csv names/cities.csv
var placeFiles embed.FS

// Country is one row of names/countries.csv.
type Country struct {
	ID   graph.ID
	Name string
	Of   string // as it is written after "President of"
	// Part marks an entry that covers a part of the country only, or one of several
	// entries for it: Gaza Strip and West Bank for PSE. Relations are read from such an
	// entry, figures are not.
	Part bool
}

// Places finds the countries and cities of the graph by the names that data sets print.
type Places struct {
	ByFIPS    map[string]*Country
	ByID      map[graph.ID]*Country
	countries map[string]graph.ID // by nameKey
	Cities    map[string]graph.ID // "KAZ/astana" or "/astana", by nameKey
	CityNames map[graph.ID]string // where the printed name is not the city's own
}

// KnownPlaces reads names/countries.csv and names/cities.csv once.
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

// Once returns what read returns, which it calls once. The tables are part of the binary, so a
// fault in them is ours; tests read them all.
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

// City is the id of a city of the country.
func (t *Places) City(of graph.ID, name string) graph.ID {
	for _, in := range []graph.ID{of, ""} {
		if id, ok := t.Cities[string(in)+"/"+nameKey(name)]; ok {
			return id
		}
	}
	return Slug(name)
}

// Country is the id of the country with the printed name.
func (t *Places) Country(printed string) (id graph.ID, known bool) {
	id, known = t.countries[nameKey(printed)]
	return id, known
}

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

// ReadTable reads a table of names that is a part of the binary.
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
