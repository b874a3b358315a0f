package snapshot

import (
	"math"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/memory"
)

// figure returns a figure over the edges of a relation of an entity, as the aggregate of the relation shows it. It is
// the zero Value if the view was interrupted.
func (v *View) figure(entity uint32, f *filter.Figure) graph.Value {
	if entity == memory.None {
		return graph.Value{}
	}
	l := List{view: v, entity: entity, field: f.Field}
	st, n, ok := l.Figures(&f.Query, f.By, f.Op.Ends())
	if !ok {
		st, n = l.fewFigures(v.filterPass(&f.Query), f.By)
	}
	switch {
	case v.Err() != nil:
		return graph.Value{}
	case f.Op == aggregate.Count:
		return graph.IntValue(int64(n))
	}
	return st.Value(f.Op)
}

// decidesFigure does the work of decides for a figure. Edges that hold only possibly, or on which the filter is not
// certain, may count; if no source says where else the relation leads, any number of edges may.
func (v *View) decidesFigure(x *related, t *filter.FigureTest, want bool) bool {
	o, val := v.s.Ontology(), v.figure(x.node, t.Figure)
	if t.Op != aggregate.Count || !t.Test.Possibly && !t.Test.Decides(o, val, want) {
		return t.Test.Decides(o, val, want)
	}
	most := math.Inf(1)
	if f := t.Query.Edges; x.isKnown() {
		most = 0
		all := List{view: v.lax(), entity: x.node, field: t.Field, narrow: filter.Narrows(f)}
		all.walk(&walk{}, func(e Edge) bool {
			if !v.decidesEdge(f, e, false) {
				most++
			}
			return true
		})
	}
	return t.Test.Decides(o, graph.RangeValue(graph.Range{Min: val.Float(), Max: most}, ""), want)
}
