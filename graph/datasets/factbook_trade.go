package datasets

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// FactbookTrade reads the lists of trade partners of all editions of the World Factbook, as the archive of
// editions has them in one table: a line for each country, field and run of editions with the same text
// (https://github.com/MilkMp/CIA-World-Factbooks-Archive-1990-2025). Lines of other fields are skipped.
//
// Each edition is a source, dated by its year; the first of a run states its text. The locator is
// the country's code and the field: JA/Imports - partners. Lists name the largest partners only, so each source is partial.
// A list without a year says nothing of a period and is left out, as are regions and unions.
var FactbookTrade = &codec.Format{
	Name:   "factbook-trade",
	About:  "the trade partners of all editions of the World Factbook, in one table",
	Decode: decodeFactbookTrade,
}

// tradeFields are the fields that are read, with their predicates.
var tradeFields = map[string]string{"Exports - partners": "exportsTo", "Imports - partners": "importsFrom"}

// The columns of the table.
const (
	tradeCode    = "fips"
	tradeField   = "field"
	tradeEdition = "first_edition"
	tradeText    = "content"
)

// tradeTable reads one table.
type tradeTable struct {
	facts
	names  *nameTables
	name   string
	column map[string]int
}

func decodeFactbookTrade(ctx context.Context, name string, r io.Reader, emit codec.Emit) error {
	t := &tradeTable{facts: newFacts("", emit), names: names(), name: name, column: map[string]int{}}
	cr := csv.NewReader(r)
	if err := t.readHead(cr); err != nil {
		return err
	}
	var ps codec.Faults
	for t.err == nil {
		if err := ctx.Err(); err != nil {
			return err
		}
		cells, err := cr.Read()
		if err == io.EOF {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			ps.Add(graph.Position{File: name, Line: bad.Line}, graph.BadInput, "not well-formed CSV: %v", bad.Err)
			break // where the next row begins is not sure any more
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		line, _ := cr.FieldPos(0)
		t.row(graph.Position{File: name, Line: line}, cells, &ps)
	}
	if err := ps.Err(); err != nil {
		return err
	}
	return t.err
}

// readHead finds the columns by the first line, and every one that is missing.
func (t *tradeTable) readHead(cr *csv.Reader) error {
	var ps codec.Faults
	at := graph.Position{File: t.name, Line: 1}
	head, err := cr.Read()
	if err != nil {
		ps.Add(at, graph.BadInput, "the table has no header line: %v", err)
		return ps.Err()
	}
	for i, c := range head {
		t.column[strings.TrimPrefix(c, "\ufeff")] = i
	}
	for _, c := range []string{tradeCode, tradeField, tradeEdition, tradeText} {
		if _, ok := t.column[c]; !ok {
			ps.Add(at, graph.BadInput, "the column %q is missing; give the table of partners of the archive of editions", c)
		}
	}
	return ps.Err()
}

var (
	// tradeNote is what follows a list: a remark on it, which ends it.
	tradeNote = regexp.MustCompile(`\s*(?:\|\|\s*)?\bnote\b.*$`)
	tradeYear = regexp.MustCompile(`^(.*?)\s*\((\d{4})( est\.)?\)$`)
)

// row states what one line says.
func (t *tradeTable) row(at graph.Position, cells []string, ps *codec.Faults) {
	field := cells[t.column[tradeField]]
	predicate, ok := tradeFields[field]
	if !ok {
		return
	}
	edition, err := strconv.Atoi(cells[t.column[tradeEdition]])
	if err != nil || edition < 1900 || edition > 2100 {
		ps.Add(at, graph.BadInput, "%s is %q; the year of an edition is needed", tradeEdition, clipText(cells[t.column[tradeEdition]]))
		return
	}
	code, text := cells[t.column[tradeCode]], strings.TrimSpace(cells[t.column[tradeText]])
	c := t.names.byFIPS[code]
	if c == nil || c.part || notKnown(text) {
		return
	}
	country := c.id
	if note := tradeNote.FindString(text); strings.Contains(note, "includ") || strings.Contains(note, "exclud") {
		t.remark(at, "%s of %s, edition %d, is about something else than its trade: %q", field, country, edition, clipText(note))
		return
	}
	list := tradeYear.FindStringSubmatch(strings.TrimSpace(tradeNote.ReplaceAllString(text, "")))
	if list == nil {
		t.remark(at, "%s of %s, edition %d, gives no year and is not read: %q", field, country, edition, clipText(text))
		return
	}
	t.edition(edition)
	t.declare(country, "Country")
	found, rest := parsePartners(strings.TrimRight(list[1], " ,;"))
	if rest != "" {
		t.remark(at, "%s of %s, edition %d, not read: %q", field, country, edition, clipText(rest))
	}
	for _, p := range found {
		t.partner(at, country, predicate, code+"/"+field, p, list[2], list[3] != "")
	}
}

// partner states the share of one item of a list. Names may have commas; what precedes the last
// one may also be a partner without a share.
func (t *tradeTable) partner(at graph.Position, country graph.ID, predicate, locator string, p partner, year string, estimated bool) {
	id, known := t.names.countries[nameKey(p.printed)]
	if i := strings.LastIndex(p.printed, ", "); !known && i >= 0 {
		id, known = t.names.countries[nameKey(p.printed[i+2:])]
	}
	if !known || id == country {
		t.remark(at, "the partner %q of %s in %s is no other country of names/countries.csv", clipText(p.printed), country, year)
		return
	}
	t.declare(id, "Country")
	opts := []claimOption{qualified("share", graph.FloatValue(share(p.percent))), during(yearOf(year))}
	if estimated {
		opts = append(opts, func(c *graph.Claim) { c.Attribution = graph.Estimated })
	}
	t.state(at, locator, country, predicate, graph.EntityValue(id), opts...)
}

// edition makes an edition the source of what follows, and describes it once.
func (t *tradeTable) edition(year int) {
	text := strconv.Itoa(year)
	t.from = graph.ID("factbook-" + text)
	if !t.first(string(t.from)) {
		return
	}
	t.source(t.from, "CIA via MilkMp/CIA-World-Factbooks-Archive-1990-2025", "https://github.com/MilkMp/CIA-World-Factbooks-Archive-1990-2025", "public domain (CC0 1.0)")
	describe := func(predicate, value string) {
		t.state(graph.Position{}, "", t.from, predicate, graph.LooseValue(value), asConfidence(1))
	}
	describe("name", "The World Factbook, edition of "+text)
	describe("date", text)
	for _, predicate := range slices.Sorted(slices.Values([]string{"exportsTo", "importsFrom"})) {
		describe("partialFor", predicate)
	}
}
