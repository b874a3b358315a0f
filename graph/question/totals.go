package question

import (
	"maps"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Totals keeps how many entities of each type the views asked last have. After a write
// only the entities that it mentions are looked at again. The zero value is ready to
// use, and is safe for concurrent use.
type Totals struct{ cache ViewCache[*totals] }

// totals are the entities that lists of types have in a view.
type totals struct {
	has    []uint64 // a bit for each entity
	counts map[*schema.Type]int
}

// Of returns how many entities the list of the concrete types has.
func (k *Totals) Of(v *snapshot.View, types []*schema.Type) (n int, err error) {
	t, err := k.cache.Of(v, "totals", func(old *Cached[*totals]) (*totals, error) {
		if old != nil {
			if t := old.Value.after(old.View, v); t != nil {
				return t, v.Err()
			}
		}
		return count(v)
	})
	if err != nil {
		return 0, err
	}
	for _, typ := range types {
		n += t.counts[typ]
	}
	return n, nil
}

// count walks all entities.
func count(v *snapshot.View) (*totals, error) {
	s := v.Snapshot()
	t := &totals{has: make([]uint64, s.EntityCount()/64+1), counts: map[*schema.Type]int{}}
	for _, typ := range s.Ontology().Types {
		if typ.Abstract {
			continue
		}
		for e := range v.OfTypes(typ.Concrete).All() {
			t.has[e.Node/64] |= 1 << (e.Node % 64)
			t.counts[typ]++
		}
	}
	return t, v.Err()
}

// after returns the totals in a later view with the same cache key, or nil if everything
// must be counted again.
func (t *totals) after(old, v *snapshot.View) *totals {
	s := v.Snapshot()
	since := old.KnownSeq()
	if since == v.KnownSeq() {
		since = old.Snapshot().Seq() // both know the same claims, if not the same dates of sources
	}
	touched, same := map[uint32]bool{}, true
	touch := func(n uint32) bool {
		touched[s.Subject(n)], touched[s.Source(n)] = true, true
		Linked(s, n, func(to uint32) { touched[to] = true })
		return true
	}
	s.Learned(since, s.Seq(), func(n uint32, _ graph.Seq, _ bool) bool {
		f := s.Field(n)
		if Unsettles(old, v, n) || f != nil && f.Lifetime != (schema.Lifetime{}) {
			same = false // claims may hold on other days that are not touched
		}
		touch(n)
		if f == nil || f.Time == schema.Observation || f.Reach.ByNext() {
			old.Claims(s.Subject(n), s.Predicate(n), false, touch) // which it may have ended
			v.Claims(s.Subject(n), s.Predicate(n), false, touch)
		}
		return same
	})
	if !same {
		return nil
	}
	next := &totals{has: make([]uint64, s.EntityCount()/64+1), counts: maps.Clone(t.counts)}
	copy(next.has, t.has)
	for e := range touched {
		typ := s.Type(e)
		if typ == nil {
			continue
		}
		id := graph.StringValue(string(s.ID(e)))
		found := v.OfTypes(typ.Concrete).Select(&filter.Query{Nodes: &filter.Node{ID: &filter.Test{Eq: &id, ByBytes: true}}}, nil)
		bit := uint64(1) << (e % 64)
		if was := next.has[e/64]&bit != 0; was != (len(found) > 0) {
			next.has[e/64] ^= bit
			next.counts[typ] += 2*len(found) - 1
		}
	}
	return next
}
