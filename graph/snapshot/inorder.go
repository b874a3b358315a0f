package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
)

// ties collects a page from edges that come in the order of the first key. It compares only edges
// with equal first keys.
type ties struct {
	best *best
	page *Page
	most int
	// The edges with the current first key: one alone in first, or several in best.
	n   int
	one Edge
	key graph.Value
}

// take adds the next edge, and returns false when no later edge can be on the page.
func (t *ties) take(e Edge) bool {
	b := t.best
	var key graph.Value
	if len(b.order) > 1 {
		key = b.readers[0].value(b.v, e)
		if t.n > 0 && b.v.sameKey(&b.readers[0], &key, &t.key) {
			if t.n == 1 {
				b.take(t.one)
			}
			t.n++
			b.take(e)
			return true
		}
	}
	more := t.flush()
	t.n, t.one, t.key = 1, e, key
	return more
}

// flush adds the edges with the current first key to the page. It returns false when the page is full
// and it is known that more edges follow.
func (t *ties) flush() bool {
	b := t.best
	switch n := t.n; {
	case n > 1:
		b.top.Sort()
		for _, x := range b.top.Items {
			t.page.Edges = append(t.page.Edges, x.edge)
		}
		b.top.Items = b.top.Items[:0]
	case n == 1 && b.at != nil && !b.passed(t.one):
		b.prev = true
	case n == 1 && len(t.page.Edges) == t.most:
		b.top.More = true
	case n == 1:
		t.page.Edges = append(t.page.Edges, t.one)
	}
	t.n, b.top.Most = 0, t.most-len(t.page.Edges)
	return !b.top.More
}

// passed reports whether the edge comes after the position where the page begins.
func (b *best) passed(e Edge) bool {
	b.spare = b.place(e)
	return b.compare(b.spare, b.at) > 0
}

// sameKey reports whether two values are equal in an order.
func (v *View) sameKey(by *reader, x, y *graph.Value) bool {
	if *x == *y {
		return true
	}
	a, b := filter.Ordered{Keys: []graph.Value{*x}}, filter.Ordered{Keys: []graph.Value{*y}}
	return a.Compare(v.s.Ontology(), &b, 0, by.byBytes, false) == 0
}

// inOrder reads edges along an index that has the order of the page, and then the edges without a
// value in the index, until the page is full. early is true if the page was full before the end.
func (l *List) inOrder(w *walk, b *best, p *Page) (early bool) {
	v, more := l.view, true
	t := ties{best: b, page: p, most: b.top.Most}
	var from *access.Place
	single := len(b.order) == 1 // equal values are then already in the order of the page
	if b.at != nil {
		from = &access.Place{Value: b.at.Keys[0]}
		if single {
			from.ID = graph.ID(b.at.id)
		}
	}
	if l.field != nil && l.field.Stored() && !w.keep.subject(l.entity) {
		return false
	}
	if from == nil || from.Value.Kind() != graph.NoKind {
		w.plan.Walk(paths{v}, from, func(n uint32) bool {
			w.read++
			more = v.stop() || l.at(w, n, t.take)
			return more && v.Err() == nil
		})
	} else if single {
		w.from = b.at.id
	}
	if more = more && t.flush(); more && w.plan.Missing(v.s.Ontology()) {
		l.walk(w, func(e Edge) bool {
			c, _ := b.readers[0].cell(v, e)
			if c.Kind == graph.NoKind {
				b.take(e)
			}
			return b.top.Most > 0 || !b.top.More
		})
	}
	if w.from = ""; b.at != nil && !b.prev {
		l.walk(w, func(e Edge) bool {
			b.prev = !b.passed(e)
			return !b.prev
		})
	}
	return b.top.More
}

// at calls fn with the list's edges to a node. It returns false if fn did.
func (l *List) at(w *walk, n uint32, fn func(Edge) bool) bool {
	v := l.view
	if l.field == nil {
		return !l.hasType(n) || !l.exists(n) || !w.keep.node(n) || fn(Edge{Node: n, Claim: memory.None})
	}
	if len(v.s.To(v.run(l.entity, l.field), n)) == 0 {
		return true
	}
	to := walk{ties: true, keep: w.keep, only: true, nodes: []uint32{n}}
	return l.walkFrom(l.entity, l.narrow || w.keep.narrows(), &to, fn)
}
