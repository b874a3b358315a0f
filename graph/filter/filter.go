// Package filter describes what a request selects from a list: the conditions on
// entities, edges and claims, the order, and the page. Query holds all of them.
//
// The package must not know how the graph is read: graph/snapshot applies the filters.
package filter

import (
	"regexp"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/schema"
)

// Node says which entities to keep: those that meet every condition that is set. The zero Node keeps every
// entity. If no source says where a relation leads, a condition on it is neither true nor false: then neither
// the condition nor its Not keeps the entity.
type Node struct {
	And []*Node
	Or  []*Node // if not nil, at least one must be true
	Not *Node
	// ID and Type test the entity's id and the name of its type.
	ID, Type *Test
	// Name tests the name of the entity in the view.
	Name *Test
	// Properties test what the entity's plain fields show.
	Properties []Property
	// Relations test where the entity's relations lead.
	Relations []Relation
}

// Property tests the value of a property; if there are many, one must pass.
type Property struct {
	Field *schema.Field
	Test  *Test
}

// Relation tests the edges of a relation, an inverse or a derived field: some edge must pass Some, every edge
// must pass Every, and none may pass None. A nil condition is not tested.
type Relation struct {
	Field             *schema.Field
	Some, Every, None *Edge
	// Unknown, if not nil, is the required answer to: does no source say where the relation leads?
	Unknown *bool
	// IsNone, if not nil, is the required answer to: does a claim state that the relation leads nowhere?
	IsNone *bool
	// Figures test counts and sums over the edges.
	Figures []FigureTest
}

// Figure is a count or a sum over the edges of a relation that the filter of edges in its Query keeps.
type Figure struct {
	Field *schema.Field
	Query Query
	By    Reading // the values; the zero Reading for Count
	Op    aggregate.Op
}

// FigureTest tests a figure of an entity. If it is not known where the relation leads, there may be more edges
// than are counted.
type FigureTest struct {
	*Figure
	Test *Test
}

// Edge says which edges to keep: those that meet every condition that is set.
type Edge struct {
	And  []*Edge
	Or   []*Edge
	Not  *Edge
	Node *Node
	// Subject tests the subject of the edge's claim. For a symmetric relation it tests the end that is not
	// Node.
	Subject *Node
	// Qualifiers test the qualifiers of the edge's claim.
	Qualifiers []Qualifier
	// Claims test the edge's claim itself.
	Claims []Claim
}

// Claim tests one field of an edge's claim.
type Claim struct {
	Field ClaimField
	Test  *Test
}

// OnlyClaim returns the test of a field of the claim; ok is false if the filter has any other condition, or
// none.
func (f *Edge) OnlyClaim(field ClaimField) (t *Test, ok bool) {
	if len(f.And)+len(f.Or)+len(f.Qualifiers) > 0 || f.Not != nil || f.Node != nil || f.Subject != nil || len(f.Claims) != 1 || f.Claims[0].Field != field {
		return nil, false
	}
	return f.Claims[0].Test, true
}

// Qualifier tests one qualifier of an edge's claim.
type Qualifier struct {
	Qualifier *schema.Qualifier
	Test      *Test
}

// Test compares a value. The value passes if it meets every condition that is set. A missing value fails every
// comparison except IsNull, Ne and NotIn.
type Test struct {
	Eq, Ne, Lt, Lte, Gt, Gte *graph.Value
	In, NotIn                []graph.Value // nil means no condition
	prepared, sorted         bool          // see Prepare
	// ByBytes compares texts by their bytes, as for ids and codes. Otherwise texts are equal if people read
	// them alike (text.Base), and the collation orders them.
	ByBytes bool
	// Unit, if not nil, accepts only quantities that can be converted to it.
	Unit *schema.Unit
	// Contains and StartsWith are compared with parts of the text or, without ByBytes, of its base.
	Contains, StartsWith string
	Matches              *regexp.Regexp
	IsNull               *bool
	// IsNone, if not nil, requires that the value is, or is not, NoneValue: a claim states that there is
	// nothing.
	IsNone *bool
	// Possibly lets a range pass if one of its numbers passes. Otherwise all must.
	Possibly bool
}

// ClaimField is the name of a field of claims by which lists can be filtered and ordered.
type ClaimField string

// RecordedOrder is the record order of claims, and IndependentSources the number of independent sources that state
// the same.
const (
	RecordedOrder      ClaimField = "recorded"
	IndependentSources ClaimField = "independentSources"
)

// The value of a claim if it is of one kind: filters test it by the rules of that kind. Other values are missing.
const (
	NumberValue  ClaimField = "value.number"
	TextValue    ClaimField = "value.text"
	DateValue    ClaimField = "value.date"
	BooleanValue ClaimField = "value.boolean"
)

// Has reports whether a field that has the values of one kind has those of kind k.
func (f ClaimField) Has(k graph.Kind) bool {
	switch f {
	case NumberValue:
		return k == graph.IntKind || k == graph.FloatKind || k == graph.QuantityKind || k == graph.RangeKind
	case TextValue:
		return isText(k)
	case DateValue:
		return k == graph.DateKind
	}
	return f == BooleanValue && k == graph.BoolKind
}

