package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
)

// keeps reports whether the filter keeps the entity.
func (v *View) keeps(f *filter.Node, node uint32) bool {
	switch {
	case f == nil:
		return true
	case v.stop(): // a filter may be as long as a list
		return false
	}
	for _, g := range f.And {
		if !v.keeps(g, node) {
			return false
		}
	}
	if f.Or != nil && !anyOf(f.Or, func(g *filter.Node) bool { return v.keeps(g, node) }) {
		return false
	}
	if f.Not != nil && v.keeps(f.Not, node) {
		return false
	}
	if f.ID != nil && !f.ID.Passes(v.s.o, graph.StringValue(v.s.ids.At(node))) {
		return false
	}
	if f.Type != nil && !f.Type.Passes(v.s.o, graph.StringValue(v.s.TypeName(node))) {
		return false
	}
	if f.Name != nil && !v.keepsName(f.Name, node) {
		return false
	}
	for i := range f.Properties {
		if !v.keepsProperty(&f.Properties[i], node) {
			return false
		}
	}
	for i := range f.Relations {
		if !v.keepsRelation(&f.Relations[i], node) {
			return false
		}
	}
	return true
}

// keepsName tests what the entity is called. Most often that is how the name
// begins or what it contains, for which no Value is built.
func (v *View) keepsName(t *filter.Test, node uint32) bool {
	name := v.Name(node)
	if t.Excludes(name) {
		return false
	}
	return t.Passes(v.s.o, graph.StringValue(name))
}

func anyOf[T any](list []T, fn func(T) bool) bool {
	for _, x := range list {
		if fn(x) {
			return true
		}
	}
	return false
}

func (v *View) keepsProperty(p *filter.Property, node uint32) bool {
	if !p.Field.Many {
		n := v.bestClaim(node, p.Field)
		if n == None {
			return p.Test.Passes(v.s.o, graph.Value{})
		}
		return p.Test.Passes(v.s.o, v.s.Value(n))
	}
	claims := v.Values(node, p.Field, nil)
	if len(claims) == 0 {
		return p.Test.Passes(v.s.o, graph.Value{})
	}
	return anyOf(claims, func(n uint32) bool { return p.Test.Passes(v.s.o, v.s.Value(n)) })
}

func (v *View) keepsRelation(r *filter.Relation, node uint32) bool {
	var edges []Edge
	if narrow := testsNarrowing(r.Some, r.Every, r.None); r.Field.Many {
		l := List{view: v, entity: node, field: r.Field, narrow: narrow}
		l.walk(true, nil, func(e Edge) bool {
			edges = append(edges, e)
			return true
		})
	} else {
		edges = v.leads(node, r.Field, nil)
	}
	if r.Some != nil && !anyOf(edges, func(e Edge) bool { return v.KeepsEdge(r.Some, e) }) {
		return false
	}
	if r.None != nil && anyOf(edges, func(e Edge) bool { return v.KeepsEdge(r.None, e) }) {
		return false
	}
	return r.Every == nil || !anyOf(edges, func(e Edge) bool { return !v.KeepsEdge(r.Every, e) })
}

// KeepsEdge reports whether the filter keeps the edge.
func (v *View) KeepsEdge(f *filter.Edge, e Edge) bool {
	return f == nil || v.keepsClaim(f, e) && v.keeps(f.Node, e.Node)
}

// keepsClaim is KeepsEdge without what the filter itself asks of the node.
func (v *View) keepsClaim(f *filter.Edge, e Edge) bool {
	if v.stop() {
		return false
	}
	for _, g := range f.And {
		if !v.KeepsEdge(g, e) {
			return false
		}
	}
	if f.Or != nil && !anyOf(f.Or, func(g *filter.Edge) bool { return v.KeepsEdge(g, e) }) {
		return false
	}
	if f.Not != nil && v.KeepsEdge(f.Not, e) {
		return false
	}
	for _, q := range f.Qualifiers {
		if !q.Test.Passes(v.s.o, v.s.value(v.s.qualifier(e, qualifierOf(q.Qualifier)))) {
			return false
		}
	}
	for _, c := range f.Claims {
		var val graph.Value
		if e.Claim != None {
			val = v.claimValue(e.Claim, c.Field)
		}
		if !c.Test.Passes(v.s.o, val) {
			return false
		}
	}
	return true
}

// filterPass applies a query's filters to edges. Nodes are tested once for all
// the edges that lead to them, before the edges are read. The nil filterPass keeps
// everything.
type filterPass struct {
	v *View
	q *filter.Query
	// keeps is v.Keeps. A filter may walk lists, whose walks use a filterPass:
	// called by its name it would make the compiler put every walk's state on the
	// heap.
	keeps func(f *filter.Node, node uint32) bool
}

func (v *View) filterPass(q *filter.Query) *filterPass {
	if q.Nodes == nil && q.Edges == nil {
		return nil
	}
	return &filterPass{v, q, v.keeps}
}

// narrows reports whether the filter tests a qualifier that narrows a claim.
func (x *filterPass) narrows() bool { return x != nil && testsNarrowing(x.q.Edges) }

func testsNarrowing(fs ...*filter.Edge) bool {
	for _, f := range fs {
		if f != nil && (slices.ContainsFunc(f.Qualifiers, func(q filter.Qualifier) bool { return q.Qualifier.Narrows }) ||
			testsNarrowing(f.And...) || testsNarrowing(f.Or...) || testsNarrowing(f.Not)) {
			return true
		}
	}
	return false
}

// node reports whether the edges to a node may be kept.
func (x *filterPass) node(n uint32) bool {
	return x == nil || x.keeps(x.q.Nodes, n) && (x.q.Edges == nil || x.keeps(x.q.Edges.Node, n))
}

// claim reports whether an edge is kept whose node is.
func (x *filterPass) claim(e Edge) bool {
	return x == nil || x.q.Edges == nil || x.v.keepsClaim(x.q.Edges, e)
}
