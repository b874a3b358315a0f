package snapshot

import (
	"math"
	"slices"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/schema"
)

// For each chunk of a long adjacency list, package dense caches values that depend only on the
// chunk's links and their claims, for all views and snapshots that have the chunk. From the columns
// of days, confidence and record time follows whether a view shows a link, unless the link is odd.

// The numbers of the columns that are not of qualifiers. The column of a qualifier has the number of its name.
const (
	firstDays = 1<<16 + iota // the first and (lastDays) the last day on which the claim may hold
	lastDays
	confidences
	recordings
)

// asked lists the columns that decide what views show.
var asked = []uint32{firstDays, lastDays, confidences, recordings}

// links has the links of a relation as one query reads them.
type links struct {
	*View
	*List
	keep *filterPass
	odd  *groups // of the odd links; nil until there is one
}

var listRooms = sync.Pool{New: func() any { return new(listRoom) }}

// listRoom is the reusable memory for reading one list with its cached columns.
type listRoom struct {
	links
	dense.List[memory.Link, Edge]
	shown [4]dense.Bound
	top   dense.Top[Edge]
	blocks
}

// release drops all references and returns the memory.
func (r *listRoom) release() {
	*r = listRoom{}
	listRooms.Put(r)
}

// beside returns the links of the list if values may be cached for them; ok is false if the list must be iterated.
func (l *List) beside() (run memory.Run, ok bool) {
	v, f := l.view, l.field
	if f == nil || l.entity == memory.None || v.planning == never || f.Symmetric || f.Kind == schema.Derived || v.mirrors(l.entity, f) || f.Mirror != nil && !l.series {
		return run, false
	}
	run = v.run(l.entity, f)
	return run, run.ID() != nil && !(f.Kind == schema.Inverse && v.kindOf(f).Single != nil)
}

// kindOf returns the rules of the predicate under which a relation or an inverse is stored.
func (v *View) kindOf(f *schema.Field) *vocabulary.Predicate {
	return &v.kinds[memory.PredicateOf(f.Stated())]
}

// dense returns the list with its cached columns, in the memory of r. ok is false if the list must be
// iterated. exact is false if the columns do not decide what the view shows.
func (l *List) dense(run memory.Run, keep *filterPass, r *listRoom) (d *dense.List[memory.Link, Edge], exact, ok bool) {
	v, f := l.view, l.field
	kind := v.kindOf(f)
	r.links = links{View: v, List: l, keep: keep}
	x := &r.links
	whole := dense.NewRun(v.s.Beside(), run.ID(), sideOf(run.Chunk(0)), func(yield func([]memory.Link, *memory.Beside) bool) {
		for part, at := run.First(); len(part) > 0 && yield(part, sideOf(run.Chunk(at))); {
			part, at = run.After(at)
		}
	}, x)
	if f.Kind == schema.Inverse && slices.ContainsFunc(whole.Types, func(t uint16) bool { return v.s.TypesOf[t] == nil || !f.Target.Includes(v.s.TypesOf[t]) }) {
		return nil, false, false
	}
	d = &r.List
	d.Links, d.Run, d.Budget, d.Ontology, d.Asked = x, whole, v.s.Beside(), v.s.Ontology(), asked
	d.Series, d.Each, d.Lost = l.series, v.sources != nil, v.s.Lost.At(l.entity)
	d.Shown = r.shown[:0]
	if kind.Timing.Kind != schema.Eternal {
		d.Shown = append(d.Shown, dense.Bound{Column: firstDays, Range: dense.Between(math.MinInt64, int64(v.on.Last))},
			dense.Bound{Column: lastDays, Range: dense.Between(int64(v.on.First), math.MaxInt64)})
	}
	if !v.plain {
		d.Shown = append(d.Shown, dense.Bound{Column: recordings, Range: dense.Between(0, int64(v.known))},
			dense.Bound{Column: confidences, Range: dense.Between(int64(v.minConfidence), math.MaxInt64)})
	}
	exact = !kind.Mixed && !v.sure && v.mode != graph.Throughout && (v.allLive || kind.Timing.Kind == schema.Event || kind.Timing.Kind == schema.Eternal)
	return d, exact, true
}

