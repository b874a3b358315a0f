package datasets

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// ISO reads the table of country codes of datasets/country-codes (https://github.com/datasets/country-codes):
// ISO 3166 codes, M49 regions, ISO 4217 currencies, FIPS and Wikidata ids, and names in the six languages of
// the United Nations.
//
// The locator of a claim is the alpha-3 code of the row and the column: KAZ/ISO4217-currency_alphabetic_code.
// Two kinds of wrong values are left out with a remark: several FIPS codes in one cell, and a code that two
// rows share.
var ISO = &codec.Format{
	Name:   "iso",
	About:  "the table of country codes: ISO 3166, M49, currencies, names in six languages",
	Decode: decodeISO,
}

// ISOSource is the source of every claim that ISO emits.
const ISOSource graph.ID = "iso-country-codes"

// The constants are the confidence of the claims from the table. Names and capitals have less, because the
// table is about codes and uses them only to identify rows.
const (
	codeConfidence  = 0.95
	labelConfidence = 0.85
)

// isoNames lists the columns that have a name of a country, and the language of each.
var isoNames = []struct{ column, lang string }{
	{"official_name_en", "en"}, {"official_name_fr", "fr"}, {"official_name_es", "es"},
	{"official_name_ru", "ru"}, {"official_name_cn", "zh"}, {"official_name_ar", "ar"},
}

// isoColumns lists the columns that a table must have.
var isoColumns = []string{
	"ISO3166-1-Alpha-3", "ISO3166-1-Alpha-2", "ISO3166-1-numeric", "FIPS", "wikidata_id", "CLDR display name",
	"UNTERM English Formal", "Global Name", "Region Name", "Sub-region Name", "Intermediate Region Name", "Capital",
	"ISO4217-currency_alphabetic_code", "Land Locked Developing Countries (LLDC)",
}

// isoTable reads one table.
type isoTable struct {
	facts.Facts
	facts.Table
	places *facts.Places
	fips   map[string]int // how many rows have each FIPS code
}

// isoRow is one line.
type isoRow struct {
	*isoTable
	cells []string
	line  int
	id    graph.ID
}

func decodeISO(ctx context.Context, name string, r io.Reader, emit codec.Emit) error {
	t := &isoTable{Facts: facts.New(emit), places: facts.KnownPlaces(), Table: facts.Table{Name: name, Give: "data/country-codes.csv of datasets/country-codes"}, fips: map[string]int{}}
	rows, err := t.readAll(ctx, r)
	if err != nil {
		return err
	}
	t.Source(ISOSource, "Open Knowledge via datasets/country-codes", "https://github.com/datasets/country-codes", "ODC-PDDL 1.0")
	for _, row := range rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		row.read()
		if t.Err != nil {
			return t.Err
		}
	}
	return nil
}

// maxISORows is the most rows of a table. There are about 250 countries.
const maxISORows = 2000

// readAll reads all rows, sorts them by code, and collects the faults of form.
func (t *isoTable) readAll(ctx context.Context, r io.Reader) ([]*isoRow, error) {
	need := slices.Clone(isoColumns)
	for _, n := range isoNames {
		need = append(need, n.column)
	}
	var rows []*isoRow
	lines := map[graph.ID]int{}
	err := t.Each(ctx, r, need, func(at graph.Position, cells []string, ps *codec.Faults) bool {
		row := &isoRow{isoTable: t, cells: cells, line: at.Line}
		row.id = graph.ID(row.cell("ISO3166-1-Alpha-3"))
		switch first, twice := lines[row.id]; {
		case !utf8.ValidString(strings.Join(cells, "")):
			ps.Add(at, graph.BadInput, "the row is not valid UTF-8; save the table in that encoding")
		case !alpha(string(row.id), 3):
			ps.Add(at, graph.BadInput, "ISO3166-1-Alpha-3 is %q; three capital letters are needed", facts.Clip(string(row.id)))
		case twice:
			ps.Add(at, graph.Duplicate, "%s is on this line and on line %d", row.id, first)
		case len(rows) == maxISORows:
			ps.Add(at, graph.BadInput, "the table has more than %d rows", maxISORows)
			return false
		default:
			lines[row.id] = at.Line
			rows = append(rows, row)
			t.fips[row.cell("FIPS")]++
		}
		return true
	})
	sort.Slice(rows, func(i, j int) bool { return rows[i].id < rows[j].id })
	return rows, err
}

func alpha(s string, n int) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return len(s) == n
}

// cell returns the text of a column, without the blanks and the asterisks of footnotes that some cells have
// around it.
func (r *isoRow) cell(column string) string {
	i, ok := r.Column[column]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return strings.TrimSpace(strings.TrimRight(strings.TrimSpace(r.cells[i]), "* "))
}

func (r *isoRow) place(column string) graph.Position {
	return graph.Position{File: r.Name, Line: r.line, Path: column}
}

func (r *isoRow) claim(column string, subject graph.ID, predicate string, v graph.Value, opts ...facts.Option) {
	opts = append([]facts.Option{facts.AsConfidence(codeConfidence)}, opts...)
	r.State(r.place(column), string(r.id)+"/"+column, subject, predicate, v, opts...)
}

func (r *isoRow) spoilt(column, why string) {
	r.Remark(r.place(column), "%s of %s not read: %q %s", column, r.id, facts.Clip(r.cell(column)), why)
}

