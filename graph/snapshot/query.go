package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/schema"
)

// Page is the outcome of a query.
type Page struct {
	Edges            []Edge
	HasNext, HasPrev bool

	view  *View
	order []filter.Key
	list  *List
	query *filter.Query
	known int // the total, or -1
}

// Total counts the edges that the filters keep, whatever the page. Where the
// page could be cut without reading the whole list, this reads it.
func (p *Page) Total() int {
	if p.known < 0 {
		p.known = 0
		p.list.walk(false, p.view.filterPass(p.query), func(Edge) bool {
			p.known++
			return true
		})
	}
	return p.known
}

// Run carries out a query over a list and sets the page, whose edges reuse the
// memory of those it has. Neither list nor query may change while the page is used.
func (l *List) Run(q *filter.Query, p *Page) error {
	if err := l.run(q, p); err != nil {
		return err
	}
	return l.view.Err()
}

func (l *List) run(q *filter.Query, p *Page) error {
	v := l.view
	*p = Page{Edges: p.Edges[:0], view: v, order: q.Order}
	unordered := len(q.Order) == 0
	if order := l.order(); order != nil {
		r := *q
		r.Order = append(slices.Clip(q.Order), order...)
		p.order, q = r.Order, &r
	}
	switch {
	case unordered && q.Last == nil && q.Before == "":
	case q.First != nil && q.Last == nil && q.Before == "":
		return l.top(q, p)
	default:
		return v.sorted(q, l.Select(q, nil), p)
	}
	p.list, p.query, p.known = l, q, -1
	from := l
	after := func(Edge) bool { return true }
	if q.After != "" {
		at, err := v.parseCursor(q.After, p.order)
		if err != nil {
			return graph.Errorf(graph.BadInput, "after: %v", err)
		}
		from = l.startingAt(at)
		compare, readers := v.comparer(p.order), v.readers(p.order)
		after = func(e Edge) bool {
			x := v.place(readers, e)
			return compare(&x, at) > 0
		}
	}
	if q.First != nil {
		p.Edges = slices.Grow(p.Edges, min(*q.First, 64))
	}
	from.walk(true, v.filterPass(q), func(e Edge) bool {
		switch {
		case !after(e):
			p.HasPrev = true
		case q.First != nil && len(p.Edges) == *q.First:
			p.HasNext = true
			return false
		default:
			p.Edges = append(p.Edges, e)
		}
		return true
	})
	if from != l && !p.HasPrev {
		l.walk(false, v.filterPass(q), func(e Edge) bool {
			p.HasPrev = !after(e)
			return false
		})
	}
	return nil
}

// top finds the first page of an order without sorting what follows it: a
// heap keeps the best so far, the worst of them on top.
func (l *List) top(q *filter.Query, p *Page) error {
	v := l.view
	compare := v.comparer(q.Order)
	var after *placed
	if q.After != "" {
		var err error
		if after, err = v.parseCursor(q.After, q.Order); err != nil {
			return graph.Errorf(graph.BadInput, "after: %v", err)
		}
	}
	readers := v.readers(q.Order)
	// Places are made some at a time, each with room for its keys.
	room, n := min(*q.First, 64), len(q.Order)
	var places []placed
	var keys []graph.Value
	newPlace := func() *placed {
		if len(places) == 0 {
			places, keys = make([]placed, room+1), make([]graph.Value, n*(room+1))
		}
		x := &places[0]
		x.keys = keys[:n:n]
		places, keys = places[1:], keys[n:]
		return x
	}
	best := make([]*placed, 0, room)
	x := newPlace() // the candidate
	l.walk(false, v.filterPass(q), func(e Edge) bool {
		p.known++
		// On long lists most candidates come after the worst by their first key.
		if len(best) == *q.First && q.After == "" && len(best) > 0 && v.after(&readers[0], q.Order[0].Descending, e, &best[0].keys[0]) {
			p.HasNext = true
			return true
		}
		x.edge, x.id = e, v.s.ids.At(e.Node)
		clear(x.textKeys)
		for i := range readers {
			x.keys[i] = readers[i].value(v, e)
		}
		switch {
		case q.After != "" && compare(x, after) <= 0:
			p.HasPrev = true
		case len(best) < *q.First:
			best = append(best, x)
			x = newPlace()
			lists.SiftUp(best, compare)
		case len(best) > 0 && compare(x, best[0]) < 0:
			p.HasNext = true
			best[0], x = x, best[0]
			lists.SiftDown(best, compare)
		default:
			p.HasNext = true
		}
		return true
	})
	slices.SortFunc(best, compare)
	for _, x := range best {
		p.Edges = append(p.Edges, x.edge)
	}
	return nil
}

