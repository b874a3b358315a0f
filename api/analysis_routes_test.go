package api_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

// TestRoutesRefuse: a refusal says what is wrong with an argument and what to do.
func TestRoutesRefuse(t *testing.T) {
	a := seeded(t)
	for _, c := range []struct{ args, want string }{
		{`from: "KAZZ", to: "eu"`, `from: there is no entity "KAZZ"; search finds ids by names`},
		{`from: "KAZ", to: "uranium"`, `to: "uranium" is a Resource, which is not a place; name a country`},
		{`from: "KAZ", to: "eu", avoid: ["RUSS"]`, `avoid: there is no entity "RUSS"`},
		{`from: "KAZ", to: "eu", avoid: ["uranium"]`, `avoid: "uranium" is a Resource, which no route on the network TRANSPORT can touch; name a country, a water, a node`},
		{`from: "KAZ", to: "eu", network: BORDERS, avoid: ["KZAAU"]`, `avoid: "KZAAU" is a TransportNode, which no route on the network BORDERS can touch; name a country, a water, a region`},
		{`from: "KAZ", to: "eu", first: 0`, `first: 0 is not between 1 and 50`},
		{`from: "KAZ", to: "eu", first: 51`, `first: 51 is not between 1 and 50`},
		{`from: "KAZ", to: "eu", modes: []`, `modes: an empty list permits no leg`},
		{`from: "KAZ", to: "eu", statuses: []`, `statuses: an empty list opens no leg`},
		{`from: "KAZ", to: "eu", gauges: []`, `gauges: an empty list permits no railway`},
		{`from: "KAZ", to: "eu", maxBorders: -1, first: 0`, `maxBorders: -1 is not between 0 and 50`},
		{`from: "KAZ", to: "eu", via: ["a","a","a","a","a","a","a","a","a"]`, `via: 9 entities are above the limit of 8`},
		{`from: "KAZ", to: "eu", modes: [CAMEL]`, `CAMEL`},
		{`from: "KAZ", to: "eu", view: {sources: ["nobody"]}`, `there is no source "nobody"`},
	} {
		r := a.Begin().Execute(t.Context(), &api.Request{Query: `{ routes(` + c.args + `) { partial } }`})
		var answer struct{ Errors []struct{ Message string } }
		if err := json.Unmarshal(r.Body, &answer); err != nil {
			t.Fatal(err)
		}
		if len(answer.Errors) == 0 || !strings.Contains(answer.Errors[0].Message, c.want) {
			t.Errorf("%s: %s\nwant %s", c.args, r.Body, c.want)
		}
	}
	r := a.Begin().Execute(t.Context(), &api.Request{Query: `{ chokepoints(from: "KAZ", to: "eu", first: 1000) { removes } }`})
	if !strings.Contains(string(r.Body), "first: 1000 is not between 1 and 200") {
		t.Errorf("%s", r.Body)
	}
}

// TestRoutesOutliveRequests repeats a request after its context has ended: a network kept for both
// must not depend on the first.
func TestRoutesOutliveRequests(t *testing.T) {
	a := seeded(t)
	ask := func() string {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		return string(a.Begin().Execute(ctx, &api.Request{Query: `{ routes(from: "KAZ", to: "eu", avoid: ["RUS"], network: BORDERS) { routes { nodes { id } } } }`}).Body)
	}
	first := ask()
	for range 100 {
		if next := ask(); next != first {
			t.Fatalf("the answer was\n%s\nand is\n%s", first, next)
		}
	}
}

// TestRoutesOfOtherOntologies: with an ontology without the vocabulary of transport, the fields exist
// and say what they need.
func TestRoutesOfOtherOntologies(t *testing.T) {
	const base = `
interface Entity @entity(plural: "entities") { name: String @time(kind: STATE) }
type Source implements Entity { date: Date @time(kind: ETERNAL) }
type Place implements Entity { near: [Place!] @time(kind: STATE) }
`
	for _, c := range []struct{ more, want string }{
		{"", `network: TRANSPORT needs the field TransportNode.country, which the ontology does not have`},
		{"type Mode implements Entity { kind: String @time(kind: STATE) }", `TRANSPORT needs`},
		{`
enum Mode { RAIL } enum Status { OPERATIONAL }
type Country implements Entity @entity(plural: "countries") { code: String @time(kind: STATE) }
type TransportNode implements Entity @entity(plural: "transportNodes") { country: Country @time(kind: STATE) }
type Segment implements Entity {
  from: TransportNode @time(kind: ETERNAL) to: TransportNode @time(kind: ETERNAL)
  mode: Mode @time(kind: ETERNAL) status: Status @time(kind: STATE) transits: [Country!] @time(kind: STATE)
}`, `from: there is no entity "a"`},
	} {
		o, err := schema.Load("own.graphql", base+c.more)
		if err != nil {
			t.Fatal(err)
		}
		g, err := live.Open(t.Context(), &memory{}, o, live.Options{})
		if err != nil {
			t.Fatal(err)
		}
		a, err := api.New(api.Options{Graph: g})
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"routes", "chokepoints"} {
			body := string(a.Begin().Execute(t.Context(), &api.Request{Query: `{ ` + field + `(from: "a", to: "b") { __typename } }`}).Body)
			if !strings.Contains(strings.ReplaceAll(body, `\"`, `"`), c.want) {
				t.Errorf("%s: %s\nwant %s", field, body, c.want)
			}
		}
	}
}
