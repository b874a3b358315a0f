package routes

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

func drawRouteOptions(t *rapid.T, kind NetworkKind) RouteOptions {
	places := append(append([]graph.ID{"org", "r1", "city"}, testCountries...), testNodes...)
	any := append(append(slices.Clone(places), testWaters...), "g1", "g2", "cor")
	if kind == Borders {
		any = append(append([]graph.ID{"org", "r1"}, testCountries...), testWaters...)
	}
	o := RouteOptions{
		From: oneOf(t, "from", places...), To: oneOf(t, "to", places...),
		Rank: Rank(even(t, "rank", 4)), First: 1 + even(t, "first", 6),
	}
	if kind == Borders {
		o.From, o.To = oneOf(t, "from", places[:7]...), oneOf(t, "to", places[:7]...)
	}
	for range max(0, even(t, "avoid", 5)-2) {
		o.Avoid = append(o.Avoid, oneOf(t, "avoid", any...))
	}
	for range max(0, even(t, "avoided borders", 4)-2) {
		sides := rapid.SliceOfNDistinct(rapid.SampledFrom(append([]graph.ID{"org"}, testCountries...)), 2, 2, rapid.ID).Draw(t, "sides")
		o.AvoidBorders = append(o.AvoidBorders, sides)
	}
	if rare(t, "with via", 2) {
		o.Via = append(o.Via, oneOf(t, "via", any...))
		if rare(t, "two vias", 2) {
			o.Via = append(o.Via, oneOf(t, "via", any...))
		}
	}
	if rare(t, "with modes", 3) {
		o.Modes = []string{"RAIL", "SEA", "LAND"}
	}
	if kind == Transport && rare(t, "with cargo", 1) {
		o.Cargo = oneOf(t, "cargo", testGoods...)
	}
	if rare(t, "with gauges", 3) {
		o.Gauges = []string{"1520"}
	}
	if rare(t, "with borders", 2) {
		n := even(t, "borders", 4)
		o.MaxBorders = &n
	}
	return o
}

// TestRoutesAgainstAllPaths compares the search with trying every simple path.
func TestRoutesAgainstAllPaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := NetworkKind(even(t, "network", 2))
		w := drawWorld(t)
		v := see(t, w.snapshot(t), drawView(t))
		o := drawRouteOptions(t, kind)
		got, err := FindRoutes(context.Background(), compile(t, v, kind), &o)
		if err != nil {
			t.Fatal(err)
		}
		if got.Partial && len(o.Via) == 0 {
			t.Fatal("a small search was cut short")
		}
		naive := newNaive(v, kind)
		want := naive.open(&o)
		want = want[:min(len(want), o.First)]
		if len(got.Routes) != len(want) {
			t.Fatalf("%d routes, want %d: %v\n%+v", len(got.Routes), len(want), want, o)
		}
		for i := range want {
			if text := tell(v, &got.Routes[i]); text != want[i].String() {
				t.Fatalf("route %d is %s, want %s, at %v; %+v", i+1, text, want[i], want[i].key(o.Rank), o)
			}
			checkRoute(t, v, &got.Routes[i], want[i])
		}
		if (got.Note == "") != (len(want) > 0) {
			t.Fatalf("the note is %q", got.Note)
		}
	})
}

// tell writes a route in the form of naiveRoute.
func tell(v *snapshot.View, r *Route) string {
	s := v.Snapshot()
	text := string(s.ID(r.Nodes[0]))
	for _, l := range r.Legs {
		id := graph.ID("")
		if l.Segment != snapshot.None {
			id = s.ID(l.Segment)
		} else if l.Mode == "SEA" {
			id = s.ID(l.Transits[2])
		}
		text += fmt.Sprintf(" -%s-> %s", id, s.ID(l.To))
	}
	return text
}

