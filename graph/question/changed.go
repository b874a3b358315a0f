package question

import (
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Changed calls fn with every claim that exactly one of two views with the same cache key may show, of which
// old is the earlier. These are the claims recorded or withdrawn between the two, the claims that answer the
// same questions, and the claims of entities that begin or end on another day. Changed may call fn with a claim
// several times, and with claims that both views show. ok is false if any other claim may have changed too, or
// if fn returned false: results computed from the earlier view are then useless.
func Changed(ctx context.Context, old, v *snapshot.View, fn func(n uint32) bool) (ok bool, err error) {
	c := changed{views: [...]*snapshot.View{old, v}, again: map[question][]uint32{}, fn: fn, ok: true}
	s := v.Snapshot()
	s.Learned(old.KnownSeq(), v.KnownSeq(), func(n uint32, _ graph.Seq, _ bool) bool {
		if n%CheckEvery == 0 && ctx.Err() != nil {
			return false
		}
		c.ok = !unsettles(old, v, n) && fn(n)
		c.collect(s, n)
		return c.ok
	})
	for q, objects := range c.again {
		if ctx.Err() == nil && c.ok {
			c.walk(q, objects)
		}
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return c.ok, v.Err()
}

// changed is the state of Changed.
type changed struct {
	views [2]*snapshot.View
	again map[question][]uint32 // the questions whose claims must be read again; for relations with the objects
	fn    func(n uint32) bool
	ok    bool
}

// question identifies claims of one entity: those of a predicate or, if it is "", all with the entity as
// subject or object.
type question struct {
	entity    uint32
	predicate string
}

// collect records the questions whose claims may have changed because of claim n. Except in a field of one
// value, a claim affects only claims with the same object.
func (c *changed) collect(s *snapshot.Snapshot, n uint32) {
	f, subject, object := s.Field(n), s.Subject(n), s.Object(n)
	if f != nil && f.Lifetime != (schema.Lifetime{}) {
		c.again[question{subject, ""}] = nil
		if object != snapshot.None && f.Lifetime.Object != schema.NoEnd {
			c.again[question{object, ""}] = nil
		}
	}
	dates := s.Valid(n)
	if f == nil || f.Time == schema.Observation || f.Reach.ByNext() || dates.From.Known() || dates.To.Known() { // an exact date refines rough dates of the other claims
		q := question{subject, s.Predicate(n)}
		if f == nil || !f.Many {
			object = snapshot.None
		}
		c.again[q] = append(c.again[q], object)
	}
}

// walk calls fn with the claims that answer a question in either view.
func (c *changed) walk(q question, objects []uint32) {
	any := q.predicate == "" || slices.Contains(objects, snapshot.None)
	slices.Sort(objects)
	for _, v := range c.views {
		s := v.Snapshot()
		if int(q.entity) >= s.EntityCount() {
			continue
		}
		each := func(n uint32) bool {
			if !any {
				if _, same := slices.BinarySearch(objects, s.Object(n)); !same {
					return true
				}
			}
			c.ok = c.fn(n)
			return c.ok
		}
		v.Claims(q.entity, q.predicate, false, each)
		if q.predicate == "" && c.ok {
			v.Claims(q.entity, "", true, each)
		}
		if !c.ok {
			return
		}
	}
}

// unsettles reports whether a claim that was recorded or withdrawn may change when claims of other sources or
// subjects hold. It may if it gives the date of a source or what the source maintains, or if it is from a
// source that maintains lists. A source recorded after the older view can only affect claims that were also
// recorded after it.
func unsettles(older, v *snapshot.View, n uint32) bool {
	s := v.Snapshot()
	if subject := s.Subject(n); s.TypeName(subject) == schema.SourceType {
		switch s.Predicate(n) {
		case "maintains":
			return true
		case "date", "coversUntil":
			if int(subject) < older.Snapshot().EntityCount() {
				return true
			}
		}
	}
	maintains := false
	v.Claims(s.Source(n), "maintains", false, func(uint32) bool {
		maintains = true
		return false
	})
	return maintains
}
