// Package ends caches the entities at each end of a relation, in the order of ids, so that a list of all edges
// of the relation reads no other entities.
//
// Read Memory first. The package must not know what an entity or a claim is.
package ends

import (
	"slices"
	"sync"
)

// Memory has the requested lists, for all snapshots of one store. A list made for a later snapshot also serves
// an earlier one, whose readers must expect entities that have no claim yet. The zero Memory is ready to use
// and safe for concurrent use.
type Memory[K comparable] struct {
	mu    sync.Mutex // guards lists; not held while a list is made
	lists map[K]list
}

type list struct {
	entities []uint32
	upTo     uint32 // the number of claims that were considered
	most     uint32 // the greatest number of an entity
}

// Source has the claims and entities of one snapshot, from which a list is made.
type Source interface {
	// Claims returns the number of claims, Entities the number of entities.
	Claims() uint32
	Entities() uint32
	// All returns the entities in the order of their ids; ok is false if the request ended first.
	All() (entities []uint32, ok bool)
	// Since returns the entities in claims from number claim on, in any order.
	Since(claim uint32) []uint32
	// Compare compares two entities by their ids.
	Compare(a, b uint32) int
}

// Of returns the entities of a list in the order of their ids. They must not be changed. It returns nil if the
// request ended first.
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

// list returns the list with at least the first n claims.
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
		l.entities = With(l.entities, more, s.Compare)
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

// With returns a sorted list with more elements; elements that it has already are not repeated. It changes more,
// but not sorted.
func With(sorted, more []uint32, compare func(a, b uint32) int) []uint32 {
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