// ClaimFields has the fields of claims, each with the scalar of its values.
var ClaimFields = []struct {
	Name   ClaimField
	Scalar schema.Scalar
}{
	{"id", schema.String}, {"subject", schema.String}, {"predicate", schema.String}, {"object", schema.String},
	{"value", schema.String}, {"source", schema.String}, {"locator", schema.String}, {"confidence", schema.Float},
	{"rank", schema.String}, {"attribution", schema.String}, {"attributedTo", schema.String}, {"holds", schema.String}, {"basis", schema.String}, {"distance", schema.Int},
	{"validFrom", schema.Date}, {"validTo", schema.Date}, {"original", schema.String}, {"conflict", schema.String},
	{"note", schema.String}, {"recordedSequence", schema.Int}, {RecordedOrder, schema.Int},
	{IndependentSources, schema.Int},
}

// ByBytes reports whether the field's texts are ids, codes or locators, which are ordered byte by byte.
func (f ClaimField) ByBytes() bool {
	switch f {
	case "value", "attributedTo", "original", "note":
		return false
	}
	return true
}

// Decides reports whether the value certainly passes if want is true, and otherwise whether it certainly fails.
// Only for a range may neither be certain.
func (t *Test) Decides(o *schema.Ontology, val graph.Value, want bool) bool {
	if val.Kind() == graph.RangeKind {
		return t.passesRange(o, &val, !want || t.Possibly) == want
	}
	return t.Passes(o, val) == want
}

// Passes reports whether the value certainly passes; the zero Value is a missing one.
func (t *Test) Passes(o *schema.Ontology, val graph.Value) bool {
	missing := val.Kind() == graph.NoKind || val.Kind() == graph.NoneKind
	if t.IsNull != nil && *t.IsNull != missing || t.IsNone != nil && *t.IsNone != (val.Kind() == graph.NoneKind) {
		return false
	}
	if missing {
		return t.Eq == nil && t.In == nil && t.Lt == nil && t.Lte == nil && t.Gt == nil && t.Gte == nil &&
			t.Contains == "" && t.StartsWith == "" && t.Matches == nil &&
			(t.Unit == nil || t.IsNull != nil || t.Ne != nil || t.NotIn != nil)
	}
	if val.Kind() == graph.RangeKind {
		return t.passesRange(o, &val, t.Possibly)
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

// TestsEnds reports whether any of the filters tests the node or the subject.
func TestsEnds(fs ...*Edge) bool {
	for _, f := range fs {
		if f != nil && (f.Node != nil || f.Subject != nil || TestsEnds(f.And...) || TestsEnds(f.Or...) || TestsEnds(f.Not)) {
			return true
		}
	}
	return false
}

// Required returns the tests of qualifiers that an edge must pass to be kept. If whole is true, the filter has
// no other conditions except those in Node.
func (f *Edge) Required() (tests []Qualifier, whole bool) {
	if f == nil {
		return nil, true
	}
	tests, whole = f.Qualifiers, f.Or == nil && f.Not == nil && f.Subject == nil && len(f.Claims) == 0
	for _, g := range f.And {
		more, all := g.Required()
		tests, whole = append(slices.Clip(tests), more...), whole && all && g.Node == nil
	}
	return tests, whole
}

// Narrows reports whether any of the filters tests a qualifier that narrows a claim.
func Narrows(fs ...*Edge) bool {
	for _, f := range fs {
		if f != nil && (slices.ContainsFunc(f.Qualifiers, func(q Qualifier) bool { return q.Qualifier.Narrows }) ||
			Narrows(f.And...) || Narrows(f.Or...) || Narrows(f.Not)) {
			return true
		}
	}
	return false
}

// Wanted returns the values of Eq or In; a value must equal one of them to pass.
func (t *Test) Wanted() []graph.Value {
	if t.Eq != nil {
		return []graph.Value{*t.Eq}
	}
	return t.In
}

// Ids are the entities of a graph as a test of ids needs them.
type Ids interface {
	Ontology() *schema.Ontology
	ID(entity uint32) graph.ID
	// Meant is the entity that an id means at a sequence number, and HasMerges whether that may be another than the one with
	// that id.
	Meant(id graph.ID, at graph.Seq) (uint32, bool)
	HasMerges() bool
}

// PassesID reports whether the entity passes the test of its id. The ids that are asked for may be those of entities
// merged into it.
func (t *Test) PassesID(g Ids, entity uint32, at graph.Seq) bool {
	if t.Passes(g.Ontology(), graph.StringValue(string(g.ID(entity)))) {
		return true
	}
	return g.HasMerges() && t.Listed() && slices.ContainsFunc(t.Wanted(), func(v graph.Value) bool {
		n, ok := g.Meant(graph.ID(v.Text()), at)
		return ok && n == entity
	})
}

// Listed reports whether the test's only condition is Eq or In.
func (t *Test) Listed() bool {
	return (t.Eq == nil) != (t.In == nil) && t.Ne == nil && t.NotIn == nil && t.Lt == nil && t.Lte == nil && t.Gt == nil && t.Gte == nil &&
		t.Contains == "" && t.StartsWith == "" && t.Matches == nil && t.IsNull == nil && t.IsNone == nil && t.Unit == nil && !t.Possibly
}
