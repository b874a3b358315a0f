package snapshot

import "github.com/caspian-kg/caspian/graph/filter"

// The edges of one relation over all its subjects: the list of Relation(None, …).

// bySubject is the order of such a list, before the one of a subject's own edges.
var bySubject = filter.Key{By: filter.Reading{Of: filter.OfSubject, Own: "id"}}

// ofSubjects reports whether the list has the edges of all subjects.
func (l *List) ofSubjects() bool { return l.field != nil && l.entity == None }

// subjects are the entities of which such a list may have edges.
func (l *List) subjects() *List { return &List{view: l.view, types: l.field.Owner.Concrete} }

// asSubjects is what is asked of the subjects of whose edges a filter keeps some.
func (l *List) asSubjects(f *filter.Edge) *filter.Node {
	return &filter.Node{And: []*filter.Node{f.Subject}, Relations: []filter.Relation{{Field: l.field, Some: f}}}
}

// walkSubjects is walk for all subjects. Each is tested once, and so is each node,
// however many subjects lead to it.
func (l *List) walkSubjects(w *walk, fn func(Edge) bool) {
	v, p, keep := l.view, predicateOf(l.field), w.keep
	narrow := l.narrow || keep.narrows()
	if keep != nil && keep.q.Edges != nil && keep.q.Edges.Node != nil && !w.only {
		keep.known = make([]verdict, v.s.ids.Len())
	}
	show := fn
	if v.sources != nil {
		show = func(e Edge) bool { return !v.selected(v.s.rows.Ref(e.Claim)) || fn(e) }
	}
	subjects := walk{from: w.from, back: w.back, only: w.only, nodes: w.nodes}
	each := walk{ties: w.ties, back: w.back, keep: keep}
	l.subjects().declared(&subjects, func(n uint32) bool {
		if v.s.outRun(n, p).Len() == 0 && (!l.field.Symmetric || v.s.inRun(n, p).Len() == 0) || !keep.subject(n) {
			return true
		}
		return l.walkFrom(n, narrow, &each, show)
	})
	w.read += subjects.read + each.read
}
