package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/bench"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

// railways adds a net of 1,600 nodes with a leg to each neighbour.
func railways(t *testing.T, g *live.Graph) {
	t.Helper()
	var ch graph.Change
	say := func(subject graph.ID, predicate string, v graph.Value) {
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: subject, Predicate: predicate, Value: v, Source: "railways", Confidence: 1}})
	}
	declare := func(id graph.ID, typ string) graph.ID {
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: typ}})
		return id
	}
	declare("railways", "Source")
	say("railways", "name", graph.StringValue("Railways"))
	const side = 40
	node := func(x, y int) graph.ID { return graph.ID(fmt.Sprintf("n%02d-%02d", x, y)) }
	for x := range side {
		for y := range side {
			declare(node(x, y), "TransportNode")
			say(node(x, y), "country", graph.EntityValue(bench.Country(x/4*10+y/4)))
		}
	}
	for i := range 2 * side * side {
		x, y := i/2/side, i/2%side
		p, q := x+i%2, y+1-i%2
		if p == side || q == side {
			continue
		}
		leg := declare(graph.ID(fmt.Sprintf("leg-%04d", i)), "Segment")
		say(leg, "from", graph.EntityValue(node(x, y)))
		say(leg, "to", graph.EntityValue(node(p, q)))
		say(leg, "mode", graph.EnumOf("RAIL"))
		say(leg, "status", graph.EnumOf("OPERATIONAL"))
		say(leg, "bidirectional", graph.BoolValue(true))
	}
	if _, err := g.Commit(t.Context(), &ch); err != nil {
		t.Fatal(err)
	}
}

