package routes

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// TestRouteRules has a small network for each rule: what a leg is, when it is open,
// and what a route may do. The countries of nodes a, b, c, ... are given; legs are
// named by their ends.
func TestRouteRules(t *testing.T) {
	abc := []graph.ID{"AAA", "BBB", "CCC", "DDD"}
	enum, yes, no := graph.EnumOf, graph.BoolValue(true), graph.BoolValue(false)
	for name, c := range map[string]struct {
		legs string
		with func(w *world)
		ask  RouteOptions
		want string // routes, or the sets to release
	}{
		"shortest first": {legs: "ac ab bc", want: "ac | ab bc"},
		"a leg without status is closed": {legs: "ab bc",
			with: func(w *world) { w.unsay("ab", "status") }, want: "release ab"},
		"a leg is used against its direction only where that is said": {legs: "ba bc",
			with: func(w *world) { w.unsay("ba", "bidirectional") }, want: "none"},
		"one way":                      {legs: "ba bc", with: func(w *world) { w.set("ba", "bidirectional", no) }, want: "none"},
		"a leg without mode is none":   {legs: "ab bc", with: func(w *world) { w.unsay("ab", "mode") }, want: "none"},
		"a leg without an end is none": {legs: "ab bc", with: func(w *world) { w.unsay("ab", "to") }, want: "none"},
		"pipelines are not used":       {legs: "ab bc", with: func(w *world) { w.set("ab", "mode", enum("PIPELINE")) }, want: "none"},
		"pipelines where asked for": {legs: "ab bc", with: func(w *world) {
			w.set("ab", "mode", enum("PIPELINE"))
			w.set("bc", "mode", enum("PIPELINE"))
		}, ask: RouteOptions{Modes: []string{"PIPELINE"}}, want: "ab bc"},
		"degraded is open":           {legs: "ac", with: func(w *world) { w.set("ac", "status", enum("DEGRADED")) }, want: "ac"},
		"planned is not":             {legs: "ac", with: func(w *world) { w.set("ac", "status", enum("PLANNED")) }, want: "release ac"},
		"planned where asked for":    {legs: "ac", with: func(w *world) { w.set("ac", "status", enum("PLANNED")) }, ask: RouteOptions{Statuses: []string{"PLANNED"}}, want: "ac"},
		"a closed node":              {legs: "ab bc", with: func(w *world) { w.say("b", "status", enum("CLOSED")) }, want: "release b"},
		"an open node":               {legs: "ab bc", with: func(w *world) { w.say("b", "status", enum("OPERATIONAL")) }, want: "ab bc"},
		"avoid a node":               {legs: "ab bc ad dc", ask: RouteOptions{Avoid: []graph.ID{"b"}}, want: "ad dc"},
		"avoid a country by node":    {legs: "ab bc ad dc", ask: RouteOptions{Avoid: []graph.ID{"BBB"}}, want: "ad dc"},
		"avoid a country by transit": {legs: "ac", with: func(w *world) { w.link("ac", "transits", "DDD") }, ask: RouteOptions{Avoid: []graph.ID{"DDD"}}, want: "release DDD"},
		"avoid a segment":            {legs: "ac ab bc", ask: RouteOptions{Avoid: []graph.ID{"ac"}}, want: "ab bc"},
		"avoid a station passed":     {legs: "ac ad", with: func(w *world) { w.link("ac", "passes", "d") }, ask: RouteOptions{Avoid: []graph.ID{"d"}}, want: "release d"},
		"avoid a water": {legs: "ac ab bc", with: func(w *world) { w.link("ac", "transits", w.entity("sea", "WaterBody")) },
			ask: RouteOptions{Avoid: []graph.ID{"sea"}}, want: "ab bc"},
		"avoid a region with its parts": {legs: "ac ab bc ad dc", with: func(w *world) {
			w.link(w.entity("west", "Region"), "parent", w.entity("world", "Region"))
			w.link("BBB", "partOf", "west")
		}, ask: RouteOptions{Avoid: []graph.ID{"world"}}, want: "ac | ad dc"},
		"an observer is no member": {legs: "ac ab bc ad dc", with: func(w *world) {
			w.entity("club", "Organisation")
			w.link("BBB", "memberOf", "club").Qualifiers = []graph.QualifierValue{{Name: "role", Value: enum("OBSERVER")}}
			w.link("DDD", "memberOf", "club")
		}, ask: RouteOptions{Avoid: []graph.ID{"club"}}, want: "ac | ab bc"},
		"a group is released member by member": {legs: "ab bc ad dc", with: func(w *world) {
			w.entity("club", "Organisation")
			w.link("BBB", "memberOf", "club")
			w.link("DDD", "memberOf", "club")
		}, ask: RouteOptions{Avoid: []graph.ID{"club"}}, want: "release BBB | release DDD"},
		"two to release": {legs: "ab bd dc", ask: RouteOptions{Avoid: []graph.ID{"BBB", "DDD"}}, want: "release BBB DDD"},
		"avoid a corridor": {legs: "ac ab bc", with: func(w *world) { w.link(w.entity("line", "Corridor"), "segments", "ac") },
			ask: RouteOptions{Avoid: []graph.ID{"line"}}, want: "ab bc"},
		"via in order":        {legs: "ab bc bd dc cd", ask: RouteOptions{Via: []graph.ID{"b", "d"}}, want: "ab bd cd | ab bd dc"},
		"via the other order": {legs: "ab bd dc ad", ask: RouteOptions{Via: []graph.ID{"d", "b"}}, want: "none"},
		"via a country":       {legs: "ac ab bc", ask: RouteOptions{Via: []graph.ID{"BBB"}}, want: "ab bc"},
		"via a leg":           {legs: "ac ab bc", ask: RouteOptions{Via: []graph.ID{"bc"}}, want: "ab bc"},
		"never a node twice":  {legs: "ac ad", ask: RouteOptions{Via: []graph.ID{"d"}}, want: "none"},
		"no more borders than": {legs: "ad dc ac", with: func(w *world) { w.link("ac", "transits", "BBB"); w.link("ac", "transits", "DDD") },
			ask: RouteOptions{MaxBorders: new(2)}, want: "ad dc"},
		"gauge": {legs: "ab bc ad dc", with: func(w *world) {
			for leg, gauge := range map[graph.ID]string{"ab": "1435", "bc": "1435", "ad": "1435/1520", "dc": "1520"} {
				w.say(leg, "gauge", graph.StringValue(gauge))
			}
		}, ask: RouteOptions{Gauges: []string{"1435"}}, want: "ab bc"},
		"by distance": {legs: "ac ab bc", with: func(w *world) { w.set("ac", "distanceKm", graph.FloatValue(201)) },
			ask: RouteOptions{Rank: Distance}, want: "ab bc | ac"},
		"an unknown length gives no advantage": {legs: "ac ab bc", with: func(w *world) { w.unsay("ac", "distanceKm") },
			ask: RouteOptions{Rank: Distance}, want: "ab bc | ac"},
		"by certainty": {legs: "ac ab bc", with: func(w *world) { w.set("ac", "status", enum("OPERATIONAL")).Confidence = 0.5 },
			ask: RouteOptions{Rank: Certainty}, want: "ab bc | ac"},
		"a doubtful length makes no way doubtful": {legs: "ac ab bc", with: func(w *world) { w.set("ac", "distanceKm", graph.FloatValue(1)).Confidence = 0.1 },
			ask: RouteOptions{Rank: Certainty}, want: "ac | ab bc"},
		"a doubtful direction counts against it": {legs: "ca ab bc", with: func(w *world) { w.set("ca", "bidirectional", yes).Confidence = 0.5 },
			ask: RouteOptions{Rank: Certainty}, want: "ab bc | ca"},
		"parallel legs are routes": {legs: "ac ac2", want: "ac | ac2"},
		"confidence 0 is a way, the least": {legs: "ac ab bc", with: func(w *world) { w.set("ac", "mode", enum("RAIL")).Confidence = 0 },
			ask: RouteOptions{Rank: Certainty}, want: "ab bc | ac"},
	} {
		t.Run(name, func(t *testing.T) {
			w := line(t, abc, strings.Fields(c.legs)...)
			if c.with != nil {
				c.with(w)
			}
			v := see(t, w.snapshot(t), graph.View{})
			o := c.ask
			o.From, o.To, o.First = "a", "c", 2
			r, err := FindRoutes(t.Context(), compile(t, v, Transport), &o)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range r.Routes {
				var legs []string
				for _, l := range x.Legs {
					legs = append(legs, string(v.Snapshot().ID(l.Segment)))
				}
				got = append(got, strings.Join(legs, " "))
			}
			for _, b := range r.Blocked {
				got = append(got, "release "+strings.Join(sorted(v.Snapshot(), b.Release), " "))
			}
			if got == nil {
				got = []string{"none"}
			}
			if text := strings.Join(got, " | "); text != c.want {
				t.Errorf("%s, want %s", text, c.want)
			}
		})
	}
}