// run returns the links of an entity by a stored relation or an inverse.
func (v *View) run(entity uint32, f *schema.Field) memory.Run {
	if f.Kind == schema.Inverse {
		return v.s.InRun(entity, memory.PredicateOf(f.InverseOf[0]))
	}
	return v.s.OutRun(entity, memory.PredicateOf(f))
}

func sideOf(c *column.Chunk[memory.Link, memory.Beside]) *memory.Beside {
	if side := c.Side.Load(); side != nil {
		return side
	}
	c.Side.CompareAndSwap(nil, new(memory.Beside))
	return c.Side.Load()
}

func (x *links) Node(l *memory.Link) uint32 { return l.Other }
func (x *links) NodeOf(e Edge) uint32       { return e.Node }
func (x *links) Edge(l *memory.Link) Edge   { return edgeOf(l) }
func (x *links) Shows(l *memory.Link) bool  { return x.View.Shows(x.entity, *l) }
func (x *links) KeepsNode(node uint32) bool { return x.keep.node(node) }
func (x *links) KeepsEdge(e Edge) bool      { return x.keep.claim(e) }
func (x *links) Text(n uint32) string       { return x.s.Texts.At(n) }
func (x *links) Stop() bool                 { return x.stop() }
func (x *links) Type(node uint32) (typ uint16, ok bool) {
	if ok = node != memory.None; ok {
		typ = x.s.Types.At(node)
	}
	return typ, ok
}

func (x *links) Cell(l *memory.Link, column uint32) dense.Cell {
	number, days := int64(0), graph.AllDays
	if l.Period() != 0 {
		days = x.s.Times.Ref(l.Period()).Bounds.MayHoldOn(x.kinds[l.Predicate].Timing.Kind)
	}
	switch column {
	case firstDays:
		number = int64(days.First)
	case lastDays:
		number = int64(days.Last)
	case confidences:
		number = int64(x.s.Rows.Ref(l.Claim).Confidence)
	case recordings:
		number = int64(x.s.Rows.Ref(l.Claim).Seq)
	default:
		return x.CellOf(edgeOf(l), column)
	}
	return dense.Cell{Bits: uint64(number), Kind: graph.IntKind}
}

func (x *links) CellOf(e Edge, column uint32) dense.Cell {
	return qualifierIn(x.s, e, uint16(column))
}

func (x *links) Odd(group []memory.Link) (odd, oddSeries bool) {
	for i := range group {
		oddSeries = oddSeries || group[i].Valid&memory.Open != 0 || group[i].Other == memory.None
		odd = odd || oddSeries || !group[i].Plain()
	}
	if odd || len(group) == 1 {
		return odd, oddSeries
	}
	rules, signatures := x.rulesOf(group[0].Claim), make([]uint64, len(group))
	for i := range group {
		signatures[i] = x.signature(edgeOf(&group[i]), rules)
	}
	slices.Sort(signatures)
	return len(slices.Compact(signatures)) < len(group), false
}

func (x *links) Withdrawn(l *memory.Link) (ever, known bool) {
	ended := graph.Seq(x.s.Ended.At(l.Claim))
	return ended != 0, ended != 0 && ended <= x.known
}

func (x *links) Group(group []memory.Link) []Edge {
	if x.odd == nil {
		g := x.groupsOf(x.entity, x.field, &walk{keep: x.keep})
		g.series, g.narrow = x.series, x.narrow || x.keep.narrows()
		x.odd = &g
	}
	x.odd.links = column.Short[memory.Link, memory.Beside](group).Walk(false)
	edges := x.odd.next()
	if x.series {
		return edges
	}
	return x.odd.distinct(edges)
}

