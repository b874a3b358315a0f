package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/memory"
)

// Stats appends to dst the sums of a reading over the edges, one for each group of parts. If parts
// is nil, all edges are one group.
func (v *View) Stats(edges []Edge, by filter.Reading, parts *aggregate.Parts, dst []aggregate.Stats) []aggregate.Stats {
	n := parts.Count()
	base := len(dst)
	dst = slices.Grow(dst, n)[:base+n]
	sums := dst[base:]
	clear(sums)
	r := v.reader(by)
	for i, e := range edges {
		if v.stop() {
			break
		}
		v.add(&sums[parts.At(i)], &r, e)
	}
	for i := range sums {
		sums[i].Settle(v.s.Ontology())
	}
	return dst
}

// PartBy divides edges into groups by what a reading takes from each edge. It reuses the memory of parts.
func (v *View) PartBy(edges []Edge, by filter.Reading, parts *aggregate.Parts) {
	g := aggregate.NewGrouper(len(edges))
	defer g.Release()
	of := append(parts.Of[:0], make([]int32, len(edges))...)
	r := v.reader(by)
	var known []int32 // in a long list, by the number of the entity: the group + 1
	if (by.Own != "" || by.Property != nil) && len(edges) > v.s.IDs.Len()/4 {
		known = make([]int32, v.s.IDs.Len())
	}
	for i, e := range edges {
		if v.stop() {
			parts.Groups, parts.Of = parts.Groups[:0], parts.Of[:0]
			return
		}
		n := memory.None
		if known != nil {
			n = r.end(v, e)
		}
		if n == memory.None {
			of[i] = v.groupOf(g, &r, e)
			continue
		}
		if known[n] == 0 {
			known[n] = v.groupOf(g, &r, e) + 1
		}
		of[i] = known[n] - 1
	}
	parts.Of = of
	g.Sort(v.s.Ontology(), r.byBytes, parts)
}

func (v *View) groupOf(g *aggregate.Grouper, r *reader, e Edge) int32 {
	c, ok := r.cell(v, e)
	if !ok {
		return g.Of(r.value(v, e))
	}
	group, ok := g.Find(c)
	if !ok {
		group = g.Add(c, v.s.ValueOf(c))
	}
	return group
}