func (w *world) unsay(subject graph.ID, predicate string) {
	w.set(subject, predicate, graph.Value{})
	w.facts = w.facts[:len(w.facts)-1]
}

// TestVerified: avoidance is verified where every leg's transits are stated
// and said to be all.
func TestVerified(t *testing.T) {
	yes, no := graph.BoolValue(true), graph.BoolValue(false)
	for name, c := range map[string]struct {
		with func(w *world)
		want bool
	}{
		"nothing said":         {func(*world) {}, false},
		"stated, not said":     {func(w *world) { w.link("ab", "transits", "AAA") }, false},
		"said, nothing stated": {func(w *world) { w.say("ab", "transitsComplete", yes) }, false},
		"stated and said": {func(w *world) {
			w.link("ab", "transits", "AAA")
			w.say("ab", "transitsComplete", yes)
		}, true},
		"said not to be all": {func(w *world) {
			w.link("ab", "transits", "AAA")
			w.say("ab", "transitsComplete", no)
		}, false},
		"stated for another time": {func(w *world) {
			w.link("ab", "transits", "AAA")
			w.say("ab", "transitsComplete", yes).Valid = graph.Interval{From: graph.DayDate(2030, 1, 1), To: graph.OpenDate}
		}, false},
	} {
		w := line(t, []graph.ID{"AAA", "BBB"}, "ab")
		c.with(w)
		r, err := FindRoutes(t.Context(), compile(t, see(t, w.snapshot(t), graph.View{}), Transport), &RouteOptions{From: "a", To: "b", First: 1})
		if err != nil || len(r.Routes) != 1 || r.Routes[0].Verified != c.want {
			t.Errorf("%s: %+v %v, want verified %v", name, r, err, c.want)
		}
	}
}

