package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

// execute returns the whole answer to a document with variables.
func execute(t *testing.T, a *api.API, query, variables string) string {
	t.Helper()
	r := a.Begin().Execute(t.Context(), &api.Request{Query: query, Variables: json.RawMessage(variables), AllowMutation: true})
	defer r.Release()
	return string(r.Body)
}

// TestLong checks that whole numbers beyond 32 bits are read and written as JSON numbers, in
// every notation.
func TestLong(t *testing.T) {
	a, _, _ := small(t)
	ask(t, a, setup)
	for i, number := range []string{`3000000000`, `12500.0`, `1.0E7`, `9007199254740991`, `3e9`, `"4000000000"`} {
		year := 2000 + 2*i
		ask(t, a, `mutation { transact(input: {operations: [
		  {assert: {subject: "KAZ", predicate: "population", value: %s, source: "src", valid: "%d"}}]}) { claims } }`, number, year)
		body := execute(t, a, `mutation($v: Value!, $y: String) { transact(input: {operations: [
		  {assert: {subject: "KAZ", predicate: "population", value: $v, source: "src", valid: $y}}]}) { claims } }`,
			`{"v": `+number+`, "y": "`+time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006")+`"}`)
		if !strings.Contains(body, `{"claims":1}`) {
			t.Error(number, body)
		}
		var want float64
		if err := json.Unmarshal([]byte(strings.Trim(number, `"`)), &want); err != nil {
			t.Fatal(err)
		}
		exact := string(must(json.Marshal(int64(want))))
		for _, y := range []int{year, year + 1} {
			got := ask(t, a, `{ country(id: "KAZ", view: {asOf: "%d"}) { population } }`, y)
			if got != `{"country":{"population":`+exact+`}}` {
				t.Errorf("%s is %s", number, got)
			}
		}
	}
	const view = `(view: {asOf: "2000"}, where: {population: %s}) { totalCount } }`
	for where, n := range map[string]string{
		`{eq: 3000000000}`: "1", `{eq: 3.0E9}`: "1", `{gt: 2.9999e9}`: "1", `{lt: 3000000000.0}`: "0", `{in: [1, 3000000000]}`: "1",
	} {
		if got := ask(t, a, `{ countries`+view, where); got != `{"countries":{"totalCount":`+n+`}}` {
			t.Errorf("%s: %s", where, got)
		}
	}
	for number, n := range map[string]string{`3000000000`: "1", `3000000000.0`: "1", `1.0E7`: "0"} {
		got := execute(t, a, `query($n: Long!) { countries(view: {asOf: "2000"}, where: {population: {eq: $n}}) { totalCount } }`, `{"n": `+number+`}`)
		if !strings.Contains(got, `"totalCount":`+n) {
			t.Errorf("%s: %s", number, got)
		}
	}
	for _, number := range []string{`0.5`, `9007199254740992`, `1e300`, `"3"`, `true`, `-9007199254740992`} {
		if got := ask(t, a, `{ countries`+view, `{eq: `+number+`}`); !strings.Contains(got, "a Long is a whole number from -9007199254740991 to 9007199254740991") {
			t.Errorf("%s: %s", number, got)
		}
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// TestIntHas32Bits: no number beyond 32 bits leaves as an Int, even where a
// store has one that would be refused today.
func TestIntHas32Bits(t *testing.T) {
	o, err := schema.Load("x.graphql", `interface Entity { name: String @time(kind: STATE) }
type Source implements Entity
type Mine implements Entity { tons: Int @time(kind: ETERNAL) shifts: [Int!] @time(kind: ETERNAL) next(tons: Int): [Mine!] @time(kind: ETERNAL) }`)
	if err != nil {
		t.Fatal(err)
	}
	big := graph.IntValue(3_000_000_000)
	claim := func(predicate string, v graph.Value, qs ...graph.QualifierValue) graph.Claim {
		return graph.Claim{Subject: "m", Predicate: predicate, Value: v, Source: "src", Confidence: 1, Qualifiers: qs}
	}
	log := &memory{commits: []*graph.Commit{{Seq: 1, At: testNow,
		Entities: []graph.Entity{{ID: "src", Type: "Source"}, {ID: "m", Type: "Mine"}, {ID: "n", Type: "Mine"}},
		Claims: []graph.Claim{claim("tons", big), claim("shifts", big), claim("shifts", graph.IntValue(3)),
			claim("next", graph.EntityValue("n"), graph.QualifierValue{Name: "tons", Value: big})}}}}
	g, err := live.Open(t.Context(), log, o, live.Options{Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: g, Now: func() time.Time { return testNow }, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	for _, selection := range []string{"tons", "shifts", "next { edges { tons } }"} {
		got := execute(t, a, `{ mine(id: "m") { `+selection+` } }`, "")
		if strings.Count(got, "3000000000") != 1 || !strings.Contains(got, "the value 3000000000 does not fit the 32 bits of an Int; the ontology must declare the field a Long") {
			t.Errorf("%s: %s", selection, got)
		}
	}
	want(t, execute(t, a, `{ mine(id: "m") { claims(predicate: "tons") { nodes { value } } } }`, ""),
		`{"data":{"mine":{"claims":{"nodes":[{"value":"3000000000"}]}}},"extensions":{"sequence":1}}`)
}
