package datasets

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

//go:embed names/countries.csv names/cities.csv
var placeFiles embed.FS

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

// places finds the countries and cities of the graph by the names that data sets print.
type places struct {
	byFIPS    map[string]*country
	byID      map[graph.ID]*country
	countries map[string]graph.ID // by nameKey
	cities    map[string]graph.ID // "KAZ/astana" or "/astana", by nameKey
	cityNames map[graph.ID]string // where the printed name is not the city's own
}

// knownPlaces reads names/countries.csv and names/cities.csv once.
var knownPlaces = readOnce(func() (*places, error) {
	t := &places{
		byFIPS: map[string]*country{}, byID: map[graph.ID]*country{}, countries: map[string]graph.ID{},
		cities: map[string]graph.ID{}, cityNames: map[graph.ID]string{},
	}
	if err := readTable(placeFiles, "names/countries.csv", t.countryRow); err != nil {
		return nil, err
	}
	return t, readTable(placeFiles, "names/cities.csv", t.cityRow)
})

// readOnce returns what read returns, which it calls once. The tables are part of the binary, so a
// fault in them is ours; tests read them all.
func readOnce[T any](read func() (T, error)) func() T {
	return sync.OnceValue(func() T {
		t, err := read()
		if err != nil {
			panic(err)
		}
		return t
	})
}

func (t *places) countryRow(c []string) error {
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

func (t *places) cityRow(c []string) error {
	t.cities[c[0]+"/"+nameKey(c[1])] = graph.ID(c[2])
	if c[3] != "" {
		t.cityNames[graph.ID(c[2])] = c[3]
	}
	return nil
}

// city is the id of a city of the country.
func (t *places) city(of graph.ID, name string) graph.ID {
	for _, in := range []graph.ID{of, ""} {
		if id, ok := t.cities[string(in)+"/"+nameKey(name)]; ok {
			return id
		}
	}
	return slug(name)
}

// country is the id of the country with the printed name.
func (t *places) country(printed string) (id graph.ID, known bool) {
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

// readTable reads a table of names that is a part of the binary.
func readTable(files fs.FS, file string, row func(cells []string) error) error {
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