// synthetic adds a synthetic graph of this many claims, in commits of this many.
func synthetic(t *testing.T, g *live.Graph, claims, commit int) {
	t.Helper()
	if err := bench.Synthetic(claims, commit, func(ch *graph.Change) error {
		_, err := g.Commit(t.Context(), ch)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestCancel: the work for a client ends when the client leaves, also within one field. Each of
// these requests would take seconds or longer.
func TestCancel(t *testing.T) {
	a, g, _ := small(t)
	synthetic(t, g, 60_000, 10_000)
	// From each city through its country to every other city there, and so on.
	deep := `{name: {matches: "^y$"}}`
	for range 4 {
		deep = `{country: {some: {node: {cities: {some: {node: ` + deep + `}}}}}}`
	}
	railways(t, g)
	queries := []string{
		`{ cities(where: ` + deep + `) { totalCount } }`,
		`{ cities(where: ` + deep + `, orderBy: [{name: ASC}], first: 3) { nodes { id } } }`,
		`{ cities(where: ` + deep + `) { aggregate { count } } }`,
		`{ countries(where: {cities: {where: {node: ` + deep + `}, count: {gte: 1}}}, orderBy: [{cities: {count: DESC}}]) { nodes { id } } }`,
		`{ claims(where: {not: {or: [` + strings.Repeat(`{note: {matches: "(a|b)*c"}},`, 2000) + `]}}) { totalCount } }`,
	}
	// The analyses of everything, before anything is cached for them.
	hub, other, resource := bench.Country(0), bench.Country(1), "resource-1"
	known := api.AnalysisArguments(schema.MustDefault())
	for _, x := range []struct{ name, args, fields string }{
		{"routes", `from: "n00-00", to: "n39-39", via: ["n20-20", "n01-39", "n39-01"], first: 50`, `partial`},
		{"connections", fmt.Sprintf(`from: %q, to: %q, maxLength: 6, first: 100`, hub, other), `score`},
		{"neighbourhood", fmt.Sprintf(`of: %q, depth: 3, maxLinks: null, first: 1000`, hub), `count nodes { node { id } } edges { claim { id } }`},
		{"between", fmt.Sprintf(`ids: [%q, %q, %q]`, hub, other, resource), `edges { claim { id } }`},
		{"exposure", fmt.Sprintf(`of: %q, network: BORDERS`, hub), `points { share { low } }`},
		{"importance", `type: "Country", relation: "exportsTo", measure: BETWEENNESS`, `ranking { score }`},
		{"chokepoints", fmt.Sprintf(`from: %q, to: %q`, "n00-00", "n39-39"), `removes`},
		{"dependency", fmt.Sprintf(`of: %q, resource: %q, direction: EXPORT`, hub, resource), `year`},
		{"conflicts", ``, `totalCount nodes { reason }`},
		{"changes", `from: {asOf: "1990"}, to: {}`, `totalCount nodes { kind }`},
		{"log", `sinceSequence: 0, first: 1000`, `sequence added { nodes { id } } withdrawn { nodes { id } } entities { id }`},
		{"imports", `first: 1000`, `id added { nodes { id } } withdrawn { nodes { id } } sources { id }`},
		{"timeline", fmt.Sprintf(`entity: %q`, hub), `totalCount nodes { claim { id predicate source { name } } }`},
		{"history", fmt.Sprintf(`subject: %q, predicate: "exportsTo"`, hub), `from claims { id }`},
	} {
		if delete(known, x.name); x.args != "" {
			x.args = "(" + x.args + ")"
		}
		queries = append(queries, "{ "+x.name+x.args+" { "+x.fields+" } }")
	}
	if len(known) > 0 {
		t.Errorf("of %d analyses nobody knows whether they stop", len(known))
	}
	const filters = 5 // each of which would go on for seconds
	for i, query := range queries {
		after := 50 * time.Millisecond
		if i >= filters {
			after = 2 * time.Millisecond
		}
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(after, cancel)
		r := a.Begin().Execute(ctx, &api.Request{Query: query})
		if took := time.Since(start); took > 500*time.Millisecond {
			// 100 ms is the promise; a loaded machine gets more time.
			t.Errorf("it went on for %v: %.80s", took, query)
		}
		if i < filters && r.Errors == 0 || i < filters && !strings.Contains(string(r.Body), "errors") {
			t.Errorf("an answer came all the same: %.200s", r.Body)
		}
		cancel()
	}
}

// leaving is a context whose client goes away as soon as the request has begun.
type leaving struct {
	context.Context
	begun bool
}

func (c *leaving) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

func (c *leaving) Err() error {
	if !c.begun {
		c.begun = true
		return nil
	}
	return context.Canceled
}

// TestCancelledInPart: what was read of a list before the client left is not
// answered as if it were the whole.
func TestCancelledInPart(t *testing.T) {
	a, g, _ := small(t)
	synthetic(t, g, 10_000, 2_000)
	for _, query := range []string{
		`{ entities(first: 1) { totalCount } }`,
		`{ entities(first: 1) { nodes { id } totalCount } }`,
		`{ conflicts { totalCount } }`,
		`{ entities { aggregate { count } } }`,
		`{ claims(first: 1) { totalCount } }`,
		`{ countries(first: 1, orderBy: [{borders: {count: DESC}}]) { nodes { id } } }`,
	} {
		r := a.Begin().Execute(&leaving{Context: t.Context()}, &api.Request{Query: query})
		if r.Errors == 0 {
			t.Errorf("%s is answered in part: %.200s", query, r.Body)
		}
		r.Release()
	}
}

// TestCancelFollowed: reading for a follower ends when it leaves, both of its document on an event
// and of the log for the next event.
func TestCancelFollowed(t *testing.T) {
	a, g, _ := small(t)
	synthetic(t, g, 60_000, 10_000)
	leave := func(what string, work func(ctx context.Context)) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		start := time.Now()
		time.AfterFunc(50*time.Millisecond, cancel)
		work(ctx)
		if took := time.Since(start); took > 500*time.Millisecond {
			t.Errorf("%s went on for %v", what, took)
		}
	}
	deep := `{name: {matches: "^y$"}}`
	for range 4 {
		deep = `{country: {some: {node: {cities: {some: {node: ` + deep + `}}}}}}`
	}
	sub := followed(t, a, api.Follow{}, `subscription { changes(sinceSequence: 0) { entities { ... on Country { cities(where: {node: %s}) { totalCount } } } } }`, deep)
	if err := sub.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	leave("the answer", func(ctx context.Context) {
		if r := sub.Answer(ctx); r != nil && r.Errors == 0 {
			t.Errorf("an answer came all the same: %.200s", r.Body)
		}
	})
	picky := followed(t, a, api.Follow{}, `subscription { changes(sinceSequence: 0, where: {not: {or: [%s]}}) { sequence } }`,
		strings.Repeat(`{subject: {ne: "x"}, source: {matches: "^(a|b)*c$"}},`, 1000)+`{subject: {ne: "y"}}`)
	leave("the wait", func(ctx context.Context) {
		if err := picky.Wait(ctx); err != context.Canceled {
			t.Errorf("the wait ended with %v", err)
		}
		if n := picky.After(); n != 0 {
			t.Errorf("it would resume after %d, which it has not read to its end", n)
		}
	})
}
