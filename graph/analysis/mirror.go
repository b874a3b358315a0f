package analysis

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Report says which end of a relation with a mirror a figure is from.
type Report uint8

// The ends: the entity asked about, or the other one.
const (
	OwnReport Report = iota
	MirrorReport
)

// reports are what an entity reports itself of a relation, to tell where its partners' reports answer.
type reports struct {
	v     *snapshot.View
	field *schema.Field
	of    map[uint32][]uint32 // claims by object
}

// newReports has none of the entity's reports yet.
func newReports(v *snapshot.View, f *schema.Field) *reports {
	return &reports{v: v, field: f, of: map[uint32][]uint32{}}
}

// add notes a claim of the entity itself.
func (r *reports) add(n uint32) {
	if s := r.v.Snapshot(); r.v.Lists(n) && s.Rank(n) != graph.Deprecated {
		r.of[s.Object(n)] = append(r.of[s.Object(n)], n)
	}
}

// answers reports whether a claim of the other end answers for the entity: it says more than what
// part it is of the reporter's whole, and the entity itself reports nothing about the same thing in
// a period that may have a day in common.
func (r *reports) answers(n uint32) bool {
	s := r.v.Snapshot()
	if !r.v.Lists(n) || s.Rank(n) == graph.Deprecated || !saysMore(s, n, r.field.Mirror) {
		return false
	}
	for _, own := range r.of[s.Subject(n)] {
		if mayMeet(s.Valid(own), s.Valid(n)) && sameThing(s, own, n, r.field.Mirror) {
			return false
		}
	}
	return true
}

// saysMore reports whether a claim says something that is true at both ends: that goods went, or an amount. One
// whose only figure is a part of the reporter's whole does not.
func saysMore(s *snapshot.Snapshot, n uint32, m *schema.Mirror) bool {
	part := false
	for _, q := range m.Own {
		if v, _ := s.Qualifier(n, q.Name); v.Kind() != graph.NoKind {
			part = true
		}
	}
	if !part {
		return true
	}
	for _, q := range m.Amounts {
		if v, _ := s.Qualifier(n, q.Name); v.Kind() != graph.NoKind {
			return true
		}
	}
	return false
}

// mayMeet reports whether two periods may have a day in common; an unknown bound may be anywhere.
func mayMeet(a, b graph.Interval) bool {
	return a.From.First() <= b.To.Last() && b.From.First() <= a.To.Last()
}

// sameThing reports whether two claims agree in the qualifiers by which ends are compared. An entity
// that only one of them names is another thing; another value that only one of them states is not.
func sameThing(s *snapshot.Snapshot, a, b uint32, m *schema.Mirror) bool {
	for _, q := range m.Same {
		x, of := s.Qualifier(a, q.Name)
		y, and := s.Qualifier(b, q.Name)
		if of != and || q.Target == nil && x.Kind() != graph.NoKind && y.Kind() != graph.NoKind && x != y {
			return false
		}
	}
	return true
}
