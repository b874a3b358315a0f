package snapshot

import (
	"hash/maphash"
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/schema"
)

// cell is a value as laid out in memory; the zero cell is not a value. Cells of
// entities, numbers, booleans, dates and points are equal where their values
// are. A text may be stored twice, so that equal texts may have different cells.
type cell struct {
	bits uint64 // by kind: an entity's or a text's number, or the bits of a literal
	unit uint32 // of a quantity: number in texts
	kind graph.Kind
}

func (r *row) cell() cell { return cell{r.value, r.unit, r.kind} }

func (q *qualifier) cell() cell { return cell{q.value, q.unit, q.kind} }

// textual reports whether equal values of the cell's kind may have different cells.
func (c cell) textual() bool {
	return c.kind == graph.StringKind || c.kind == graph.EnumKind || c.kind == graph.QuantityKind
}

// number is the number that the cell holds, or 0.
func (c cell) number() float64 {
	switch c.kind {
	case graph.IntKind:
		return float64(int64(c.bits))
	case graph.FloatKind, graph.QuantityKind:
		return math.Float64frombits(c.bits)
	}
	return 0
}

// value restores what was folded into a cell.
func (s *Snapshot) value(c cell) graph.Value {
	switch c.kind {
	case graph.EntityKind:
		return graph.EntityValue(s.ID(uint32(c.bits)))
	case graph.StringKind:
		return graph.StringValue(s.texts.At(uint32(c.bits)))
	case graph.EnumKind:
		return graph.EnumOf(s.texts.At(uint32(c.bits)))
	case graph.QuantityKind:
		return graph.ValueOfBits(c.kind, c.bits, s.texts.At(c.unit))
	}
	return graph.ValueOfBits(c.kind, c.bits, "")
}

// sameCell reports whether two cells hold one value.
func (s *Snapshot) sameCell(a, b cell) bool {
	switch {
	case a == b:
		return true
	case a.kind != b.kind || !a.textual():
		return false
	case a.kind == graph.QuantityKind:
		return a.bits == b.bits && s.texts.At(a.unit) == s.texts.At(b.unit)
	}
	return s.texts.At(uint32(a.bits)) == s.texts.At(uint32(b.bits))
}

// qualifiers are where the qualifiers of the edge's claim are stored, and how many.
func (s *Snapshot) qualifiers(e Edge) (first, n uint32) {
	switch {
	case e.noted > 0:
		return e.qualifiers, uint32(e.noted) - 1
	case e.Claim == None:
		return 0, 0
	}
	r := s.rows.Ref(e.Claim)
	return r.qualifiers, uint32(r.nqual)
}

// qualifier is the value of the claim's qualifier of a name, given by its
// number; the zero cell where it has none.
func (s *Snapshot) qualifier(e Edge, name uint16) cell {
	first, n := s.qualifiers(e)
	for at := first; at < first+n; at++ {
		if q := s.quals.Ref(at); q.name == name {
			return q.cell()
		}
	}
	return cell{}
}

// qualifierOf is the number of a qualifier's name. Every snapshot numbers the
// ontology's alike.
func qualifierOf(q *schema.Qualifier) uint16 { return uint16(q.Number) }

// rulesOf are the rules for the qualifiers of a claim and of those beside it in a list.
func (v *View) rulesOf(n uint32) []vocabulary.Rule { return v.s.rules[v.s.Field(n)] }

// sameQualifiers reports whether two claims agree in every distinct qualifier.
// Observations must also state the same figures: a share of the world and a
// number of tonnes are two facts of one year, not two answers to one question.
func (v *View) sameQualifiers(a, b Edge, rules []vocabulary.Rule) bool {
	s := v.s
	for _, q := range rules {
		x, y := s.qualifier(a, q.Name), s.qualifier(b, q.Name)
		if q.Distinct && !s.sameCell(x, y) || q.Stated && x.kind != y.kind {
			return false
		}
	}
	return true
}

// signature is the same for claims that sameQualifiers, and hardly ever for
// others. It adds up what the qualifiers say one by one, so that they are read
// once and in any order.
func (v *View) signature(e Edge, rules []vocabulary.Rule) uint64 {
	s := v.s
	sum := uint64(0)
	first, n := s.qualifiers(e)
	for at := first; at < first+n; at++ {
		q := s.quals.Ref(at)
		i := slices.IndexFunc(rules, func(r vocabulary.Rule) bool { return r.Name == q.name })
		if i < 0 {
			continue
		}
		h := (uint64(q.name)<<8 | uint64(q.kind)) * 0x9E3779B97F4A7C15
		if rules[i].Distinct {
			h = (h ^ s.hashCell(q.cell())) * 0x9E3779B97F4A7C15
		}
		sum += h ^ h>>32
	}
	return sum
}

// hashCell is the same for cells that sameCell.
func (s *Snapshot) hashCell(c cell) uint64 {
	switch {
	case c.kind == graph.QuantityKind:
		return c.bits ^ maphash.String(hashSeed, s.texts.At(c.unit))
	case c.textual():
		return maphash.String(hashSeed, s.texts.At(uint32(c.bits)))
	}
	return c.bits
}
