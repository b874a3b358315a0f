package memory

import (
	"hash/maphash"
	"math"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Cell is a value as laid out in memory; the zero cell is not a value. Cells of
// entities, numbers, booleans, dates and points are equal where their values
// are. A text may be stored twice, so that equal texts may have different cells.
type Cell struct {
	Bits uint64 // by kind: an entity's or a text's number, or the bits of a literal
	Unit uint32 // of a quantity: number in texts
	Kind graph.Kind
}

func (r *Row) Cell() Cell { return Cell{r.Value, r.unit, r.Kind} }

func (q *Qualifier) Cell() Cell { return Cell{q.value, q.unit, q.Kind} }

// Textual reports whether equal values of the cell's kind may have different cells.
func (c Cell) Textual() bool {
	return c.Kind == graph.StringKind || c.Kind == graph.EnumKind || c.Kind == graph.QuantityKind
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

// ValueOf returns the value that a cell holds.
func (s *Graph) ValueOf(c Cell) graph.Value {
	switch c.Kind {
	case graph.EntityKind:
		return graph.EntityValue(s.ID(uint32(c.Bits)))
	case graph.StringKind:
		return graph.StringValue(s.Texts.At(uint32(c.Bits)))
	case graph.EnumKind:
		return graph.EnumOf(s.Texts.At(uint32(c.Bits)))
	case graph.QuantityKind:
		return graph.ValueOfBits(c.Kind, c.Bits, s.Texts.At(c.Unit))
	}
	return graph.ValueOfBits(c.Kind, c.Bits, "")
}

// SameCell reports whether two cells hold one value.
func (s *Graph) SameCell(a, b Cell) bool {
	switch {
	case a == b:
		return true
	case a.Kind != b.Kind || !a.Textual():
		return false
	case a.Kind == graph.QuantityKind:
		return a.Bits == b.Bits && s.Texts.At(a.Unit) == s.Texts.At(b.Unit)
	}
	return s.Texts.At(uint32(a.Bits)) == s.Texts.At(uint32(b.Bits))
}

// QualifierOf is the number of a qualifier's name. Every snapshot numbers the
// ontology's alike.
func QualifierOf(q *schema.Qualifier) uint16 { return uint16(q.Number) }

// ClaimQualifier returns the value of the claim's qualifier with the name, given by its
// number, or the zero cell if there is none.
func (s *Graph) ClaimQualifier(n uint32, name uint16) Cell {
	r := s.Rows.Ref(n)
	return s.QualifierAmong(r.Qualifiers, uint32(r.NumQualifiers), name)
}

// QualifierAmong is claimQualifier for a claim whose n qualifiers begin with the first.
func (s *Graph) QualifierAmong(first, n uint32, name uint16) Cell {
	for at := first; at < first+n; at++ {
		if q := s.QualifierRows.Ref(at); q.Name == name {
			return q.Cell()
		}
	}
	return Cell{}
}

// HashCell is the same for cells that sameCell.
func (s *Graph) HashCell(c Cell) uint64 {
	switch {
	case c.Kind == graph.QuantityKind:
		return c.Bits ^ maphash.String(HashSeed, s.Texts.At(c.Unit))
	case c.Textual():
		return maphash.String(HashSeed, s.Texts.At(uint32(c.Bits)))
	}
	return c.Bits
}
