package seeds_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/seeds"
)

// transport has what the transport seeds and their sources state.
type transport struct {
	types  map[graph.ID]string
	claims map[graph.ID]map[string][]graph.Claim
}

// of returns the claims of one field of an entity.
func (tr *transport) of(id graph.ID, field string) []graph.Claim { return tr.claims[id][field] }

// ids returns the entities of a type, in order.
func (tr *transport) ids(typ string) []graph.ID {
	var ids []graph.ID
	for id, t := range tr.types {
		if t == typ {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// one returns the value of a field whose claims all agree; it fails the test otherwise.
func (tr *transport) one(t *testing.T, id graph.ID, field string) graph.Value {
	t.Helper()
	cs := tr.of(id, field)
	if len(cs) == 0 {
		t.Errorf("%s has no %s", id, field)
		return graph.Value{}
	}
	for _, c := range cs[1:] {
		if c.Value != cs[0].Value {
			t.Errorf("%s of %s is %s and %s", field, id, cs[0].Value, c.Value)
		}
	}
	return cs[0].Value
}

func (tr *transport) has(id graph.ID, field string, object graph.ID) bool {
	return slices.ContainsFunc(tr.of(id, field), func(c graph.Claim) bool { return c.Value.Entity() == object })
}

// loadTransport reads and checks the files, without other seeds.
func loadTransport(t *testing.T) *transport {
	t.Helper()
	o, err := schema.Load("ontology.graphql", schema.Default)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, pattern := range []string{"sources*.yaml", "transport*.yaml", "corridor*.yaml", "passages.yaml"} {
		found, err := fs.Glob(seeds.Files, pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no seed file matches %s (%v)", pattern, err)
		}
		names = append(names, found...)
	}
	var ch graph.Change
	for _, name := range names {
		text, err := fs.ReadFile(seeds.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		err = codec.Seed.Decode(context.Background(), path.Join("seeds", name), bytes.NewReader(text), func(op graph.Op) error {
			ch.Ops = append(ch.Ops, op)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	res, problems := graph.Check(o, graph.Nothing, &ch)
	for _, p := range problems {
		t.Error(p)
	}
	if res == nil {
		t.FailNow()
	}
	for _, n := range res.Notices {
		t.Error(n)
	}
	tr := &transport{types: map[graph.ID]string{}, claims: map[graph.ID]map[string][]graph.Claim{}}
	for _, e := range res.Commit.Entities {
		tr.types[e.ID] = e.Type
		tr.claims[e.ID] = map[string][]graph.Claim{}
	}
	for _, c := range res.Commit.Claims {
		tr.claims[c.Subject][c.Predicate] = append(tr.claims[c.Subject][c.Predicate], c)
	}
	return tr
}

func TestTransportLegsAreComplete(t *testing.T) {
	tr := loadTransport(t)
	reached := map[graph.ID]bool{}
	for _, id := range tr.ids("Segment") {
		for _, end := range []string{"from", "to"} {
			node := tr.one(t, id, end).Entity()
			reached[node] = true
			if country := tr.one(t, node, "country").Entity(); !tr.has(id, "transits", country) {
				t.Errorf("%s is in %s, which %s does not transit", node, country, id)
			}
		}
		for _, c := range tr.of(id, "passes") {
			reached[c.Value.Entity()] = true
		}
		tr.one(t, id, "mode")
		tr.one(t, id, "bidirectional")
		planned := true
		for _, c := range tr.of(id, "status") {
			planned = planned && c.Value.Text() == "PLANNED"
		}
		if len(tr.of(id, "status")) == 0 || len(tr.of(id, "name")) == 0 {
			t.Errorf("%s lacks a status or a name", id)
		}
		if planned && len(tr.of(id, "transitsComplete")) > 0 {
			t.Errorf("%s is only planned and claims to state all its transits", id)
		}
	}
	// Atyrau is in the curated list without a leg.
	for _, id := range tr.ids("TransportNode") {
		if !reached[id] && id != "KZGUW" {
			t.Errorf("%s is on no leg", id)
		}
	}
}

// legs returns the segments of one variant of a corridor by their order.
func (tr *transport) legs(corridor, variant graph.ID) []graph.ID {
	var at []graph.Claim
	for _, c := range tr.of(corridor, "segments") {
		if c.Qualifier("variant").Entity() == variant {
			at = append(at, c)
		}
	}
	slices.SortFunc(at, func(a, b graph.Claim) int { return int(a.Qualifier("order").Int() - b.Qualifier("order").Int()) })
	ids := make([]graph.ID, len(at))
	for i, c := range at {
		ids[i] = c.Value.Entity()
	}
	return ids
}

// walk follows the legs from a node and returns the nodes on the way.
func (tr *transport) walk(t *testing.T, from graph.ID, legs []graph.ID) ([]graph.ID, error) {
	nodes := []graph.ID{from}
	for _, leg := range legs {
		a, b := tr.one(t, leg, "from").Entity(), tr.one(t, leg, "to").Entity()
		switch here := nodes[len(nodes)-1]; {
		case here == a:
			nodes = append(nodes, b)
		case here == b && tr.one(t, leg, "bidirectional").Bool():
			nodes = append(nodes, a)
		default:
			return nil, fmt.Errorf("%s cannot be taken at %s", leg, here)
		}
	}
	return nodes, nil
}

func TestCorridorVariantsConnect(t *testing.T) {
	tr := loadTransport(t)
	for _, id := range tr.ids("Corridor") {
		variants := map[graph.ID]bool{}
		for _, v := range tr.ids("Variant") {
			if tr.one(t, v, "corridor").Entity() == id {
				variants[v] = true
			}
		}
		for _, c := range tr.of(id, "segments") {
			if v := c.Qualifier("variant").Entity(); !variants[v] {
				t.Errorf("%s: %q of a leg is not one of its variants", id, v)
			}
		}
		for variant := range variants {
			legs := tr.legs(id, variant)
			if len(legs) == 0 {
				t.Errorf("%s %s has no legs", id, variant)
				continue
			}
			for i, c := range legs {
				if slices.Contains(legs[:i], c) {
					t.Errorf("%s %s takes %s twice", id, variant, c)
				}
			}
			_, err := tr.walk(t, tr.one(t, legs[0], "from").Entity(), legs)
			if err != nil {
				_, err = tr.walk(t, tr.one(t, legs[0], "to").Entity(), legs)
			}
			if err != nil {
				t.Errorf("%s %s: %v", id, variant, err)
			}
		}
	}
}

// open reports whether a leg may be used on the day.
func (tr *transport) open(leg graph.ID, day graph.Span) bool {
	for _, c := range tr.of(leg, "status") {
		var attested graph.Date
		if d := tr.of(c.Source, "date"); len(d) > 0 {
			attested = d[0].Value.Date()
		}
		bounds := validity.Of(c.Valid)
		window := bounds.Window(schema.Timing{Kind: schema.State}, attested, graph.AllDays)
		if window.Holds(day, graph.OnDate) == graph.HoldsNo {
			continue
		}
		switch c.Value.Text() {
		case "OPERATIONAL", "SEASONAL", "DEGRADED", "DISRUPTED":
			return true
		}
	}
	return false
}

// reach returns the nodes that goods from a country reach on the day without passing what is avoided.
func (tr *transport) reach(t *testing.T, country graph.ID, day string, avoid ...graph.ID) map[graph.ID]bool {
	date, err := graph.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	var legs []graph.ID
	for _, id := range tr.ids("Segment") {
		mode := tr.one(t, id, "mode").Text()
		barred := slices.ContainsFunc(avoid, func(a graph.ID) bool { return a == id || tr.has(id, "transits", a) })
		if mode != "PIPELINE" && mode != "TANKER" && !barred && tr.open(id, date.Span()) {
			legs = append(legs, id)
		}
	}
	reached := map[graph.ID]bool{}
	for _, n := range tr.ids("TransportNode") {
		if tr.has(n, "country", country) {
			reached[n] = true
		}
	}
	for more := true; more; {
		more = false
		for _, id := range legs {
			a, b := tr.one(t, id, "from").Entity(), tr.one(t, id, "to").Entity()
			both := tr.one(t, id, "bidirectional").Bool()
			if reached[a] && !reached[b] || both && reached[b] && !reached[a] {
				reached[a], reached[b], more = true, true, true
			}
		}
	}
	return reached
}

func TestTransportAnswersTheQuestions(t *testing.T) {
	tr := loadTransport(t)
	union := func(reached map[graph.ID]bool) bool {
		for n := range reached {
			switch tr.one(t, n, "country").Entity() {
			case "BGR", "GRC", "ITA", "POL", "ROU":
				return true
			}
		}
		return false
	}
	for _, c := range []struct {
		day   string
		avoid []graph.ID
		want  bool
	}{
		{"2025-06-01", nil, true},
		{"2025-06-01", []graph.ID{"RUS"}, true},
		{"2025-06-01", []graph.ID{"RUS", "IRN"}, true},
		{"2025-06-01", []graph.ID{"RUS", "caspian-sea"}, true}, // through Iran
		{"2025-06-01", []graph.ID{"RUS", "IRN", "caspian-sea"}, false},
		{"2025-06-01", []graph.ID{"RUS", "IRN", "AZE"}, false},
		{"2018-06-01", []graph.ID{"RUS", "IRN", "black-sea"}, true},
		{"2016-06-01", []graph.ID{"RUS", "IRN", "black-sea"}, false}, // before Baku–Tbilisi–Kars
		{"2017-10-29", []graph.ID{"RUS", "IRN", "black-sea"}, false},
		{"2017-10-30", []graph.ID{"RUS", "IRN", "black-sea"}, true},
		{"2023-05-15", []graph.ID{"RUS", "IRN", "black-sea"}, true},
		{"2023-05-16", []graph.ID{"RUS", "IRN", "black-sea"}, false},
		{"2024-05-19", []graph.ID{"RUS", "IRN", "black-sea"}, false},
		{"2024-05-20", []graph.ID{"RUS", "IRN", "black-sea"}, true},
	} {
		if got := union(tr.reach(t, "KAZ", c.day, c.avoid...)); got != c.want {
			t.Errorf("from Kazakhstan to the EU on %s without %s: %v", c.day, c.avoid, got)
		}
	}
}
