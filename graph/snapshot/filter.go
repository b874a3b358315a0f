package snapshot

import (
	"regexp"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Filter tells which entities to keep. All that is set must hold; the zero
// Filter keeps everything.
type Filter struct {
	And []*Filter
	Or  []*Filter // where not nil at least one must hold
	Not *Filter
	// ID and Type test the entity's id and the name of its type.
	ID, Type *Test
	// Name tests what the entity is called in the view.
	Name *Test
	// Properties test what its plain fields show.
	Properties []PropertyFilter
	// Relations test where its relations lead.
	Relations []RelationFilter
}

// PropertyFilter tests a property: the value shown, or any of many.
type PropertyFilter struct {
	Field *schema.Field
	Test  *Test
}

// RelationFilter tests the edges of a relation, an inverse or a derived field:
// some must pass, every one must, none may. What is nil is not asked.
type RelationFilter struct {
	Field             *schema.Field
	Some, Every, None *EdgeFilter
}

// EdgeFilter tells which edges to keep.
type EdgeFilter struct {
	And  []*EdgeFilter
	Or   []*EdgeFilter
	Not  *EdgeFilter
	Node *Filter
	// Qualifiers test what the edge's claim says besides its object.
	Qualifiers []QualifierFilter
	// Claims test the edge's claim itself.
	Claims []ClaimTest
}

// ClaimTest tests one field of an edge's claim.
type ClaimTest struct {
	Field ClaimField
	Test  *Test
}

// QualifierFilter tests one qualifier of an edge's claim.
type QualifierFilter struct {
	Qualifier *schema.Qualifier
	Test      *Test
}

// Test compares a value. All that is set must hold. A value that is missing
// fails every comparison but IsNull and Ne, NotIn.
type Test struct {
	Eq, Ne, Lt, Lte, Gt, Gte *graph.Value
	In, NotIn                []graph.Value // nil: not asked
	prepared, sorted         bool          // see Prepare
	// ByBytes compares texts by their bytes, as ids and codes are. Others are
	// equal where people read them alike (text.Base), and in the order of the
	// collation.
	ByBytes bool
	// Unit, where not nil, keeps quantities that can be given in it.
	Unit *schema.Unit
	// Contains and StartsWith are parts of the text, or of its base.
	Contains, StartsWith string
	Matches              *regexp.Regexp
	IsNull               *bool
}

// keeps reports whether the filter keeps the entity.
func (v *View) keeps(f *Filter, node uint32) bool {
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
	if f.Or != nil && !anyOf(f.Or, func(g *Filter) bool { return v.keeps(g, node) }) {
		return false
	}
	if f.Not != nil && v.keeps(f.Not, node) {
		return false
	}
	if f.ID != nil && !f.ID.Passes(v.s.o, graph.StringValue(v.s.ids.at(node))) {
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
// begins or what it contains, which needs no value made of it.
func (v *View) keepsName(t *Test, node uint32) bool {
	name := v.Name(node)
	if !t.ByBytes && t.StartsWith != "" && !mayBegin(name, t.StartsWith) {
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

func (v *View) keepsProperty(p *PropertyFilter, node uint32) bool {
	if !p.Field.Many {
		n := v.BestOf(node, p.Field)
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

func (v *View) keepsRelation(r *RelationFilter, node uint32) bool {
	edges := v.leads(node, r.Field, nil)
	if r.Some != nil && !anyOf(edges, func(e Edge) bool { return v.KeepsEdge(r.Some, e) }) {
		return false
	}
	if r.None != nil && anyOf(edges, func(e Edge) bool { return v.KeepsEdge(r.None, e) }) {
		return false
	}
	return r.Every == nil || !anyOf(edges, func(e Edge) bool { return !v.KeepsEdge(r.Every, e) })
}

// KeepsEdge tells whether the filter keeps the edge.
func (v *View) KeepsEdge(f *EdgeFilter, e Edge) bool {
	return f == nil || v.keepsClaim(f, e) && v.keeps(f.Node, e.Node)
}

// keepsClaim is KeepsEdge without what the filter itself asks of the node.
func (v *View) keepsClaim(f *EdgeFilter, e Edge) bool {
	if v.stop() {
		return false
	}
	for _, g := range f.And {
		if !v.KeepsEdge(g, e) {
			return false
		}
	}
	if f.Or != nil && !anyOf(f.Or, func(g *EdgeFilter) bool { return v.KeepsEdge(g, e) }) {
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
	q *Query
	// keeps is v.Keeps. A filter may walk lists, whose walks use a filterPass:
	// called by its name it would make the compiler put every walk's state on the
	// heap.
	keeps func(f *Filter, node uint32) bool
}

func (v *View) filterPass(q *Query) *filterPass {
	if q.Nodes == nil && q.Edges == nil {
		return nil
	}
	return &filterPass{v, q, v.keeps}
}

// node tells whether the edges to a node may be kept.
func (x *filterPass) node(n uint32) bool {
	return x == nil || x.keeps(x.q.Nodes, n) && (x.q.Edges == nil || x.keeps(x.q.Edges.Node, n))
}

// claim tells whether an edge is kept whose node is.
func (x *filterPass) claim(e Edge) bool {
	return x == nil || x.q.Edges == nil || x.v.keepsClaim(x.q.Edges, e)
}

// Passes tests one value; the zero Value is a missing one.
func (t *Test) Passes(o *schema.Ontology, val graph.Value) bool {
	missing := val.Kind() == graph.NoKind
	if t.IsNull != nil && *t.IsNull != missing {
		return false
	}
	if missing {
		return t.Eq == nil && t.In == nil && t.Lt == nil && t.Lte == nil && t.Gt == nil && t.Gte == nil &&
			t.Contains == "" && t.StartsWith == "" && t.Matches == nil &&
			(t.Unit == nil || t.IsNull != nil || t.Ne != nil || t.NotIn != nil)
	}
	if t.Unit != nil && (val.Kind() != graph.QuantityKind || !o.Units[val.Text()].Converts(t.Unit)) {
		return false
	}
	eq := t.Eq
	if isText(val.Kind()) && !t.ByBytes {
		if !t.passesText(val.Text()) {
			return false
		}
		eq = nil
	} else if !t.passesAsIs(o, &val) {
		return false
	}
	for i, bound := range [...]*graph.Value{graph.Eq: eq, graph.Lt: t.Lt, graph.Lte: t.Lte, graph.Gt: t.Gt, graph.Gte: t.Gte} {
		if bound != nil && !graph.Comparison(i).Holds(o, &val, bound, t.ByBytes) {
			return false
		}
	}
	return t.Matches == nil || t.Matches.MatchString(val.String())
}
