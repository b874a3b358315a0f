package analysis

import (
	"context"
	"sync"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Degrees keeps, for the views asked last, with how many others each entity is
// linked: counting them takes a walk over all claims, and a search wants them
// of entities that it does not read. The zero value is ready; it is safe for
// concurrent use.
type Degrees struct {
	// mu guards kept. It is not held while counting; two questions at once may
	// count the same.
	mu   sync.Mutex
	kept []keptDegrees // the one used last in front
}

type keptDegrees struct {
	snapshot *snapshot.Snapshot
	lens     string
	counts   []uint32
}

// maxDegrees bounds the memory: four bytes for each entity and view.
const maxDegrees = 8

// of returns the degrees in a view by entity.
func (k *Degrees) of(ctx context.Context, v *snapshot.View) ([]uint32, error) {
	lens := v.Lens()
	if counts := k.find(v.Snapshot(), lens); counts != nil {
		return counts, nil
	}
	counts, err := countLinks(ctx, v)
	if err != nil {
		return nil, err
	}
	k.keep(keptDegrees{v.Snapshot(), lens, counts})
	return counts, nil
}

func (k *Degrees) find(s *snapshot.Snapshot, lens string) []uint32 {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, x := range k.kept {
		if x.snapshot == s && x.lens == lens {
			copy(k.kept[1:i+1], k.kept[:i])
			k.kept[0] = x
			return x.counts
		}
	}
	return nil
}

// keep puts counts in front. Those of an older snapshot go at once: nobody will
// ask for them again but requests that run already.
func (k *Degrees) keep(d keptDegrees) {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := []keptDegrees{d}
	for _, x := range k.kept {
		if x.snapshot.Seq() >= d.snapshot.Seq() && len(list) < maxDegrees && (x.snapshot != d.snapshot || x.lens != d.lens) {
			list = append(list, x)
		}
	}
	k.kept = list
}

// countLinks counts, for each entity, the others that claims in view link it
// with: a subject with the object and with what qualifiers name. Many sources
// of one link, or many years of it, are one.
func countLinks(ctx context.Context, v *snapshot.View) ([]uint32, error) {
	s := v.Snapshot()
	type pair struct{ a, b uint32 }
	var pairs []pair
	counts := make([]uint32, s.EntityCount())
	looked := 0
	v.AllClaims(func(n uint32) bool {
		subject := s.Subject(n)
		link := func(to uint32) {
			if to != snapshot.None && to != subject {
				pairs = append(pairs, pair{subject, to})
				counts[subject]++
				counts[to]++
			}
		}
		link(s.Object(n))
		for i := range s.QualifierCount(n) {
			_, e := s.QualifierEntity(n, i)
			link(e)
		}
		looked++
		return looked%checkEvery != 0 || ctx.Err() == nil
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// Put the ends of each entity side by side, and count each once.
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
	seen := make([]uint32, len(counts)) // the entity that counted it last, and 1
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