// TestEstimates checks the length that counts for a leg if no source states one.
func TestEstimates(t *testing.T) {
	w := line(t, []graph.ID{"AAA", "BBB", "CCC"}, "ab", "bc")
	for _, l := range []graph.ID{"ab", "bc"} {
		w.unsay(l, "distanceKm")
	}
	w.say("a", "coordinates", graph.CoordinatesValue(0, 0))
	w.say("b", "coordinates", graph.CoordinatesValue(0, 180))
	r, err := FindRoutes(t.Context(), compile(t, see(t, w.snapshot(t), graph.View{}), Transport), &RouteOptions{From: "a", To: "c", First: 1})
	if err != nil || len(r.Routes) != 1 {
		t.Fatal(r, err)
	}
	x := r.Routes[0]
	half := math.Pi * 6371.0 * detour
	if math.Abs(x.Legs[0].EstimatedKm-half) > 0.01 || x.Legs[1].EstimatedKm != unknownKm || !math.IsNaN(x.Km) || x.Known != 0 {
		t.Errorf("%+v, want %v and %v", x.Legs, half, unknownKm)
	}
}

// TestRoutesStop ends long searches within a tenth of a second, and searches
// beyond their work with what they found.
func TestRoutesStop(t *testing.T) {
	// This is a ladder: the number of routes doubles with each rung, and no route passes a
	// dead end.
	w := line(t, []graph.ID{"AAA"})
	node := func(side string, i int) graph.ID { return graph.ID(fmt.Sprintf("%s%03d", side, i)) }
	const rungs = 40
	for i := range rungs {
		for _, side := range []string{"l", "r"} {
			w.link(w.entity(node(side, i), "TransportNode"), "country", "AAA")
		}
	}
	for i := range rungs {
		w.leg(fmt.Sprintf("x%03d", i), node("l", i), node("r", i))
		if i > 0 {
			w.leg(fmt.Sprintf("y%03d", i), node("l", i-1), node("l", i))
			w.leg(fmt.Sprintf("z%03d", i), node("r", i-1), node("r", i))
		}
	}
	w.link(w.entity("dead", "TransportNode"), "country", "AAA")
	w.leg("dead-end", "l020", "dead")
	n := compile(t, see(t, w.snapshot(t), graph.View{}), Transport)
	ask := RouteOptions{From: "l000", To: "r039", Via: []graph.ID{"dead"}, First: 3, Work: math.MaxInt}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := FindRoutes(ctx, n, &ask)
	if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > 150*time.Millisecond {
		t.Errorf("after %v: %v", took, err)
	}
	ask.Work = 0
	start = time.Now()
	if r, err := FindRoutes(t.Context(), n, &ask); err != nil || !r.Partial || r.Note != "the ways through via that were found pass some node twice" {
		t.Errorf("%+v %v", r, err)
	}
	t.Logf("the work of a search took %v", time.Since(start))
	ask.Work = 10_000
	r, err := FindRoutes(t.Context(), n, &ask)
	if err != nil || len(r.Routes) > 0 || !r.Partial || r.Note == "" {
		t.Errorf("%+v %v; want nothing, partial", r, err)
	}
	// Fifty routes without vias need little work.
	plain := RouteOptions{From: "l000", To: "r039", First: 50, Work: 100_000}
	if r, err = FindRoutes(t.Context(), n, &plain); err != nil || len(r.Routes) != 50 || r.Partial {
		t.Errorf("%d routes, partial %v, %v", len(r.Routes), r.Partial, err)
	}
	if _, err := FindChokepoints(t.Context(), n, &ChokepointOptions{From: "l000", To: "r039", First: 3, Work: 50}); err == nil ||
		!strings.Contains(err.Error(), "the search between l000 and r039 ended at its limit of work") {
		t.Errorf("%v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if _, err := Compile(ctx, n.view, Transport); !errors.Is(err, context.Canceled) {
		t.Errorf("compiling went on: %v", err)
	}
	if _, err := Compile(ctx, n.view, Borders); !errors.Is(err, context.Canceled) {
		t.Errorf("compiling went on: %v", err)
	}
}

// FuzzRoutes calls routes and chokepoints with arbitrary arguments.
func FuzzRoutes(f *testing.F) {
	w := line(f, []graph.ID{"AAA", "BBB", "CCC"}, "ab", "bc", "ac")
	w.link("ab", "transits", w.entity("sea", "WaterBody"))
	s := w.snapshot(f)
	networks := []*Network{compile(f, see(f, s, graph.View{}), Transport), compile(f, see(f, s, graph.View{}), Borders)}
	f.Add("a", "c", "BBB,sea", "b", "RAIL", "OPERATIONAL", "1520", 0, 0, 3, -1)
	f.Add("AAA", "CCC", "", "", "", "", "", 1, 2, 1, 2)
	f.Fuzz(func(t *testing.T, from, to, avoid, via, modes, statuses, gauges string, network, rank, first, borders int) {
		ids := func(text string) (list []graph.ID) {
			for _, s := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
				list = append(list, graph.ID(s))
			}
			return list
		}
		words := func(text string) []string {
			if text == "" {
				return nil
			}
			return strings.Split(text, ",")
		}
		n := networks[uint(network)%2]
		o := RouteOptions{From: graph.ID(from), To: graph.ID(to), Avoid: ids(avoid), Via: ids(via), Modes: words(modes),
			Statuses: words(statuses), Gauges: words(gauges), Rank: Rank(uint(rank) % 4), First: first, Work: 10_000}
		if borders >= -1 {
			o.MaxBorders = &borders
		}
		r, err := FindRoutes(t.Context(), n, &o)
		var e *graph.Error
		var ps graph.Problems
		if err != nil && !errors.As(err, &e) && !errors.As(err, &ps) {
			t.Fatalf("%v has nothing that a caller can act on", err)
		}
		if err == nil && (len(r.Routes) > first || len(r.Blocked) > first || len(r.Routes) > 0 && len(r.Blocked) > 0) {
			t.Fatalf("%+v", r)
		}
		c := ChokepointOptions{From: o.From, To: o.To, Avoid: o.Avoid, Modes: o.Modes, First: first, Work: 10_000}
		if _, err := FindChokepoints(t.Context(), n, &c); err != nil && !errors.As(err, &e) && !errors.As(err, &ps) {
			t.Fatalf("%v has nothing that a caller can act on", err)
		}
	})
}
