package snapshot

import (
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph/internal/memory"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/schema"
)

// Beside each chunk of a long run is kept what follows from its links and their claims
// (package dense), for all views and snapshots that have it. What a view shows of a link
// that is not odd is decided by columns too, of days, confidence and record time.

// Columns other than qualifiers, which go by the numbers of their names.
const (
	firstDays = 1<<16 + iota // the first and the last day on which the claim may hold
	lastDays
	confidences
	recordings
)

// links are the links of a relation as one query reads them.
type links struct {
	*View
	*List
	keep *filterPass
	g    groups // of odd groups
	w    walk   // of g
}

// dense returns the list as one with what is kept beside it; ok is false where it must
// be walked. Where its columns do not decide what the view shows, exact is false. The
// list uses x, which was of another list or is new.
func (l *List) dense(keep *filterPass, x *links) (d dense.List[memory.Link, Edge], exact, ok bool) {
	v, f := l.view, l.field
	if f == nil || l.entity == memory.None || v.planning == never || f.Symmetric || f.Kind == schema.Derived || v.mirrors(l.entity, f) || f.Mirror != nil && !l.series {
		return d, false, false
	}
	*x = links{View: v, List: l, keep: keep, w: walk{keep: keep}}
	x.g = v.groupsOf(l.entity, f, &x.w)
	r := x.g.run
	if r.ID() == nil || x.g.single != nil {
		return d, false, false
	}
	x.g.series, x.g.narrow = l.series, l.narrow || x.keep.narrows()
	run := dense.NewRun(v.s.Beside(), r.ID(), sideOf(r.Chunk(0)), func(yield func([]memory.Link, *memory.Beside) bool) {
		for part, at := r.First(); len(part) > 0 && yield(part, sideOf(r.Chunk(at))); {
			part, at = r.After(at)
		}
	}, x)
	if x.g.inverse && slices.ContainsFunc(run.Types, func(t uint16) bool { return v.s.TypesOf[t] == nil || !f.Target.Includes(v.s.TypesOf[t]) }) {
		return d, false, false
	}
	d = dense.List[memory.Link, Edge]{Links: x, Run: run, Budget: v.s.Beside(), Ontology: v.s.Ontology(), Series: l.series, Each: v.sources != nil, Lost: v.s.Lost.At(l.entity)}
	if f.Kind == schema.Inverse {
		f = f.InverseOf[0]
	}
	kind := &v.kinds[memory.PredicateOf(f)]
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

func sideOf(c *column.Chunk[memory.Link, memory.Beside]) *memory.Beside {
	if side := c.Side.Load(); side != nil {
		return side
	}
	c.Side.CompareAndSwap(nil, new(memory.Beside))
	return c.Side.Load()
}

func (x *links) Node(l *memory.Link) uint32 { return l.Other }
func (x *links) Edge(l *memory.Link) Edge   { return edgeOf(l) }
func (x *links) Shows(l *memory.Link) bool  { return x.shows(x.entity, *l) }
func (x *links) KeepsNode(node uint32) bool { return x.keep.node(node) }
func (x *links) KeepsEdge(e Edge) bool      { return x.keep.claim(e) }
func (x *links) Unit(n uint32) string       { return x.s.Texts.At(n) }
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
	x.g.links = column.Short[memory.Link, memory.Beside](group).Walk(false)
	edges := x.g.next()
	if x.series {
		return edges
	}
	return x.g.distinct(edges)
}

// Figures counts the edges that the filters of a query keep, whatever the page, and sums
// up what a reading takes of them, with the least and the greatest if ends is set; the zero
// Reading sums up nothing. ok is false where that needs the edges one by one.
func (l *List) Figures(q *filter.Query, by filter.Reading, ends bool) (st aggregate.Stats, n int, ok bool) {
	return l.figures(q, l.view.filterPass(q), new(links), by, ends)
}

// figures is Figures with a filter pass of the query, and room for the links.
func (l *List) figures(q *filter.Query, keep *filterPass, room *links, by filter.Reading, ends bool) (st aggregate.Stats, n int, ok bool) {
	f := dense.Figures{Ends: ends}
	if by != (filter.Reading{}) {
		number, known := l.view.s.QualifierNames.Number(by.Qualifier)
		if f.Column, f.Sums = uint32(number), true; !known {
			return st, 0, false
		}
	}
	d, exact, ok := l.dense(keep, room)
	if !ok || !exact {
		return st, 0, false
	}
	f.Tests, f.Whole = q.Edges.Required()
	f.Whole = f.Whole && q.Nodes == nil && (q.Edges == nil || q.Edges.Node == nil)
	st, n = d.Figures(f)
	return st, n, true
}

// topDense is top of a list of whose first key the order is kept; it reports false where
// there is none.
func (l *List) topDense(t access.Turn, at *placed, w *walk, p *Page) bool {
	v := l.view
	if w.only || len(p.order) == 0 {
		return false
	}
	number, known := v.s.QualifierNames.Number(p.order[0].By.Qualifier)
	if !known {
		return false
	}
	d, _, ok := l.dense(w.keep, new(links))
	if !ok {
		return false
	}
	top := dense.Top[Edge]{Column: uint32(number), Descending: p.order[0].Descending, Back: t.Back, Most: t.Most, Edges: p.Edges}
	if at != nil {
		top.After = &at.keys[0]
	}
	top.Tests, _ = p.query.Edges.Required()
	var compare func(a, b *placed) int // hardly any edges share their first key
	top.FirstOf = func(n int, block []Edge, after bool) (first []Edge, skipped, more bool) {
		if compare == nil {
			compare = v.turned(p.order, t.Back)
		}
		readers := v.readers(p.order)
		best := access.Top[*placed]{Most: n, Compare: compare}
		for _, e := range block {
			if x := v.place(readers, e); after && compare(&x, at) <= 0 {
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
	if !d.Top(&top) {
		return false
	}
	p.Path = access.KeptOrder(p.order[0].By, t.Most)
	p.Edges, p.HasNext, p.HasPrev, w.read = top.Edges, top.HasNext, top.HasPrev, top.Read
	return true
}
