package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestQuantitiesConvert: quantities of one dimension are one scale, in sums, in
// filters and in orders.
func TestQuantitiesConvert(t *testing.T) {
	a, _, _ := small(t)
	ask(t, a, setup)
	got := ask(t, a, `mutation { transact(input: {operations: [
	  {declare: {id: "AAA", type: "Country"}}, {declare: {id: "BBB", type: "Country"}}, {declare: {id: "CCC", type: "Country"}},
	  {declare: {id: "gas", type: "Resource"}}, {declare: {id: "deal-1", type: "Agreement"}},
	  {assert: {subject: "AAA", predicate: "coastline", value: "3 km", source: "src", valid: "2020"}},
	  {assert: {subject: "BBB", predicate: "coastline", value: "500 m", source: "src", valid: "2020"}},
	  {assert: {subject: "CCC", predicate: "coastline", value: "0.6 km", source: "src", valid: "2020"}},
	  {assert: {subject: "AAA", predicate: "gdp", value: "9 USD", source: "src", valid: "2020"}},
	  {assert: {subject: "BBB", predicate: "gdp", value: "5 EUR", source: "src", valid: "2020"}},
	  {assert: {subject: "CCC", predicate: "gdp", value: "10 USD", source: "src", valid: "2020"}},
	  {assert: {subject: "AAA", predicate: "reserves", object: "gas", source: "src", valid: "2020", qualifiers: [{name: "quantity", value: "2 tcm"}]}},
	  {assert: {subject: "BBB", predicate: "reserves", object: "gas", source: "src", valid: "2020", qualifiers: [{name: "quantity", value: "500 bcm"}]}},
	  {assert: {subject: "CCC", predicate: "reserves", object: "gas", source: "src", valid: "2020", qualifiers: [{name: "quantity", value: "10 Tcf"}]}}
	]}) { claims } }`)
	want(t, got, `{"transact":{"claims":9}}`)
	for _, c := range []struct{ query, want string }{
		{`{ countries(where: {id: {in: ["AAA", "BBB"]}}) { aggregate { sum { coastline } min { coastline } max { coastline } avg { coastline } units { coastline } } } }`,
			`{"countries":{"aggregate":{"sum":{"coastline":3.5},"min":{"coastline":0.5},"max":{"coastline":3},"avg":{"coastline":1.75},"units":{"coastline":"km"}}}}`},
		{`{ countries(where: {id: {eq: "BBB"}}) { aggregate { sum { coastline } units { coastline gdp } } } }`,
			`{"countries":{"aggregate":{"sum":{"coastline":500},"units":{"coastline":"m","gdp":"EUR"}}}}`},
		{`{ resource(id: "gas") { reservedIn { aggregate { sum { quantity } units { quantity } } } } }`,
			`{"resource":{"reservedIn":{"aggregate":{"sum":{"quantity":2783.16846592},"units":{"quantity":"bcm"}}}}}`},
		{`{ countries { aggregate { sum { gdp } } } }`,
			"BAD_USER_INPUT: the values are in USD and in EUR, which cannot be summed up; filter by one unit"},
		{`{ countries(where: {gdp: {unit: "USD"}}) { nodes { id } aggregate { sum { gdp } } } }`,
			`{"countries":{"nodes":[{"id":"AAA"},{"id":"CCC"}],"aggregate":{"sum":{"gdp":19}}}}`},
		{`{ countries(where: {coastline: {unit: "m"}}) { totalCount } }`, `{"countries":{"totalCount":3}}`},
		{`{ countries(where: {coastline: {unit: "m", gte: 600}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"AAA"},{"id":"CCC"}]}}`},
		{`{ countries(where: {coastline: {unit: "m", in: [600, 3000]}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"AAA"},{"id":"CCC"}]}}`},
		{`{ countries(where: {coastline: {unit: "km", eq: 0.5}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"BBB"}]}}`},
		{`{ countries(where: {coastline: {unit: "t", gt: 1}}) { nodes { id } } }`,
			"WRONG_TYPE: coastline measures length and cannot be compared in t, which measures mass"},
		{`{ countries(where: {coastline: {unit: "t"}}) { nodes { id } } }`,
			"WRONG_TYPE: coastline measures length and cannot be compared in t, which measures mass"},
		{`{ countries(where: {coastline: {unit: "furlong"}}) { nodes { id } } }`, `UNKNOWN_NAME: the ontology has no unit "furlong"`},
		{`{ resource(id: "gas") { reservedIn(where: {edge: {quantity: {unit: "bcm", lt: 600}}}) { nodes { id } } } }`,
			`{"resource":{"reservedIn":{"nodes":[{"id":"BBB"},{"id":"CCC"}]}}}`},
		{`{ countries(orderBy: {coastline: ASC}, where: {coastline: {isNull: false}}) { nodes { id } } }`,
			`{"countries":{"nodes":[{"id":"BBB"},{"id":"CCC"},{"id":"AAA"}]}}`},
		{`{ countries(orderBy: {gdp: DESC}, where: {gdp: {isNull: false}}) { nodes { id } } }`,
			`{"countries":{"nodes":[{"id":"CCC"},{"id":"AAA"},{"id":"BBB"}]}}`},
		{`{ resource(id: "gas") { reservedIn(orderBy: {edge: {quantity: DESC}}) { nodes { id } } } }`,
			`{"resource":{"reservedIn":{"nodes":[{"id":"AAA"},{"id":"BBB"},{"id":"CCC"}]}}}`},
	} {
		got := ask(t, a, "%s", c.query)
		if got, _, _ = strings.Cut(got, "\n"); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.query, got, c.want)
		}
	}
}