func (r *isoRow) read() {
	r.Declare(r.id, "Country")
	r.codes()
	r.labels()
	r.regions()
	const capital, currency, landlocked = "Capital", "ISO4217-currency_alphabetic_code", "Land Locked Developing Countries (LLDC)"
	if name := r.cell(capital); name != "" {
		city := r.places.City(r.id, name)
		if city != "" && r.Declare(city, "City") {
			r.claim(capital, r.id, "capital", graph.EntityValue(city), facts.AsConfidence(labelConfidence))
			if city == facts.Slug(name) {
				r.claim(capital, city, "name", graph.StringValue(name), facts.AsConfidence(labelConfidence))
			} else {
				if own := r.places.CityNames[city]; own != "" {
					r.claim(capital, city, "name", graph.StringValue(own), facts.AsInferred, facts.AsPrinted(name))
				}
				// The table of cities has another name for the city, which may be the present one.
				r.claim(capital, city, "aliases", graph.StringValue(name), facts.AsConfidence(labelConfidence))
			}
			r.claim(capital, city, "country", graph.EntityValue(r.id), facts.AsInferred)
		} else {
			r.spoilt(capital, "gives no free id for a city; add it to names/cities.csv")
		}
	}
	if codes := r.cell(currency); codes != "" {
		list := strings.Split(codes, ",")
		for _, c := range list {
			switch {
			case !alpha(c, 3):
				r.spoilt(currency, "is not a code of three letters")
			case len(list) > 1:
				r.claim(currency, r.id, "currency", graph.StringValue(c), facts.WithNote("one of several in use"), facts.InConflict("currency-"+string(r.id)))
			default:
				r.claim(currency, r.id, "currency", graph.StringValue(c))
			}
		}
	}
	if r.cell(landlocked) == "x" {
		r.claim(landlocked, r.id, "landlocked", graph.BoolValue(true)) // an empty cell of other rows does not mean false
	}
}

// codes states the codes of the country in other schemes.
func (r *isoRow) codes() {
	const alpha2, numeric, fips, wikidata = "ISO3166-1-Alpha-2", "ISO3166-1-numeric", "FIPS", "wikidata_id"
	if c := r.cell(alpha2); alpha(c, 2) {
		r.claim(alpha2, r.id, "iso2", graph.StringValue(c))
	} else if c != "" {
		r.spoilt(alpha2, "is not two letters")
	}
	if n, err := strconv.Atoi(r.cell(numeric)); err == nil && n > 0 && n < 1000 {
		// The table omits leading zeros, which are a part of the code.
		r.claim(numeric, r.id, "isoNumeric", graph.StringValue(fmt.Sprintf("%03d", n)))
	} else if r.cell(numeric) != "" {
		r.spoilt(numeric, "is not a number of three digits")
	}
	switch c := r.cell(fips); {
	case c == "":
	case !alpha(c, 2):
		r.spoilt(fips, "is not one code of two letters")
	case r.fips[c] > 1:
		r.spoilt(fips, "is the code of two rows")
	default:
		r.claim(fips, r.id, "fips", graph.StringValue(c))
	}
	if link := r.cell(wikidata); link != "" {
		if id, ok := strings.CutPrefix(link, "https://www.wikidata.org/wiki/Q"); ok && id != "" && strings.Trim(id, "0123456789") == "" {
			r.claim(wikidata, r.id, "wikidata", graph.StringValue("Q"+id))
		} else {
			r.spoilt(wikidata, "is not the address of a Wikidata item")
		}
	}
}

// labels states the names of the country.
func (r *isoRow) labels() {
	const display, english, formal = "CLDR display name", "official_name_en", "UNTERM English Formal"
	column := display
	if n := r.cell(display); n == "" || len(n) == 2 {
		column = english // the display names of two countries are the abbreviations US and UK
	}
	if n := r.cell(column); n != "" {
		r.claim(column, r.id, "name", graph.StringValue(n), facts.AsConfidence(labelConfidence))
	}
	for _, n := range isoNames {
		if name := r.cell(n.column); name != "" {
			r.claim(n.column, r.id, "aliases", graph.StringValue(name), facts.Qualified("lang", graph.StringValue(n.lang)))
		}
	}
	if n := strings.TrimPrefix(r.cell(formal), "the "); n != "" {
		r.claim(formal, r.id, "officialName", graph.StringValue(n))
	}
}

// regions states the M49 regions of the row and which region is a part of which.
func (r *isoRow) regions() {
	parent, parentName := graph.ID(""), ""
	for _, column := range []string{"Global Name", "Region Name", "Sub-region Name", "Intermediate Region Name"} {
		name := r.cell(column)
		if name == "" {
			continue
		}
		id := facts.Slug(name)
		if id == "" || !r.Declare(id, "Region") {
			r.spoilt(column, "gives no free id for a region")
			return
		}
		// Every row states the same nesting of regions, so the claim has no row as its locator.
		if r.First("region " + string(id)) {
			r.State(r.place(column), column, id, "name", graph.StringValue(name), facts.AsConfidence(codeConfidence))
			if parent != "" && parent != id {
				r.State(r.place(column), column, id, "parent", graph.EntityValue(parent), facts.AsConfidence(codeConfidence))
			}
		}
		if column != "Global Name" && name != parentName {
			r.claim(column, r.id, "partOf", graph.EntityValue(id))
		}
		parent, parentName = id, name
	}
}
