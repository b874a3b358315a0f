package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// TestFiltersRefuseNull gives null to every operator and at every level of a filter, as
// a literal and by a variable. A variable without a value leaves its operator out.
func TestFiltersRefuseNull(t *testing.T) {
	a := seeded(t)
	answer := func(query, variables string) string {
		r := a.Begin().Execute(t.Context(), &api.Request{Query: query, Variables: []byte(variables)})
		defer r.Release()
		return string(r.Body)
	}
	for _, c := range []struct {
		types string // the operator: the type of its variable
		where string // around the operator
	}{
		{"eq:String ne:String in:[String!] notIn:[String!] isNull:Boolean lt:String lte:String gt:String gte:String contains:String startsWith:String matches:String", `{name: {%s}}`},
		{"eq:ID ne:ID in:[ID!] notIn:[ID!] isNull:Boolean contains:String", `{id: {%s}}`},
		{"eq:Long ne:Long in:[Long!] notIn:[Long!] isNull:Boolean lt:Long lte:Long gt:Long gte:Long", `{population: {%s}}`},
		{"unit:String eq:Float ne:Float in:[Float!] notIn:[Float!] isNull:Boolean lt:Float lte:Float gt:Float gte:Float", `{gdp: {%s}}`},
		{"eq:Float", `{not: {or: [{and: [{gdp: {%s}}]}]}}`},
		{"gdp:QuantityFilter and:[CountryFilter!] or:[CountryFilter!] not:CountryFilter borders:CountryBordersRelationFilter", `{%s}`},
	} {
		for pair := range strings.SplitSeq(c.types, " ") {
			op, typ, _ := strings.Cut(pair, ":")
			literal := fmt.Sprintf(`{ countries(where: %s) { totalCount } }`, fmt.Sprintf(c.where, op+": null"))
			byVariable := fmt.Sprintf(`query ($v: %s) { countries(where: %s) { totalCount } }`, typ, fmt.Sprintf(c.where, op+": $v"))
			for _, got := range []string{answer(literal, ""), answer(byVariable, `{"v": null}`)} {
				if want := "where: " + op + " is null: leave it out, or use isNull to find what has no value"; !strings.Contains(got, want) || !strings.Contains(got, `"BAD_USER_INPUT"`) {
					t.Errorf("%s\n got %s\nwant %s", literal, got, want)
				}
			}
			if got := answer(byVariable, `{}`); !strings.Contains(got, `"totalCount":`) {
				t.Errorf("%s without a value: %s", byVariable, got)
			}
		}
	}
}

// TestQuantityFiltersNameUnits checks that filters must name the unit of their numbers
// wherever values may have several.
func TestQuantityFiltersNameUnits(t *testing.T) {
	a := seeded(t)
	for _, c := range []struct{ query, want string }{
		{`countries(where: {area: {gt: 9000000}}, orderBy: [{id: ASC}])`, `{"totalCount":5}`}, // km2 only
		{`countries(where: {coastline: {unit: "km", gt: 150000}})`, `{"totalCount":1}`},
		{`countries(where: {coastline: {gt: 150000}})`, `coastline may be in m, km, ft, mi or nmi: give the unit of the numbers, such as unit: \"m\"`},
		{`countries(where: {not: {coastline: {notIn: [1]}}})`, `coastline may be in m, km, ft, mi or nmi`},
		{`countries(where: {coastline: {unit: "", gt: 1}})`, `the ontology has no unit \"\"`},
		{`countries(where: {coastline: {unit: ""}})`, `the ontology has no unit \"\"`},
		{`countries(where: {coastline: {isNull: true}, landlocked: {eq: false}})`, `{"totalCount":`},
		{`countries(where: {gdp: {gt: 1}})`, `gdp may be in JPY, USD, EUR`},
		{`countries(where: {produces: {some: {edge: {quantity: {gte: 3}}}}})`, `quantity may be in any unit: give the unit of the numbers`},
		{`countries(where: {produces: {some: {edge: {quantity: {unit: "tcm", gte: 0.5}}}}})`, `{"totalCount":`},
	} {
		r := a.Begin().Execute(t.Context(), &api.Request{Query: `{ x: ` + c.query + ` { totalCount } }`})
		if !strings.Contains(string(r.Body), c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.query, r.Body, c.want)
		}
		r.Release()
	}
}

// TestCodeBounds: a bound of an order may be a part of a code; an operand of eq must be a whole one.
func TestCodeBounds(t *testing.T) {
	a := seeded(t)
	for _, c := range []struct{ where, want string }{
		{`{iso2: {gte: "ky", lt: "l"}}`, `{"nodes":[{"iso2":"KY"},{"iso2":"KZ"}]}`},
		{`{iso2: {gt: "KY", lte: "KZ"}}`, `{"nodes":[{"iso2":"KZ"}]}`},
		{`{iso2: {eq: "l"}}`, `iso2 is \"l\", but must have the form`},
		{`{iso2: {notIn: ["l"]}}`, `iso2 is \"l\", but must have the form`},
	} {
		r := a.Begin().Execute(t.Context(), &api.Request{Query: `{ countries(where: ` + c.where + `, orderBy: [{iso2: ASC}]) { nodes { iso2 } } }`})
		if !strings.Contains(string(r.Body), c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.where, r.Body, c.want)
		}
		r.Release()
	}
}
