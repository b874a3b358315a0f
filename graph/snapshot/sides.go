package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"

	"github.com/caspian-kg/caspian/schema"
)

// The two sides of a relation agree: an inverse shows what the subject's field
// shows, by the same claim. A relation of one value shows the claim that bestOf
// chooses, from whichever end it is read; one of many values shows no DEPRECATED
// claim.

// isOf reports whether the entity's type is one of a list by number.
func (s *Snapshot) isOf(types []bool, entity uint32) bool {
	t := int(s.types.At(entity))
	return t < len(types) && types[t]
}

// several reports whether the store has several claims of a relation of one about
// the entity. Few have, so that for most an inverse need not ask which is shown.
func (s *Snapshot) several(entity uint32) bool {
	return s.rivals.At(entity>>6)>>(entity&63)&1 != 0
}

// noteRivals adds to the entities that have several those of the entries.
func (s *Snapshot) noteRivals(rivals column.Table[uint64], entries []column.Entry[link]) column.Table[uint64] {
	kinds := s.w.kindsOf(s).Of
	var e *column.Edit[uint64]
	for i := range entries {
		entity, p := entries[i].List, entries[i].Item.predicate
		if !s.isSingle(kinds, entity, p) || s.outRun(entity, p).Len() < 2 {
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

// readRivals computes which entities have several.
func (s *Snapshot) readRivals() column.Table[uint64] {
	kinds := s.w.kindsOf(s).Of
	e := column.NewEdit[uint64]()
	for entity := range uint32(s.out.Len()) {
		last := noPredicate
		if s.out.Ref(entity).Has(func(l link) bool {
			again := l.predicate == last
			last = l.predicate
			return again && s.isSingle(kinds, entity, last)
		}) {
			e.Set(entity>>6, e.At(entity>>6)|1<<(entity&63))
		}
	}
	return e.Table()
}

// isSingle reports whether a predicate is a relation of one for the entity.
func (s *Snapshot) isSingle(kinds []vocabulary.Predicate, entity uint32, p uint16) bool {
	return kinds[p].Single != nil && s.isOf(kinds[p].Single, entity)
}

// chosen returns the link that the subject's field shows, from the links of one
// subject to one object by a relation of one value; nil if it shows another or none.
func (v *View) chosen(subject uint32, links []link) []link {
	if !v.s.several(subject) {
		if !links[0].plain() {
			return nil
		}
		return links
	}
	best := v.bestOf(subject, v.s.outRun(subject, links[0].predicate))
	i := slices.IndexFunc(links, func(l link) bool { return l.claim == best })
	if i < 0 {
		return nil
	}
	return links[i : i+1]
}

// One is what a field of one value shows, if anything: the best claim and where
// it leads, None for a property. A symmetric relation leads there only if it
// leads back.
func (v *View) One(entity uint32, f *schema.Field) (Edge, bool) {
	if f.Stored() && !f.Symmetric {
		n := v.bestClaim(entity, f)
		if n == None {
			return Edge{}, false
		}
		return Edge{Node: v.s.Object(n), Claim: n}, true
	}
	e, ok := v.bestEdge(entity, f)
	if ok && f.Symmetric {
		if back, _ := v.bestEdge(e.Node, f); back.Claim != e.Claim {
			return Edge{}, false
		}
	}
	return e, ok
}

func (v *View) bestEdge(entity uint32, f *schema.Field) (best Edge, ok bool) {
	for _, e := range v.edges(entity, f, true, nil) {
		if v.s.plain(e.Claim, false) && (!ok || v.better(e.Claim, best.Claim)) {
			best, ok = e, true
		}
	}
	return best, ok
}

// leads appends to dst where a relation of one value, or of many, leads.
func (v *View) leads(entity uint32, f *schema.Field, dst []Edge) []Edge {
	if f.Many {
		return v.edges(entity, f, false, dst)
	}
	if e, ok := v.One(entity, f); ok {
		dst = append(dst, e)
	}
	return dst
}

// hasValue reports whether a property shows the value.
func (v *View) hasValue(entity uint32, predicate, value string) bool {
	f := v.s.Type(entity).Field(predicate)
	if f == nil {
		return false
	}
	if !f.Many {
		n := v.bestClaim(entity, f)
		return n != None && v.s.Value(n).String() == value
	}
	return slices.ContainsFunc(v.Values(entity, f, nil), func(n uint32) bool { return v.s.Value(n).String() == value })
}
