package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/schema"
)

// keeps reports whether the filter is certainly true for the entity.
func (v *View) keeps(f *filter.Node, node uint32) bool { return v.decides(f, node, true) }

// decides reports whether the filter is certainly true for the entity if want is true, and otherwise
// whether it is certainly false. Where no source says where a relation leads, neither may be
// certain: this is Kleene's three-valued logic. A single condition that is not certainly true, or
// that is certainly false, decides a conjunction.
func (v *View) decides(f *filter.Node, node uint32, want bool) bool {
	switch {
	case f == nil:
		return want
	case v.stop(): // checked here, because a filter may be as long as a list
		return false
	}
	for _, g := range f.And {
		if v.decides(g, node, want) != want {
			return !want
		}
	}
	if f.Or != nil && !slices.ContainsFunc(f.Or, func(g *filter.Node) bool { return v.decides(g, node, want) == want }) {
		return !want
	}
	if f.Not != nil && v.decides(f.Not, node, !want) != want {
		return !want
	}
	if f.ID != nil && !f.ID.PassesID(v.s, node, v.known) {
		return !want
	}
	if f.Type != nil && !f.Type.Passes(v.s.Ontology(), graph.StringValue(v.s.TypeName(node))) {
		return !want
	}
	if f.Name != nil && !v.keepsName(f.Name, node) {
		return !want
	}
	for i := range f.Properties {
		if v.decidesProperty(&f.Properties[i], node, want) != want {
			return !want
		}
	}
	for i := range f.Relations {
		if v.decidesRelation(&f.Relations[i], node, want) != want {
			return !want
		}
	}
	return want
}

// keepsName tests the name of the entity. Most tests are of a prefix or a part of the name, for
// which no Value is built.
func (v *View) keepsName(t *filter.Test, node uint32) bool {
	name := v.Name(node)
	if t.Excludes(name) {
		return false
	}
	return t.Passes(v.s.Ontology(), graph.StringValue(name))
}

// decidesProperty does the work of decides for a property.
func (v *View) decidesProperty(p *filter.Property, node uint32, want bool) bool {
	o := v.s.Ontology()
	nothing := func() bool { // the field shows nothing
		if p.Test.IsNone != nil && v.bestNone(node, p.Field) != memory.None {
			return p.Test.Decides(o, graph.NoneValue(), want)
		}
		return p.Test.Decides(o, graph.Value{}, want)
	}
	if !p.Field.Many {
		n := v.bestClaim(node, p.Field)
		if n == memory.None {
			return nothing()
		}
		return p.Test.Decides(o, v.s.Value(n), want)
	}
	claims := v.Values(node, p.Field, nil)
	if len(claims) == 0 {
		return nothing()
	}
	return slices.ContainsFunc(claims, func(n uint32) bool { return p.Test.Decides(o, v.s.Value(n), want) == want }) == want
}

// KeepsEdge reports whether the filter is certainly true for the edge.
func (v *View) KeepsEdge(f *filter.Edge, e Edge) bool { return v.decidesEdge(f, e, true) }

func (v *View) decidesEdge(f *filter.Edge, e Edge, want bool) bool {
	switch {
	case f == nil:
		return want
	case v.decidesClaim(f, e, want) != want:
		return !want
	case f.Subject != nil && v.decides(f.Subject, v.SubjectOf(e), want) != want:
		return !want
	}
	return v.decides(f.Node, e.Node, want)
}

