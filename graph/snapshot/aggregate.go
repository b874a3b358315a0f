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

// Aggregate sums up a reading. Quantities of different units are refused: a
// sum of tonnes and of barrels is neither.
func (v *View) Aggregate(edges []Edge, by Reading) (Stats, error) {
	var st Stats
	r := v.reader(by)
	for _, e := range edges {
		x, unit, ok := r.number(v, e)
		if !ok {
			continue
		}
		if st.Count > 0 && unit != st.Unit {
			return Stats{}, graph.Errorf(graph.BadInput, "the values are in %s and in %s, which cannot be summed up; filter by one unit", st.Unit, unit)
		}
		if st.Count == 0 {
			st.Min, st.Max, st.Unit = x, x, unit
		}
		st.Count++
		st.Sum += x
		st.Min, st.Max = min(st.Min, x), max(st.Max, x)
	}
	return st, nil
}

// number reads a number and the unit of a quantity; ok is false where there is
// no value.
func (r *reader) number(v *View, e Edge) (x float64, unit string, ok bool) {
	c, ok := r.cell(v, e)
	if !ok {
		val := r.value(v, e)
		return val.Float(), "", val.Kind() != graph.NoKind
	}
	if c.kind == graph.QuantityKind {
		unit = v.s.texts.at(c.unit)
	}
	return c.number(), unit, c.kind != graph.NoKind
}

// Group is the edges of a list for which a reading takes the same value.
type Group struct {
	Key   graph.Value // the zero Value: it is missing
	Edges []Edge
}

// Groups parts a list by a reading, the largest groups first, then by key.
func (v *View) Groups(edges []Edge, by Reading) []Group {
	r := v.reader(by)
	var keys []graph.Value
	byValue := map[graph.Value]int32{}
	numbered := func(val graph.Value) int32 {
		k, ok := byValue[val]
		if !ok {
			k = int32(len(keys))
			keys, byValue[val] = append(keys, val), k
		}
		return k
	}
	// Most values are told apart by their bits; texts and units only by value.
	var byBits [graph.LooseKind]map[uint64]int32
	of := make([]int32, len(edges))
	for i, e := range edges {
		c, ok := r.cell(v, e)
		if !ok || c.unit != 0 {
			of[i] = numbered(r.value(v, e))
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

// grouped makes the groups of the edges, each of whose numbers is in of.
func grouped(edges []Edge, of []int32, keys []graph.Value) []Group {
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
	groups, place := make([]Group, len(keys)), make([]int32, len(keys))
	room := make([]Edge, 0, len(edges))
	for i, k := range order {
		at := len(room)
		room = room[:at+counts[k]]
		groups[i], place[k] = Group{keys[k], room[at:at:len(room)]}, int32(i)
	}
	for i, e := range edges {
		g := &groups[place[of[i]]]
		g.Edges = append(g.Edges, e)
	}
	return groups
}
