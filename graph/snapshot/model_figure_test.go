package snapshot_test

import (
	"math"
	"math/big"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
)

// figure is a figure over the edges of an entity's relation that its filter surely keeps.
func (l *lens) figure(f *filter.Figure, id graph.ID) graph.Value {
	var values []graph.Value
	n := 0
	for _, e := range l.edges(id, f.Field, false, testsNarrow(f.Query.Edges)) {
		if !l.keepsEdge(f.Query.Edges, e) {
			continue
		}
		if n++; f.Op == aggregate.Count {
			continue
		}
		if x := l.read(f.By, e); x != (graph.Value{}) {
			values = append(values, x)
		}
	}
	if f.Op == aggregate.Count {
		return graph.IntValue(int64(n))
	}
	if len(values) == 0 {
		return graph.Value{}
	}
	var ends [2]float64
	for i := range ends {
		sum, least, most, ok := sumUp(values, i)
		if !ok {
			return graph.Value{}
		}
		ends[i] = map[aggregate.Op]float64{aggregate.Sum: sum, aggregate.Avg: sum / float64(len(values)), aggregate.Min: least, aggregate.Max: most}[f.Op]
	}
	if math.IsInf(ends[0], 0) && math.IsInf(ends[1], 0) {
		return graph.Value{}
	}
	return graph.RangeValue(graph.Range{Min: ends[0], Max: ends[1]}, unitOfAll(values))
}

// unitOfAll is the unit that all quantities share, or else the one of their dimension that has no factor.
func unitOfAll(values []graph.Value) string {
	unit := values[0].Text()
	for _, v := range values[1:] {
		if v.Text() == unit {
			continue
		}
		for name, u := range modelUnits {
			if u.dimension == modelUnits[unit].dimension && u.factor.Cmp(big.NewRat(1, 1)) == 0 {
				return name
			}
		}
	}
	return unit
}

// figureTest tests a figure in the three values: where nobody says where the relation leads, or where an edge is not
// certain, more edges may count.
func (l *lens) figureTest(t filter.FigureTest, id graph.ID, known bool) truth {
	val := l.figure(t.Figure, id)
	if t.Op != aggregate.Count {
		return verdict(t.Test, val, false)
	}
	r := graph.Range{Min: float64(val.Int()), Max: math.Inf(1)}
	if known {
		r.Max = 0
		for _, e := range l.lax().edges(id, t.Field, false, testsNarrow(t.Query.Edges)) {
			if l.edge(t.Query.Edges, e) != no {
				r.Max++
			}
		}
	}
	return verdict(t.Test, graph.RangeValue(r, ""), false)
}