// decidesClaim is decidesEdge without the filter's conditions on the node and the subject.
func (v *View) decidesClaim(f *filter.Edge, e Edge, want bool) bool {
	if v.stop() {
		return false
	}
	for _, g := range f.And {
		if v.decidesEdge(g, e, want) != want {
			return !want
		}
	}
	if f.Or != nil && !slices.ContainsFunc(f.Or, func(g *filter.Edge) bool { return v.decidesEdge(g, e, want) == want }) {
		return !want
	}
	if f.Not != nil && v.decidesEdge(f.Not, e, !want) != want {
		return !want
	}
	for _, q := range f.Qualifiers {
		if q.Test.Decides(v.s.Ontology(), v.s.ValueOf(qualifierIn(v.s, e, memory.QualifierOf(q.Qualifier))), want) != want {
			return !want
		}
	}
	for _, c := range f.Claims {
		var val graph.Value
		if e.Claim != memory.None {
			val = v.claimValue(e.Claim, c.Field)
		}
		if c.Test.Decides(v.s.Ontology(), val, want) != want {
			return !want
		}
	}
	return want
}

// filterPass applies a query's filters to edges. Each node is tested once for all edges that lead to it, before
// these edges are read, and so is the subject of a list. A nil filterPass keeps everything.
type filterPass struct {
	v      *View
	q      *filter.Query
	narrow bool // the filter tests a qualifier that narrows a claim
	nodes  bool // the filter tests nodes apart from their edges
	// from is true if the subject of all edges that follow was already tested.
	from bool
	// known has the verdicts on nodes, by number, for lists where several subjects lead to one node.
	known []verdict
	tests dense.Tests
	// keeps is v.Keeps. A filter may iterate over lists, which use a filterPass themselves. A
	// direct call would make the compiler allocate the state of every iteration on the heap.
	keeps func(f *filter.Node, node uint32) bool
}

func (v *View) newFilterPass(q *filter.Query) *filterPass {
	if q.Nodes == nil && q.Edges == nil {
		return nil
	}
	x := &filterPass{v: v, q: q, keeps: v.keeps, nodes: q.Nodes != nil || q.Edges != nil && q.Edges.Node != nil}
	if q.Edges != nil {
		x.narrow = filter.Narrows(q.Edges)
		x.tests.Set(v.s.Ontology(), q.Edges)
	}
	return x
}

// verdict says whether a filter keeps a node.
type verdict uint8

const (
	untested verdict = iota
	keepsIt
	dropsIt
)

// subject reports whether the filter may keep edges of the subject.
func (x *filterPass) subject(n uint32) bool {
	if x == nil {
		return true
	}
	x.from = true
	return x.q.Edges == nil || x.q.Edges.Subject == nil || x.keeps(x.q.Edges.Subject, n)
}

// narrows reports whether the filter tests a qualifier that narrows a claim.
func (x *filterPass) narrows() bool { return x != nil && x.narrow }

// typed reports whether the filter may keep entities of the type.
func (x *filterPass) typed(t *schema.Type) bool {
	return x == nil || access.MayBe(x.v.s.Ontology(), x.q.Nodes, t)
}

// node reports whether the filter may keep edges to a node.
func (x *filterPass) node(n uint32) bool {
	if x == nil || !x.nodes {
		return true
	}
	if x.known != nil && x.known[n] != untested {
		return x.known[n] == keepsIt
	}
	ok := x.keeps(x.q.Nodes, n) && (x.q.Edges == nil || x.keeps(x.q.Edges.Node, n))
	if x.known != nil {
		x.known[n] = dropsIt
		if ok {
			x.known[n] = keepsIt
		}
	}
	return ok
}

// claim reports whether the filter keeps an edge, given that it keeps the edge's node.
func (x *filterPass) claim(e Edge) bool {
	if x == nil || x.q.Edges == nil {
		return true
	}
	if !x.from && x.q.Edges.Subject != nil && !x.keeps(x.q.Edges.Subject, x.v.SubjectOf(e)) {
		return false
	}
	all := x.tests.Whole
	for i := range x.tests.Ranges {
		t := &x.tests.Ranges[i]
		fails, surely := t.Decide(qualifierIn(x.v.s, e, uint16(t.Column)))
		if fails {
			return false
		}
		all = all && surely
	}
	return all || x.v.decidesClaim(x.q.Edges, e, true)
}
