package facts

import (
	"context"
	"io"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/table"
)

// Table reads a table whose first line names its columns.
type Table struct {
	Name   string // of the file, for messages
	Give   string // what to give instead of a table without the columns
	Column map[string]int
}

// Each calls row with each row, until it returns false. All faults of the rows are the error,
// and a table without one of the columns is refused.
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
