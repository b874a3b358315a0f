package datasets

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// The columns of a table of the archive of editions of the World Factbook
// (https://github.com/MilkMp/CIA-World-Factbooks-Archive-1990-2025).
const (
	editionCode  = "fips"
	editionField = "field"
	editionFirst = "first_edition"
	editionLast  = "last_edition"
	editionText  = "content"
)

// editionsTable reads one such table: a line for each country, field and run of editions with the same text.
// Each edition is a source, dated by its year.
type editionsTable struct {
	facts
	names  *nameTables
	name   string
	column map[string]int
}

func newEditionsTable(name string, emit codec.Emit) editionsTable {
	return editionsTable{facts: newFacts("", emit), names: names(), name: name, column: map[string]int{}}
}

// read calls row with each line of the table, which must have the columns.
func (t *editionsTable) read(ctx context.Context, r io.Reader, columns []string, row func(at graph.Position, cells []string, ps *codec.Faults)) error {
	cr := csv.NewReader(r)
	if err := t.readHead(cr, columns); err != nil {
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
			ps.Add(graph.Position{File: t.name, Line: bad.Line}, graph.BadInput, "not well-formed CSV: %v", bad.Err)
			break // where the next row begins is not sure any more
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", t.name, err)
		}
		line, _ := cr.FieldPos(0)
		row(graph.Position{File: t.name, Line: line}, cells, &ps)
	}
	if err := ps.Err(); err != nil {
		return err
	}
	return t.err
}

// readHead finds the columns by the first line, and every one that is missing.
func (t *editionsTable) readHead(cr *csv.Reader, columns []string) error {
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
	for _, c := range columns {
		if _, ok := t.column[c]; !ok {
			ps.Add(at, graph.BadInput, "the column %q is missing; give a table of the archive of editions", c)
		}
	}
	return ps.Err()
}

func (t *editionsTable) cell(cells []string, column string) string { return cells[t.column[column]] }

// year reads the year of an edition.
func (t *editionsTable) year(at graph.Position, cells []string, column string, ps *codec.Faults) (int, bool) {
	text := t.cell(cells, column)
	year, err := strconv.Atoi(text)
	if err != nil || year < 1900 || year > 2100 {
		ps.Add(at, graph.BadInput, "%s is %q; the year of an edition is needed", column, clipText(text))
		return 0, false
	}
	return year, true
}

// edition makes an edition the source of what follows, and describes it once.
func (t *editionsTable) edition(year int, partialFor ...string) {
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
	for _, predicate := range slices.Sorted(slices.Values(partialFor)) {
		describe("partialFor", predicate)
	}
}
