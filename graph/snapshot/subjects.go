package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// Lists of the edges of one relation over all its subjects, from Relation(None, …).

// bySubject is the first key in the order of such a list. The order of a subject's own list follows.
var bySubject = filter.Key{By: filter.Reading{Of: filter.OfSubject, Own: "id"}}

// ofSubjects reports whether the list has the edges of all subjects.
func (l *List) ofSubjects() bool { return l.field != nil && l.entity == memory.None }

// subjects returns the list of the entities whose edges such a list may have.
func (l *List) subjects() *List { return &List{view: l.view, types: l.field.Owner.Concrete} }

// asSubjects returns the filter of the subjects that have an edge which f keeps.
func (l *List) asSubjects(f *filter.Edge) *filter.Node {
	return &filter.Node{And: []*filter.Node{f.Subject}, Relations: []filter.Relation{{Field: l.field, Some: f}}}
}

// walkSubjects does the work of walk for all subjects. Each subject is tested once, and so is each node, even if
// many subjects lead to it.
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

// describing reports whether some edges of a relation may be from a source's own description, which
// lists leave out if the view selects other sources.
func (v *View) describing(f *schema.Field) bool {
	return v.sources != nil && slices.ContainsFunc(f.Owner.Concrete, func(t *schema.Type) bool { return t.Name == schema.SourceType })
}

// ends returns the entities at one end of a stored relation, in the order of their ids. Some may
// have no edges in the view.
func (v *View) ends(f *schema.Field, objects bool) []uint32 {
	return v.s.EndsOf(memory.End{Field: f, Objects: objects}, v.stop)
}
