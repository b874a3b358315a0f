package bench_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

// tradeOntology is a stranger's: ports that ship goods, and mills that make them. KIND is
// the kind of time of the relations.
const tradeOntology = `
interface Entity @entity(plural: "entities") { name: String @time(kind: ETERNAL) }
type Source implements Entity @entity(plural: "sources") { date: Date @time(kind: ETERNAL) }
type Port implements Entity @entity(plural: "ports") { ships(tons: Int, since: Int, lot: Int @distinct): [Good!] @time(kind: KIND) }
type Mill implements Entity @entity(plural: "mills") { workers: Int @time(kind: ETERNAL) makes(tons: Int, since: Int, lot: Int @distinct): [Good!] @time(kind: KIND) }
type Good implements Entity @entity(plural: "goods") { family: String @time(kind: ETERNAL) shippedBy: [Port!] @inverse(of: "ships") madeBy: [Mill!] @inverse(of: "makes") }
`

const (
	ports = 200
	goods = 200
)

// trade calls fn with changes that make a graph in which few ports and goods have most of
// n links. With dated, links hold from one year to another, by many sources.
func trade(n int, dated bool, fn func(*graph.Change) error) error {
	r := rand.New(rand.NewPCG(7, 11))
	zipf := func(n int) int { return min(n-1, int(math.Exp(r.Float64()*math.Log(float64(n)+1)))-1) }
	ch := &graph.Change{}
	var err error
	add := func(op graph.Op) {
		if ch.Ops = append(ch.Ops, op); len(ch.Ops) == batch && err == nil {
			err = fn(ch)
			ch = &graph.Change{}
		}
	}
	claim := func(c graph.Claim) {
		if c.Source = "source-0"; dated && c.Predicate != "name" {
			c.Source = graph.ID(fmt.Sprint("source-", r.IntN(100)))
		}
		add(graph.Op{Kind: graph.Assert, Claim: c})
	}
	declare := func(kind, typ string, n int) {
		for i := range n {
			id := graph.ID(fmt.Sprint(kind, "-", i))
			add(graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: typ}})
			claim(graph.Claim{Subject: id, Predicate: "name", Value: graph.StringValue(strconv.Itoa(r.IntN(1e9)) + typ), Confidence: 0.9})
			if typ == "Mill" {
				claim(graph.Claim{Subject: id, Predicate: "workers", Value: graph.IntValue(int64(1 + zipf(1e6))), Confidence: 0.9})
			}
			if typ == "Good" {
				claim(graph.Claim{Subject: id, Predicate: "family", Value: graph.StringValue(fmt.Sprint("family-", i%20)), Confidence: 0.9})
			}
		}
	}
	mills := n * 3 / 100
	declare("source", "Source", 100)
	declare("port", "Port", ports)
	declare("good", "Good", goods)
	declare("mill", "Mill", mills)
	link := func(lot int, subject, predicate string) {
		since := 1990 + r.IntN(36)
		c := graph.Claim{Subject: graph.ID(subject), Predicate: predicate, Value: graph.EntityValue(graph.ID(fmt.Sprint("good-", zipf(goods)))), Confidence: float64(50+r.IntN(51)) / 100,
			Qualifiers: []graph.QualifierValue{{Name: "tons", Value: graph.IntValue(int64(1 + zipf(1e7)))}, {Name: "since", Value: graph.IntValue(int64(since))}, {Name: "lot", Value: graph.IntValue(int64(lot))}}}
		if dated {
			c.Valid = graph.Interval{From: year(since), To: year(since + r.IntN(20))}
		}
		claim(c)
	}
	for i := range n * 20 / 100 {
		link(i, fmt.Sprint("port-", zipf(ports)), "ships")
	}
	for i := range n * 15 / 100 {
		link(n+i, fmt.Sprint("mill-", zipf(mills)), "makes")
	}
	if err == nil && len(ch.Ops) > 0 {
		err = fn(ch)
	}
	return err
}

func year(y int) graph.Date {
	d, err := graph.ParseDate(strconv.Itoa(y))
	if err != nil {
		panic(err)
	}
	return d
}

// tradeQuestions are what dashboards ask of long lists; VIEW is where a view goes.
var tradeQuestions = map[string]string{
	"top_10x10x10":    `{ports(first:10 VIEW){nodes{id name ships(ORDER,first:10){edges{tons since node{id name madeBy(ORDER,first:10){edges{tons node{id name}}}}}}}}}`,
	"filter_top_20":   `{good(id:"good-3" VIEW){madeBy(where:{edge:{tons:{gte:10}},node:{workers:{gte:100}}},ORDER,first:20){edges{tons since node{id name workers}}}}}`,
	"sums_of_lists":   `{goods(first:1000 VIEW){nodes{name shippedBy(where:{edge:{since:{gte:2005}}}){aggregate{sum{tons}}}}}}`,
	"count_and_range": `{good(id:"good-0" VIEW){madeBy(where:{edge:{since:{gte:2000,lt:2010}}},first:0){totalCount aggregate{count min{tons} max{tons}}}}}`,
	"sums_by_node":    `{portShips(where:{edge:{since:{gte:2005}}} VIEW){aggregate{groups(by:node_family){key sum{tons}}}}}`,
	"sums_by_both":    `{portShips(where:{edge:{since:{gte:2005}}} VIEW){aggregate{groups(by:[subject_id,node_family]){keys count sum{tons}}}}}`,
	"all_edges":       `{portShips(first:20 VIEW){edges{subject{id} node{id} tons} aggregate{count}}}`,
	"groups_of_list":  `{port(id:"port-0" VIEW){ships{aggregate{groups(by:since){key count sum{tons}}}}}}`,
}

// BenchmarkLists asks for the first and the sums of long lists, in the plain view and in
// one with a date and a confidence.
func BenchmarkLists(b *testing.B) {
	for _, n := range sizes() {
		for _, kind := range []string{"ETERNAL", "STATE"} {
			o, err := schema.Load("trade.graphql", strings.ReplaceAll(tradeOntology, "KIND", kind))
			if err != nil {
				b.Fatal(err)
			}
			g, err := live.Open(b.Context(), &live.Unkept{}, o, live.Options{})
			if err != nil {
				b.Fatal(err)
			}
			if err := trade(n, kind == "STATE", func(ch *graph.Change) error {
				_, err := g.Commit(b.Context(), ch)
				return err
			}); err != nil {
				b.Fatal(err)
			}
			a, err := api.New(api.Options{Graph: g})
			if err != nil {
				b.Fatal(err)
			}
			view := ""
			if kind == "STATE" {
				view = `,view:{asOf:"2010-06-01",minConfidence:0.6}`
			}
			for name, q := range tradeQuestions {
				b.Run(fmt.Sprintf("%d/%s/%s", n, strings.ToLower(kind), name), func(b *testing.B) {
					b.ReportAllocs()
					q := strings.ReplaceAll(strings.ReplaceAll(q, "VIEW", view), "ORDER", "orderBy:[{edge:{tons:DESC}},{edge:{lot:ASC}}]")
					ask := func() {
						r := a.Begin().Execute(b.Context(), &api.Request{Query: q, Variables: json.RawMessage(`{}`)})
						if r.Errors > 0 {
							b.Fatalf("%s", r.Body)
						}
						b.SetBytes(int64(len(r.Body)))
						r.Release()
					}
					ask() // the first finds nothing kept
					for b.Loop() {
						ask()
					}
				})
			}
		}
	}
}