// Figures counts the edges that the filters of a query keep, on all pages, and sums up the values
// of a reading, with the least and the greatest value if ends is set. The zero Reading sums up
// nothing. ok is false if that requires reading the edges one by one.
func (l *List) Figures(q *filter.Query, by filter.Reading, ends bool) (st aggregate.Stats, n int, ok bool) {
	keep := l.view.filterPass(q)
	if run, beside := l.beside(); beside {
		room := listRooms.Get().(*listRoom)
		defer room.release()
		if st, n, ok = l.figures(run, q, keep, room, by, ends); ok {
			return st, n, ok
		}
	}
	if !l.few(q) {
		return st, 0, false
	}
	st, n = l.fewFigures(keep, by)
	return st, n, true
}

// Short reports whether Figures would iterate over the list for each reading, because nothing is
// cached for so short a list.
func (l *List) Short(q *filter.Query) bool {
	_, beside := l.beside()
	return !beside && l.few(q)
}

// figures is Figures with the query's filter pass, and with memory to read the list in.
func (l *List) figures(run memory.Run, q *filter.Query, keep *filterPass, room *listRoom, by filter.Reading, ends bool) (st aggregate.Stats, n int, ok bool) {
	f := dense.Figures{Ends: ends}
	if by != (filter.Reading{}) {
		number, known := l.view.s.QualifierNames.Number(by.Qualifier)
		if f.Column, f.Sums = uint32(number), true; !known {
			return st, 0, false
		}
	}
	d, exact, ok := l.dense(run, keep, room)
	if !ok || !exact {
		return st, 0, false
	}
	f.Tests, f.Whole = q.Edges.Required()
	f.Whole = f.Whole && q.Nodes == nil && (q.Edges == nil || q.Edges.Node == nil)
	st, n = d.Figures(f)
	return st, n, true
}

// topDense does the work of top for a list whose order by the first key is cached. It returns false for other
// lists.
func (l *List) topDense(t access.Turn, at *placed, w *walk, a *prepared, p *Page) bool {
	v := l.view
	if w.only || len(p.order) == 0 || !a.readers[0].known {
		return false
	}
	run, ok := l.beside()
	if !ok {
		return false
	}
	room := listRooms.Get().(*listRoom)
	defer room.release()
	d, exact, ok := l.dense(run, w.keep, room)
	if !ok {
		return false
	}
	top := &room.top
	top.Column, top.Descending, top.Back, top.Most, top.Edges = uint32(a.readers[0].qualifier), p.order[0].Descending, t.Back, t.Most, p.Edges
	if at != nil {
		top.After = &at.Keys[0]
	} else if exact && !t.Back && !d.Each && d.Lost == 0 {
		top.Orders = a.orders
	}
	top.Tests, _ = p.query.Edges.Required()
	room.blocks = blocks{v: v, back: t.Back, at: at, prepared: a}
	top.Blocks = &room.blocks
	if !d.Top(top) {
		return false
	}
	p.kept = true
	p.Edges, p.HasNext, p.HasPrev, w.read = top.Edges, top.HasNext, top.HasPrev, top.Read
	return true
}

// sortings returns the keys of an order, or nil if some key is not a qualifier.
func (v *View) sortings(order []filter.Key) []dense.Sorting {
	if len(order) == 0 {
		return nil
	}
	dst := make([]dense.Sorting, 0, len(order))
	for _, key := range order {
		number, known := v.s.QualifierNames.Number(key.By.Qualifier)
		if !known {
			return nil
		}
		dst = append(dst, dense.Sorting{Column: uint32(number), Descending: key.Descending})
	}
	return dst
}

// blocks sorts the edges with equal first keys. There are hardly any.
type blocks struct {
	*prepared
	v       *View
	back    bool
	at      *placed
	compare func(a, b *placed) int
}

// FirstOf implements dense.Blocks.
func (b *blocks) FirstOf(n int, block []Edge, after bool) (first []Edge, skipped, more bool) {
	if b.compare == nil {
		b.compare = b.v.turned(b.query.Order, b.back)
	}
	best := access.Top[*placed]{Most: n, Compare: b.compare}
	for _, e := range block {
		if x := b.v.place(b.readers, e); after && b.compare(&x, b.at) <= 0 {
			skipped = true
		} else {
			best.Take(&x)
		}
	}
	best.Sort()
	for _, x := range best.Items {
		first = append(first, x.edge)
	}
	return first, skipped, best.More
}
