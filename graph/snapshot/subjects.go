package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
)

// The edges of one relation over all its subjects: the list of Relation(None, …).

// bySubject is the order of such a list, before the one of a subject's own edges.
var bySubject = filter.Key{By: filter.Reading{Of: filter.OfSubject, Own: "id"}}

// order is the order of an unordered query's list, as keys before the node's id.
func (l *List) order() []filter.Key {
	if l.field != nil && l.entity == None {
		return []filter.Key{bySubject}
	}
	return nil
}

// startingAt is the list without the subjects before the one of a cursor of its order.
func (l *List) startingAt(at *placed) *List {
	if l.field == nil || l.entity != None {
		return l
	}
	m := *l
	m.first = graph.ID(at.keys[0].Text())
	return &m
}

// walkSubjects is walk for all subjects. Each is tested once, and so is each node,
// however many subjects lead to it.
func (l *List) walkSubjects(ties bool, keep *filterPass, fn func(Edge) bool) {
	v, p := l.view, predicateOf(l.field)
	narrow := l.narrow || keep.narrows()
	if keep != nil && keep.q.Edges != nil && keep.q.Edges.Node != nil {
		keep.known = make([]verdict, v.s.ids.Len())
	}
	show := fn
	if v.sources != nil {
		show = func(e Edge) bool { return !v.selected(v.s.rows.Ref(e.Claim)) || fn(e) }
	}
	v.declared(l.field.Owner.Concrete, func(n uint32) bool {
		if v.s.outRun(n, p).Len() == 0 && (!l.field.Symmetric || v.s.inRun(n, p).Len() == 0) || v.s.ids.At(n) < string(l.first) || !keep.subject(n) {
			return true
		}
		return l.walkFrom(n, narrow, ties, keep, show)
	})
}