func checkRoute(t *rapid.T, v *snapshot.View, got *Route, want naiveRoute) {
	t.Helper()
	s := v.Snapshot()
	certainty, borders, verified, known, km := 1.0, 0, true, 0, 0.0
	least := math.Inf(1)
	for i, l := range got.Legs {
		w := want.legs[i]
		var transits []graph.ID
		for _, e := range l.Transits {
			transits = append(transits, s.ID(e))
		}
		if !slices.Equal(transits, append(slices.Clone(w.countries), w.waters...)) || l.Status != w.status || l.Mode != w.mode || l.Complete != w.complete {
			t.Fatalf("leg %v transits %v, %s %s; want %+v", w.id, transits, l.Mode, l.Status, w)
		}
		claims := map[graph.ClaimID]bool{}
		for _, c := range l.Claims {
			claims[s.ClaimID(c)] = true
			if s.Predicate(c) != "distanceKm" {
				least = min(least, s.Confidence(c))
			}
		}
		if !maps.Equal(claims, w.claims) || len(claims) != len(l.Claims) {
			t.Fatalf("leg %v has the claims %v, want %v", w.id, claims, w.claims)
		}
		certainty *= w.surety
		borders += max(0, len(w.countries)-1)
		verified = verified && w.complete
		if !math.IsNaN(w.km) {
			known++
		}
		km += w.km
	}
	same := func(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-9 }
	if !same(got.Certainty, certainty) || got.Borders != borders || got.Verified != verified || !same(got.Km, km) ||
		!same(got.Known, float64(known)/float64(len(want.legs))) || s.Confidence(got.Weakest) != least {
		t.Fatalf("route %s: %+v; want certainty %v, borders %d, verified %v, km %v", want, got, certainty, borders, verified, km)
	}
}

// TestRoutesSeeOnlyTheView compares the answers of a view with those of a store that never
// learned what the view hides.
func TestRoutesSeeOnlyTheView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := NetworkKind(even(t, "network", 2))
		w := drawWorld(t)
		asked := drawView(t)
		v := see(t, w.snapshot(t), asked)
		o := drawRouteOptions(t, kind)
		a, err1 := FindRoutes(context.Background(), compile(t, v, kind), &o)
		u := unseen(t, w.o, v, asked.AsOf)
		b, err2 := FindRoutes(context.Background(), compile(t, u, kind), &o)
		if (err1 == nil) != (err2 == nil) {
			t.Fatalf("%v, without what the view hides %v", err1, err2)
		}
		if err1 == nil {
			if x, y := write(v, a), write(u, b); x != y {
				t.Fatalf("the view gives\n%s\nwithout what it hides\n%s", x, y)
			}
		}
	})
}

// write writes an answer with ids, because numbers differ between stores.
func write(v *snapshot.View, r *Routes) string {
	s := v.Snapshot()
	var b strings.Builder
	names := func(list []uint32) (out []string) {
		for _, e := range list {
			out = append(out, string(s.ID(e)))
		}
		return out
	}
	leg := func(l *Leg) {
		fmt.Fprintf(&b, "  %s %s %s %s %v %v %v\n", s.ID(l.From), s.ID(l.To), l.Mode, l.Status, names(l.Transits), l.Km, l.Complete)
		for _, c := range l.Claims {
			fmt.Fprint(&b, " ", s.ClaimID(c))
		}
	}
	route := func(r *Route) {
		fmt.Fprintln(&b, names(r.Nodes), names(r.Countries), names(r.Waters), r.Borders, r.Km, r.EstimatedKm, r.Verified, r.Certainty)
		for i := range r.Legs {
			leg(&r.Legs[i])
		}
	}
	for i := range r.Routes {
		route(&r.Routes[i])
	}
	for i := range r.Blocked {
		fmt.Fprintln(&b, "release", names(r.Blocked[i].Release))
		route(&r.Blocked[i].Opens)
	}
	for i := range r.Nearest {
		fmt.Fprintln(&b, "miss", names(r.Nearest[i].Bars), r.Nearest[i].Left)
		leg(&r.Nearest[i].Leg)
	}
	fmt.Fprintln(&b, r.Note, r.Partial)
	return b.String()
}
