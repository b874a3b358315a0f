package snapshot

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Key is one key of an order. Missing values come last either way.
type Key struct {
	By         Reading
	Descending bool
}

// Query selects, orders and cuts a list of edges. Ties are broken by the
// node's id and then by the distinct qualifiers, so that an order is total.
type Query struct {
	Nodes *Filter
	Edges *EdgeFilter
	Order []Key
	// First and Last cut from the front and the back; nil does not cut.
	First, Last *int
	// After and Before are cursors; "" does not cut.
	After, Before string
}

// Page is the outcome of a query.
type Page struct {
	Edges            []Edge
	HasNext, HasPrev bool

	view  *View
	order []Key
	list  *List
	query *Query
	known int // the total, or -1
}

// Total counts the edges that the filters keep, whatever the page. Where the
// page could be cut without reading the whole list, this reads it.
func (p *Page) Total() int {
	if p.known < 0 {
		p.known = 0
		p.list.walk(false, p.view.sieve(p.query), func(Edge) bool {
			p.known++
			return true
		})
	}
	return p.known
}

// Run carries out a query over a list. Neither may change while the page is used.
func (l *List) Run(q *Query) (*Page, error) {
	p := &Page{}
	if err := l.RunInto(q, p); err != nil {
		return nil, err
	}
	return p, nil
}

// RunInto is Run into a page whose edges may lie in the memory of those it has.
func (l *List) RunInto(q *Query, p *Page) error {
	err := l.run(q, p)
	if err == nil && l.view.Interrupted() {
		return ErrInterrupted
	}
	return err
}

