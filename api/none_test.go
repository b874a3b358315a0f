package api_test

import "testing"

// TestNone: what a source says there is none of reads as null, and differs from what nobody says.
func TestNone(t *testing.T) {
	a, _, _ := small(t)
	want(t, ask(t, a, `mutation { transact(input: {operations: [
  {declare: {id: "src", type: "Source"}},
  {assert: {subject: "src", predicate: "date", value: "2025-06-01", source: "src"}},
  {declare: {id: "NRU", type: "Country"}}, {declare: {id: "KAZ", type: "Country"}}, {declare: {id: "UZB", type: "Country"}}, {declare: {id: "astana", type: "City"}},
  {assert: {subject: "NRU", predicate: "capital", none: true, source: "src", locator: "p1"}},
  {assert: {subject: "NRU", predicate: "coastline", none: true, source: "src"}},
  {assert: {subject: "NRU", predicate: "memberOf", none: true, source: "src"}},
  {assert: {subject: "KAZ", predicate: "capital", object: "astana", source: "src"}},
  {assert: {subject: "KAZ", predicate: "capital", none: true, source: "src", confidence: 0.2}},
  {assert: {subject: "UZB", predicate: "landlocked", value: true, source: "src"}}
]}) { claims } }`), `{"transact":{"claims":7}}`)
	const view = `view: {asOf: "2025-06-01"}`
	for _, c := range [][2]string{
		{`{ country(id: "NRU", ` + view + `) { capital { id } coastline { text } none claims(predicate: "capital") { nodes { none value object { id } chosen locator } } } }`,
			`{"country":{"capital":null,"coastline":null,"none":["capital","coastline","memberOf"],"claims":{"nodes":[{"none":true,"value":null,"object":null,"chosen":true,"locator":"p1"}]}}}`},
		{`{ country(id: "KAZ", ` + view + `) { capital { id } none claims(predicate: "capital") { nodes { none chosen } } } }`,
			`{"country":{"capital":{"id":"astana"},"none":[],"claims":{"nodes":[{"none":false,"chosen":true},{"none":true,"chosen":false}]}}}`},
		{`{ countries(` + view + `, where: {capital: {isNone: true}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"NRU"}]}}`},
		{`{ countries(` + view + `, where: {capital: {isNone: false}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"KAZ"},{"id":"UZB"}]}}`},
		{`{ countries(` + view + `, where: {capital: {unknown: true}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"UZB"}]}}`},
		{`{ countries(` + view + `, where: {memberOf: {none: {}}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"NRU"}]}}`},
		{`{ countries(` + view + `, where: {coastline: {isNone: true}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"NRU"}]}}`},
		{`{ countries(` + view + `, where: {coastline: {isNull: true, isNone: false}}, orderBy: [{coastline: ASC}]) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"KAZ"},{"id":"UZB"}]}}`},
		{`{ conflicts(subject: "KAZ", ` + view + `) { nodes { predicate reason } } }`,
			`{"conflicts":{"nodes":[{"predicate":"capital","reason":"capital has one value at a time and is stated as astana and none"}]}}`},
		{`mutation { transact(input: {operations: [{assert: {subject: "KAZ", predicate: "name", none: true, source: "src"}}]}) { claims } }`,
			"WRONG_TYPE: operations[0].assert: name of KAZ cannot be none; leave it out\noperations[0].assert WRONG_TYPE"},
	} {
		want(t, ask(t, a, "%s", c[0]), c[1])
	}
}

// TestAgreement: a day and its year are one fact, of which each claim names the other.
func TestAgreement(t *testing.T) {
	a, _, _ := small(t)
	want(t, ask(t, a, `mutation { transact(input: {operations: [
  {declare: {id: "src", type: "Source"}}, {declare: {id: "EST", type: "Country"}}, {declare: {id: "nato", type: "Organisation"}},
  {assert: {subject: "EST", predicate: "memberOf", object: "nato", source: "src", valid: "2004/..", locator: "the year"}},
  {assert: {subject: "EST", predicate: "memberOf", object: "nato", source: "src", valid: "2004-03-29/..", locator: "the day"}}
]}) { claims } }`), `{"transact":{"claims":2}}`)
	want(t, ask(t, a, `{ country(id: "EST", view: {asOf: "2005"}) { claims(predicate: "memberOf") { nodes { locator validFrom since until agrees { locator } } } } }`),
		`{"country":{"claims":{"nodes":[{"locator":"the year","validFrom":"2004","since":"2004-03-29","until":"..","agrees":[{"locator":"the day"}]},`+
			`{"locator":"the day","validFrom":"2004-03-29","since":"2004-03-29","until":"..","agrees":[{"locator":"the year"}]}]}}}`)
	want(t, ask(t, a, `{ country(id: "EST", view: {asOf: "2004-03-28"}) { id } }`), `{"country":null}`)
	want(t, ask(t, a, `{ conflicts(subject: "EST", view: {asOf: "2005"}) { nodes { reason } } }`), `{"conflicts":{"nodes":[]}}`)
}
