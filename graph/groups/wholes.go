package groups

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Wholes returns, for each group, an error if its edges state shares of different wholes, whose sum means nothing. parts
// is nil for one group.
func Wholes(v *snapshot.View, edges []snapshot.Edge, q *schema.Qualifier, parts *aggregate.Parts) ([]error, error) {
	n := parts.Count()
	values := make([]graph.Value, len(edges)) // of one part of the whole
	known := make([]bool, len(edges))
	v.EachValue(edges, filter.Reading{Qualifier: q.Name}, func(i int, val graph.Value) { known[i] = val.Kind() != graph.NoKind })
	differ := make([][]string, n)
	for _, name := range q.Whole {
		for _, by := range readingsOf(name) {
			v.EachValue(edges, by, func(i int, val graph.Value) { values[i] = val })
			first := make([]int, n) // the index of the first share of a group + 1
			for i, share := range known {
				group := parts.At(i)
				switch at := first[group]; {
				case !share:
				case at == 0:
					first[group] = i + 1
				case values[at-1] != values[i] && !slices.Contains(differ[group], name):
					differ[group] = append(differ[group], name)
				}
			}
		}
	}
	errs := make([]error, n)
	for i, names := range differ {
		if names != nil {
			errs[i] = graph.Errorf(graph.BadInput, "%s: these are shares of different wholes, which cannot be summed up: they differ in %s; group or filter by it, or ask for avg, min or max",
				q.Name, strings.Join(names, ", "))
		}
	}
	return errs, v.Err()
}

// readingsOf returns the readings of a part of a whole.
func readingsOf(name string) []filter.Reading {
	switch name {
	case schema.WholeSubject:
		return []filter.Reading{{Of: filter.OfSubject, Own: "id"}}
	case schema.WholeObject:
		return []filter.Reading{{Of: filter.OfObject, Own: "id"}}
	case schema.WholePeriod:
		return []filter.Reading{{Claim: "validFrom"}, {Claim: "validTo"}}
	}
	return []filter.Reading{{Qualifier: name}}
}
