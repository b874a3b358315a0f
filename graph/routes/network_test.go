package routes

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

const networkOntology = `
interface Entity @entity(plural: "entities") { name: String @time(kind: STATE) }
type Country implements Entity @entity(plural: "countries") {
  dissolved: Date @time(kind: ETERNAL) @lifetime(subject: ENDS)
  coordinates: Coordinates @time(kind: ETERNAL)
  borders(along: WaterBody): [Country!] @time(kind: STATE) @symmetric
  littoralOf: [WaterBody!] @time(kind: STATE)
  memberOf(role: Role): [Organisation!] @time(kind: STATE)
  partOf: [Region!] @time(kind: STATE)
}
enum Role { MEMBER OBSERVER }
type Organisation implements Entity { members: [Country!] @inverse(of: "memberOf") }
type Region implements Entity {
  members: [Country!] @inverse(of: "partOf")
  parent: Region @time(kind: STATE) @transitive
  parts: [Region!] @inverse(of: "Region.parent")
}
type City implements Entity @entity(plural: "cities") {
  country: Country @time(kind: STATE)
  servedBy: [TransportNode!] @inverse(of: "serves")
}
type WaterBody implements Entity @entity(plural: "waterBodies") { kind: String @time(kind: STATE) }
type TransportNode implements Entity @entity(plural: "transportNodes") {
  country: Country @time(kind: STATE)
  coordinates: Coordinates @time(kind: STATE)
  serves: [City!] @time(kind: STATE)
  status: Status @time(kind: STATE)
  capacity(scope: String @distinct, planned: Boolean @distinct): [Quantity!] @time(kind: OBSERVATION)
}
enum Unit {
  MtPerYear @measures(dimension: "mass flow")
  ktPerYear @measures(dimension: "mass flow", factor: 0.001)
  trains @measures(dimension: "trains")
}
enum Status { OPERATIONAL DEGRADED CLOSED PLANNED UNKNOWN UNDER_CONSTRUCTION SUSPENDED }
enum Mode { RAIL ROAD SEA PIPELINE LAND FERRY }
type Segment implements Entity {
  from: TransportNode @time(kind: ETERNAL)
  to: TransportNode @time(kind: ETERNAL)
  mode: Mode @time(kind: ETERNAL)
  transits: [Transitable!] @time(kind: STATE)
  transitsComplete: Boolean @time(kind: STATE)
  status: Status @time(kind: STATE)
  distanceKm: Float @time(kind: STATE)
  passes: [TransportNode!] @time(kind: STATE)
  bidirectional: Boolean @time(kind: STATE)
  gauge: String @time(kind: STATE)
  inServiceSince: Date @time(kind: ETERNAL)
  carries: [Resource!] @time(kind: STATE)
  capacity(scope: String @distinct, planned: Boolean @distinct): [Quantity!] @time(kind: OBSERVATION)
}
union Transitable = Country | WaterBody
type Resource implements Entity { broader: [Resource!] @time(kind: ETERNAL) }
type Corridor implements Entity { segments(order: Int @distinct, variant: Variant): [Segment!] @time(kind: STATE) }
type Variant implements Entity { corridor: Corridor @time(kind: ETERNAL) }
type Source implements Entity { date: Date @time(kind: ETERNAL) }
`

// failer is what both tests and random cases are.
type failer interface {
	Helper()
	Fatal(args ...any)
}

var networkToday = graph.DayDate(2025, 6, 1).First()

