package memory

import (
	"hash/maphash"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/schema"
)

func (r *Row) Cell() dense.Cell { return dense.Cell{Bits: r.Value, Unit: r.unit, Kind: r.Kind} }

func (q *Qualifier) Cell() dense.Cell { return dense.Cell{Bits: q.value, Unit: q.unit, Kind: q.Kind} }

// ValueOf returns the value in a cell.
func (s *Graph) ValueOf(c dense.Cell) graph.Value {
	switch c.Kind {
	case graph.EntityKind:
		return graph.EntityValue(s.ID(uint32(c.Bits)))
	case graph.StringKind:
		return graph.StringValue(s.Texts.At(uint32(c.Bits)))
	case graph.EnumKind:
		return graph.EnumOf(s.Texts.At(uint32(c.Bits)))
	case graph.QuantityKind:
		return graph.ValueOfBits(c.Kind, c.Bits, s.Texts.At(c.Unit))
	case graph.RangeKind:
		return graph.RangeOf(s.Texts.At(uint32(c.Bits)))
	}
	return graph.ValueOfBits(c.Kind, c.Bits, "")
}

// TextIn returns the text of a cell that is a text or a member of an enum; ok is false for other cells.
func (s *Graph) TextIn(c dense.Cell) (text string, ok bool) {
	if c.Kind == graph.StringKind || c.Kind == graph.EnumKind {
		return s.Texts.At(uint32(c.Bits)), true
	}
	return "", false
}

// SameCell reports whether two cells have the same value.
func (s *Graph) SameCell(a, b dense.Cell) bool {
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

// QualifierOf returns the number of a qualifier's name, which is the same in every snapshot.
func QualifierOf(q *schema.Qualifier) uint16 { return uint16(q.Number) }

// ClaimQualifier returns the value of a claim's qualifier, or the zero cell if the claim lacks it. name is the
// number of the qualifier's name.
func (s *Graph) ClaimQualifier(n uint32, name uint16) dense.Cell {
	r := s.Rows.Ref(n)
	return s.QualifierAmong(r.Qualifiers, uint32(r.NumQualifiers), name)
}

// SameQualifiers reports whether two claims have the same qualifiers, with the same values.
func (s *Graph) SameQualifiers(a, b *Row) bool {
	if a.NumQualifiers != b.NumQualifiers {
		return false
	}
	for i := range uint32(a.NumQualifiers) {
		x, y := s.QualifierRows.Ref(a.Qualifiers+i), s.QualifierRows.Ref(b.Qualifiers+i)
		if x.Name != y.Name || !s.SameCell(x.Cell(), y.Cell()) {
			return false
		}
	}
	return true
}

// AgreeWhereBoth reports whether two claims have the same value of each qualifier that both have.
func (s *Graph) AgreeWhereBoth(n, m uint32) bool {
	r := s.Rows.Ref(n)
	for i := range uint32(r.NumQualifiers) {
		q := s.QualifierRows.Ref(r.Qualifiers + i)
		if c := s.ClaimQualifier(m, q.Name); c.Kind != graph.NoKind && !s.SameCell(c, q.Cell()) {
			return false
		}
	}
	return true
}

// QualifierAmong returns the qualifier with the name as a cell, like ClaimQualifier. The claim has n
// qualifiers, and first is the index of the first.
func (s *Graph) QualifierAmong(first, n uint32, name uint16) dense.Cell {
	for at := first; at < first+n; at++ {
		if q := s.QualifierRows.Ref(at); q.Name == name {
			return q.Cell()
		}
	}
	return dense.Cell{}
}

// HashCell returns a hash that is equal for cells that are SameCell.
func (s *Graph) HashCell(c dense.Cell) uint64 {
	switch {
	case c.Kind == graph.QuantityKind:
		return c.Bits ^ maphash.String(HashSeed, s.Texts.At(c.Unit))
	case c.Textual():
		return maphash.String(HashSeed, s.Texts.At(uint32(c.Bits)))
	}
	return c.Bits
}
