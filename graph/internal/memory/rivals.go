package memory

import (
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
)

// IsOf reports whether the entity's type is in a list; types has a value for each number of a type.
func (s *Graph) IsOf(types []bool, entity uint32) bool {
	t := int(s.Types.At(entity))
	return t < len(types) && types[t]
}

// Several reports whether the entity has several claims of a relation of one value. Few entities have; for the
// others, an inverse need not check which claim is shown.
func (s *Graph) Several(entity uint32) bool {
	return s.rivals.At(entity>>6)>>(entity&63)&1 != 0
}

// noteRivals adds the entities in the entries that have several such claims.
func (s *Graph) noteRivals(rivals column.Table[uint64], entries []column.Entry[Link]) column.Table[uint64] {
	kinds := s.Kinds().Of
	var e *column.Edit[uint64]
	for i := range entries {
		entity, p := entries[i].List, entries[i].Item.Predicate
		if !s.isSingle(kinds, entity, p) || s.OutRun(entity, p).Len() < 2 {
			continue
		}
		if e == nil {
			e = rivals.Begin()
		}
		e.Set(entity>>6, e.At(entity>>6)|1<<(entity&63))
	}
	if e == nil {
		return rivals
	}
	return e.Table()
}

// readRivals finds the entities that have several such claims.
func (s *Graph) readRivals() column.Table[uint64] {
	kinds := s.Kinds().Of
	e := column.NewEdit[uint64]()
	for entity := range uint32(s.Out.Len()) {
		last := NoPredicate
		if s.Out.Ref(entity).Has(func(l Link) bool {
			again := l.Predicate == last
			last = l.Predicate
			return again && s.isSingle(kinds, entity, last)
		}) {
			e.Set(entity>>6, e.At(entity>>6)|1<<(entity&63))
		}
	}
	return e.Table()
}

// isSingle reports whether a predicate is a relation of one value for the entity.
func (s *Graph) isSingle(kinds []vocabulary.Predicate, entity uint32, p uint16) bool {
	return kinds[p].Single != nil && s.IsOf(kinds[p].Single, entity)
}