// TestDatesAreIntervals: a filter by a year matches all days of it.
func TestDatesAreIntervals(t *testing.T) {
	a := seeded(t)
	ids := func(where string) []string {
		var body struct {
			Countries struct {
				Nodes []struct{ ID, Independence string }
			}
		}
		if err := json.Unmarshal([]byte(ask(t, a, `{ countries(where: {independence: %s}) { nodes { id independence } } }`, where)), &body); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, n := range body.Countries.Nodes {
			ids = append(ids, n.ID)
		}
		return ids
	}
	of1991 := ids(`{gte: "1991", lte: "1991"}`)
	if len(of1991) != 16 || !slices.Contains(of1991, "KAZ") {
		t.Errorf("the states of 1991 are %v", of1991)
	}
	if same := ids(`{eq: "1991"}`); !slices.Equal(same, of1991) {
		t.Errorf("eq gives %v", same)
	}
	if same := ids(`{in: ["1991", "1700-01-01"]}`); !slices.Equal(same, of1991) {
		t.Errorf("in gives %v", same)
	}
	before, after, all := ids(`{lt: "1991"}`), ids(`{gt: "1991"}`), ids(`{isNull: false}`)
	if len(before)+len(of1991)+len(after) != len(all) || slices.Contains(after, "KAZ") || slices.Contains(before, "KAZ") {
		t.Errorf("%d before, %d in and %d after 1991, of %d", len(before), len(of1991), len(after), len(all))
	}
	if n := ids(`{lte: "1991"}`); len(n) != len(before)+16 {
		t.Errorf("%d until the end of 1991", len(n))
	}
	if n := ids(`{ne: "1991"}`); slices.Contains(n, "KAZ") {
		t.Errorf("ne has Kazakhstan")
	}
}

// TestNamesByCollation: names are ordered as people look for them, ids and codes by their bytes.
func TestNamesByCollation(t *testing.T) {
	a := seeded(t)
	first := ask(t, a, `{ countries(orderBy: {name: ASC}, first: 4) { nodes { name } } }`)
	want(t, first, `{"countries":{"nodes":[{"name":"Afghanistan"},{"name":"Åland Islands"},{"name":"Albania"},{"name":"Algeria"}]}}`)
	last := ask(t, a, `{ countries(orderBy: {name: DESC}, first: 1) { nodes { name } } }`)
	want(t, last, `{"countries":{"nodes":[{"name":"Zimbabwe"}]}}`)
	var body struct {
		Countries struct{ Nodes []struct{ ID string } }
	}
	if err := json.Unmarshal([]byte(ask(t, a, `{ countries(orderBy: {id: ASC}) { nodes { id } } }`)), &body); err != nil {
		t.Fatal(err)
	}
	for i, n := range body.Countries.Nodes[1:] {
		if n.ID <= body.Countries.Nodes[i].ID {
			t.Errorf("%s comes after %s", n.ID, body.Countries.Nodes[i].ID)
		}
	}
}

