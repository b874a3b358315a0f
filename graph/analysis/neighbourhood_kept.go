package analysis

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Neighbours caches, for the last views, which others each entity is linked with, for the relations, types and
// directions of questions. Reading that costs as much as a few hundred neighbourhoods, so it is done only when the
// questions in one view have read that much. The zero value is ready to use and safe for concurrent use.
type Neighbours struct {
	cache question.ViewCache[*adjacent]
	// After is how many links questions read before the neighbours of all entities are; 0 means as many as there
	// are claims.
	After int
}

// adjacent has the others with which entities are linked, once they are read.
type adjacent struct {
	read atomic.Int64 // how many links questions have read
	mu   sync.Mutex   // held while the lists are read
	list atomic.Pointer[lists32]
}

// lists32 has a list for each entity.
type lists32 struct{ start, ends []uint32 }

// maxAdjacent bounds the memory of the lists of one question, at four bytes each.
const maxAdjacent = 20_000_000

// of returns what is kept for a question in a view.
func (k *Neighbours) of(v *snapshot.View, o *NeighbourhoodOptions) (*adjacent, error) {
	sorted := func(names []string) string {
		if names == nil {
			return "all"
		}
		return fmt.Sprintf("%q", slices.Sorted(slices.Values(names)))
	}
	return k.cache.Of(v, fmt.Sprint("neighbours ", o.Direction, sorted(o.Relations), sorted(o.Types)), func(*question.Cached[*adjacent]) (*adjacent, error) {
		return &adjacent{}, nil
	})
}

// spent notes how many links a question has read, and reads those of all entities if questions have read enough.
func (a *adjacent) spent(w *wander, after int) {
	if after == 0 {
		after = w.s.ClaimCount()
	}
	if a.read.Add(int64(w.looked)) < int64(after) || !a.mu.TryLock() {
		return
	}
	defer a.mu.Unlock()
	if a.list.Load() != nil {
		return
	}
	l := &lists32{start: make([]uint32, 1, w.s.EntityCount()+1)}
	w.work, w.spent = 0, false
	m := marksFor(w.s.EntityCount())
	mark := m.base
	defer func() { m.done(mark) }()
	for x := range uint32(w.s.EntityCount()) {
		mark++
		l.ends = w.others(x, m, mark, l.ends, math.MaxInt)
		l.start = append(l.start, uint32(len(l.ends)))
		if w.err != nil || w.v.Err() != nil || len(l.ends) > maxAdjacent {
			a.read.Store(math.MinInt64) // nobody tries again
			if w.err != nil || w.v.Err() != nil {
				a.read.Store(0)
			}
			w.err = nil // the question has its answer
			return
		}
	}
	a.list.Store(l)
}

// others does the work of wander.others.
func (l *lists32) others(w *wander, x uint32, m *marks, mark uint32, dst []uint32, most int) []uint32 {
	for _, y := range l.ends[l.start[x]:l.start[x+1]] {
		if !w.tick() || len(dst) > most {
			break
		}
		if m.of[y] != mark {
			m.of[y] = mark
			dst = append(dst, y)
		}
	}
	return dst
}
