package aggregate

import (
	"math"

	"github.com/caspian-kg/caspian/graph"
)

// Cell is a value as laid out in memory; the zero cell is not a value. Cells of
// entities, numbers, booleans, dates and points are equal where their values
// are. A text may be stored twice, so that equal texts may have different cells.
type Cell struct {
	Bits uint64 // by kind: an entity's or a text's number, or the bits of a literal
	Unit uint32 // of a quantity: number in texts
	Kind graph.Kind
}

// Textual reports whether equal values of the cell's kind may have different cells.
func (c Cell) Textual() bool {
	return c.Kind == graph.StringKind || c.Kind == graph.EnumKind || c.Kind == graph.QuantityKind || c.Kind == graph.RangeKind
}

// Number is the number that the cell holds, or 0.
func (c Cell) Number() float64 {
	switch c.Kind {
	case graph.IntKind:
		return float64(int64(c.Bits))
	case graph.FloatKind, graph.QuantityKind:
		return math.Float64frombits(c.Bits)
	}
	return 0
}

// AddCell adds a number, a quantity or a range, of which text returns the texts by number; other
// values are 0, and the zero cell adds nothing.
func (s *Stats) AddCell(c Cell, text func(n uint32) string) {
	switch c.Kind {
	case graph.NoKind:
	case graph.QuantityKind:
		s.Add(c.Number(), text(c.Unit))
	case graph.RangeKind:
		s.AddValue(graph.RangeOf(text(uint32(c.Bits))))
	default:
		s.Add(c.Number(), "")
	}
}
