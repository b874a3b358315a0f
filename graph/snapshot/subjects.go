package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/internal/memory"

	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// The edges of one relation over all its subjects: the list of Relation(None, …).

// bySubject is the order of such a list, before the one of a subject's own edges.
var bySubject = filter.Key{By: filter.Reading{Of: filter.OfSubject, Own: "id"}}

// ofSubjects reports whether the list has the edges of all subjects.
func (l *List) ofSubjects() bool { return l.field != nil && l.entity == memory.None }

// subjects are the entities of which such a list may have edges.
func (l *List) subjects() *List { return &List{view: l.view, types: l.field.Owner.Concrete} }

// asSubjects is what is asked of the subjects of whose edges a filter keeps some.
func (l *List) asSubjects(f *filter.Edge) *filter.Node {
	return &filter.Node{And: []*filter.Node{f.Subject}, Relations: []filter.Relation{{Field: l.field, Some: f}}}
}

// walkSubjects is walk for all subjects. Each is tested once, and so is each node,
// however many subjects lead to it.
func (l *List) walkSubjects(w *walk, fn func(Edge) bool) {
	v, keep := l.view, w.keep
	narrow := l.narrow || keep.narrows()
	if keep != nil && keep.q.Edges != nil && keep.q.Edges.Node != nil && !w.only {
		keep.known = make([]verdict, v.s.IDs.Len())
	}
	show := fn
	if v.describing(l.field) {
		show = func(e Edge) bool { return !v.selected(v.s.Rows.Ref(e.Claim)) || fn(e) }
	}
	subjects := walk{from: w.from, back: w.back, only: w.only, nodes: w.nodes}
	each := walk{own: true, ties: w.ties, back: w.back, keep: keep}
	if !w.only {
		subjects.only, subjects.nodes = true, v.ends(l.field, false)
	}
	l.subjects().declared(&subjects, func(n uint32) bool {
		return !keep.subject(n) || l.walkFrom(n, narrow, &each, show)
	})
	w.read += subjects.read + each.read
}

// describing reports whether some edges of a relation may be a source's own description,
// which lists leave out where the view selects other sources.
func (v *View) describing(f *schema.Field) bool {
	return v.sources != nil && slices.ContainsFunc(f.Owner.Concrete, func(t *schema.Type) bool { return t.Name == schema.SourceType })
}

// ends are the entities at one end of a stored relation, in the order of their ids. Some may have no
// edges in the view.
func (v *View) ends(f *schema.Field, objects bool) []uint32 {
	return v.s.EndsOf(memory.End{Field: f, Objects: objects}, v.stop)
}
