package exposure_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/exposure"
	"github.com/caspian-kg/caspian/graph/routes"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

const ontology = `
interface Entity @entity(plural: "entities") { name: String @time(kind: ETERNAL) }
type Country implements Entity @entity(plural: "countries") {
  importsFrom(share: Float, resource: Resource): [Country!] @time(kind: OBSERVATION)
}
type Resource implements Entity { broader: [Resource!] @time(kind: ETERNAL) @transitive }
type TransportNode implements Entity { country: Country @time(kind: ETERNAL) }
type Segment implements Entity {
  from: TransportNode @time(kind: ETERNAL)
  to: TransportNode @time(kind: ETERNAL)
  mode: Mode @time(kind: ETERNAL)
  status: Status @time(kind: ETERNAL)
  transits: [Country!] @time(kind: ETERNAL)
  transitsComplete: Boolean @time(kind: ETERNAL)
}
enum Mode { RAIL }
enum Status { OPERATIONAL CLOSED UNKNOWN }
type Source implements Entity { date: Date @time(kind: ETERNAL) }
`

var loaded = sync.OnceValue(func() *schema.Ontology {
	o, err := schema.Load("test.graphql", ontology)
	if err != nil {
		panic(err)
	}
	return o
})

var countries = []graph.ID{"A", "B", "C", "D"}

// leg is one of a random network, from and to the nodes of countries.
type leg struct {
	from, to, transit graph.ID // transit may be ""
	complete, open    bool
}

type fataler interface {
	Helper()
	Fatal(args ...any)
}

// world is a view of shares of A's imports and of legs, and its network.
func world(t fataler, shares map[graph.ID]float64, legs []leg) (*snapshot.View, *routes.Network) {
	t.Helper()
	c := &graph.Commit{Seq: 1, At: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Entities: []graph.Entity{{ID: "s", Type: "Source"}}}
	say := func(subject graph.ID, predicate string, v graph.Value, q ...graph.QualifierValue) {
		c.Claims = append(c.Claims, graph.Claim{Subject: subject, Predicate: predicate, Value: v, Source: "s", Confidence: 1, Qualifiers: q})
	}
	for _, x := range countries {
		c.Entities = append(c.Entities, graph.Entity{ID: x, Type: "Country"}, graph.Entity{ID: "n" + x, Type: "TransportNode"})
		say("n"+x, "country", graph.EntityValue(x))
		if share, ok := shares[x]; ok {
			n := len(c.Claims)
			say("A", "importsFrom", graph.EntityValue(x), graph.QualifierValue{Name: "share", Value: graph.FloatValue(share)})
			c.Claims[n].Valid = graph.Interval{From: year(2020), To: year(2020)}
		}
	}
	for i, l := range legs {
		id := graph.ID(fmt.Sprintf("leg-%02d", i))
		c.Entities = append(c.Entities, graph.Entity{ID: id, Type: "Segment"})
		say(id, "from", graph.EntityValue("n"+l.from))
		say(id, "to", graph.EntityValue("n"+l.to))
		say(id, "mode", graph.EnumOf("RAIL"))
		say(id, "status", graph.EnumOf(map[bool]string{true: "OPERATIONAL", false: "CLOSED"}[l.open]))
		say(id, "transitsComplete", graph.BoolValue(l.complete))
		say(id, "transits", graph.EntityValue(l.from))
		if l.transit != "" && l.transit != l.from {
			say(id, "transits", graph.EntityValue(l.transit))
		}
	}
	s, err := snapshot.Empty(loaded()).Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(graph.View{}, graph.DayDate(2024, 5, 1).First())
	if err != nil {
		t.Fatal(err)
	}
	n, err := routes.Compile(context.Background(), v, routes.Transport)
	if err != nil {
		t.Fatal(err)
	}
	return v, n
}

func year(y int) graph.Date {
	d, err := graph.ParseDate(fmt.Sprint(y))
	if err != nil {
		panic(err)
	}
	return d
}

