package question

import (
	"context"
	"maps"

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
func (k *Totals) Of(ctx context.Context, v *snapshot.View, types []*schema.Type) (n int, err error) {
	t, err := k.cache.Of(v, "totals", func(old *Cached[*totals]) (*totals, error) {
		if old != nil {
			if t, err := old.Value.after(ctx, old.View, v); t != nil || err != nil {
				return t, err
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
func (t *totals) after(ctx context.Context, old, v *snapshot.View) (*totals, error) {
	s := v.Snapshot()
	touched := map[uint32]bool{}
	ok, err := Changed(ctx, old, v, func(n uint32) bool {
		touched[s.Subject(n)], touched[s.Source(n)] = true, true
		Linked(s, n, func(to uint32) { touched[to] = true })
		return len(touched) < 1000+s.EntityCount()/16 // for more, a walk over all is faster
	})
	if !ok || err != nil {
		return nil, err
	}
	next := &totals{has: make([]uint64, s.EntityCount()/64+1), counts: maps.Clone(t.counts)}
	copy(next.has, t.has)
	for e := range touched {
		typ := s.Type(e)
		if typ == nil {
			continue
		}
		bit := uint64(1) << (e % 64)
		switch was, has := next.has[e/64]&bit != 0, Listed(v, e); {
		case has && !was:
			next.has[e/64] |= bit
			next.counts[typ]++
		case was && !has:
			next.has[e/64] &^= bit
			next.counts[typ]--
		}
	}
	return next, v.Err()
}
