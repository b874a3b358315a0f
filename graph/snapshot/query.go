package snapshot

import (
	"cmp"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// Page is the result of a query.
type Page struct {
	Edges            []Edge
	HasNext, HasPrev bool
	Read             int // how many nodes were read
	// Early is true if the page was full before the end of the list.
	Early bool

	path    *access.Path
	kept    bool // read from a cached order of the list
	view    *View
	order   []filter.Key
	readers []reader // for the keys of the order; nil until a cursor needs them
	list    *List
	query   *filter.Query
	known   int // the total, or -1 if it is not known yet
}

// Path returns the path by which the nodes of the list were found, or nil if the whole list was read.
func (p *Page) Path() *access.Path {
	if p.kept {
		return access.KeptOrder(p.order[0].By, access.TurnOf(p.query).Most)
	}
	return p.path
}

// Total counts the edges that the filters keep, on all pages. If the page was read without reading
// the whole list, Total reads the rest.
func (p *Page) Total() int {
	if p.known < 0 {
		w := p.list.planned(p.query, p.view.filterPass(p.query), false)
		if !w.only {
			if _, n, ok := p.list.Figures(p.query, filter.Reading{}, false); ok {
				p.known = n
				return n
			}
		}
		p.known = 0
		p.list.walk(&w, func(Edge) bool {
			p.known++
			return true
		})
	}
	return p.known
}

// planned returns how to iterate over the edges that a query keeps, for one page or for all, with the
// query's filter pass.
func (l *List) planned(q *filter.Query, keep *filterPass, page bool) walk {
	w := walk{keep: keep, claim: memory.None}
	if l.claims != nil {
		w.posting, w.plan = l.posting(q)
		return w
	}
	w.plan = l.plan(q, page)
	if w.plan != nil && w.plan.Kind != access.Scan && w.plan.Kind != access.ByOrder {
		w.only = true
		if w.nodes, w.shuffled = w.plan.Collect(paths{l.view}); w.plan.Exact {
			w.keep = nil
		}
		if w.shuffled && page && len(q.Order) == 0 && len(w.nodes) <= fewNodes {
			w.shuffled = false
			l.view.s.SortByID(w.nodes)
		}
	}
	return w
}

// fewNodes is the number of candidates up to which they are sorted by id before they are read.
const fewNodes = 1 << 12

// planning is a switch for tests: whether lists are read by plans.
type planning uint8

const (
	cheapest planning = iota
	never             // always reads the whole list
	always            // uses a plan if there is any
)

// short is the length up to which a list is read without a plan.
const short = 32

// plan chooses the path by which a query's edges are found; nil means reading the whole list.
func (l *List) plan(q *filter.Query, page bool) *access.Path {
	v, f := l.view, l.field
	switch {
	case v.planning == never, q.Nodes == nil && q.Edges == nil && !(page && l.ordered(q)),
		f != nil && (f.Symmetric && l.entity != memory.None || f.Kind == schema.Derived || v.mirrors(l.entity, f)):
		return nil
	}
	a := access.Ask{Nodes: q.Nodes, Edges: q.Edges, Limit: -1, All: l.len(q), Eager: v.planning == always}
	if a.All <= short && !a.Eager {
		return nil
	}
	if l.ofSubjects() && q.Edges != nil {
		a.Nodes, a.Edges = l.asSubjects(q.Edges), nil
	}
	if t := access.TurnOf(q); page && t.End == "" && (f == nil || l.ordered(q)) {
		if a.Order = q.Order; !t.Back || len(a.Order) == 0 {
			a.Limit = t.Most
		}
	}
	if f != nil {
		a.Step = linkStep
	}
	p := access.Choose(paths{v}, &a)
	return &p
}

// linkStep is the cost of looking up whether a list has an entity, as a number of links that could be read instead.
const linkStep = 8

// ordered reports whether the list can be read along an index with the query's order.
func (l *List) ordered(q *filter.Query) bool {
	if len(q.Order) == 0 || l.field == nil {
		return len(q.Order) > 0
	}
	by := q.Order[0].By
	return l.entity != memory.None && by.Of == filter.OfNode && (by.Property != nil || by.Own == "name")
}

// len returns how many nodes an iteration over the list may read.
func (l *List) len(q *filter.Query) (n int) {
	switch {
	case l.ofSubjects():
		return len(l.view.ends(l.field, false))
	case l.field == nil:
		for _, list := range l.byType(l.view.filterPass(q)) {
			n += list.Len()
		}
		return n
	case l.field.Kind == schema.Inverse:
		return l.view.s.InRun(l.entity, memory.PredicateOf(l.field.InverseOf[0])).Len()
	}
	return l.view.s.OutRun(l.entity, memory.PredicateOf(l.field)).Len()
}

// Run runs a query over a list and sets the page. It reuses the memory of the page's edges. Neither
// list nor query may change while the page is in use.
func (l *List) Run(q *filter.Query, p *Page) error {
	natural := len(q.Order) == 0
	w := l.planned(q, l.view.filterPass(q), true)
	if then := bySubject; l.ofSubjects() || l.claims != nil && !natural {
		if l.claims != nil {
			then = filter.Key{By: filter.Reading{Claim: filter.RecordedOrder}}
		}
		r := *q
		r.Order = append(slices.Clip(q.Order), then)
		q = &r
	}
	*p = Page{Edges: p.Edges[:0], path: w.plan, view: l.view, order: q.Order, list: l, query: q, known: -1}
	err := l.run(natural, &w, p)
	p.Read = w.read
	if err != nil {
		return err
	}
	return l.view.Err()
}

func (l *List) run(natural bool, w *walk, p *Page) error {
	q := p.query
	t := access.TurnOf(q)
	streams := natural && !w.shuffled
	if !streams && (t.End != "" || t.Most < 0 || q.First != nil && q.Last != nil) {
		return l.sorted(q, l.Select(q, nil), p)
	}
	at, err := l.placeOf(q, t.Begin)
	if err != nil {
		return err
	}
	switch w.back = t.Back; {
	case streams:
		err = l.stream(t, at, w, p)
	default:
		if a := l.view.prepare(q); !l.topDense(t, at, w, a, p) && !l.topFew(t, at, w, a, p) {
			l.top(t, at, w, a, p)
		}
	}
	if t.Back {
		slices.Reverse(p.Edges)
		p.HasPrev, p.HasNext = p.HasNext, p.HasPrev
	}
	return err
}

// turned returns a function that compares positions in the direction in which a page is read.
func (v *View) turned(order []filter.Key, back bool) func(a, b *placed) int {
	compare := v.comparer(order)
	if back {
		return func(a, b *placed) int { return compare(b, a) }
	}
	return compare
}

// stream reads a page in the list's own order, and stops when the page is full.
func (l *List) stream(t access.Turn, at *placed, w *walk, p *Page) error {
	v, q := l.view, p.query
	until, err := l.placeOf(q, t.End)
	if err != nil {
		return err
	}
	page := access.Page[Edge]{Items: p.Edges, Most: t.Most}
	if at != nil || until != nil {
		compare, readers := v.turned(p.order, t.Back), v.readers(p.order)
		from := func(e Edge, at *placed) int {
			if l.claims != nil {
				x, y := e.Claim, at.edge.Claim
				if t.Back {
					x, y = y, x
				}
				return cmp.Compare(x, y)
			}
			x := v.place(readers, e)
			return compare(&x, at)
		}
		if until != nil {
			page.Late = func(e Edge) bool { return from(e, until) >= 0 }
		}
		if at != nil {
			page.Early = func(e Edge) bool { return from(e, at) <= 0 }
			if w.from, w.claim = at.id, at.edge.Claim; l.ofSubjects() {
				w.from = at.Keys[0].Text()
			}
		}
	}
	if t.Most > 0 {
		page.Items = slices.Grow(page.Items, min(t.Most, 64))
	}
	w.ties = true
	l.walk(w, page.Take)
	if at == nil && !page.After {
		p.known = len(page.Items)
	}
	if at != nil && !page.Before {
		other := *w
		other.back = !w.back
		l.walk(&other, func(e Edge) bool { page.Before = page.Early(e); return !page.Before })
		w.read = other.read
	}
	p.Edges, p.HasPrev, p.HasNext, p.Early = page.Items, page.Before, page.After, page.After
	if n := len(p.Edges); q.Last != nil && !t.Back && n > *q.Last {
		p.Edges, p.HasPrev = p.Edges[n-*q.Last:], true
	}
	return nil
}

// top finds a page of an order without sorting the edges after the page.
func (l *List) top(t access.Turn, at *placed, w *walk, a *prepared, p *Page) {
	v := l.view
	b := best{v: v, order: p.order, readers: a.readers, back: t.Back, at: at, compare: v.turned(p.order, t.Back)}
	b.top = access.Top[*placed]{Most: t.Most, Compare: b.compare, Items: make([]*placed, 0, min(t.Most, 64))}
	early := false
	if w.plan != nil && w.plan.Kind == access.ByOrder {
		early = l.inOrder(w, &b, p)
	} else {
		p.known = 0
		l.walk(w, func(e Edge) bool {
			p.known++
			b.take(e)
			return true
		})
	}
	b.top.Sort()
	for _, x := range b.top.Items {
		p.Edges = append(p.Edges, x.edge)
	}
	p.HasPrev, p.HasNext, p.Early = b.prev, b.top.More, early
}

// best collects the first edges in an order.
type best struct {
	v       *View
	order   []filter.Key
	readers []reader
	compare func(a, b *placed) int
	top     access.Top[*placed]
	at      *placed // the position after which the page begins; nil for the beginning of the list
	back    bool
	prev    bool // an edge comes before the page

	spare  *placed
	places []placed // unused positions, allocated in blocks with room for their keys
	keys   []graph.Value
}

// take takes the next edge.
func (b *best) take(e Edge) {
	v, full := b.v, b.top.Full()
	// In a long list, most candidates come after the worst by their first key.
	if b.at == nil && full && b.top.Most > 0 && len(b.order) > 0 && v.after(&b.readers[0], b.order[0].Descending != b.back, e, &b.top.Items[0].Keys[0]) {
		b.top.More = true
		return
	}
	x := b.place(e)
	if b.at != nil && b.compare(x, b.at) <= 0 {
		b.prev, b.spare = true, x
		return
	}
	b.spare, _ = b.top.Take(x)
}

// place returns the edge with its keys.
func (b *best) place(e Edge) *placed {
	x := b.spare
	if b.spare = nil; x == nil {
		n := len(b.order)
		if len(b.places) == 0 {
			room := min(b.top.Most, 64) + 1
			b.places, b.keys = make([]placed, room), make([]graph.Value, n*room)
		}
		x = &b.places[0]
		x.Keys = b.keys[:n:n]
		b.places, b.keys = b.places[1:], b.keys[n:]
	}
	x.edge, x.id = e, b.v.s.IDs.At(e.Node)
	x.Forget()
	for i := range b.readers {
		x.Keys[i] = b.readers[i].value(b.v, e)
	}
	return x
}

// Select appends to dst the edges of the list that the query's filters keep, in any order.
func (l *List) Select(q *filter.Query, dst []Edge) []Edge {
	dst = slices.Grow(dst, l.atMost(q))
	w := l.planned(q, l.view.filterPass(q), false)
	add := func(e Edge) bool {
		dst = append(dst, e)
		return true
	}
	if run, ok := l.beside(); ok && !w.only {
		room := listRooms.Get().(*listRoom)
		defer room.release()
		if d, exact, ok := l.dense(run, w.keep, room); ok && exact {
			d.All(q.Edges.Required, add)
			return dst
		}
	}
	l.walk(&w, add)
	return dst
}

// atMost estimates the number of edges that a query keeps, to allocate memory for them.
func (l *List) atMost(q *filter.Query) int {
	if q.Nodes != nil || q.Edges != nil || l.field == nil || l.entity == memory.None || l.field.Symmetric || l.field.Kind == schema.Derived || l.view.mirrors(l.entity, l.field) {
		return 16
	}
	return l.len(q)
}

// sorted sorts the whole list and cuts the page from it.
func (l *List) sorted(q *filter.Query, kept []Edge, p *Page) error {
	v := l.view
	p.known = len(kept)
	places, list := make([]placed, len(kept)), make([]*placed, len(kept))
	readers := v.readers(p.order)
	for i, e := range kept {
		places[i] = v.place(readers, e)
		list[i] = &places[i]
		if len(readers) > 0 && !readers[0].byBytes && places[i].Keys[0].Kind() == graph.StringKind {
			places[i].Lead = text.LeadingLetters(places[i].Keys[0].Text())
		}
	}
	compare := v.comparer(p.order)
	if !slices.IsSortedFunc(list, compare) {
		slices.SortFunc(list, compare)
	}
	from, to := 0, len(list)
	if q.After != "" {
		at, err := l.placeOf(q, q.After)
		if err != nil {
			return err
		}
		from, _ = slices.BinarySearchFunc(list, at, func(x, y *placed) int {
			if compare(x, y) <= 0 {
				return -1
			}
			return 1
		})
	}
	if q.Before != "" {
		at, err := l.placeOf(q, q.Before)
		if err != nil {
			return err
		}
		to, _ = slices.BinarySearchFunc(list, at, compare)
	}
	from, to = q.Cut(from, to)
	p.HasPrev, p.HasNext = from > 0, to < len(list)
	for _, x := range list[from:to] {
		p.Edges = append(p.Edges, x.edge)
	}
	return nil
}
