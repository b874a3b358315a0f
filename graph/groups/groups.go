// Package groups divides the edges of a list into groups, and computes what sums do not give: medians and numbers of
// different values.
//
// Read Divide first. The package must not know how the graph is read, nor GraphQL: graph/snapshot reads the values
// of the edges.
package groups

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Plain returns the readings of the keys; ok is false if some key is not the value of its reading.
func Plain(keys []filter.GroupKey) (by []filter.Reading, ok bool) {
	for i := range keys {
		if !keys[i].Plain() {
			return nil, false
		}
		by = append(by, keys[i].By)
	}
	return by, true
}

// Most is the greatest number of edges that a list may have once each is repeated for every entity to which a relation
// of many leads.
const Most = 1 << 22

// Divide divides edges into groups by their keys, of which there is at least one. It returns the edges in the order of
// parts.Of: an edge is repeated if a relation of many leads from it to several entities. It reuses the memory of parts.
func Divide(v *snapshot.View, edges []snapshot.Edge, keys []filter.GroupKey, parts *aggregate.Parts) ([]snapshot.Edge, error) {
	edges, through, err := repeat(v, edges, keys)
	if err != nil {
		return nil, err
	}
	if len(keys) == 1 && keys[0].Plain() {
		v.PartBy(edges, keys[0].By, parts)
		return edges, v.Err()
	}
	by := make([]aggregate.By, len(keys))
	for i := range keys {
		k := &keys[i]
		if by[i].Bytes = k.By.ByBytes() || !k.Plain(); k.Through != nil {
			group(len(edges), &by[i].Parts, func(at int) graph.Value { return through[i][at] })
			continue
		}
		v.PartBy(edges, k.By, &by[i].Parts)
		if !k.Plain() {
			of, groups := by[i].Of, by[i].Groups
			group(len(edges), &by[i].Parts, func(at int) graph.Value { return bucket(k, groups[of[at]].Key) })
		}
		if err := v.Err(); err != nil {
			return nil, err
		}
	}
	aggregate.Cross(v.Snapshot().Ontology(), by, nil, parts)
	return edges, v.Err()
}

// group sets the groups of n values in the order of their first occurrence.
func group(n int, parts *aggregate.Parts, value func(at int) graph.Value) {
	found := map[graph.Value]int32{}
	of, groups := make([]int32, n), []aggregate.Group{}
	for i := range of {
		val := value(i)
		at, ok := found[val]
		if !ok {
			at = int32(len(groups))
			found[val], groups = at, append(groups, aggregate.Group{Key: val})
		}
		of[i] = at
		groups[at].Count++
	}
	parts.Of, parts.Groups = of, groups
}

// repeat repeats each edge for every entity to which the relations of the keys lead. through has, for each such key, the
// ids of these entities.
func repeat(v *snapshot.View, edges []snapshot.Edge, keys []filter.GroupKey) (_ []snapshot.Edge, through [][]graph.Value, err error) {
	through = make([][]graph.Value, len(keys))
	for i := range keys {
		k := &keys[i]
		if k.Through == nil {
			continue
		}
		var longer []snapshot.Edge
		rest := make([][]graph.Value, len(keys))
		ends := map[uint32][]graph.Value{}
		for at, e := range edges {
			for _, to := range leads(v, e, k, ends) {
				longer = append(longer, e)
				for j := range i {
					if through[j] != nil {
						rest[j] = append(rest[j], through[j][at])
					}
				}
				rest[i] = append(rest[i], to)
			}
			if err := v.Err(); err != nil {
				return nil, nil, err
			}
			if len(longer) > Most {
				return nil, nil, graph.Errorf(graph.BadInput, "groups: with one for each entity to which %s leads there are more than %d edges; filter the list", k.Through.Name, Most)
			}
		}
		edges, through = longer, rest
	}
	return edges, through, nil
}

// leads returns the ids of the entities to which the relation of a key leads from an edge; one missing value if to none.
func leads(v *snapshot.View, e snapshot.Edge, k *filter.GroupKey, known map[uint32][]graph.Value) []graph.Value {
	end := e.Node
	if k.By.Of == filter.OfSubject {
		end = v.SubjectOf(e)
	}
	ids, ok := known[end]
	if ok {
		return ids
	}
	for to := range v.Relation(end, k.Through, false).All() {
		id := graph.StringValue(string(v.Snapshot().ID(to.Node)))
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if ids == nil {
		ids = []graph.Value{{}}
	}
	known[end] = ids
	return ids
}

// Distinct returns how many different values of a key the edges of each group have. Edges without a value do not count.
func Distinct(v *snapshot.View, edges []snapshot.Edge, of filter.GroupKey, parts *aggregate.Parts) ([]int, error) {
	seen, counts := map[distinct]bool{}, make([]int, parts.Count())
	if of.Through != nil {
		known := map[uint32][]graph.Value{}
		for i, e := range edges {
			for _, id := range leads(v, e, &of, known) {
				count(seen, counts, parts, i, id)
			}
			if err := v.Err(); err != nil {
				return nil, err
			}
		}
		return counts, nil
	}
	v.EachValue(edges, of.By, func(i int, val graph.Value) { count(seen, counts, parts, i, val) })
	return counts, v.Err()
}

type distinct struct {
	group int32
	value graph.Value
}

func count(seen map[distinct]bool, counts []int, parts *aggregate.Parts, i int, val graph.Value) {
	d := distinct{parts.At(i), val}
	if val.Kind() != graph.NoKind && !seen[d] {
		seen[d] = true
		counts[d.group]++
	}
}