// Select appends to dst the edges of the list that the query's filters keep,
// those of one node in any order.
func (l *List) Select(q *filter.Query, dst []Edge) []Edge {
	dst = slices.Grow(dst, l.atMost(q))
	l.walk(false, l.view.filterPass(q), func(e Edge) bool {
		dst = append(dst, e)
		return true
	})
	return dst
}

// atMost is how much room to make for what a query keeps of the list.
func (l *List) atMost(q *filter.Query) int {
	if q.Nodes != nil || q.Edges != nil || l.field == nil || l.entity == None || l.field.Symmetric || l.field.Kind == schema.Derived {
		return 16
	}
	g := l.view.groupsOf(l.entity, l.field, nil)
	return g.run.Len()
}

// RunClaims carries out a query over claims given in record order, which it
// may change; the order of the claims is the record's where the query has none.
func (v *View) RunClaims(q *filter.Query, claims []Edge) (*Page, error) {
	kept := claims[:0]
	keep := v.filterPass(q)
	for _, e := range claims {
		if v.stop() {
			break
		}
		if keep.node(e.Node) && keep.claim(e) {
			kept = append(kept, e)
		}
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	if len(q.Order) == 0 {
		p := &Page{view: v, known: len(kept)}
		return p, v.cutRecorded(p, q, kept)
	}
	r := *q
	r.Order = append(slices.Clip(q.Order), filter.Key{By: filter.Reading{Claim: filter.RecordedOrder}})
	p := &Page{view: v, order: r.Order}
	return p, v.sorted(&r, kept, p)
}

// sorted orders all of a list and cuts the page from it.
func (v *View) sorted(q *filter.Query, kept []Edge, p *Page) error {
	p.known = len(kept)
	places, list := make([]placed, len(kept)), make([]*placed, len(kept))
	readers := v.readers(p.order)
	for i, e := range kept {
		places[i] = v.place(readers, e)
		list[i] = &places[i]
		if len(readers) > 0 && !readers[0].byBytes && places[i].keys[0].Kind() == graph.StringKind {
			places[i].lead = graph.LeadingLetters(places[i].keys[0].Text())
		}
	}
	compare := v.comparer(p.order)
	if !slices.IsSortedFunc(list, compare) {
		slices.SortFunc(list, compare)
	}
	from, to := 0, len(list)
	for _, c := range []struct {
		cursor, name string
		cut          func(at *placed)
	}{
		{q.After, "after", func(at *placed) {
			from, _ = slices.BinarySearchFunc(list, at, func(x, y *placed) int {
				if compare(x, y) <= 0 {
					return -1
				}
				return 1
			})
		}},
		{q.Before, "before", func(at *placed) { to, _ = slices.BinarySearchFunc(list, at, compare) }},
	} {
		if c.cursor == "" {
			continue
		}
		at, err := v.parseCursor(c.cursor, p.order)
		if err != nil {
			return graph.Errorf(graph.BadInput, "%s: %v", c.name, err)
		}
		c.cut(at)
	}
	from, to = p.cut(q, from, to, len(list))
	for _, x := range list[from:to] {
		p.Edges = append(p.Edges, x.edge)
	}
	return nil
}

// cut applies First and Last to the part that the cursors leave.
func (p *Page) cut(q *filter.Query, from, to, n int) (int, int) {
	from, to = q.Cut(from, to)
	p.HasPrev, p.HasNext = from > 0, to < n
	return from, to
}

// cutRecorded pages a list of claims that is in order already.
func (v *View) cutRecorded(p *Page, q *filter.Query, kept []Edge) error {
	from, to := 0, len(kept)
	for _, c := range []struct {
		cursor, name string
		to           *int
		skip         uint32
	}{{q.After, "after", &from, 1}, {q.Before, "before", &to, 0}} {
		if c.cursor == "" {
			continue
		}
		at, err := v.parseCursor(c.cursor, nil)
		if err == nil && at.edge.Claim == None {
			err = filter.ErrCursor
		}
		if err != nil {
			return graph.Errorf(graph.BadInput, "%s: %v", c.name, err)
		}
		*c.to, _ = slices.BinarySearchFunc(kept, at.edge.Claim+c.skip, func(e Edge, n uint32) int {
			return int(int64(e.Claim) - int64(n))
		})
	}
	from, to = p.cut(q, from, to, len(kept))
	p.Edges = kept[from:to]
	return nil
}
