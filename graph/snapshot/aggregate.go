package snapshot

import (
	"slices"
	"strings"

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

// Figures reads them, all at once: on long lists the memory answers several
// reads together that would wait for one another edge by edge.
func (v *View) Figures(edges []Edge, by Reading) *Figures {
	return &Figures{v, v.cells(edges, by)}
}

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
	return v.Figures(edges, by).Stats(0, len(edges))
}

// Group is the edges of a list for which a reading takes the same value.
type Group struct {
	Key graph.Value // the zero Value: it is missing
	// From and To are the group's place in the list of edges beside it.
	From, To int
}

// Groups parts a list by a reading, the largest groups first, then by key. It
// returns the list in the order of the groups; the one given stays as it is.
func (v *View) Groups(edges []Edge, by Reading) ([]Group, []Edge) {
	keys := make([]graph.Value, 0, min(len(edges), 256))
	byValue := map[graph.Value]int32{}
	numbered := func(val graph.Value) int32 {
		k, ok := byValue[val]
		if !ok {
			k = int32(len(keys))
			keys, byValue[val] = append(keys, val), k
		}
		return k
	}
	of := make([]int32, len(edges)) // the group of each edge
	if by.Own != "" || by.Claim != "" {
		r := v.reader(by)
		for i, e := range edges {
			of[i] = numbered(r.value(v, e))
		}
		return grouped(edges, of, keys)
	}
	// Most values are told apart by their bits; texts and units only by value.
	var byBits [graph.LooseKind]map[uint64]int32
	for i, c := range v.cells(edges, by) {
		if c.unit != 0 {
			of[i] = numbered(v.s.value(c))
			continue
		}
		k, seen := byBits[c.kind][c.bits]
		if !seen {
			if byBits[c.kind] == nil {
				byBits[c.kind] = make(map[uint64]int32, len(edges)/4)
			}
			if c.textual() {
				k = numbered(v.s.value(c))
			} else {
				k = int32(len(keys))
				keys = append(keys, v.s.value(c))
			}
			byBits[c.kind][c.bits] = k
		}
		of[i] = k
	}
	return grouped(edges, of, keys)
}

// grouped puts the edges, whose groups are in of, into the order of the groups.
func grouped(edges []Edge, of []int32, keys []graph.Value) ([]Group, []Edge) {
	counts, texts, order := make([]int, len(keys)), make([]string, len(keys)), make([]int32, len(keys))
	for _, k := range of {
		counts[k]++
	}
	for k := range keys {
		texts[k], order[k] = keys[k].String(), int32(k)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return strings.Compare(texts[a], texts[b])
	})
	groups, next := make([]Group, len(keys)), make([]int, len(keys))
	at := 0
	for i, k := range order {
		groups[i], next[k] = Group{keys[k], at, at + counts[k]}, at
		at += counts[k]
	}
	list := make([]Edge, len(edges))
	for i, e := range edges {
		k := of[i]
		list[next[k]] = e
		next[k]++
	}
	return groups, list
}
