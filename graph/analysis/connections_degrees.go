package analysis

import (
	"context"

	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Degrees caches, for the last views, with how many others each entity is linked. Counting the links reads all
// claims, and a search needs the numbers for entities that it does not read. After a write, only the entities
// that its claims mention are counted again. The zero value is ready to use and safe for concurrent use.
type Degrees struct{ cache question.ViewCache[[]uint32] }

// of returns the degrees in a view, by entity.
func (k *Degrees) of(ctx context.Context, v *snapshot.View) ([]uint32, error) {
	return k.cache.Of(v, "degrees", func(old *question.Cached[[]uint32]) ([]uint32, error) {
		if old != nil {
			if counts, err := recountLinks(ctx, v, old); counts != nil || err != nil {
				return counts, err
			}
		}
		return countLinks(ctx, v)
	})
}

// maxRecounted is how many entities are counted again one by one; for more, reading all claims is as fast.
const maxRecounted = 2000

// recountLinks counts the links of the entities that claims touched since an earlier view. It returns nil if
// counting all entities is as fast.
func recountLinks(ctx context.Context, v *snapshot.View, old *question.Cached[[]uint32]) ([]uint32, error) {
	s := v.Snapshot()
	touched, err := touchedSince(ctx, v, old.View)
	if err != nil || touched == nil {
		return nil, err
	}
	counts := make([]uint32, s.EntityCount())
	copy(counts, old.Value)
	others := map[uint32]bool{}
	for e := range touched {
		clear(others)
		w := walk{ctx: ctx}
		v.Claims(e, "", false, func(n uint32) bool {
			if v.Lists(n) {
				question.Linked(s, n, func(to uint32) { others[to] = true })
			}
			return w.tick()
		})
		v.Claims(e, "", true, func(n uint32) bool {
			if v.Lists(n) {
				others[s.Subject(n)] = true
			}
			return w.tick()
		})
		qualifiedBy(v, e, func(n uint32) bool { others[s.Subject(n)] = true; return w.tick() })
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		delete(others, e)
		counts[e] = uint32(len(others))
	}
	return counts, nil
}

// touchedSince returns the entities whose links may have changed since an earlier view, or nil if there are too
// many to count each.
func touchedSince(ctx context.Context, v, old *snapshot.View) (map[uint32]bool, error) {
	s := v.Snapshot()
	touched := map[uint32]bool{}
	ok, err := question.Changed(ctx, old, v, func(n uint32) bool {
		touched[s.Subject(n)] = true
		question.Linked(s, n, func(to uint32) { touched[to] = true })
		return len(touched) <= maxRecounted
	})
	if !ok || err != nil {
		return nil, err
	}
	return touched, nil
}

// countLinks counts, for each entity, the other entities with which claims in view link it: a subject with its
// object and with the entities in qualifiers. Several claims between the same two entities count once.
func countLinks(ctx context.Context, v *snapshot.View) ([]uint32, error) {
	s := v.Snapshot()
	type pair struct{ a, b uint32 }
	var pairs []pair
	counts := make([]uint32, s.EntityCount())
	w := walk{ctx: ctx}
	v.AllClaims(func(n uint32) bool {
		subject := s.Subject(n)
		question.Linked(s, n, func(to uint32) {
			pairs = append(pairs, pair{subject, to})
			counts[subject]++
			counts[to]++
		})
		return w.tick()
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// Sort the links of each entity together, and count each other entity once.
	next := make([]uint32, len(counts)+1)
	for e, n := range counts {
		next[e+1] = next[e] + n
	}
	ends := make([]uint32, 2*len(pairs))
	at := append([]uint32(nil), next...)
	for _, p := range pairs {
		ends[at[p.a]], ends[at[p.b]] = p.b, p.a
		at[p.a]++
		at[p.b]++
	}
	seen := make([]uint32, len(counts)) // the entity that counted it last, + 1
	for e := range counts {
		counts[e] = 0
		for _, x := range ends[next[e]:next[e+1]] {
			if seen[x] != uint32(e)+1 {
				seen[x] = uint32(e) + 1
				counts[e]++
			}
		}
	}
	return counts, nil
}
