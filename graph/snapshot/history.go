package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// History calls fn with the claims about the entity, as subject or as object
// where inverse, that the view shows or would have shown on a day before its
// own: what was over by then as well, and nothing that had not yet begun. The
// order is that of Claims. fn ends the walk by returning false.
func (v *View) History(entity uint32, inverse bool, fn func(n uint32) bool) {
	list := v.s.out.at(entity)
	if inverse {
		list = v.s.in.at(entity)
	}
	for _, l := range list {
		if v.sees(l.claim) && v.begun(l.claim) && !fn(l.claim) {
			return
		}
	}
}

// begun tells whether the claim may have come to hold by the view's date.
func (v *View) begun(n uint32) bool {
	r := v.s.rows.ref(n)
	if v.timeKind(r) == schema.State {
		return v.on.Last >= v.s.times.at(r.valid).From.First()
	}
	// What has begun is never over but for states.
	return v.Holds(n) != graph.HoldsNo
}

// WithdrawnSeq is the sequence number that withdrew the claim; 0 while it stands.
func (s *Snapshot) WithdrawnSeq(n uint32) graph.Seq { return graph.Seq(s.ended.at(n)) }

// QualifiedBy calls fn with every claim the view lists that names the entity
// by a qualifier, in record order. fn ends the walk by returning false.
func (v *View) QualifiedBy(entity uint32, fn func(n uint32) bool) {
	last := None
	for _, n := range v.s.cited.at(entity) {
		// A claim stands there for its source and each of its qualifiers.
		if n != last && v.s.qualifies(entity, n) && v.Lists(n) && !fn(n) {
			return
		}
		last = n
	}
}

func (s *Snapshot) qualifies(entity, n uint32) bool {
	for i := range s.QualifierCount(n) {
		if _, e := s.QualifierEntity(n, i); e == entity {
			return true
		}
	}
	return false
}

// QualifierEntity is the name of the claim's qualifier by its place, and the
// entity it names; None where it is a literal.
func (s *Snapshot) QualifierEntity(n uint32, i int) (name string, entity uint32) {
	q := s.quals.ref(s.rows.ref(n).qualifiers + uint32(i))
	if q.kind != graph.EntityKind {
		return s.qualifierNames.list[q.name], None
	}
	return s.qualifierNames.list[q.name], uint32(q.value)
}
