package input

import (
	"maps"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// Claims has the prepared arguments of a list of claims.
type Claims struct {
	View      View
	Predicate string
	Query     filter.Query
}

// ClaimArgs returns the arguments of a list of claims.
func (ts *Types) ClaimArgs() graphql.FieldConfigArgument {
	args := pageArgs()
	args["where"] = &graphql.ArgumentConfig{Type: ts.claimFilterType(), Description: "Which to list; all by default."}
	args["orderBy"] = &graphql.ArgumentConfig{Type: graphql.NewList(must(ts.claimOrderType())), Description: "The keys to order by, the most significant first; equals are in the order in which the store recorded them."}
	return args
}

// ReadClaims reads the arguments of a list of claims.
func (ts *Types) ReadClaims(args map[string]any) (*Claims, error) {
	a := &Claims{}
	var err error
	if a.View, a.Query, err = readQuery(args); err != nil {
		return nil, err
	}
	if a.Predicate, _ = args["predicate"].(string); a.Predicate != "" && ts.ontology.Predicate(a.Predicate) == nil {
		return nil, &gql.ArgumentError{Argument: "predicate", Err: graph.Errorf(graph.UnknownName,
			"predicate: the ontology has no stored field %q; inverse and derived fields are read from others", a.Predicate)}
	}
	if where, ok := args["where"].(map[string]any); ok {
		if a.Query.Edges, err = ts.claimFilter(where); err != nil {
			return nil, &gql.ArgumentError{Argument: "where", Err: err}
		}
	}
	keys, _ := args["orderBy"].([]any)
	for _, x := range keys {
		for name, dir := range x.(map[string]any) {
			a.Query.Order = withKey(a.Query.Order, filter.Key{
				By: filter.Reading{Claim: filter.ClaimField(name)}, Descending: dir == "DESC"})
		}
	}
	return a, nil
}

func (ts *Types) claimTestType(f filter.ClaimField, s schema.Scalar) *graphql.InputObject {
	enumTest := func(e *graphql.Enum) *graphql.InputObject {
		return ts.testType(schema.EnumValue, &schema.Enum{Name: e.Name()}, false)
	}
	switch f {
	case "rank":
		return enumTest(ts.RankType())
	case "attribution":
		return enumTest(ts.AttributionType())
	case "holds":
		return enumTest(ts.HoldsType())
	case "basis":
		return enumTest(ts.BasisType())
	case "id", "subject", "object", "source":
		return ts.testType(s, nil, true)
	case "value":
		return ts.claimValueTestType()
	}
	return ts.testType(s, nil, false)
}

func (ts *Types) claimFilterType() *graphql.InputObject {
	return ts.object("ClaimFilter", "Selects claims: those that meet every condition given. A field tests the field of Claim with its name.", func() []inputField {
		self := ts.claimFilterType()
		fs := []inputField{
			{"and", "All of these filters must match.", graphql.NewList(must(self))},
			{"or", "At least one of these filters must match.", graphql.NewList(must(self))},
			{"not", "This filter must not match.", self},
		}
		for _, f := range filter.ClaimFields {
			if f.Name != filter.RecordedOrder {
				fs = append(fs, inputField{string(f.Name), "", ts.claimTestType(f.Name, f.Scalar)})
			}
		}
		return fs
	})
}

// typedValues are the conditions on a claim's value by its kind.
var typedValues = []struct {
	name   string
	field  filter.ClaimField
	scalar schema.Scalar
	about  string
}{
	{"number", filter.NumberValue, schema.Quantity, "Conditions on a number, with or without a unit. Without unit, they compare the number as it is recorded; a claim without a number meets only isNull, ne and notIn."},
	{"text", filter.TextValue, schema.String, "Conditions on a text. A claim without one meets only isNull, ne and notIn."},
	{"date", filter.DateValue, schema.Date, "Conditions on a date. A claim whose value is none meets only isNull, ne and notIn."},
	{"boolean", filter.BooleanValue, schema.Boolean, "Conditions on true and false. A claim with neither meets only isNull, ne and notIn."},
}

// claimValueTestType returns the input of conditions on the value of a claim, which may be of any kind.
func (ts *Types) claimValueTestType() *graphql.InputObject {
	return ts.object("ClaimValueFilter", "Conditions on the value of a claim: by its kind, or on its written form, as StringFilter; all that are given must hold.", func() []inputField {
		fs := stringTests()
		for _, v := range typedValues {
			fs = append(fs, inputField{v.name, v.about, ts.testType(v.scalar, nil, false)})
		}
		return fs
	})
}

// claimValueFilters reads a value of the input type from claimValueTestType.
func (ts *Types) claimValueFilters(f *filter.Edge, in map[string]any) error {
	written := maps.Clone(in)
	if err := refuseNulls(in); err != nil {
		return err
	}
	for _, v := range typedValues {
		m, ok := in[v.name].(map[string]any)
		if !ok {
			continue
		}
		delete(written, v.name)
		of := tested{name: "value", scalar: v.scalar}
		if _, unit := m["unit"]; v.scalar == schema.Quantity && !unit {
			of.scalar = schema.Float // so that the bare numbers are compared
		}
		test, err := ts.test(of, m)
		if err != nil {
			return err
		}
		f.Claims = append(f.Claims, filter.Claim{Field: v.field, Test: test})
	}
	if len(written) == 0 {
		return nil
	}
	test, err := ts.test(tested{scalar: schema.String}, written)
	f.Claims = append(f.Claims, filter.Claim{Field: "value", Test: test})
	return err
}

func (ts *Types) claimFilter(in map[string]any) (*filter.Edge, error) {
	f := &filter.Edge{}
	return f, readFilter(in, logic[filter.Edge]{&f.And, &f.Or, &f.Not, ts.claimFilter}, func(key string, m map[string]any) error {
		if key == "value" {
			return ts.claimValueFilters(f, m)
		}
		test, err := ts.test(tested{scalar: schema.String, byBytes: filter.ClaimField(key).ByBytes()}, m)
		f.Claims = append(f.Claims, filter.Claim{Field: filter.ClaimField(key), Test: test})
		return err
	})
}

func (ts *Types) claimOrderType() *graphql.InputObject {
	return ts.oneOf("ClaimOrder", "One key to order claims by: the field of its name.", func() []inputField {
		var fs []inputField
		for _, f := range filter.ClaimFields {
			fs = append(fs, inputField{string(f.Name), "", ts.direction()})
		}
		return fs
	})
}
