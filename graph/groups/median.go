package groups

import (
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Medians returns the median of a reading for each group, in the unit of its sums. It is the middle value or the average
// of the two middle ones, and NaN if no value is known, if ranges leave it open, or if the sums have no common unit.
func Medians(v *snapshot.View, edges []snapshot.Edge, by filter.Reading, parts *aggregate.Parts, sums []aggregate.Stats) ([]float64, error) {
	lists := make([][2][]float64, len(sums)) // the lower and the upper ends of the values
	units := v.Snapshot().Ontology().Units
	v.EachValue(edges, by, func(i int, val graph.Value) {
		r, ok := val.Range()
		if !ok {
			return
		}
		group := parts.At(i)
		st := &sums[group]
		if st.Err() != nil {
			return
		}
		for end, x := range [...]float64{r.Min, r.Max} {
			if unit := st.UnitOfAll(); val.Text() != unit {
				x = graph.Convert(x, units[val.Text()], units[unit])
			}
			lists[group][end] = append(lists[group][end], x)
		}
	})
	medians := make([]float64, len(sums))
	for i := range lists {
		low, high := median(lists[i][0]), median(lists[i][1])
		if medians[i] = low; low != high || math.IsInf(low, 0) {
			medians[i] = math.NaN()
		}
	}
	return medians, v.Err()
}

func median(xs []float64) float64 {
	if len(xs) == 0 {
		return math.NaN()
	}
	slices.Sort(xs)
	n := len(xs)
	if n%2 == 1 {
		return xs[n/2]
	}
	return xs[n/2-1]/2 + xs[n/2]/2
}
