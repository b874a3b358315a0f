package export

import (
	"fmt"
	"io"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"github.com/caspian-kg/caspian/graph"
)

// parquetTable writes a table as Parquet. Numbers, whole numbers and booleans have typed columns, and all else is
// text. Several values are a list. An empty cell is null, and so is a range in a column of numbers. A list contains
// nulls too, so that its items and those of the list of units correspond.
type parquetTable struct {
	w    *parquet.GenericWriter[any]
	head []heading
	rows []parquet.Row
}

const (
	parquetRows     = 256   // rows that are written at once
	parquetRowGroup = 65536 // rows of a row group, which bounds the memory of a table
)

func newParquet(w io.Writer, head []heading) (tableWriter, error) {
	fields := inOrder{Group: parquet.Group{}}
	for _, h := range head {
		node := parquet.Compressed(typeOf(h.kind), &parquet.Snappy)
		if h.many {
			node = parquet.List(parquet.Optional(node))
		}
		node = parquet.Optional(node)
		fields.Group[h.name] = node
		fields.list = append(fields.list, named{node, h.name})
	}
	schema := parquet.NewSchema("table", fields)
	return &parquetTable{w: parquet.NewGenericWriter[any](w, schema, parquet.MaxRowsPerRowGroup(parquetRowGroup)), head: head}, nil
}

// typeOf returns the Parquet type of a column.
func typeOf(kind graph.Kind) parquet.Node {
	switch kind {
	case graph.IntKind:
		return parquet.Int(64)
	case graph.FloatKind, graph.QuantityKind:
		return parquet.Leaf(parquet.DoubleType)
	case graph.BoolKind:
		return parquet.Leaf(parquet.BooleanType)
	}
	return parquet.String()
}

// inOrder is a Parquet group whose columns stay in the given order; parquet.Group sorts them.
type inOrder struct {
	parquet.Group
	list []parquet.Field
}

// Fields implements parquet.Node.
func (g inOrder) Fields() []parquet.Field { return g.list }

// named is a Parquet column with a name. It implements parquet.Field.
type named struct {
	parquet.Node
	name string
}

// Name implements parquet.Field.
func (n named) Name() string { return n.name }

// Value implements parquet.Field. It is never called, because rows are written as values, not as structs.
func (n named) Value(base reflect.Value) reflect.Value { return base.FieldByName(n.name) }

// Write implements tableWriter.
func (t *parquetTable) Write(cells [][]string) error {
	row := make(parquet.Row, 0, len(cells))
	for column, texts := range cells {
		if len(texts) == 0 {
			row = append(row, parquet.NullValue().Level(0, 0, column))
		}
		for i, text := range texts {
			v, level := parquet.NullValue(), 0
			if x, ok := valueOf(t.head[column].kind, text); ok {
				v, level = x, 1
			}
			if t.head[column].many {
				level += 2 // one level for the list and one because it is not empty
			}
			row = append(row, v.Level(min(i, 1), level, column))
		}
	}
	if t.rows = append(t.rows, row); len(t.rows) < parquetRows {
		return nil
	}
	return t.flush()
}

func (t *parquetTable) flush() error {
	_, err := t.w.WriteRows(t.rows)
	t.rows = t.rows[:0]
	if err != nil {
		return fmt.Errorf("writing Parquet: %w", err)
	}
	return nil
}

// Close implements tableWriter.
func (t *parquetTable) Close() error {
	if err := t.flush(); err != nil {
		return err
	}
	return t.w.Close()
}

// valueOf converts a text to the type of its column. If ok is false, the cell is null.
func valueOf(kind graph.Kind, text string) (v parquet.Value, ok bool) {
	if text == "" {
		return v, false
	}
	switch kind {
	case graph.IntKind:
		n, err := strconv.ParseInt(text, 10, 64)
		return parquet.Int64Value(n), err == nil
	case graph.FloatKind, graph.QuantityKind:
		f, err := strconv.ParseFloat(text, 64)
		return parquet.DoubleValue(f), err == nil
	case graph.BoolKind:
		return parquet.BooleanValue(text == "true"), true
	}
	return parquet.ByteArrayValue([]byte(text)), true
}
