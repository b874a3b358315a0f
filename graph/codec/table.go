package codec

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// Table is a text of rows whose first line names its columns.
type Table struct {
	// Name is the file's, for messages; Give says what to give instead of a table without the columns.
	Name, Give string
	// Separator is between cells; 0 is a comma.
	Separator rune
	// Head is the first line, once it is read, and Column the place of each column by its name.
	Head   []string
	Column map[string]int
}

// Each calls row with each line, until it returns false. All faults of the lines are the error,
// and a table without one of the columns is refused.
func (t *Table) Each(ctx context.Context, r io.Reader, columns []string, row func(at graph.Position, cells []string, ps *Faults) bool) error {
	cr := csv.NewReader(r)
	if t.Separator != 0 {
		cr.Comma = t.Separator
	}
	if err := t.readHead(cr, columns); err != nil {
		return err
	}
	var ps Faults
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		cells, err := cr.Read()
		if err == io.EOF {
			return ps.Err()
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			ps.Add(graph.Position{File: t.Name, Line: bad.Line}, graph.BadInput, "not well-formed CSV: %v", bad.Err)
			return ps.Err() // where the next row begins is not sure any more
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", t.Name, err)
		}
		line, _ := cr.FieldPos(0)
		if !row(graph.Position{File: t.Name, Line: line}, cells, &ps) {
			return ps.Err()
		}
	}
}

// readHead finds the columns by the first line, and every one that is missing.
func (t *Table) readHead(cr *csv.Reader, columns []string) error {
	var ps Faults
	at := graph.Position{File: t.Name, Line: 1}
	head, err := cr.Read()
	if err != nil {
		ps.Add(at, graph.BadInput, "the table has no header line: %v", err)
		return ps.Err()
	}
	t.Head, t.Column = head, make(map[string]int, len(head))
	for i, c := range head {
		t.Column[strings.TrimPrefix(c, "\ufeff")] = i
	}
	for _, c := range columns {
		if _, ok := t.Column[c]; !ok {
			ps.Add(at, graph.BadInput, "the column %q is missing; give %s", c, t.Give)
		}
	}
	return ps.Err()
}
