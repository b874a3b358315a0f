package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// If a relation leads nowhere, either somebody looked and found nothing, or nobody looked. A filter
// for relations that lead nowhere must distinguish the two.

// related reads the edges of an entity's relation for a filter.
type related struct {
	v     *View
	r     *filter.Relation
	node  uint32
	shown []Edge
	known graph.Holds // NO until computed; then POSSIBLY if it is not known
}

// decidesRelation does the work of decides for the conditions on a relation.
func (v *View) decidesRelation(r *filter.Relation, node uint32, want bool) bool {
	x := related{v: v, r: r, node: node}
	if want && r.None == nil && r.Every == nil && r.Unknown == nil && r.IsNone == nil && r.Figures == nil {
		if leads, ok := v.leadsToSome(r, node); ok {
			return leads
		}
	}
	if r.Some != nil || r.None != nil || r.Every != nil {
		x.shown = x.edges(v)
	}
	if r.Some != nil && x.has(r.Some, true, want) != want ||
		r.None != nil && x.has(r.None, true, !want) != want ||
		r.Every != nil && x.has(r.Every, false, !want) != want ||
		r.Unknown != nil && x.isKnown() == *r.Unknown || r.IsNone != nil && v.isNone(node, r.Field) != *r.IsNone {
		return !want
	}
	for i := range r.Figures {
		if v.decidesFigure(&x, &r.Figures[i], want) != want {
			return !want
		}
	}
	return want
}

// leadsToSome reports whether a relation of many values certainly leads to an entity that the filter of some keeps.
// On long lists it looks for one along a path. ok is false if only iterating over the whole list can decide.
func (v *View) leadsToSome(r *filter.Relation, node uint32) (leads, ok bool) {
	if !r.Field.Many || r.Field.Symmetric || r.Field.Kind == schema.Derived {
		return false, false
	}
	l, q := List{view: v, entity: node, field: r.Field}, filter.Query{Edges: r.Some}
	if r.Some == nil || l.len(&q) <= short && v.planning != always {
		return false, false
	}
	w := l.planned(&q, v.newFilterPass(&q), false)
	l.walk(&w, func(Edge) bool {
		leads = true
		return false
	})
	return leads, true
}

// has reports whether an edge that passes certainly exists if want is true, and otherwise whether none
// certainly does. If pass is true, an edge passes if the filter is certainly true for it; otherwise if
// the filter is certainly false.
func (x *related) has(f *filter.Edge, pass, want bool) bool {
	if want {
		return slices.ContainsFunc(x.shown, func(e Edge) bool { return x.v.decidesEdge(f, e, pass) })
	}
	mayPass := func(e Edge) bool { return !x.v.decidesEdge(f, e, !pass) }
	if slices.ContainsFunc(x.shown, mayPass) || !x.isKnown() {
		return false
	}
	return !x.v.sure || !slices.ContainsFunc(x.edges(x.v.lax()), mayPass)
}

func (x *related) edges(v *View) []Edge {
	if !x.r.Field.Many {
		return v.leads(x.node, x.r.Field, nil)
	}
	var edges []Edge
	l := List{view: v, entity: x.node, field: x.r.Field, narrow: filter.Narrows(x.r.Some, x.r.Every, x.r.None)}
	l.walk(&walk{ties: true}, func(e Edge) bool {
		edges = append(edges, e)
		return true
	})
	return edges
}

// isKnown returns View.saysWhere, computed once.
func (x *related) isKnown() bool {
	if x.known == graph.HoldsNo {
		if x.known = graph.HoldsPossibly; x.v.lax().saysWhere(x.node, x.r.Field) {
			x.known = graph.HoldsYes
		}
	}
	return x.known == graph.HoldsYes
}

// lax returns the view that also shows claims that hold only possibly.
func (v *View) lax() *View {
	if !v.sure {
		return v
	}
	w := *v
	w.sure = false
	return &w
}

// saysWhere reports whether some source says where a relation of the entity leads on the days of the view. A source
// does if it names an entity, unless it says that it names only the first few. It also does if it makes a claim
// about the entity and declares that it is complete for the relation.
func (v *View) saysWhere(entity uint32, f *schema.Field) bool {
	if n, ok := v.None(entity, f); ok && v.looked(n, v.s.Rows.Ref(n)) {
		return true
	}
	for _, e := range v.edges(entity, f, true, nil) {
		r := v.s.Rows.Ref(e.Claim)
		if !e.mirror && v.s.Plain(e.Claim, false) && !v.declares(r.Source, v.s.PartialPredicate, f.Name, v.s.Predicates.List[r.Predicate]) && v.looked(e.Claim, r) {
			return true
		}
	}
	asked := memory.None
	return v.s.Out.Ref(entity).Has(func(l memory.Link) bool {
		r := v.s.Rows.Ref(l.Claim)
		if v.stop() {
			return true
		}
		if r.Source == asked || !v.seesRow(l.Claim, r) {
			return false
		}
		asked = r.Source
		return (v.declares(asked, v.s.CompletePredicate, f.Name) || v.declares(asked, v.s.MaintainsPredicate, f.Name)) && v.silenceCounts(asked, entity, f)
	})
}

// declares reports whether a source states one of the names about itself by the relation, which is for
// declaring that it is complete or partial.
func (v *View) declares(source uint32, predicate uint16, names ...string) bool {
	return v.s.OutRun(source, predicate).Has(func(l memory.Link) bool {
		return l.Rank != graph.Deprecated && v.sees(l.Claim) && slices.Contains(names, v.s.Texts.At(uint32(v.s.Rows.Ref(l.Claim).Value)))
	})
}

// looked reports whether the claim is attested on the days of the view (validity.Bounds.Looked).
func (v *View) looked(n uint32, r *memory.Row) bool {
	lives := [...]validity.Lifetime{v.lifetime(r.Subject), validity.Always}
	if r.Kind == graph.EntityKind {
		lives[1] = v.lifetime(uint32(r.Value))
	}
	t, b := v.timing(r), &v.s.Times.Ref(r.Valid).Bounds
	if b.Refinable(t) {
		b = v.refined(n, r)
	}
	return b.Looked(t, v.dateOf(r.Source), v.on, lives[:]...)
}

// silenceCounts reports whether the source's silence about a relation of the entity means that the
// relation led nowhere on the days of the view.
func (v *View) silenceCounts(source, entity uint32, f *schema.Field) bool {
	b := validity.Of(graph.Interval{})
	return b.Looked(validity.Silence(f.Stated().Timing()), v.dateOf(source), v.on, v.lifetime(entity))
}