func networkSchema(t failer) *schema.Ontology {
	t.Helper()
	o, err := schema.Load("network.graphql", networkOntology)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// world collects claims for one snapshot.
type world struct {
	o     *schema.Ontology
	types map[graph.ID]string
	list  []graph.Entity
	facts []graph.Claim
	more  []graph.ClaimID // to withdraw at the second commit
	late  []graph.Claim   // learned at the second commit
}

func newWorld(t failer) *world {
	w := &world{o: networkSchema(t), types: map[graph.ID]string{}}
	for _, id := range []graph.ID{"s1", "s2"} {
		w.entity(id, "Source")
	}
	w.say("s1", "date", graph.DateValue(graph.DayDate(2025, 1, 1)))
	return w
}

func (w *world) entity(id graph.ID, typ string) graph.ID {
	if w.types[id] == "" {
		w.types[id] = typ
		w.list = append(w.list, graph.Entity{ID: id, Type: typ})
	}
	return id
}

// say adds a claim that holds always and is sure.
func (w *world) say(subject graph.ID, predicate string, v graph.Value) *graph.Claim {
	w.facts = append(w.facts, graph.Claim{Subject: subject, Predicate: predicate, Value: v, Source: "s1", Confidence: 1,
		Locator: fmt.Sprint(len(w.facts))})
	return &w.facts[len(w.facts)-1]
}

func (w *world) link(subject graph.ID, predicate string, to graph.ID) *graph.Claim {
	return w.say(subject, predicate, graph.EntityValue(to))
}

// snapshot makes the graph in two commits, the second of which withdraws and
// adds.
func (w *world) snapshot(t failer) *snapshot.Snapshot {
	t.Helper()
	s := snapshot.Empty(w.o)
	second := &graph.Commit{Claims: w.late}
	for _, id := range w.more {
		second.Retractions = append(second.Retractions, graph.Retraction{Claim: id})
	}
	for i, c := range []*graph.Commit{{Entities: w.list, Claims: w.facts}, second} {
		c.Seq, c.At = graph.Seq(i+1), networkEpoch.Add(time.Duration(i)*time.Hour)
		for j := range c.Claims {
			c.Claims[j].Normalise()
		}
		next, err := s.Apply(c)
		if err != nil {
			t.Fatal(err)
		}
		s = next
	}
	return s
}

var networkEpoch = time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)

