package datasets

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// csvTable reads a table whose first line names its columns.
type csvTable struct {
	name   string // of the file, for messages
	give   string // what to give instead of a table without the columns
	column map[string]int
}

// each calls row with each line, until it returns false. All faults of the lines are the error, and a table without one of the
// columns is refused.
func (t *csvTable) each(ctx context.Context, r io.Reader, columns []string, row func(at graph.Position, cells []string, ps *codec.Faults) bool) error {
	cr := csv.NewReader(r)
	if err := t.readHead(cr, columns); err != nil {
		return err
	}
	var ps codec.Faults
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
			ps.Add(graph.Position{File: t.name, Line: bad.Line}, graph.BadInput, "not well-formed CSV: %v", bad.Err)
			return ps.Err() // where the next row begins is not sure any more
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", t.name, err)
		}
		line, _ := cr.FieldPos(0)
		if !row(graph.Position{File: t.name, Line: line}, cells, &ps) {
			return ps.Err()
		}
	}
}

// readHead finds the columns by the first line, and every one that is missing.
func (t *csvTable) readHead(cr *csv.Reader, columns []string) error {
	var ps codec.Faults
	at := graph.Position{File: t.name, Line: 1}
	head, err := cr.Read()
	if err != nil {
		ps.Add(at, graph.BadInput, "the table has no header line: %v", err)
		return ps.Err()
	}
	t.column = make(map[string]int, len(head))
	for i, c := range head {
		t.column[strings.TrimPrefix(c, "\ufeff")] = i
	}
	for _, c := range columns {
		if _, ok := t.column[c]; !ok {
			ps.Add(at, graph.BadInput, "the column %q is missing; give %s", c, t.give)
		}
	}
	return ps.Err()
}
