package memory

import (
	"iter"
	"maps"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// LifetimeOf returns when an entity exists, from the claims about its beginning and end for which counts
// returns true.
func (s *Graph) LifetimeOf(entity uint32, counts func(n uint32) bool) validity.Lifetime {
	var begins, ends []graph.Span
	note := func(r Run, object bool) {
		for l := range r.All() {
			// Fields with one name may mean different things in different types.
			end := schema.NoEnd
			if f := s.Field(l.Claim); f != nil && object {
				end = f.Lifetime.Object
			} else if f != nil {
				end = f.Lifetime.Subject
			}
			switch d, ok := s.dayOf(l); {
			case !ok || l.Rank == graph.Deprecated || !counts(l.Claim):
			case end == schema.Begins:
				begins = append(begins, d)
			case end == schema.Ends:
				ends = append(ends, d)
			}
		}
	}
	kinds := s.Kinds()
	for _, p := range kinds.Lifetimes {
		note(s.OutRun(entity, p), false)
		if kinds.Of[p].OfObjects {
			note(s.InRun(entity, p), true)
		}
	}
	return validity.LifetimeOf(begins, ends)
}

// dayOf returns the date that a claim gives for a beginning or an end: its value, or for a relation the first
// date of its valid time.
func (s *Graph) dayOf(l Link) (graph.Span, bool) {
	r := s.Rows.Ref(l.Claim)
	if r.Kind == graph.NoneKind {
		return graph.Span{}, false
	}
	if r.Kind == graph.DateKind {
		d := graph.UnpackDate(r.Value)
		return d.Span(), d.Known()
	}
	b := &s.Times.Ref(r.Valid).Bounds
	if b.Started {
		return b.Start, true
	}
	return b.End, b.Ended
}

// noteLife records the entities whose lifetime a claim may change.
func (b *change) noteLife(r *Row) {
	f := b.s.FieldOf(r)
	if f == nil || f.Lifetime == (schema.Lifetime{}) {
		return
	}
	if b.touchedLives == nil {
		b.touchedLives = map[uint32]bool{}
	}
	b.touchedLives[r.Subject] = true
	if r.Kind == graph.EntityKind {
		b.touchedLives[uint32(r.Value)] = true
	}
}

// live computes the lifetimes that the change affects.
func (b *change) live() {
	if len(b.touchedLives) > 0 {
		b.s.Lives = b.s.readLives(b.s.Lives.Begin(), maps.Keys(b.touchedLives))
	}
}

// readLives computes the lifetimes of entities, and the days on which all entities with a lifetime
// exist.
func (s *Graph) readLives(e *column.Edit[validity.ShortLifetime], entities iter.Seq[uint32]) column.Table[validity.ShortLifetime] {
	for entity := range entities {
		ever := s.LifetimeOf(entity, func(uint32) bool { return true })
		s.AllLive.First = max(s.AllLive.First, ever.Sure.First)
		s.AllLive.Last = min(s.AllLive.Last, ever.Sure.Last)
		e.Set(entity, s.LifetimeOf(entity, s.Live).Short())
	}
	return e.Table()
}

// mortals returns the entities for which some claim says when they begin or end.
func (s *Graph) mortals() []uint32 {
	var ns []uint32
	for n := range uint32(s.Lives.Len()) {
		if s.Lives.At(n).Bounded {
			ns = append(ns, n)
		}
	}
	return ns
}