// naively walks every way from a country to A that avoids another.
func naively(legs []leg, from, avoid graph.ID) (any, verified bool) {
	var walk func(at graph.ID, seen []graph.ID, sure bool)
	walk = func(at graph.ID, seen []graph.ID, sure bool) {
		if at == "A" {
			any, verified = true, verified || sure
			return
		}
		for _, l := range legs {
			if l.open && l.from == at && l.to != avoid && l.transit != avoid && !slices.Contains(seen, l.to) && l.to != from {
				walk(l.to, append(slices.Clone(seen), l.to), sure && l.complete)
			}
		}
	}
	if from != avoid && avoid != "A" {
		walk(from, []graph.ID{from}, true)
	}
	return any, verified
}

// TestMeasureAgainstEveryWay compares the shares with those of trying every way from every partner.
func TestMeasureAgainstEveryWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares := map[graph.ID]float64{}
		for i, x := range countries[1:] {
			if rapid.IntRange(0, 3).Draw(t, "partner") > 0 {
				shares[x] = []float64{0.5, 0.2, 0.1}[i]
			}
		}
		var legs []leg
		for range rapid.IntRange(0, 6).Draw(t, "legs") {
			ends := rapid.SliceOfNDistinct(rapid.SampledFrom(countries), 2, 2, rapid.ID).Draw(t, "ends")
			legs = append(legs, leg{ends[0], ends[1], rapid.SampledFrom([]graph.ID{"", "", "D"}).Draw(t, "transit"),
				rapid.Bool().Draw(t, "complete"), rapid.IntRange(0, 4).Draw(t, "open") > 0})
		}
		v, n := world(t, shares, legs)
		at := rapid.SampledFrom(countries).Draw(t, "at")
		got, err := exposure.Measure(t.Context(), v, n, exposure.Options{Of: "A", At: []graph.ID{at}})
		if err != nil {
			t.Fatal(err)
		}
		p := got.Points[0]
		low, free, unclear := 0.0, 0.0, 0.0
		for _, x := range p.Partners {
			id := v.Snapshot().ID(x.Partner.Partner)
			around, sure := naively(legs, id, at)
			through, _ := naively(legs, id, "nothing")
			want := routes.PassingUnknown
			switch {
			case sure:
				want, free = routes.NeedNotPass, free+shares[id]
			case around:
				want, unclear = routes.MayPass, unclear+shares[id]
			case through || id == at:
				want, low = routes.MustPass, low+shares[id]
			default:
				unclear += shares[id]
			}
			if x.Passing != want || (x.Around != nil) != around {
				t.Fatalf("%s past %s: %v, want %v", id, at, x.Passing, want)
			}
		}
		if len(p.Partners) != len(shares) || math.Abs(p.Share.Low-low) > 1e-9 || math.Abs(p.Share.High-(1-free)) > 1e-9 ||
			math.Abs(p.Remains.Low+p.Share.High-1) > 1e-9 || math.Abs(p.Remains.High+p.Share.Low-1) > 1e-9 {
			t.Fatalf("%+v remains %+v; want %v, without %v, unclear %v", p.Share, p.Remains, low, free, unclear)
		}
	})
}

func TestMeasureRanksRefusesAndStops(t *testing.T) {
	v, n := world(t, map[graph.ID]float64{"B": 0.5, "C": 0.2}, []leg{{"B", "D", "", true, true}, {"C", "D", "", true, true}, {"D", "A", "", true, true}, {"C", "A", "", true, true}})
	got, err := exposure.Measure(t.Context(), v, n, exposure.Options{Of: "A"})
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, p := range got.Points {
		places = append(places, fmt.Sprint(v.Snapshot().ID(p.Entity), p.Share.Low, p.Share.High))
	}
	// Of B's goods, all must pass D; C has another way. Each country has one node only.
	if want := []string{"nA0.7 1", "D0.5 0.8", "nB0.5 0.8", "nD0.5 0.8", "nC0.2 0.5"}; !slices.Equal(places, want) {
		t.Errorf("%q, want %q", places, want)
	}
	_, err = exposure.Measure(t.Context(), v, n, exposure.Options{Of: "A", At: []graph.ID{"gone"}, First: 51})
	if want := "first: 51 is not between 1 and 50\nat: there is no entity \"gone\"; search finds ids by names"; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := exposure.Measure(ctx, v, n, exposure.Options{Of: "A"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled question answers %v", err)
	}
}
