package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
)

// qualifiersIn returns the position and the number of the qualifiers of the edge's claim.
func qualifiersIn(s *memory.Graph, e Edge) (first, n uint32) {
	switch {
	case e.noted > 0:
		return e.qualifiers, uint32(e.noted) - 1
	case e.Claim == memory.None:
		return 0, 0
	}
	r := s.Rows.Ref(e.Claim)
	return r.Qualifiers, uint32(r.NumQualifiers)
}

// qualifierIn returns the value of a qualifier of the edge's claim, or the zero cell if the claim
// lacks it. name is the number of the qualifier's name.
func qualifierIn(s *memory.Graph, e Edge, name uint16) dense.Cell {
	if e.mirror && withheld(s, e, name) {
		return dense.Cell{}
	}
	first, n := qualifiersIn(s, e)
	return s.QualifierAmong(first, n, name)
}

// rulesOf returns the rules for the qualifiers of a claim; they are the same for all claims in its list.
func (v *View) rulesOf(n uint32) []vocabulary.Rule { return v.s.Rules[v.s.Field(n)] }

// sameQualifiers reports whether two claims agree in every distinct qualifier. Observations must
// also state the same kinds of figures: a share of the world and a number of tonnes are two facts
// about one year, not two answers to one question.
func (v *View) sameQualifiers(a, b Edge, rules []vocabulary.Rule) bool {
	s := v.s
	for _, q := range rules {
		x, y := qualifierIn(s, a, q.Name), qualifierIn(s, b, q.Name)
		if q.Distinct && !s.SameCell(x, y) || q.Stated && x.Kind != y.Kind {
			return false
		}
	}
	return true
}

// signature returns a hash that is equal for claims with sameQualifiers, and rarely for others. It
// is a sum over the qualifiers, so each is read once and their order does not matter.
func (v *View) signature(e Edge, rules []vocabulary.Rule) uint64 {
	s := v.s
	sum := uint64(0)
	first, n := qualifiersIn(s, e)
	for at := first; at < first+n; at++ {
		q := s.QualifierRows.Ref(at)
		i := slices.IndexFunc(rules, func(r vocabulary.Rule) bool { return r.Name == q.Name })
		if i < 0 || e.mirror && withheld(s, e, q.Name) {
			continue
		}
		h := (uint64(q.Name)<<8 | uint64(q.Kind)) * 0x9E3779B97F4A7C15
		if rules[i].Distinct {
			h = (h ^ s.HashCell(q.Cell())) * 0x9E3779B97F4A7C15
		}
		sum += h ^ h>>32
	}
	return sum
}

// edgeOf returns the edge that a link makes to its other end.
func edgeOf(l *memory.Link) Edge {
	return Edge{Node: l.Other, Claim: l.Claim, qualifiers: l.Qualifiers, noted: uint16(l.NumQualifiers) + 1}
}
