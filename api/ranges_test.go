package api_test

import "testing"

// TestRanges: a range shows its ends and no number, in fields, filters, orders and sums.
func TestRanges(t *testing.T) {
	a, _, _ := small(t)
	want(t, ask(t, a, `mutation { transact(input: {operations: [
  {declare: {id: "src", type: "Source"}}, {assert: {subject: "src", predicate: "date", value: "2025", source: "src"}}, {declare: {id: "gas", type: "Resource"}},
  {declare: {id: "AAA", type: "Country"}}, {declare: {id: "BBB", type: "Country"}}, {declare: {id: "CCC", type: "Country"}}, {declare: {id: "DDD", type: "Country"}},
  {assert: {subject: "AAA", predicate: "coastline", value: "10 to 15 km", source: "src"}},
  {assert: {subject: "BBB", predicate: "coastline", value: "over 12 km", source: "src"}},
  {assert: {subject: "CCC", predicate: "coastline", value: "12000 m", source: "src"}},
  {assert: {subject: "AAA", predicate: "population", value: "at least 3000000", source: "src", valid: "2025"}},
  {assert: {subject: "DDD", predicate: "coastline", value: "9 km", source: "src"}},
  {assert: {subject: "AAA", predicate: "reserves", object: "gas", source: "src", valid: "2025", qualifiers: [{name: "quantity", value: "500..600 bcm"}]}},
  {assert: {subject: "BBB", predicate: "reserves", object: "gas", source: "src", valid: "2025", qualifiers: [{name: "quantity", value: "2 tcm"}]}}
]}) { claims } }`), `{"transact":{"claims":8}}`)
	const all = `where: {coastline: {isNull: false}}`
	for _, c := range [][2]string{
		{`{ country(id: "AAA") { coastline { value unit min max over under text } population ranges { field text min max over unit } } }`,
			`{"country":{"coastline":{"value":null,"unit":"km","min":10,"max":15,"over":false,"under":false,"text":"10–15 km"},"population":null,` +
				`"ranges":[{"field":"coastline","text":"10–15 km","min":10,"max":15,"over":false,"unit":"km"},{"field":"population","text":"at least 3 million","min":3000000,"max":null,"over":false,"unit":null}]}}`},
		{`{ country(id: "BBB") { coastline { value min max over text } ranges { field } } }`,
			`{"country":{"coastline":{"value":null,"min":12,"max":null,"over":true,"text":"over 12 km"},"ranges":[{"field":"coastline"}]}}`},
		{`{ country(id: "CCC") { coastline { value min max over under } ranges { field } claims(predicate: "coastline") { nodes { value ranges { text } } } } }`,
			`{"country":{"coastline":{"value":12000,"min":12000,"max":12000,"over":false,"under":false},"ranges":[],"claims":{"nodes":[{"value":"12000 m","ranges":[]}]}}}`},
		{`{ country(id: "AAA") { reserves { edges { quantity { value text } ranges { field text } claim { value ranges { field min max } qualifiers { value } } } } } }`,
			`{"country":{"reserves":{"edges":[{"quantity":{"value":null,"text":"500–600 bn m³"},"ranges":[{"field":"quantity","text":"500–600 bn m³"}],` +
				`"claim":{"value":null,"ranges":[{"field":"quantity","min":500,"max":600}],"qualifiers":[{"value":"500..600 bcm"}]}}]}}}`},
		// What all numbers of a range meet, and with possibly, some.
		{`{ countries(where: {coastline: {gt: 9, unit: "km"}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"AAA"},{"id":"BBB"},{"id":"CCC"}]}}`},
		{`{ countries(where: {coastline: {gte: 12, unit: "km"}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"BBB"},{"id":"CCC"}]}}`},
		{`{ countries(where: {coastline: {gte: 12, unit: "km", possibly: true}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"AAA"},{"id":"BBB"},{"id":"CCC"}]}}`},
		{`{ countries(where: {not: {coastline: {gte: 12, unit: "km"}}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"DDD"}]}}`},
		{`{ countries(where: {coastline: {eq: 12, unit: "km"}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"CCC"}]}}`},
		{`{ countries(where: {coastline: {ne: 20, unit: "km"}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"AAA"},{"id":"CCC"},{"id":"DDD"}]}}`},
		{`{ countries(where: {population: {gt: 2000000}}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"AAA"}]}}`},
		{`{ resource(id: "gas") { reservedIn(where: {edge: {quantity: {unit: "bcm", gt: 550, possibly: true}}}) { nodes { id } } } }`, `{"resource":{"reservedIn":{"nodes":[{"id":"AAA"},{"id":"BBB"}]}}}`},
		{`{ countries(` + all + `, orderBy: {coastline: ASC}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"DDD"},{"id":"AAA"},{"id":"CCC"},{"id":"BBB"}]}}`},
		{`{ countries(` + all + `, orderBy: {coastline: DESC}) { nodes { id } } }`, `{"countries":{"nodes":[{"id":"BBB"},{"id":"CCC"},{"id":"AAA"},{"id":"DDD"}]}}`},
		{`{ countries(where: {id: {in: ["AAA", "CCC"]}}) { aggregate { sum { coastline } sumMin { coastline } sumMax { coastline } min { coastline } max { coastline } avg { coastline } units { coastline } } } }`,
			`{"countries":{"aggregate":{"sum":{"coastline":null},"sumMin":{"coastline":22},"sumMax":{"coastline":27},"min":{"coastline":null},"max":{"coastline":null},"avg":{"coastline":null},"units":{"coastline":"km"}}}}`},
		{`{ countries { aggregate { sumMin { coastline } sumMax { coastline } min { coastline } } } }`, `{"countries":{"aggregate":{"sumMin":{"coastline":43},"sumMax":{"coastline":null},"min":{"coastline":9}}}}`},
		{`{ countries(where: {id: {eq: "CCC"}}) { aggregate { sum { coastline } sumMin { coastline } sumMax { coastline } } } }`, `{"countries":{"aggregate":{"sum":{"coastline":12000},"sumMin":{"coastline":12000},"sumMax":{"coastline":12000}}}}`},
		{`mutation { transact(input: {operations: [{assert: {subject: "DDD", predicate: "coastline", value: "15..10 km", source: "src"}}, {assert: {subject: "DDD", predicate: "population", value: "1.5..2", source: "src"}},
  {assert: {subject: "DDD", predicate: "coastline", value: "-5..10 km", source: "src"}}, {assert: {subject: "DDD", predicate: "coastline", value: "5..", source: "src"}}, {assert: {subject: "src", predicate: "confidenceCap", value: "over 0.5", source: "src"}}]}) { claims } }`,
			`BAD_USER_INPUT: operations[0].assert: coastline of DDD is 15..10 km, a range whose lower end is above its upper end
operations[1].assert: population of DDD is 1.5..2, but 1.5 is not a whole number
operations[2].assert: coastline of DDD is -5; it must be at least 0
operations[3].assert: coastline of DDD: "5.." is not a quantity; write a number or a range, a space and a unit, as in 3 bcm or 10..15 bcm
operations[4].assert: confidenceCap of src cannot be a range; give one number
operations[0].assert BAD_USER_INPUT
operations[1].assert WRONG_TYPE
operations[2].assert BAD_USER_INPUT
operations[3].assert WRONG_TYPE
operations[4].assert WRONG_TYPE`},
	} {
		want(t, ask(t, a, "%s", c[0]), c[1])
	}
}
