package snapshot

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// Stats sums up the numbers that a reading takes from a list of edges.
type Stats struct {
	// Count counts the edges that have a value.
	Count         int
	Sum, Min, Max float64
	// Unit is the unit of quantities, "" for plain numbers: the one that all
	// have, or the base unit of their dimension.
	Unit string

	sum    graph.Sum
	others []unitStats // of further units, until they are converted
	other  string      // a unit that does not convert
}

// unitStats are the sums of quantities in one unit.
type unitStats struct {
	unit     string
	sum      graph.Sum
	min, max float64
}

// Err refuses what cannot be summed up, quantities of different dimensions: a
// sum of tonnes and of barrels is neither.
func (s *Stats) Err() error {
	if s.other == "" {
		return nil
	}
	return graph.Errorf(graph.BadInput, "the values are in %s and in %s, which cannot be summed up; filter by one unit", s.Unit, s.other)
}

func (s *Stats) add(x float64, unit string) {
	switch {
	case s.Count == 0:
		s.Min, s.Max, s.Unit = x, x, unit
	case s.Unit != unit:
		s.Count++
		s.addOther(x, unit)
		return
	}
	s.Count++
	s.sum.Add(x)
	s.Min, s.Max = min(s.Min, x), max(s.Max, x)
}

func (s *Stats) addOther(x float64, unit string) {
	i := slices.IndexFunc(s.others, func(u unitStats) bool { return u.unit == unit })
	if i < 0 {
		i = len(s.others)
		s.others = append(s.others, unitStats{unit: unit, min: x, max: x})
	}
	u := &s.others[i]
	u.sum.Add(x)
	u.min, u.max = min(u.min, x), max(u.max, x)
}

// settle works out the sums, in the base unit where the units differ.
func (s *Stats) settle(o *schema.Ontology) {
	s.Sum = s.sum.Float()
	if s.others == nil {
		return
	}
	from := o.Units[s.Unit]
	for _, x := range s.others {
		if !from.Converts(o.Units[x.unit]) {
			s.other = x.unit
			return
		}
	}
	to := o.Base(from)
	in := func(x float64) float64 { return graph.Convert(x, from, to) }
	var total graph.Sum
	total.Add(in(s.Sum))
	s.Min, s.Max, s.Unit = in(s.Min), in(s.Max), to.Code
	for _, x := range s.others {
		from = o.Units[x.unit]
		total.Add(in(x.sum.Float()))
		s.Min, s.Max = min(s.Min, in(x.min)), max(s.Max, in(x.max))
	}
	s.Sum, s.others = total.Float(), nil
}

// Stats appends to dst the sums of a reading, one for each group of the parts
// of a list; nil parts are one of all edges.
func (v *View) Stats(edges []Edge, by filter.Reading, parts *Parts, dst []Stats) []Stats {
	n := 1
	if parts != nil {
		n = len(parts.Groups)
	}
	base := len(dst)
	dst = slices.Grow(dst, n)[:base+n]
	sums := dst[base:]
	clear(sums)
	r := v.reader(by)
	for i, e := range edges {
		c, ok := r.cell(v, e)
		if !ok {
			c = numberCell(r.value(v, e)) // texts are not summed up
		}
		if c.kind == graph.NoKind {
			continue
		}
		unit := ""
		if c.kind == graph.QuantityKind {
			unit = v.s.texts.At(c.unit)
		}
		group := int32(0)
		if parts != nil {
			group = parts.Of[i]
		}
		sums[group].add(c.number(), unit)
	}
	for i := range sums {
		sums[i].settle(v.s.o)
	}
	return dst
}

// Group is the edges of a list for which a reading takes the same value.
type Group struct {
	Key   graph.Value // the zero Value: it is missing
	Count int
}

// Parts are the groups of a list, the largest first, then by key.
type Parts struct {
	Groups []Group
	// Of is for each edge of the list the place of its group.
	Of []int32
}

// Part parts a list by a reading, into parts that may be used again.
func (v *View) Part(edges []Edge, by filter.Reading, parts *Parts) {
	g := grouperPool.Get().(*grouper)
	defer g.release()
	g.of = append(parts.Of[:0], make([]int32, len(edges))...)
	g.seat(len(edges))
	r := v.reader(by)
	for i, e := range edges {
		if c, ok := r.cell(v, e); ok {
			g.of[i] = g.cell(v.s, c)
		} else {
			g.of[i] = g.numbered(r.value(v, e))
		}
	}
	g.order(v.s.o, r.byBytes, parts)
}

// grouper finds the groups of a list; it is used again for later ones.
type grouper struct {
	keys   []graph.Value
	byText map[graph.Value]int32 // of values that several cells may hold
	of     []int32               // the group of each edge

	// Most values are told apart by their cells: seats is a table of numbers in
	// seen, + 1, by the hash of a cell.
	seats []int32
	seen  []seenCell
	shift uint

	counts, place, sorted []int32
	texts                 []string
}

type seenCell struct {
	cell
	group int32
}

var grouperPool = sync.Pool{New: func() any { return &grouper{byText: map[graph.Value]int32{}} }}

// keepGrouped bounds the memory that is kept for the next list.
const keepGrouped = 1 << 17

func (g *grouper) release() {
	if len(g.seats) > keepGrouped {
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

// order puts the groups into their order: the largest first, then by key.
func (g *grouper) order(o *schema.Ontology, byBytes bool, parts *Parts) {
	n := len(g.keys)
	g.counts = append(g.counts[:0], make([]int32, n)...)
	g.place = append(g.place[:0], make([]int32, n)...)
	g.sorted, g.texts = g.sorted[:0], g.texts[:0]
	for _, k := range g.of {
		g.counts[k]++
	}
	for k := range g.keys {
		g.sorted, g.texts = append(g.sorted, int32(k)), append(g.texts, "")
	}
	text := func(k int32) string {
		if g.texts[k] == "" {
			g.texts[k] = g.keys[k].String()
			if g.keys[k].Kind() == graph.StringKind && !byBytes {
				g.texts[k] = graph.TextKey(g.texts[k])
			}
		}
		return g.texts[k]
	}
	slices.SortFunc(g.sorted, func(a, b int32) int {
		if d := g.counts[b] - g.counts[a]; d != 0 {
			return int(d)
		}
		x, y := &g.keys[a], &g.keys[b]
		if x.Kind() == graph.StringKind && y.Kind() == graph.StringKind {
			return strings.Compare(text(a), text(b))
		}
		// 1 km and 1000 m are one amount and two groups.
		return cmp.Or(graph.Compare(o, x, y), strings.Compare(text(a), text(b)))
	})
	parts.Groups = slices.Grow(parts.Groups[:0], n)
	for i, k := range g.sorted {
		parts.Groups = append(parts.Groups, Group{g.keys[k], int(g.counts[k])})
		g.place[k] = int32(i)
	}
	for i, k := range g.of {
		g.of[i] = g.place[k]
	}
	parts.Of, g.of = g.of, nil
}
