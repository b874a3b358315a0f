package factbook

import (
	"context"
	"io"
	"slices"
	"strconv"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets/internal/facts"
)

// The constants name the columns of a table in the archive of editions of the World Factbook
// (https://github.com/MilkMp/CIA-World-Factbooks-Archive-1990-2025).
const (
	editionCode  = "fips"
	editionField = "field"
	editionFirst = "first_edition"
	editionLast  = "last_edition"
	editionText  = "content"
)

// editionsTable reads one table of the archive. The table has one line for each country, field and run of
// editions with the same text. Each edition is a source, dated by its year.
type editionsTable struct {
	facts.Facts
	facts.Table
	names *nameTables
}

func newEditionsTable(name string, emit codec.Emit) editionsTable {
	return editionsTable{Facts: facts.New(emit), names: names(), Table: facts.Table{Name: name, Give: "a table of the archive of editions"}}
}

// read calls row with each line of the table. A table that lacks one of the columns is an error.
func (t *editionsTable) read(ctx context.Context, r io.Reader, columns []string, row func(at graph.Position, cells []string, ps *codec.Faults)) error {
	err := t.Each(ctx, r, columns, func(at graph.Position, cells []string, ps *codec.Faults) bool {
		row(at, cells, ps)
		return t.Err == nil
	})
	if err != nil {
		return err
	}
	return t.Err
}

func (t *editionsTable) cell(cells []string, column string) string { return cells[t.Column[column]] }

// year reads the year of an edition.
func (t *editionsTable) year(at graph.Position, cells []string, column string, ps *codec.Faults) (int, bool) {
	text := t.cell(cells, column)
	year, err := strconv.Atoi(text)
	if err != nil || year < 1900 || year > 2100 {
		ps.Add(at, graph.BadInput, "%s is %q; the year of an edition is needed", column, facts.Clip(text))
		return 0, false
	}
	return year, true
}

// countryOf returns the country with the code in a line. It returns nil for a part of a country and for a code
// that the graph does not have.
func (t *editionsTable) countryOf(cells []string) *facts.Country {
	c := t.names.ByFIPS[t.cell(cells, editionCode)]
	if c == nil || c.Part {
		return nil
	}
	return c
}

// edition sets an edition as the source of the claims that follow.
func (t *editionsTable) edition(year int, partialFor ...string) {
	text := strconv.Itoa(year)
	more := [][2]string{{"name", "The World Factbook, edition of " + text}, {"date", text}}
	for _, predicate := range slices.Sorted(slices.Values(partialFor)) {
		more = append(more, [2]string{"partialFor", predicate})
	}
	t.Source(graph.ID("factbook-"+text), "CIA via MilkMp/CIA-World-Factbooks-Archive-1990-2025", "https://github.com/MilkMp/CIA-World-Factbooks-Archive-1990-2025", "public domain (CC0 1.0)", more...)
}
