package datasets

import (
	"context"
	"io"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
)

// csvTable reads a table whose first line names its columns.
type csvTable struct {
	name   string // of the file, for messages
	give   string // what to give instead of a table without the columns
	column map[string]int
}

// each is Each of a codec.Table.
func (t *csvTable) each(ctx context.Context, r io.Reader, columns []string, row func(at graph.Position, cells []string, ps *codec.Faults) bool) error {
	table := codec.Table{Name: t.name, Give: t.give}
	return table.Each(ctx, r, columns, func(at graph.Position, cells []string, ps *codec.Faults) bool {
		t.column = table.Column
		return row(at, cells, ps)
	})
}