func (l *List) run(q *Query, p *Page) error {
	v := l.view
	*p = Page{Edges: p.Edges[:0], view: v, order: q.Order}
	switch {
	case len(q.Order) == 0 && q.Last == nil && q.Before == "":
	case q.First != nil && q.Last == nil && q.Before == "":
		return l.top(q, p)
	default:
		return v.sorted(q, l.Select(q, nil), p)
	}
	p.list, p.query, p.known = l, q, -1
	after := func(Edge) bool { return true }
	if q.After != "" {
		at, err := v.parseCursor(q.After, nil)
		if err != nil {
			return graph.Errorf(graph.BadInput, "after: %v", err)
		}
		compare := v.comparer(nil)
		after = func(e Edge) bool {
			p := v.place(nil, e)
			return compare(&p, at) > 0
		}
	}
	if q.First != nil {
		p.Edges = slices.Grow(p.Edges, min(*q.First, 64))
	}
	l.walk(true, v.sieve(q), func(e Edge) bool {
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
	return nil
}

// top finds the first page of an order without sorting what lies behind it: a
// heap keeps the best so far, the worst of them on top.
func (l *List) top(q *Query, p *Page) error {
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
	l.walk(false, v.sieve(q), func(e Edge) bool {
		p.known++
		// On long lists most candidates are behind the worst by their first key.
		if len(best) == *q.First && q.After == "" && len(best) > 0 && v.behind(&readers[0], q.Order[0].Descending, e, best[0].keys[0]) {
			p.HasNext = true
			return true
		}
		x.edge, x.id = e, v.s.ids.at(e.Node)
		for i := range readers {
			x.keys[i] = readers[i].value(v, e)
		}
		switch {
		case q.After != "" && compare(x, after) <= 0:
			p.HasPrev = true
		case len(best) < *q.First:
			best = append(best, x)
			x = newPlace()
			siftUp(best, compare)
		case len(best) > 0 && compare(x, best[0]) < 0:
			p.HasNext = true
			best[0], x = x, best[0]
			siftDown(best, compare)
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

// behind tells whether the edge's key surely comes behind another. It knows
// that of plain numbers only, and says no where it does not know.
func (v *View) behind(by *reader, descending bool, e Edge, worst graph.Value) bool {
	c, ok := by.cell(v, e)
	if !ok || c.kind != worst.Kind() || c.kind != graph.FloatKind && c.kind != graph.IntKind {
		return false
	}
	if c.kind == graph.IntKind {
		x, y := int64(c.bits), worst.Int()
		return x != y && x < y == descending
	}
	x, y := c.number(), worst.Float()
	return descending && x < y || !descending && x > y
}

func (v *View) readers(order []Key) []reader {
	rs := make([]reader, len(order))
	for i, k := range order {
		rs[i] = v.reader(k.By)
	}
	return rs
}

func siftUp(heap []*placed, compare func(a, b *placed) int) {
	for i := len(heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if compare(heap[i], heap[parent]) <= 0 {
			return
		}
		heap[i], heap[parent] = heap[parent], heap[i]
		i = parent
	}
}

func siftDown(heap []*placed, compare func(a, b *placed) int) {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && compare(heap[child], heap[child+1]) < 0 {
			child++
		}
		if compare(heap[child], heap[i]) <= 0 {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}

// Select appends to dst the edges of the list that the query's filters keep,
// those of one node in any order.
func (l *List) Select(q *Query, dst []Edge) []Edge {
	dst = slices.Grow(dst, l.atMost(q))
	l.walk(false, l.view.sieve(q), func(e Edge) bool {
		dst = append(dst, e)
		return true
	})
	return dst
}

// atMost is how much room to make for what a query keeps of the list.
func (l *List) atMost(q *Query) int {
	if q.Nodes != nil || q.Edges != nil || l.field == nil || l.field.Symmetric || l.field.Kind == schema.Derived {
		return 16
	}
	g := l.view.groupsOf(l.entity, l.field, nil)
	return len(g.links)
}

// RunClaims carries out a query over claims given in record order, which it
// may change; the order of the claims is the record's where the query has none.
func (v *View) RunClaims(q *Query, claims []Edge) (*Page, error) {
	kept := claims[:0]
	keep := v.sieve(q)
	for _, e := range claims {
		if v.stop() {
			break
		}
		if keep.node(e.Node) && keep.claim(e) {
			kept = append(kept, e)
		}
	}
	if v.Interrupted() {
		return nil, ErrInterrupted
	}
	if len(q.Order) == 0 {
		p := &Page{view: v, known: len(kept)}
		return p, v.cutRecorded(p, q, kept)
	}
	r := *q
	r.Order = append(slices.Clip(q.Order), Key{By: Reading{Claim: RecordedOrder}})
	p := &Page{view: v, order: r.Order}
	return p, v.sorted(&r, kept, p)
}

// sorted orders all of a list and cuts the page from it.
func (v *View) sorted(q *Query, kept []Edge, p *Page) error {
	p.known = len(kept)
	places, list := make([]placed, len(kept)), make([]*placed, len(kept))
	readers := v.readers(p.order)
	for i, e := range kept {
		places[i] = v.place(readers, e)
		list[i] = &places[i]
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
func (p *Page) cut(q *Query, from, to, n int) (int, int) {
	to = max(to, from)
	if q.First != nil && to-from > *q.First {
		to = from + *q.First
	}
	if q.Last != nil && to-from > *q.Last {
		from = to - *q.Last
	}
	p.HasPrev, p.HasNext = from > 0, to < n
	return from, to
}

// cutRecorded pages a list of claims that is in order already.
func (v *View) cutRecorded(p *Page, q *Query, kept []Edge) error {
	from, to := 0, len(kept)
	for _, c := range []struct {
		cursor, name string
		to           *int
		behind       uint32
	}{{q.After, "after", &from, 1}, {q.Before, "before", &to, 0}} {
		if c.cursor == "" {
			continue
		}
		at, err := v.parseCursor(c.cursor, nil)
		if err == nil && at.edge.Claim == None {
			err = errCursor
		}
		if err != nil {
			return graph.Errorf(graph.BadInput, "%s: %v", c.name, err)
		}
		*c.to, _ = slices.BinarySearchFunc(kept, at.edge.Claim+c.behind, func(e Edge, n uint32) int {
			return int(int64(e.Claim) - int64(n))
		})
	}
	from, to = p.cut(q, from, to, len(kept))
	p.Edges = kept[from:to]
	return nil
}

var errCursor = graph.Errorf(graph.BadInput, "the cursor is not one of this list; pass a cursor or endCursor of the same field and orderBy unchanged")

// placed is an edge with what it is ordered by.
type placed struct {
	edge Edge
	keys []graph.Value
	id   string
	// cursor places have no edge to read the tie from.
	cursor bool
	tie    string
}

// tieOf tells apart edges that share their node.
func (v *View) tieOf(p *placed) string {
	switch {
	case p.cursor:
		return p.tie
	case p.edge.Claim == None:
		return ""
	}
	return v.tie(p.edge.Claim)
}

func (v *View) place(order []reader, e Edge) placed {
	p := placed{edge: e, id: v.s.ids.at(e.Node)}
	if len(order) > 0 {
		p.keys = make([]graph.Value, len(order))
		for i := range order {
			p.keys[i] = order[i].value(v, e)
		}
	}
	return p
}

// tie tells apart the edges of one list that lead to the same node. It names
// what a claim says and not its id, so that a cursor outlives a correction.
func (v *View) tie(n uint32) string {
	r := v.s.rows.ref(n)
	f := v.s.Field(n)
	if f == nil || r.nqual == 0 && f.Time != schema.Observation {
		return ""
	}
	var b strings.Builder
	for _, q := range v.s.rules[f] {
		c := v.s.qualifier(Edge{Claim: n}, q.name)
		switch {
		case q.distinct:
			b.WriteString(v.s.value(c).String())
			b.WriteByte(0)
		case c.kind != graph.NoKind:
			b.WriteString(v.s.qualifierNames.list[q.name])
			b.WriteByte(0)
		}
	}
	if f.Time == schema.Observation {
		b.WriteString(v.s.times.ref(r.valid).Interval.String())
	}
	return b.String()
}

func (v *View) comparer(order []Key) func(a, b *placed) int {
	return func(a, b *placed) int {
		for i := range order {
			x, y := &a.keys[i], &b.keys[i]
			mx, my := x.Kind() == graph.NoKind, y.Kind() == graph.NoKind
			switch {
			case mx && my:
				continue
			case mx:
				return 1
			case my:
				return -1
			}
			c, ok := compare(v.s.o, x, y)
			if !ok {
				c = strings.Compare(x.String(), y.String())
			}
			if c != 0 {
				if order[i].Descending {
					return -c
				}
				return c
			}
		}
		if c := strings.Compare(a.id, b.id); c != 0 {
			return c
		}
		if c := strings.Compare(v.tieOf(a), v.tieOf(b)); c != 0 {
			return c
		}
		if a.edge.Claim == None || b.edge.Claim == None {
			return 0
		}
		// Series only: several sources say the same of one period.
		x, y := v.s.rows.ref(a.edge.Claim).id, v.s.rows.ref(b.edge.Claim).id
		return strings.Compare(string(x[:]), string(y[:]))
	}
}

// cursor is a place in an order: it holds what the order compares, and so
// stays valid whatever is written meanwhile.
type cursor struct {
	Keys  [][2]string `json:"k,omitempty"` // kind and text; an empty kind is a missing value
	ID    string      `json:"i"`
	Tie   string      `json:"t,omitempty"`
	Claim string      `json:"c,omitempty"`
}

// Cursor is the cursor of the page's edge with the number.
func (p *Page) Cursor(i int) string {
	x := p.view.place(p.view.readers(p.order), p.Edges[i])
	c := cursor{ID: x.id, Tie: p.view.tieOf(&x)}
	for _, k := range x.keys {
		if k.Kind() == graph.NoKind {
			c.Keys = append(c.Keys, [2]string{})
			continue
		}
		c.Keys = append(c.Keys, [2]string{k.Kind().String(), k.String()})
	}
	if x.edge.Claim != None {
		c.Claim = p.view.s.ClaimID(x.edge.Claim).String()
	}
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // texts only
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func (v *View) parseCursor(text string, order []Key) (*placed, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	var c cursor
	if err != nil || json.Unmarshal(b, &c) != nil || len(c.Keys) != len(order) || c.ID == "" {
		return nil, errCursor
	}
	p := &placed{edge: Edge{Node: None, Claim: None}, id: c.ID, cursor: true, tie: c.Tie}
	for _, k := range c.Keys {
		if k[0] == "" {
			p.keys = append(p.keys, graph.Value{})
			continue
		}
		kind, ok := graph.ParseKind(k[0])
		if !ok {
			return nil, errCursor
		}
		val, err := graph.ParseValue(kind, k[1])
		if err != nil {
			return nil, errCursor
		}
		p.keys = append(p.keys, val)
	}
	if c.Claim != "" {
		id, err := graph.ParseClaimID(c.Claim)
		if err != nil {
			return nil, errCursor
		}
		if n, ok := v.s.ClaimNumber(id); ok {
			p.edge.Claim = n
		}
	}
	return p, nil
}