func see(t failer, s *snapshot.Snapshot, v graph.View) *snapshot.View {
	t.Helper()
	w, err := s.View(v, networkToday)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func compile(t failer, v *snapshot.View, kind NetworkKind) *Network {
	t.Helper()
	n, err := Compile(context.Background(), v, kind)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// line makes a world of nodes a, b, c, ... in the countries given, and legs
// named by their ends, of 100 km each and open both ways.
func line(t failer, countries []graph.ID, legs ...string) *world {
	w := newWorld(t)
	for i, c := range countries {
		id := w.entity(graph.ID(rune('a'+i)), "TransportNode")
		w.link(id, "country", w.entity(c, "Country"))
	}
	for _, l := range legs {
		w.leg(l, graph.ID(l[:1]), graph.ID(l[1:2]))
	}
	return w
}

func (w *world) leg(id string, from, to graph.ID) graph.ID {
	seg := w.entity(graph.ID(id), "Segment")
	w.link(seg, "from", from)
	w.link(seg, "to", to)
	w.say(seg, "mode", graph.EnumOf("RAIL"))
	w.say(seg, "status", graph.EnumOf("OPERATIONAL"))
	w.say(seg, "distanceKm", graph.FloatValue(100))
	w.say(seg, "bidirectional", graph.BoolValue(true))
	return seg
}

// set replaces the facts of one predicate of a subject.
func (w *world) set(subject graph.ID, predicate string, v graph.Value) *graph.Claim {
	w.facts = slices.DeleteFunc(w.facts, func(c graph.Claim) bool { return c.Subject == subject && c.Predicate == predicate })
	return w.say(subject, predicate, v)
}

var (
	testNodes     = []graph.ID{"na", "nb", "nc", "nd", "ne"}
	testCountries = []graph.ID{"AAA", "BBB", "CCC", "DDD"}
	testWaters    = []graph.ID{"w1", "w2"}
	testGoods     = []graph.ID{"ore", "uranium", "fuel"} // each broader than the next
	testSegments  = []graph.ID{"g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8", "g9", "ga", "gb", "gc", "gd", "ge", "gf"}
)

// even draws a number below n, all with about the same probability: rapid's ranges prefer
// small numbers, which would leave most networks without a route.
func even(t *rapid.T, label string, n int) int {
	x := 0
	for range 6 {
		x *= 2
		if rapid.Bool().Draw(t, label) {
			x++
		}
	}
	return x % n
}

// rare is true once in 2^k; failing cases shrink to false.
func rare(t *rapid.T, label string, k int) bool {
	for range k {
		if !rapid.Bool().Draw(t, label) {
			return false
		}
	}
	return true
}

func oneOf[T any](t *rapid.T, label string, from ...T) T { return from[even(t, label, len(from))] }

// drawWorld returns a random small world with time, confidence, sources and
// withdrawn claims.
func drawWorld(t *rapid.T) *world {
	w := newWorld(t)
	for typ, ids := range map[string][]graph.ID{"TransportNode": testNodes, "Country": testCountries, "WaterBody": testWaters,
		"Organisation": {"org"}, "Region": {"r1", "r2"}, "City": {"city"}, "Corridor": {"cor"}, "Resource": testGoods} {
		for _, id := range ids {
			w.entity(id, typ)
		}
	}
	slices.SortFunc(w.list, func(a, b graph.Entity) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	one := func(label string, from []graph.ID) graph.ID { return oneOf(t, label, from...) }
	for _, n := range testNodes {
		if !rare(t, "no country", 3) {
			w.doubt(t, w.link(n, "country", one("of", testCountries)))
		}
		if rapid.Bool().Draw(t, "point") {
			w.doubt(t, w.say(n, "coordinates", graph.CoordinatesValue(float64(even(t, "lat", 60)), float64(even(t, "lon", 60)))))
		}
		if rare(t, "node status", 3) {
			w.doubt(t, w.say(n, "status", graph.EnumOf(oneOf(t, "node", "OPERATIONAL", "CLOSED"))))
		}
		w.drawCapacity(t, n)
		if rare(t, "serves", 2) {
			w.doubt(t, w.link(n, "serves", "city"))
		}
	}
	for _, c := range testCountries {
		for _, field := range []struct {
			predicate string
			to        []graph.ID
		}{{"borders", testCountries}, {"borders", testCountries}, {"littoralOf", testWaters}, {"partOf", []graph.ID{"r1", "r2"}}, {"memberOf", []graph.ID{"org"}}} {
			if to := one("to", field.to); to != c && rapid.Bool().Draw(t, field.predicate) {
				claim := w.link(c, field.predicate, to)
				if field.predicate == "memberOf" && rare(t, "role", 2) {
					claim.Qualifiers = []graph.QualifierValue{{Name: "role", Value: graph.EnumOf("OBSERVER")}}
				}
				if field.predicate == "borders" && rare(t, "along", 2) {
					claim.Qualifiers = []graph.QualifierValue{{Name: "along", Value: graph.EntityValue(one("water", testWaters))}}
				}
				w.doubt(t, claim)
			}
		}
	}
	if rapid.Bool().Draw(t, "parent") {
		w.doubt(t, w.link("r2", "parent", "r1"))
	}
	w.doubt(t, w.link("city", "country", one("city in", testCountries)))
	w.doubt(t, w.link("fuel", "broader", "uranium"))
	w.doubt(t, w.link("uranium", "broader", "ore"))
	for _, id := range testSegments[:6+even(t, "segments", len(testSegments)-5)] {
		w.drawSegment(t, id)
	}
	return w
}

func (w *world) drawSegment(t *rapid.T, id graph.ID) {
	w.entity(id, "Segment")
	w.doubt(t, w.link(id, "from", oneOf(t, "from", testNodes...)))
	w.doubt(t, w.link(id, "to", oneOf(t, "to", testNodes...)))
	w.doubt(t, w.say(id, "mode", graph.EnumOf(oneOf(t, "mode", "RAIL", "ROAD", "SEA", "RAIL", "ROAD", "PIPELINE"))))
	for !rare(t, "no more status", 3) {
		w.doubt(t, w.say(id, "status", graph.EnumOf(oneOf(t, "status", "OPERATIONAL", "OPERATIONAL", "OPERATIONAL", "DEGRADED", "CLOSED", "PLANNED"))))
		if !rare(t, "two statuses", 2) {
			break
		}
	}
	if !rare(t, "no direction", 3) {
		w.doubt(t, w.say(id, "bidirectional", graph.BoolValue(!rare(t, "one way", 2))))
	}
	for range even(t, "transits", 3) {
		w.doubt(t, w.link(id, "transits", oneOf(t, "transits", append(slices.Clone(testCountries), testWaters...)...)))
	}
	if rapid.Bool().Draw(t, "complete") {
		w.doubt(t, w.say(id, "transitsComplete", graph.BoolValue(!rare(t, "not complete", 2))))
	}
	if !rare(t, "no km", 2) {
		w.doubt(t, w.say(id, "distanceKm", graph.FloatValue(float64(even(t, "distance", 5))*100)))
	}
	if rare(t, "passes", 2) {
		w.doubt(t, w.link(id, "passes", oneOf(t, "passes", testNodes...)))
	}
	if rapid.Bool().Draw(t, "gauge") {
		w.doubt(t, w.say(id, "gauge", graph.StringValue(oneOf(t, "gauges", "1435", "1520", "1520", "1435/1520"))))
	}
	for rare(t, "carries", 2) {
		w.doubt(t, w.link(id, "carries", oneOf(t, "carries", testGoods...)))
	}
	w.drawCapacity(t, id)
	if rare(t, "in corridor", 2) {
		w.doubt(t, w.link("cor", "segments", id))
	}
}

// drawCapacity says how much can pass, now and then twice, of a part, or as a plan.
func (w *world) drawCapacity(t *rapid.T, id graph.ID) {
	for rapid.Bool().Draw(t, "capacity") {
		amount, unit := float64(even(t, "capacity", 4)), oneOf(t, "unit", "MtPerYear", "MtPerYear", "MtPerYear", "ktPerYear", "trains")
		r := graph.Range{Min: amount, Max: amount}
		if rare(t, "range", 3) {
			r.Max += oneOf(t, "more", 1, 2, math.Inf(1))
		}
		c := w.say(id, "capacity", graph.RangeValue(r, unit))
		if rare(t, "part", 3) {
			c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: "scope", Value: graph.StringValue("one berth")})
		}
		if rare(t, "planned", 3) {
			c.Qualifiers = append(c.Qualifiers, graph.QualifierValue{Name: "planned", Value: graph.BoolValue(true)})
		}
		if rare(t, "deprecated", 3) {
			c.Rank = graph.Deprecated
		}
		c.Normalise()
		w.doubt(t, c)
	}
}

// doubt gives a claim a random time, confidence and source, and may withdraw
// it, or have it learned only later.
func (w *world) doubt(t *rapid.T, c *graph.Claim) *graph.Claim {
	if !rare(t, "doubt", 4) {
		return c
	}
	c.Confidence = oneOf(t, "confidence", 0, 0.3, 0.5, 0.8)
	c.Source = oneOf[graph.ID](t, "source", "s1", "s2")
	if rapid.Bool().Draw(t, "dated") {
		valid := oneOf(t, "valid", "2020/..", "2024", "/2022", "2026/..", "2025-06-01")
		iv, err := graph.ParseInterval(valid)
		if err != nil {
			t.Fatal(err)
		}
		c.Valid = iv
	}
	if rare(t, "withdrawn", 2) {
		w.more = append(w.more, c.ID())
	}
	return c
}

func drawView(t *rapid.T) graph.View {
	var v graph.View
	if rapid.Bool().Draw(t, "as of") {
		d, err := graph.ParseDate(oneOf(t, "date", "2021", "2024-06", "2025-06-01", "2027-01-01"))
		if err != nil {
			t.Fatal(err)
		}
		v.AsOf = d
	}
	if rare(t, "known", 2) {
		at := networkEpoch.Add(time.Minute)
		v.KnownAt = &at
	}
	v.MinConfidence = oneOf(t, "least", 0, 0, 0, 0.4)
	if rare(t, "sources", 3) {
		v.Sources = []graph.ID{oneOf[graph.ID](t, "only", "s1", "s2")}
	}
	return v
}

// unseen returns a view of a store that never learned what v hides.
func unseen(t failer, o *schema.Ontology, v *snapshot.View, asOf graph.Date) *snapshot.View {
	t.Helper()
	s := v.Snapshot()
	w := &world{o: o}
	if err := s.Entities(func(e graph.Entity) error { w.list = append(w.list, e); return nil }); err != nil {
		t.Fatal(err)
	}
	for n := range uint32(s.ClaimCount()) {
		// The dates of sources decide how surely a claim holds, in every view.
		if v.Lists(n) || s.TypeName(s.Subject(n)) == schema.SourceType {
			w.facts = append(w.facts, s.ClaimAt(n))
		}
	}
	return see(t, w.snapshot(t), graph.View{AsOf: asOf})
}

// TestNetworksAreShared asks twice, through views that show the same.
func TestNetworksAreShared(t *testing.T) {
	w := line(t, []graph.ID{"AAA", "BBB"}, "ab")
	s := w.snapshot(t)
	var k Networks
	of := func(v graph.View, kind NetworkKind) *Network {
		n, err := k.Of(t.Context(), see(t, s, v), kind)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := of(graph.View{}, Transport)
	if of(graph.View{AsOf: graph.DayDate(2025, 6, 1)}, Transport) != first {
		t.Error("today by name is another network than today")
	}
	for _, v := range []graph.View{{AsOf: graph.DayDate(2025, 6, 2)}, {MinConfidence: 0.5}, {Sources: []graph.ID{"s1"}}, {Sources: []graph.ID{"s2"}}} {
		if of(v, Transport) == first {
			t.Errorf("%+v shares the network of another view", v)
		}
	}
	if of(graph.View{}, Borders) == first {
		t.Error("borders are legs of transport")
	}
	// One network serves many at once.
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for _, ask := range []RouteOptions{{From: "a", To: "b", First: 1}, {From: "AAA", To: "BBB", Avoid: []graph.ID{"ab"}, First: 1}} {
				if _, err := FindRoutes(context.Background(), first, &ask); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}
