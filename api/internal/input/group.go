package input

import (
	"fmt"
	"slices"
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// maxGroupKeys bounds the keys in a list of groups, because each key is read for every edge.
const maxGroupKeys = 8

// claimKeys are the fields of an edge's claim by which edges can be grouped.
var claimKeys = []string{"source", "holds", "validFrom"}

// datePartType is the enum of the parts of time by which dates are grouped.
func (ts *Types) datePartType() *graphql.Enum {
	return ts.Enum("DatePart", "A part of time by which dates are grouped. A date that may be in several is in the group without a value.",
		schema.EnumMember{Name: "MONTH", Description: "Months, such as 2021-06."}, schema.EnumMember{Name: "QUARTER", Description: "Quarters of a year, such as 2021-Q2."},
		schema.EnumMember{Name: "YEAR", Description: "Years, such as 2021."}, schema.EnumMember{Name: "DECADE", Description: "Decades, such as 202X."})
}

var dateParts = map[string]filter.DatePart{"MONTH": filter.Month, "QUARTER": filter.Quarter, "YEAR": filter.Year, "DECADE": filter.Decade}

// GroupArgs returns the arguments of a field that groups a list.
func (ts *Types) GroupArgs(keys *graphql.Enum) graphql.FieldConfigArgument {
	sums := func(of func() *graphql.InputObject, about string) []inputField {
		if !ts.hasFigures() {
			return nil
		}
		return []inputField{{"aggregate", about, of()}}
	}
	having := ts.object("GroupingFilter", "Selects groups: those that meet every condition given.", func() []inputField {
		return append([]inputField{{"count", "The number of items in the group.", ts.testType(schema.Int, nil, false)}},
			sums(ts.aggregateFilterType, "Conditions on sums over the group; node has those of the entities of the list.")...)
	})
	order := ts.oneOf("GroupingOrder", "One key to order groups by.", func() []inputField {
		return append([]inputField{{"keys", "Orders by the keys, one after the other.", ts.direction()}, {"count", "Orders by the number of items in the group.", ts.direction()}},
			sums(ts.aggregateOrderType, "Orders by a sum over the group; node has those of the entities of the list. Groups without a known value come last.")...)
	})
	return graphql.FieldConfigArgument{
		"by":      {Type: list(keys), Description: "The value to group by, or several: then there is a group for each combination that occurs. For a relation of many, an item is in the group of each entity to which it leads."},
		"dates":   {Type: ts.datePartType(), Description: "Groups dates among the keys by this part of time; by default, by what they state."},
		"bounds":  {Type: graphql.NewList(must(graphql.Float)), Description: "Groups numbers among the keys by the two bounds that they are between: 10, 20 makes groups below 10, from 10 to below 20, and from 20."},
		"having":  {Type: having, Description: "Which groups to list; all by default."},
		"orderBy": {Type: graphql.NewList(must(order)), Description: "The order of the groups; by default, the largest first, then by their keys."},
		"first":   {Type: graphql.Int, Description: "Lists at most this many groups."},
	}
}

// maxBounds limits the bounds of groups of numbers.
const maxBounds = 1000

// ReadGroupArgs reads the arguments of a field that groups a list of a shape. read converts the name of a key.
func (ts *Types) ReadGroupArgs(s Shape, args map[string]any, read func(key string) filter.GroupKey) (*filter.Groups, error) {
	refuse := func(argument, format string, a ...any) error {
		return &gql.ArgumentError{Argument: argument, Err: graph.Errorf(graph.BadInput, argument+": "+format, a...)}
	}
	keys := args["by"].([]any)
	if len(keys) == 0 || len(keys) > maxGroupKeys {
		return nil, refuse("by", "give from 1 to %d keys, not %d", maxGroupKeys, len(keys))
	}
	g := &filter.Groups{By: make([]filter.GroupKey, len(keys))}
	bounds, err := readBounds(args["bounds"])
	if err != nil {
		return nil, refuse("bounds", "%v", err)
	}
	part, parted := args["dates"].(string)
	dates, numbers := false, false
	for i, k := range keys {
		g.By[i] = read(k.(string))
		switch scalar := scalarOf(s, g.By[i].By); {
		case scalar == schema.Date && parted:
			g.By[i].Dates, dates = dateParts[part], true
		case scalar.Numeric() && bounds != nil:
			g.By[i].Bounds, numbers = bounds, true
		}
	}
	if parted && !dates {
		return nil, refuse("dates", "none of the keys is a date; leave dates out, or group by a date")
	}
	if bounds != nil && !numbers {
		return nil, refuse("bounds", "none of the keys is a number; leave bounds out, or group by a number")
	}
	if n, ok := args["first"].(int); ok {
		if n < 0 {
			return nil, refuse("first", "%d is below 0", n)
		}
		g.First = &n
	}
	if having, ok := args["having"].(map[string]any); ok {
		if g.Having, err = ts.groupTests(s, having); err != nil {
			return nil, &gql.ArgumentError{Argument: "having", Err: err}
		}
	}
	order, _ := args["orderBy"].([]any)
	for _, x := range order {
		o, err := ts.groupOrder(s, x.(map[string]any))
		if err != nil {
			return nil, &gql.ArgumentError{Argument: "orderBy", Err: err}
		}
		if !slices.ContainsFunc(g.Order, func(p filter.GroupOrder) bool { return p.Keys == o.Keys && p.GroupFigure == o.GroupFigure }) {
			g.Order = append(g.Order, o)
		}
	}
	return g, nil
}

// readBounds reads the bounds of groups of numbers.
func readBounds(in any) (bounds []float64, err error) {
	given, ok := in.([]any)
	if !ok {
		return nil, nil
	}
	for _, x := range given {
		bounds = append(bounds, x.(float64))
	}
	if len(bounds) == 0 || len(bounds) > maxBounds {
		return nil, fmt.Errorf("give from 1 to %d numbers, not %d", maxBounds, len(bounds))
	}
	for i := range bounds[1:] {
		if !(bounds[i] < bounds[i+1]) {
			return nil, fmt.Errorf("%v comes before %v; give them in ascending order, each once", bounds[i], bounds[i+1])
		}
	}
	return bounds, nil
}

// scalarOf returns the scalar of the values of a reading, or that of texts for ids and names.
func scalarOf(s Shape, r filter.Reading) schema.Scalar {
	switch {
	case r.Property != nil && r.Property.Kind == schema.Property:
		return r.Property.Scalar
	case r.Claim != "":
		for _, f := range filter.ClaimFields {
			if f.Name == r.Claim {
				return f.Scalar
			}
		}
	case r.Qualifier != "":
		for _, q := range s.Qualifiers {
			if q.Name == r.Qualifier {
				return q.Scalar
			}
		}
	}
	return schema.String
}

// groupTests reads a value of the input type GroupingFilter.
func (ts *Types) groupTests(s Shape, in map[string]any) (tests []filter.GroupTest, err error) {
	if err := refuseNullsIn("having", in); err != nil {
		return nil, err
	}
	err = ts.tests("having", s, "the list", in, func(op aggregate.Op, by filter.Reading, test *filter.Test) {
		tests = append(tests, filter.GroupTest{GroupFigure: filter.GroupFigure{Op: op, By: by}, Test: test})
	})
	return tests, err
}

// groupOrder reads a value of the input type GroupingOrder.
func (ts *Types) groupOrder(s Shape, in map[string]any) (o filter.GroupOrder, err error) {
	dir, byKeys := in["keys"]
	if count, ok := in["count"]; ok {
		dir = count
	}
	o.Keys = byKeys
	if sums, ok := in["aggregate"].(map[string]any); ok {
		o.Op, o.By, dir, err = ts.sumOrder(s, "the list", sums)
	}
	o.Descending = dir == "DESC"
	return o, err
}

// GroupKeyType returns the enum of what a list can be grouped by. For a relation its members are
// qualifiers by their names, and, with the prefixes node_, subject_ and claim_, fields of both ends
// and of the claim.
func (ts *Types) GroupKeyType(s Shape) *graphql.Enum {
	name := s.Name + "GroupKey"
	if e := ts.enums[name]; e != nil {
		return e
	}
	if !s.Link {
		return ts.Enum(name, "A value to group a list by.", ts.entityKeys("", s.Target)...)
	}
	values := ts.entityKeys("node_", s.Target)
	for _, q := range orderedQualifiers(s) {
		values = append(values, schema.EnumMember{Name: q.Name, Description: q.Description})
	}
	for _, of := range ts.subjectTypes(s) {
		for _, k := range ts.entityKeys("subject_", of) {
			if !slices.ContainsFunc(values, func(m schema.EnumMember) bool { return m.Name == k.Name }) {
				values = append(values, k)
			}
		}
	}
	for _, f := range claimKeys {
		values = append(values, schema.EnumMember{Name: "claim_" + f})
	}
	return ts.Enum(name, "A value to group a list of edges by: a qualifier by its name, with the prefix node_ a field of the entities that the edges lead to,"+
		" with subject_ one of those that they lead from, with claim_ one of their claims.", values...)
}

// entityKeys returns the fields of a type that can be group keys, named with a prefix.
func (ts *Types) entityKeys(prefix string, t *schema.Type) []schema.EnumMember {
	values := members(prefix+"id", prefix+"type", prefix+"name")
	for _, f := range ts.Fields(t) {
		if (!f.Many || f.Kind == schema.Relation) && f.Name != "name" && f.Scalar != schema.Coordinates {
			m := schema.EnumMember{Name: prefix + f.Name, Description: f.Description}
			if prefix == "subject_" {
				m.Description = "" // because only the type of the subjects has the description
			}
			values = append(values, m)
		}
	}
	return values
}

// subjectTypes returns the types whose fields become the group keys of a subject: the type of the subjects
// of the shape's edges. For a shared shape these are Entity and all types with a stored relation of that shape.
func (ts *Types) subjectTypes(s Shape) []*schema.Type {
	if !s.shared() {
		if s.Subject == nil {
			return nil
		}
		return []*schema.Type{s.Subject}
	}
	of := []*schema.Type{ts.ontology.Type(schema.EntityType)}
	for _, t := range ts.ontology.Types {
		if !t.Union && slices.ContainsFunc(t.Fields, func(f *schema.Field) bool {
			return f.Owner == t && f.Kind == schema.Relation && f.Many && LinkShape(f).Name == s.Name
		}) {
			of = append(of, t)
		}
	}
	return of
}

// ReadGroupKey returns the group key with a name.
func (ts *Types) ReadGroupKey(s Shape, key string) filter.GroupKey {
	k := filter.GroupKey{By: ts.groupReading(s, key)}
	if f := k.By.Property; f != nil && f.Many {
		k.By.Property, k.Through = nil, f
	}
	return k
}

// groupReading returns the reading of an edge that a group key names.
func (ts *Types) groupReading(s Shape, key string) filter.Reading {
	side, name, prefixed := strings.Cut(key, "_")
	switch {
	case !s.Link:
		return ts.ofEntity(filter.OfNode, s.Target, key)
	case !prefixed:
		return ts.reading(s, "edge", key)
	case side != "subject":
		return ts.reading(s, side, name)
	}
	for _, of := range ts.subjectTypes(s) {
		if slices.ContainsFunc(ts.entityKeys("", of), func(m schema.EnumMember) bool { return m.Name == name }) {
			return ts.ofEntity(filter.OfSubject, of, name)
		}
	}
	return filter.Reading{}
}

// ClaimGroupKeyType returns the enum of what a list of claims can be grouped by: fields of the
// claims, and, with a prefix, fields of the entities that the claims name.
func (ts *Types) ClaimGroupKeyType() *graphql.Enum {
	var values []schema.EnumMember
	for _, f := range filter.ClaimFields {
		switch f.Name {
		case "id", "locator", "note", "original", filter.RecordedOrder:
		default:
			values = append(values, schema.EnumMember{Name: string(f.Name)})
		}
	}
	for end := range claimEnds {
		values = append(values, members(end+"_type", end+"_name")...)
	}
	return ts.Enum("ClaimGroupKey", "A value to group claims by: a field of the claim, or the type or the name of an entity that it names.", values...)
}

// claimEnds are the entities of a claim, by the prefix of their keys. The node of a claim in a list
// is its subject.
var claimEnds = map[string]filter.End{"subject": filter.OfNode, "object": filter.OfObject, "source": filter.OfSource}

// ReadClaimGroupKey returns the reading of a claim that a group key names.
func ReadClaimGroupKey(key string) filter.GroupKey {
	end, own, ok := strings.Cut(key, "_")
	if !ok {
		return filter.GroupKey{By: filter.Reading{Claim: filter.ClaimField(key)}}
	}
	return filter.GroupKey{By: filter.Reading{Of: claimEnds[end], Own: own}}
}
