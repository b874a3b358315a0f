package factbook

import (
	"context"
	"io"
	"regexp"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// Trade reads the lists of trade partners of all editions of the World Factbook from one table of the archive of
// editions (https://github.com/MilkMp/CIA-World-Factbooks-Archive-1990-2025). It has one line for each country, field
// and run of editions with the same text. Lines of other fields are skipped.
//
// Each edition is a source, dated by its year; the first edition of a run states the text. The locator is the code of
// the country and the field: JA/Imports - partners. Lists name only the largest partners, so each source is partial.
// Lists without a year give no period and are left out, as are regions and unions.
var Trade = &codec.Format{
	Name:   "factbook-trade",
	About:  "the trade partners of all editions of the World Factbook, in one table",
	Decode: decodeTrade,
}

// tradeFields maps each field that is read to its predicate.
var tradeFields = map[string]string{"Exports - partners": "exportsTo", "Imports - partners": "importsFrom"}

// tradeTable reads one table.
type tradeTable struct{ editionsTable }

func decodeTrade(ctx context.Context, name string, r io.Reader, emit codec.Emit) error {
	t := &tradeTable{newEditionsTable(name, emit)}
	return t.read(ctx, r, []string{editionCode, editionField, editionFirst, editionText}, t.row)
}

var (
	// tradeNote matches a remark at the end of a list.
	tradeNote = regexp.MustCompile(`\s*(?:\|\|\s*)?\bnote\b.*$`)
	tradeYear = regexp.MustCompile(`^(.*?)\s*\((\d{4})( est\.)?\)$`)
)

// row states the partners in one line.
func (t *tradeTable) row(at graph.Position, cells []string, ps *codec.Faults) {
	field := t.cell(cells, editionField)
	predicate, ok := tradeFields[field]
	if !ok {
		return
	}
	edition, ok := t.year(at, cells, editionFirst, ps)
	if !ok {
		return
	}
	code, text := t.cell(cells, editionCode), strings.TrimSpace(t.cell(cells, editionText))
	c := t.countryOf(cells)
	if c == nil || notKnown(text) {
		return
	}
	country := c.ID
	if note := tradeNote.FindString(text); strings.Contains(note, "includ") || strings.Contains(note, "exclud") {
		t.Remark(at, "%s of %s, edition %d, is about something else than its trade: %q", field, country, edition, facts.Clip(note))
		return
	}
	list := tradeYear.FindStringSubmatch(strings.TrimSpace(tradeNote.ReplaceAllString(text, "")))
	if list == nil {
		t.Remark(at, "%s of %s, edition %d, gives no year and is not read: %q", field, country, edition, facts.Clip(text))
		return
	}
	t.edition(edition, "exportsTo", "importsFrom")
	t.Declare(country, "Country")
	found, rest := parsePartners(strings.TrimRight(list[1], " ,;"))
	if rest != "" {
		t.Remark(at, "%s of %s, edition %d, not read: %q", field, country, edition, facts.Clip(rest))
	}
	for _, p := range found {
		t.partner(at, country, predicate, code+"/"+field, p, list[2], list[3] != "")
	}
}

// partner states the share of one item of a list. A printed name may contain commas. The part before the last
// comma may also be a partner without a share.
func (t *tradeTable) partner(at graph.Position, country graph.ID, predicate, locator string, p partner, year string, estimated bool) {
	id, known := t.names.Country(p.printed)
	if i := strings.LastIndex(p.printed, ", "); !known && i >= 0 {
		id, known = t.names.Country(p.printed[i+2:])
	}
	if !known || id == country {
		t.Remark(at, "the partner %q of %s in %s is no other country of names/countries.csv", facts.Clip(p.printed), country, year)
		return
	}
	t.Declare(id, "Country")
	opts := []facts.Option{facts.Qualified("share", graph.FloatValue(share(p.percent))), facts.During(facts.Year(year))}
	if estimated {
		opts = append(opts, facts.AsEstimated)
	}
	t.State(at, locator, country, predicate, graph.EntityValue(id), opts...)
}
