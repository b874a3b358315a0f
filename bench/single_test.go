package bench_test

import (
	"fmt"
	"maps"
	"testing"
)

// singles are queries whose cost must not grow with the graph: each names what it asks
// for, or stops after a few.
var singles = map[string]string{
	"where_id_eq":           `{ cities(where: {id: {eq: "city-7"}}) { nodes { id name } } }`,
	"where_id_in_100":       `{ cities(where: {id: {in: [%s]}}, first: 100) { nodes { id name } } }`,
	"where_name_eq_10":      `{ cities(where: {name: {eq: "kazar mitu"}}, first: 10) { nodes { id } } }`,
	"some_node_id":          `{ people(where: {holds: {some: {node: {id: {eq: "post-7"}}}}}) { nodes { id } } }`,
	"of_one_country_10":     `{ cities(where: {country: {some: {node: {id: {eq: "AAB"}}}}}, first: 10) { nodes { id } } }`,
	"total_count":           `{ cities { totalCount } }`,
	"total_count_confident": `{ cities(view: {asOf: "2015", minConfidence: 0.5}) { totalCount } }`,
	"last_5":                `{ cities(last: 5) { nodes { id } } }`,
	"claims_by_source_1":    `{ claims(where: {source: {eq: "source-7"}}, first: 1) { nodes { id } } }`,
	"claims_last_1":         `{ claims(last: 1) { nodes { id } } }`,
	"where_id_eq_as_of":     `{ cities(where: {id: {eq: "city-7"}}, view: {asOf: "2015", minConfidence: 0.5}) { nodes { id name } } }`,
}

// BenchmarkSingle measures each of them; no answer may grow with the graph.
func BenchmarkSingle(b *testing.B) {
	ids := ""
	for i := range 100 {
		ids += fmt.Sprintf("%q ", fmt.Sprintf("city-%d", 3*i))
	}
	asked := maps.Clone(singles)
	asked["where_id_in_100"] = fmt.Sprintf(asked["where_id_in_100"], ids)
	ask(b, asked, nil)
}
