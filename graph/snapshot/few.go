package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/schema"
)

// Short lists are read link by link, because caching values for them would cost more.

// flat returns the links of a short list that can be read from the front; ok is false for other lists.
func (l *List) flat(entity uint32, w *walk) (links []memory.Link, ok bool) {
	f := l.field
	if l.view.planning == never || w.only || w.back || w.from != "" || f.Symmetric || f.Kind == schema.Derived || f.Mirror != nil {
		return nil, false
	}
	run := l.view.run(entity, f)
	links, _ = run.First()
	return links, run.ID() == nil
}

// walkFlat does the work of walkFrom for links from flat. Most nodes have one link, which needs no group.
func (l *List) walkFlat(entity uint32, links []memory.Link, narrow bool, w *walk, fn func(Edge) bool) bool {
	v := l.view
	inverse := l.field.Kind == schema.Inverse
	var g groups // for nodes with several links
	for i := 0; i < len(links); {
		from, node := i, links[i].Other
		for i++; i < len(links) && links[i].Other == node; i++ {
		}
		if v.stop() {
			return false
		}
		w.read++
		if one := &links[from]; i == from+1 && !(inverse && v.kinds[one.Predicate].Single != nil) {
			if node == memory.None || inverse && !v.includes(l.field, node) || !w.keep.node(node) ||
				!l.series && (one.Rank == graph.Deprecated || !narrow && one.Valid&memory.Narrow != 0) || !v.Shows(entity, *one) {
				continue
			}
			if e := edgeOf(one); w.keep.claim(e) && !fn(e) {
				return false
			}
			continue
		}
		if g.v == nil {
			g = v.groupsOf(entity, l.field, w)
			g.series, g.narrow = l.series, narrow
		}
		g.links = column.Short[memory.Link, memory.Beside](links[from:i]).Walk(false)
		if group := g.next(); group != nil && !g.each(group, w, fn) {
			return false
		}
	}
	return true
}

// fewLinks is the length up to which a list is read edge by edge for its order and its sums.
const fewLinks = 64

// few reports whether the list is of one entity and short.
func (l *List) few(q *filter.Query) bool {
	return l.view.planning != never && l.field != nil && l.entity != memory.None && l.field.Kind != schema.Derived && l.len(q) <= fewLinks
}

// topFew does the work of top for a short list ordered by numeric qualifiers. It returns false for other lists.
func (l *List) topFew(t access.Turn, at *placed, w *walk, a *prepared, p *Page) bool {
	v := l.view
	if at != nil || a.orders == nil || w.only || !l.few(p.query) {
		return false
	}
	few := &dense.Few[Edge]{}
	if v.recent != nil {
		few = &v.recent.few
	}
	few.Begin(a.orders, t.Back)
	fits := true
	l.walk(w, func(e Edge) bool {
		few.Add(e)
		for _, by := range a.orders {
			fits = fits && few.Key(qualifierIn(v.s, e, uint16(by.Column)))
		}
		return fits && len(few.Edges) <= fewLinks
	})
	if !fits || len(few.Edges) > fewLinks {
		w.read = 0
		return false
	}
	compare := v.turned(nil, t.Back)
	few.Sort(func(a, b Edge) int {
		x, y := v.place(nil, a), v.place(nil, b)
		return compare(&x, &y)
	})
	p.known = len(few.Edges)
	p.Edges, p.HasNext = few.First(p.Edges, t.Most)
	return true
}

// fewFigures does the work of Figures for a short list.
func (l *List) fewFigures(keep *filterPass, by filter.Reading) (st aggregate.Stats, n int) {
	v := l.view
	r := v.reader(by)
	l.walk(&walk{keep: keep, claim: memory.None}, func(e Edge) bool {
		if n++; by != (filter.Reading{}) {
			v.add(&st, &r, e)
		}
		return true
	})
	st.Settle(v.s.Ontology())
	return st, n
}

// add adds the value of a reading for an edge to the sums.
func (v *View) add(st *aggregate.Stats, r *reader, e Edge) {
	if c, ok := r.cell(v, e); ok {
		st.AddCell(c, v.s.Texts.At)
	} else if val := r.value(v, e); val.Kind() != graph.NoKind {
		st.Add(val.Float(), "") // texts are not summed
	}
}
