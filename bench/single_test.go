package bench_test

import (
	"fmt"
	"testing"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
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
	o := schema.MustDefault()
	ids := ""
	for i := range 100 {
		ids += fmt.Sprintf("%q ", fmt.Sprintf("city-%d", 3*i))
	}
	for _, n := range sizes() {
		g, err := live.Open(b.Context(), &live.Unkept{}, o, live.Options{})
		if err != nil {
			b.Fatal(err)
		}
		fill(b, g, n)
		a, err := api.New(api.Options{Graph: g})
		if err != nil {
			b.Fatal(err)
		}
		for name, q := range singles {
			if name == "where_id_in_100" {
				q = fmt.Sprintf(q, ids)
			}
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r := a.Begin().Execute(b.Context(), &api.Request{Query: q})
					if r.Errors > 0 {
						b.Fatalf("%s", r.Body)
					}
					r.Release()
				}
			})
		}
		if err := g.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
