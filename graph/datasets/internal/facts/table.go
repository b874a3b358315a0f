package facts

import (
	"context"
	"io"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/table"
)

// Table reads a table whose first line has the names of the columns.
type Table struct {
	Name   string // the name of the file, for messages
	Give   string // which file the user should give if the table lacks the columns
	Column map[string]int
}

// Each calls row with each row until row returns false. The error joins all faults of the rows. A table that
// lacks one of the columns is an error.
func (t *Table) Each(ctx context.Context, r io.Reader, columns []string, row func(at graph.Position, cells []string, ps *codec.Faults) bool) error {
	var ps codec.Faults
	err := table.Read(ctx, t.Name, r, table.Options{CSV: true, Need: columns, Give: t.Give}, func(r *table.Row) bool {
		t.Column = r.Index()
		return row(r.Position(""), r.Cells, &ps)
	}, ps.Report)
	if err != nil {
		return err
	}
	return ps.Err()
}
