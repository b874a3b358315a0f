package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// A relation with a mirror is reported from both ends. If an entity reports nothing about an object,
// its list has the object's claims about the entity instead, marked as mirrored edges. They are found
// when the list is read. Lists of all subjects leave them out, so that no fact is in a list twice.

// Mirrored reports whether only the entity at the other end reports the edge.
func (e Edge) Mirrored() bool { return e.mirror }

// mirrors reports whether the list of a relation may have mirrored edges.
func (v *View) mirrors(entity uint32, f *schema.Field) bool {
	return f.Kind == schema.Relation && f.Mirror != nil && entity != memory.None && v.s.InRun(entity, memory.PredicateOf(f.Mirror.Of)).Len() > 0
}

// mirrored appends to dst the edges that the other ends report, including those that the entity reports too.
func (v *View) mirrored(entity uint32, f *schema.Field, dst []Edge) []Edge {
	for l := range v.s.InRun(entity, memory.PredicateOf(f.Mirror.Of)).All() {
		if v.stop() {
			return dst
		}
		if l.Rank == graph.Deprecated || !v.includes(f, l.Other) || !v.saysMore(l.Claim, f.Mirror) || !v.Shows(entity, l) {
			continue
		}
		e := edgeOf(&l)
		e.mirror = true
		dst = append(dst, e)
	}
	return dst
}

// saysMore reports whether a claim states something that is true at both ends: that there is such a
// relation, or an amount. A claim whose only figure is a share of the reporter's whole does not.
func (v *View) saysMore(n uint32, m *schema.Mirror) bool {
	states := func(q *schema.Qualifier) bool {
		return v.s.ClaimQualifier(n, memory.QualifierOf(q)).Kind != graph.NoKind
	}
	return !slices.ContainsFunc(m.Own, states) || slices.ContainsFunc(m.Amounts, states)
}

// Answers reports whether claim n, from the other end of a relation with a mirror, may answer for an entity. own are
// the claims that the entity reports about the same object. The claim must state more than its share of the reporter's
// whole, and no claim in own that is not DEPRECATED may be about the same thing on the same day.
func (v *View) Answers(f *schema.Field, n uint32, own []uint32) bool {
	return v.s.Rank(n) != graph.Deprecated && v.saysMore(n, f.Mirror) && !v.reported(f, n, own)
}

func (v *View) reported(f *schema.Field, n uint32, own []uint32) bool {
	return slices.ContainsFunc(own, func(o uint32) bool {
		return v.s.Rank(o) != graph.Deprecated && mayMeet(v.s.Valid(o), v.s.Valid(n)) && v.sameThing(f, o, n)
	})
}

// mayMeet reports whether two periods may have a day in common; an unknown bound may be any day.
func mayMeet(a, b graph.Interval) bool {
	return a.From.First() <= b.To.Last() && b.From.First() <= a.To.Last()
}

// sameThing reports whether two claims agree in the qualifiers by which the reports of both ends are compared. An
// entity that only one claim names makes them differ; any other value that only one states does not.
func (v *View) sameThing(f *schema.Field, a, b uint32) bool {
	for _, q := range f.Mirror.Same {
		x, y := v.s.ClaimQualifier(a, memory.QualifierOf(q)), v.s.ClaimQualifier(b, memory.QualifierOf(q))
		if q.Target == nil && (x.Kind == graph.NoKind || y.Kind == graph.NoKind) {
			continue
		}
		if !v.s.SameCell(x, y) {
			return false
		}
	}
	return true
}

// unreported removes, in place, from the edges to one node the mirrored ones whose facts the entity itself reports.
func (v *View) unreported(f *schema.Field, group []Edge) []Edge {
	var own []uint32
	mirrored := false
	for _, e := range group {
		if mirrored = mirrored || e.mirror; !e.mirror {
			own = append(own, e.Claim)
		}
	}
	if !mirrored || len(own) == 0 {
		return group
	}
	return slices.DeleteFunc(group, func(e Edge) bool { return e.mirror && v.reported(f, e.Claim, own) })
}

// withheld reports whether a qualifier of a mirrored edge's claim is a share of the reporting end's whole.
func withheld(s *memory.Graph, e Edge, name uint16) bool {
	f := s.Field(e.Claim)
	return f != nil && f.Mirror != nil && slices.ContainsFunc(f.Mirror.Of.Mirror.Own, func(q *schema.Qualifier) bool { return memory.QualifierOf(q) == name })
}
