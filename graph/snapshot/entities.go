package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
)

// Lists of the entities of some types: those from OfTypes, and the subjects of a relation.

// walkTypes does the work of walk for the entities of the list's types, or for those among them that a plan found.
func (l *List) walkTypes(w *walk, fn func(Edge) bool) {
	l.declared(w, func(n uint32) bool {
		e := Edge{Node: n, Claim: memory.None}
		return !l.exists(n) || !w.keep.node(n) || !w.keep.claim(e) || fn(e)
	})
}

// declared calls fn with the entities of the list's types, or with those among them that a plan
// found, whether or not the view shows them.
func (l *List) declared(w *walk, fn func(n uint32) bool) {
	v := l.view
	of := []memory.Numbers{column.Short[uint32, column.None](w.nodes)}
	if !w.only {
		of = l.byType(w.keep)
	}
	lists := access.ListsOf(of, w.from, w.back, v.s.IDs.At)
	for n, ok := lists.Next(v.s.IDs.At); ok && !v.stop(); n, ok = lists.Next(v.s.IDs.At) {
		if w.read++; (!w.only || l.hasType(n)) && !fn(n) {
			return
		}
	}
}

// byType returns, for each of the list's types whose entities the filter may keep, the list of its entities.
func (l *List) byType(keep *filterPass) (lists []memory.Numbers) {
	s, types := l.view.s, l.types
	if types == nil {
		types = s.Ontology().Types
	}
	for _, t := range types {
		if n, ok := s.TypeNames.Number(t.Name); ok && keep.typed(t) {
			lists = append(lists, s.ByType.At(uint32(n)))
		}
	}
	return lists
}

// exists reports whether an entity of the list's types is in the list.
func (l *List) exists(n uint32) bool {
	v := l.view
	return (l.types == nil || v.allLive || v.lives(n)) && v.Exists(n)
}

// hasType reports whether the entity has one of the list's types.
func (l *List) hasType(n uint32) bool {
	t := l.view.s.Type(n)
	return t != nil && (l.types == nil || slices.Contains(l.types, t))
}
