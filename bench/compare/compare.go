// Package compare measures the service against graphql-go, gqlgen, graphql-js
// and hand-written handlers on the same graph with the same documents, in one
// run. Run it with make bench-compare.
//
// Read Documents, Graph and contestants first. The package is a separate module,
// so that the contestants are not dependencies of the service. The service must
// not import it.
package compare

import (
	"context"
	"fmt"
	"time"

	"github.com/caspian-kg/caspian/bench"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Document is one compared query, a row of the results.
type Document struct {
	Name, Query string
	// Variables is a JSON object of the variables.
	Variables string
}

// Documents are the queries that have goals, in the order of docs/benchmarks.md.
var Documents = []Document{
	{"one_entity_10_scalars", `query($id: ID!) { country(id: $id) { id name type population officialName iso2 isoNumeric currency terrain landlocked } }`, `{"id":"AAB"}`},
	{"list_100x8", `{ cities(first: 100) { nodes { id name type population kind description wikidata founded } } }`, `{}`},
	{Nested, `{ countries(first: 10) { nodes { name borders(first: 10) { nodes { name cities(first: 10) { nodes { id name } } } } } } }`, `{}`},
	{"filter_order_first_20", `{ country(id: "AAB") { exportsTo(series: true, where: {edge: {share: {gte: 0.5}}, node: {name: {startsWith: "k"}}}, orderBy: [{edge: {share: DESC}}], first: 20) { edges { share node { id name } } } } }`, `{}`},
	{"sum_by_group", `{ country(id: "AAC") { exportsTo(series: true) { aggregate { groups(by: resource) { key count avg { share } } } } } }`, `{}`},
}

// Nested is the name of the document that the hand-written handlers answer too.
const Nested = "nested_10x10x10"

// Graph returns a synthetic graph of about n claims in memory. It adds a few hundred claims, so that the
// entities in the documents have a value in each field and the first countries have ten neighbours.
func Graph(ctx context.Context, n int) (*live.Graph, error) {
	g, err := live.Open(ctx, &live.Unkept{}, schema.MustDefault(), live.Options{})
	if err != nil {
		return nil, err
	}
	commit := func(ch *graph.Change) error {
		_, err := g.Commit(ctx, ch)
		return err
	}
	if err := bench.Synthetic(n, 10_000, commit); err != nil {
		return nil, err
	}
	var ch graph.Change
	claim := func(subject graph.ID, predicate string, value graph.Value) {
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: subject, Predicate: predicate, Value: value,
			Source: "source-0", Locator: fmt.Sprint("extra row ", len(ch.Ops)), Confidence: 0.9}})
	}
	text := graph.StringValue
	for i := range 240 {
		id := bench.Country(i)
		claim(id, "officialName", text(fmt.Sprintf("The Republic of %s", id)))
		claim(id, "iso2", text(string(id[1:])))
		claim(id, "isoNumeric", text(fmt.Sprintf("%03d", i)))
		claim(id, "currency", text(string(id)))
		claim(id, "terrain", text("mountains and steppe"))
		claim(id, "landlocked", graph.BoolValue(i%3 == 0))
		if i < 10 {
			claim(id, "borders", graph.EntityValue(bench.Country(i+60)))
			claim(id, "borders", graph.EntityValue(bench.Country(i+120)))
		}
	}
	for i, id := range firstCities(g, 100) {
		founded, err := graph.ParseDate(fmt.Sprint(1000 + i))
		if err != nil {
			return nil, err
		}
		claim(id, "kind", text("town"))
		claim(id, "description", text("A town on the river, with a market."))
		claim(id, "wikidata", text(fmt.Sprintf("Q%d", 100_000+i)))
		claim(id, "founded", graph.DateValue(founded))
	}
	return g, commit(&ch)
}

func firstCities(g *live.Graph, n int) []graph.ID {
	v := Today(g)
	var ids []graph.ID
	for e := range v.OfTypes(g.Ontology().Type("City").Concrete).All() {
		if ids = append(ids, v.Snapshot().ID(e.Node)); len(ids) == n {
			break
		}
	}
	return ids
}

// Today returns the view of a document that has no argument view.
func Today(g *live.Graph) *snapshot.View {
	v, err := g.Snapshot().View(graph.View{}, graph.DayOf(time.Now()))
	if err != nil {
		panic(err) // cannot fail: the empty view is always valid
	}
	return v
}
