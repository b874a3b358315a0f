package question

import (
	"context"
	"maps"
	"slices"

	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Totals caches, for the last views, how many entities each type has, and how many claims each predicate has.
// After a write, only the entities and claims that it mentions are counted again. The zero value is ready to
// use and safe for concurrent use.
type Totals struct {
	entities ViewCache[*tally[*schema.Type]]
	claims   ViewCache[*tally[string]]
}

// tally says which entities or claims are in lists of a view, with their counts by a key.
type tally[K comparable] struct {
	has    []uint64 // a bit for each entity or claim
	counts map[K]int
}

func newTally[K comparable](n int) *tally[K] {
	return &tally[K]{has: make([]uint64, n/64+1), counts: map[K]int{}}
}

// grown returns a copy with room for n numbers.
func (t *tally[K]) grown(n int) *tally[K] {
	has := make([]uint64, n/64+1)
	copy(has, t.has)
	return &tally[K]{has: has, counts: maps.Clone(t.counts)}
}

// set records whether a number is in the lists.
func (t *tally[K]) set(n uint32, key K, has bool) {
	word, bit := &t.has[n/64], uint64(1)<<(n%64)
	switch was := *word&bit != 0; {
	case has && !was:
		*word |= bit
		t.counts[key]++
	case was && !has:
		*word &^= bit
		t.counts[key]--
	}
}

// tallied returns the tally of a view: that of an earlier view, updated by after if possible, or a new one from
// count.
func tallied[K comparable](ctx context.Context, in *ViewCache[*tally[K]], name string, v *snapshot.View,
	after func(context.Context, *Cached[*tally[K]], *snapshot.View) (*tally[K], error), count func(*snapshot.View) (*tally[K], error),
) (*tally[K], error) {
	return in.Of(v, name, func(old *Cached[*tally[K]]) (*tally[K], error) {
		if old != nil {
			if t, err := after(ctx, old, v); t != nil || err != nil {
				return t, err
			}
		}
		return count(v)
	})
}

// Of returns the length of the list of the concrete types.
func (k *Totals) Of(ctx context.Context, v *snapshot.View, types []*schema.Type) (n int, err error) {
	t, err := tallied(ctx, &k.entities, "totals", v, entitiesAfter, countEntities)
	if err != nil {
		return 0, err
	}
	for _, typ := range types {
		n += t.counts[typ]
	}
	return n, nil
}

// countEntities counts all entities.
func countEntities(v *snapshot.View) (*tally[*schema.Type], error) {
	s := v.Snapshot()
	t := newTally[*schema.Type](s.EntityCount())
	for _, typ := range s.Ontology().Types {
		if typ.Abstract {
			continue
		}
		for e := range v.OfTypes(typ.Concrete).All() {
			t.set(e.Node, typ, true)
		}
	}
	return t, v.Err()
}

// entitiesAfter returns the tally for a later view with the same cache key, or nil if everything must be
// counted again.
func entitiesAfter(ctx context.Context, old *Cached[*tally[*schema.Type]], v *snapshot.View) (*tally[*schema.Type], error) {
	s := v.Snapshot()
	touched := map[uint32]bool{}
	ok, err := Changed(ctx, old.View, v, func(n uint32) bool {
		touched[s.Subject(n)], touched[s.Source(n)] = true, true
		Linked(s, n, func(to uint32) { touched[to] = true })
		return len(touched) < 1000+s.EntityCount()/16 // for more, counting all is faster
	})
	if !ok || err != nil {
		return nil, err
	}
	next := old.Value.grown(s.EntityCount())
	for e := range touched {
		if typ := s.Type(e); typ != nil {
			next.set(e, typ, Listed(v, e))
		}
	}
	return next, v.Err()
}

// OfClaims returns how many claims of the predicates a list of all claims has; without predicates, how many
// claims it has.
func (k *Totals) OfClaims(ctx context.Context, v *snapshot.View, predicates ...string) (n int, err error) {
	t, err := tallied(ctx, &k.claims, "claims", v, claimsAfter, countClaims)
	if err != nil {
		return 0, err
	}
	for of, count := range t.counts {
		if len(predicates) == 0 || slices.Contains(predicates, of) {
			n += count
		}
	}
	return n, nil
}

// countClaims counts all claims.
func countClaims(v *snapshot.View) (*tally[string], error) {
	s := v.Snapshot()
	t := newTally[string](s.ClaimCount())
	v.AllClaims(func(n uint32) bool {
		t.set(n, s.Predicate(n), true)
		return true
	})
	return t, v.Err()
}

// claimsAfter is entitiesAfter for claims.
func claimsAfter(ctx context.Context, old *Cached[*tally[string]], v *snapshot.View) (*tally[string], error) {
	s := v.Snapshot()
	var touched []uint32
	ok, err := Changed(ctx, old.View, v, func(n uint32) bool {
		touched = append(touched, n)
		return len(touched) < 1000+s.ClaimCount()/16
	})
	if !ok || err != nil {
		return nil, err
	}
	next := old.Value.grown(s.ClaimCount())
	for _, n := range touched {
		next.set(n, s.Predicate(n), v.Lists(n))
	}
	return next, v.Err()
}