// TestOpenEndsInOrder: an end left open is later than every date, and a cursor may be on it.
func TestOpenEndsInOrder(t *testing.T) {
	a, _, _ := small(t)
	ask(t, a, setup)
	ask(t, a, `mutation { transact(input: {operations: [
	  {assert: {subject: "KAZ", predicate: "capital", object: "astana", source: "src", locator: "a", valid: "1997/2019"}},
	  {assert: {subject: "KAZ", predicate: "capital", object: "astana", source: "src", locator: "b", valid: "1997/"}},
	  {assert: {subject: "KAZ", predicate: "capital", object: "astana", source: "src", locator: "c", valid: "../2018"}}]}) { claims } }`)
	var got []string
	after := ""
	for range 6 {
		var body struct {
			Country struct {
				Claims struct {
					Nodes    []struct{ ValidFrom, ValidTo *string }
					PageInfo struct {
						HasNextPage bool
						EndCursor   string
					}
				}
			}
		}
		answer := ask(t, a, `{ country(id: "KAZ", view: {asOf: "2018"}) { claims(predicate: "capital", orderBy: [{validTo: ASC}, {validFrom: DESC}], first: 1%s) {
		  nodes { validFrom validTo } pageInfo { hasNextPage endCursor } } } }`, after)
		if err := json.Unmarshal([]byte(answer), &body); err != nil {
			t.Fatal(answer)
		}
		for _, n := range body.Country.Claims.Nodes {
			to := "null"
			if n.ValidTo != nil {
				to = *n.ValidTo
			}
			got = append(got, to)
		}
		if !body.Country.Claims.PageInfo.HasNextPage {
			break
		}
		after = `, after: "` + body.Country.Claims.PageInfo.EndCursor + `"`
	}
	if s := strings.Join(got, " "); s != "2018 2019 .. null" {
		t.Errorf("the ends come as %s", s)
	}
	want(t, ask(t, a, `{ country(id: "KAZ", view: {asOf: "2018"}) { claims(predicate: "capital", where: {validTo: {gt: "2018"}}) { totalCount } } }`),
		`{"country":{"claims":{"totalCount":2}}}`)
}

// TestClaimsByValue: claims are ordered by the values that they state, not by how these are written,
// and each page starts where the one before it ended.
func TestClaimsByValue(t *testing.T) {
	a, _, _ := small(t)
	ask(t, a, setup)
	for i, amount := range []string{"10 USD", "9 USD", "100 USD", "9.5 USD"} {
		ask(t, a, `mutation { transact(input: {operations: [
		  {assert: {subject: "KAZ", predicate: "gdp", value: "%s", source: "src", valid: "%d"}}]}) { claims } }`, amount, 2000+i)
	}
	const page = `{ claims(where: {predicate: {eq: "gdp"}}, orderBy: [{value: %s}], first: 2%s) { nodes { value } pageInfo { endCursor } } }`
	for dir, want := range map[string]string{"ASC": "9 USD,9.5 USD,10 USD,100 USD", "DESC": "100 USD,10 USD,9.5 USD,9 USD"} {
		var got []string
		after := ""
		for range 2 {
			var answer struct {
				Claims struct {
					Nodes    []struct{ Value string }
					PageInfo struct{ EndCursor string }
				}
			}
			body := ask(t, a, page, dir, after)
			if err := json.Unmarshal([]byte(body), &answer); err != nil {
				t.Fatal(err, body)
			}
			for _, n := range answer.Claims.Nodes {
				got = append(got, n.Value)
			}
			after = `, after: "` + answer.Claims.PageInfo.EndCursor + `"`
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s: %v", dir, got)
		}
	}
}
