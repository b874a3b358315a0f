// Package ends remembers from which entities relations lead, and to which, in the order
// of ids, so that a list of all their edges looks at no others.
//
// Read Memory first. The package must not know what an entity or a claim is.
package ends

import (
	"slices"
	"sync"
)

// Memory has the lists that were asked for, of all snapshots of one store: one that was
// made for a later snapshot serves an earlier one, whose readers must expect entities
// that have no claim yet. The zero Memory is ready; it is safe for concurrent use.
type Memory[K comparable] struct {
	mu    sync.Mutex // guards lists; not held while one is made
	lists map[K]list
}

type list struct {
	entities []uint32
	upTo     uint32 // the claims that it counts
	most     uint32 // the greatest entity
}

// Source has the claims and entities of one snapshot, from which a list is built.
type Source interface {
	// Claims is how many claims there are, Entities how many entities.
	Claims() uint32
	Entities() uint32
	// All are the entities in the order of their ids; ok is false if the request ended
	// first.
	All() (entities []uint32, ok bool)
	// Since are those of claims from a number on, in any order.
	Since(claim uint32) []uint32
	// Compare compares two entities by their ids.
	Compare(a, b uint32) int
}

// Of are the entities of a list, in the order of their ids; nil where making it was
// ended. They must not be changed.
func (m *Memory[K]) Of(key K, s Source) []uint32 {
	n := s.Claims()
	l, ok := m.list(key, n, s)
	switch {
	case !ok:
		return nil
	case len(l.entities) > 0 && l.most >= s.Entities():
		return slices.DeleteFunc(slices.Clone(l.entities), func(x uint32) bool { return x >= s.Entities() })
	}
	return l.entities
}

// list is the list of at least n claims.
func (m *Memory[K]) list(key K, n uint32, s Source) (l list, ok bool) {
	m.mu.Lock()
	l, known := m.lists[key]
	m.mu.Unlock()
	switch {
	case known && l.upTo >= n:
		return l, true
	case known:
		more := s.Since(l.upTo)
		l.noteMost(more)
		l.entities = with(l.entities, more, s.Compare)
	default:
		if l.entities, ok = s.All(); !ok {
			return l, false
		}
		l.noteMost(l.entities)
	}
	l.upTo = n
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lists == nil {
		m.lists = map[K]list{}
	}
	if m.lists[key].upTo < n {
		m.lists[key] = l
	}
	return l, true
}

func (l *list) noteMost(entities []uint32) {
	for _, x := range entities {
		l.most = max(l.most, x)
	}
}

// with is a sorted list with more elements, some of which it may have.
func with(sorted, more []uint32, compare func(a, b uint32) int) []uint32 {
	more = slices.DeleteFunc(more, func(x uint32) bool {
		_, have := slices.BinarySearchFunc(sorted, x, compare)
		return have
	})
	if len(more) == 0 {
		return sorted
	}
	slices.SortFunc(more, compare)
	more = slices.Compact(more)
	merged := make([]uint32, 0, len(sorted)+len(more))
	for _, x := range more {
		at, _ := slices.BinarySearchFunc(sorted, x, compare)
		merged = append(append(merged, sorted[:at]...), x)
		sorted = sorted[at:]
	}
	return append(merged, sorted...)
}
