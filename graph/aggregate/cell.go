package aggregate

import (
	"math"

	"github.com/caspian-kg/caspian/graph"
)

// Cell is a value as it is stored in memory; the zero cell is not a value. Cells of entities, numbers,
// booleans, dates and points are equal if their values are. A text may be stored twice, so equal texts may have
// different cells.
type Cell struct {
	Bits uint64 // by kind: the number of an entity or a text, or the bits of a literal
	Unit uint32 // the unit of a quantity, as a number of a text
	Kind graph.Kind
}

// Textual reports whether equal values of the cell's kind may have different cells.
func (c Cell) Textual() bool {
	return c.Kind == graph.StringKind || c.Kind == graph.EnumKind || c.Kind == graph.QuantityKind || c.Kind == graph.RangeKind
}

// Number returns the number in the cell, or 0.
func (c Cell) Number() float64 {
	switch c.Kind {
	case graph.IntKind:
		return float64(int64(c.Bits))
	case graph.FloatKind, graph.QuantityKind:
		return math.Float64frombits(c.Bits)
	}
	return 0
}

// AddCell adds a number, a quantity or a range. text returns a text by its number. Other values count as 0, and
// the zero cell adds nothing.
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
