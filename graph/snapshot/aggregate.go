package snapshot

import (
	"math/bits"
	"slices"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/graph"
)

// Stats sums up the numbers that a reading takes from a list of edges.
type Stats struct {
	// Count counts the edges that have a value.
	Count         int
	Sum, Min, Max float64
	// Unit is the unit of quantities, "" for plain numbers.
	Unit string
}

// Figures are the numbers that a reading takes from a list of edges.
type Figures struct {
	v     *View
	cells []cell
}

// Read takes them, all at once: on long lists the memory answers several reads
// together that would wait for one another edge by edge. Figures may be read
// again, into the same memory.
func (f *Figures) Read(v *View, edges []Edge, by Reading) {
	f.v, f.cells = v, v.appendCells(f.cells[:0], edges, by)
}

// Release lets go of the view and keeps the memory.
func (f *Figures) Release() { f.v = nil }

// Stats sums up the figures of the edges from one number to another. Quantities
// of different units are refused: a sum of tonnes and of barrels is neither.
func (f *Figures) Stats(from, to int) (Stats, error) {
	var st Stats
	for _, c := range f.cells[from:to] {
		if c.kind == graph.NoKind {
			continue
		}
		unit := ""
		if c.kind == graph.QuantityKind {
			unit = f.v.s.texts.at(c.unit)
		}
		if st.Count > 0 && unit != st.Unit {
			return Stats{}, graph.Errorf(graph.BadInput, "the values are in %s and in %s, which cannot be summed up; filter by one unit", st.Unit, unit)
		}
		x := c.number()
		if st.Count == 0 {
			st.Min, st.Max, st.Unit = x, x, unit
		}
		st.Count++
		st.Sum += x
		st.Min, st.Max = min(st.Min, x), max(st.Max, x)
	}
	return st, nil
}

// Aggregate sums up a reading of all the edges, as Stats does.
func (v *View) Aggregate(edges []Edge, by Reading) (Stats, error) {
	var f Figures
	f.Read(v, edges, by)
	return f.Stats(0, len(edges))
}

// Group is the edges of a list for which a reading takes the same value.
type Group struct {
	Key graph.Value // the zero Value: it is missing
	// From and To are the group's place in the list of edges beside it.
	From, To int
}

// Groups parts a list by a reading, the largest groups first, then by key. It
// appends the groups to dst and the edges, in the order of the groups, to list;
// those given stay as they are.
func (v *View) Groups(edges []Edge, by Reading, dst []Group, list []Edge) ([]Group, []Edge) {
	g := grouperPool.Get().(*grouper)
	defer g.release()
	g.of = append(g.of[:0], make([]int32, len(edges))...)
	if by.Own != "" || by.Claim != "" {
		r := v.reader(by)
		for i, e := range edges {
			g.of[i] = g.numbered(r.value(v, e))
		}
	} else {
		g.cells = v.appendCells(g.cells[:0], edges, by)
		g.seat(len(edges))
		for i, c := range g.cells {
			g.of[i] = g.cell(v.s, c)
		}
	}
	return g.parts(edges, dst, list)
}

// grouper finds the groups of a list; it is used again for later ones.
type grouper struct {
	keys   []graph.Value
	byText map[graph.Value]int32 // of values that several cells may hold
	cells  []cell
	of     []int32 // the group of each edge

	// Most values are told apart by their cells: seats is a table of numbers in
	// seen, + 1, by the hash of a cell.
	seats []int32
	seen  []seenCell
	shift uint

	counts, next, order []int32
	texts               []string
}

type seenCell struct {
	cell
	group int32
}

var grouperPool = sync.Pool{New: func() any { return &grouper{byText: map[graph.Value]int32{}} }}

// keepGrouped is the longest list whose memory is kept for the next one.
const keepGrouped = 1 << 16

func (g *grouper) release() {
	if len(g.of) > keepGrouped {
		return
	}
	clear(g.keys)
	clear(g.byText)
	clear(g.texts)
	g.keys, g.seen = g.keys[:0], g.seen[:0]
	grouperPool.Put(g)
}

// seat makes room for as many values as there are edges.
func (g *grouper) seat(n int) {
	size := uint(bits.Len(uint(n))) + 1
	g.seats = append(g.seats[:0], make([]int32, 1<<size)...)
	g.shift = 64 - size
}

// cell is the group of the value in a cell.
func (g *grouper) cell(s *Snapshot, c cell) int32 {
	i := ((c.bits^uint64(c.unit)<<40)*0x9E3779B97F4A7C15 + uint64(c.kind)) >> g.shift
	for ; g.seats[i] != 0; i = (i + 1) & (1<<(64-g.shift) - 1) {
		if x := &g.seen[g.seats[i]-1]; x.cell == c {
			return x.group
		}
	}
	var k int32
	if c.textual() {
		k = g.numbered(s.value(c))
	} else {
		k = int32(len(g.keys))
		g.keys = append(g.keys, s.value(c))
	}
	g.seen = append(g.seen, seenCell{c, k})
	g.seats[i] = int32(len(g.seen))
	return k
}

func (g *grouper) numbered(val graph.Value) int32 {
	k, ok := g.byText[val]
	if !ok {
		k = int32(len(g.keys))
		g.keys = append(g.keys, val)
		g.byText[val] = k
	}
	return k
}

// parts puts the edges into the order of their groups.
func (g *grouper) parts(edges []Edge, dst []Group, list []Edge) ([]Group, []Edge) {
	n := len(g.keys)
	g.counts = append(g.counts[:0], make([]int32, n)...)
	g.next = append(g.next[:0], make([]int32, n)...)
	g.order, g.texts = g.order[:0], g.texts[:0]
	for _, k := range g.of {
		g.counts[k]++
	}
	for k := range g.keys {
		g.order, g.texts = append(g.order, int32(k)), append(g.texts, g.keys[k].String())
	}
	slices.SortFunc(g.order, func(a, b int32) int {
		if d := g.counts[b] - g.counts[a]; d != 0 {
			return int(d)
		}
		return strings.Compare(g.texts[a], g.texts[b])
	})
	base := len(list)
	at := int32(base)
	dst = slices.Grow(dst, n)
	for _, k := range g.order {
		dst, g.next[k] = append(dst, Group{g.keys[k], int(at), int(at + g.counts[k])}), at
		at += g.counts[k]
	}
	list = slices.Grow(list, len(edges))[:base+len(edges)]
	for i, e := range edges {
		k := g.of[i]
		list[g.next[k]] = e
		g.next[k]++
	}
	return dst, list
}
