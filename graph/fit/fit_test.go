package fit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/fit"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

const fitOntology = `
interface Entity { name: String @time(kind: STATE) }
type Source implements Entity { date: Date @time(kind: ETERNAL) }
type Country implements Entity @entity(plural: "countries") {
  founded: String @time(kind: ETERNAL)
  motto: [String!] @time(kind: STATE)
  grade: Grade @time(kind: STATE)
  area: Quantity @time(kind: STATE) @unit(dimension: "area")
  capital: City @time(kind: STATE)
  exportsTo(share: Float): [Country!] @time(kind: OBSERVATION)
}
type City implements Entity @entity(plural: "cities") { population: Int @time(kind: OBSERVATION) }
enum Grade { HIGH MIDDLE LOW }
enum Unit { km2 @measures(dimension: "area") mi2 @measures(dimension: "area") km @measures(dimension: "length") }
`

// fitCommits record something of each field.
func fitCommits() []*graph.Commit {
	claim := func(s graph.ID, p string, v graph.Value) graph.Claim {
		return graph.Claim{Subject: s, Predicate: p, Value: v, Source: "src", Confidence: 1}
	}
	share := claim("A", "exportsTo", graph.EntityValue("B"))
	share.Qualifiers = []graph.QualifierValue{{Name: "share", Value: graph.FloatValue(0.4)}}
	gone := claim("B", "motto", graph.StringValue("withdrawn"))
	return []*graph.Commit{
		{Seq: 1, At: time.Unix(1, 0), Entities: []graph.Entity{{ID: "src", Type: "Source"}, {ID: "A", Type: "Country"}, {ID: "B", Type: "Country"}, {ID: "x", Type: "City"}, {ID: "y", Type: "City"}},
			Claims: []graph.Claim{
				claim("A", "founded", graph.StringValue("1961")), claim("B", "founded", graph.StringValue("1970")),
				claim("A", "motto", graph.StringValue("one")), claim("A", "motto", graph.StringValue("two")), claim("B", "motto", graph.StringValue("three")), gone,
				claim("A", "grade", graph.EnumOf("MIDDLE")), claim("B", "grade", graph.EnumOf("HIGH")),
				claim("A", "area", graph.QuantityValue(5, "mi2")), claim("A", "capital", graph.EntityValue("x")), share,
				claim("x", "population", graph.IntValue(300)), claim("y", "name", graph.StringValue("Y")),
			}},
		{Seq: 2, At: time.Unix(2, 0), Retractions: []graph.Retraction{{Claim: gone.ID()}}},
	}
}

// TestMisfits changes the ontology under the same commits.
func TestMisfits(t *testing.T) {
	earlier, err := schema.Load("earlier", fitOntology)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, from, to, want string }{
		{"nothing", "", "", ""},
		{"only more", "HIGH MIDDLE", "TOP HIGH MIDDLE", ""},
		{"a field is removed", "motto: [String!] @time(kind: STATE)", "", "Country.motto is gone: 3 claims of 2 entities, such as A motto one; A motto two; B motto three"},
		{"a field is renamed", "motto: ", "slogan: ", "Country.motto is gone (perhaps it is slogan now): 3 claims of 2 entities"},
		{"a type is renamed", "City", "Town", "City is gone (perhaps it is Town now): 2 claims of 2 entities, such as x; y; x population 300\nCountry.capital leads to Town, and not to City: 1 claim of 1 entity, such as A capital x"},
		{"a type is removed", "  capital: City @time(kind: STATE)\n", "  capital: Country @time(kind: STATE)\n", "Country.capital leads to Country, and not to City: 1 claim of 1 entity"},
		{"another kind", "founded: String", "founded: Int", "Country.founded holds a whole number, and not text: 2 claims of 2 entities, such as A founded 1961; B founded 1970"},
		{"a narrower enum", "HIGH MIDDLE LOW", "HIGH LOW", "Country.grade cannot be MIDDLE: 1 claim of 1 entity"},
		{"one value", "motto: [String!]", "motto: String", "Country.motto held many values and holds one now: 2 claims of 1 entity, such as A motto one; A motto two"},
		{"another time kind", "population: Int @time(kind: OBSERVATION)", "population: Int @time(kind: STATE)", "City.population was of the time kind OBSERVATION and is of STATE now: 1 claim of"},
		{"a unit is gone", ` mi2 @measures(dimension: "area")`, "", "Country.area cannot be in mi2: 1 claim of"},
		{"another dimension", `@unit(dimension: "area")`, `@unit(dimension: "length")`, "Country.area cannot be in mi2: 1 claim of"},
		{"a range", "population: Int ", "population: Int @range(max: 100) ", "City.population must be at most 100: 1 claim of"},
		{"a qualifier is gone", "exportsTo(share: Float)", "exportsTo", "Country.exportsTo has no qualifier share: 1 claim of"},
		{"another kind of a qualifier", "share: Float", "share: String", "Country.exportsTo(share) holds text, and not a number: 1 claim of"},
	} {
		later, err := schema.Load("later", strings.ReplaceAll(fitOntology, c.from, c.to))
		if c.from == "" {
			later, err = earlier, nil
		}
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		s := snapshot.Empty(later)
		for _, x := range fitCommits() {
			if s, err = s.Apply(x); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, m := range fit.Misfits(s, earlier) {
			got = append(got, m.String())
		}
		want := strings.Split(c.want, "\n")
		if c.want == "" {
			want = nil
		}
		ok := len(got) == len(want)
		for i := range want {
			ok = ok && strings.HasPrefix(got[i], want[i])
		}
		if !ok {
			t.Errorf("%s:\n%s\nwant\n%s", c.what, strings.Join(got, "\n"), c.want)
		}
	}
}
