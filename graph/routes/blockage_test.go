package routes

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// release is a set of bars with the best route that it opens.
type release struct {
	set   []string
	opens naiveRoute
}

// releases finds the minimal sets of bars by brute force: the bars of a route that include
// those of no other route.
func (w *naiveWorld) releases(o *RouteOptions) []release {
	best := map[string]release{}
	for _, r := range w.all(o) {
		var set []string
		for id := range w.bars(r, o) {
			set = append(set, string(id))
		}
		slices.Sort(set)
		key := strings.Join(set, " ")
		if old, ok := best[key]; !ok || r.compare(old.opens, o.Rank) < 0 {
			best[key] = release{set, r}
		}
	}
	var list []release
	for _, a := range best {
		minimal := true
		for _, b := range best {
			minimal = minimal && (len(b.set) >= len(a.set) || !contains(a.set, b.set))
		}
		if minimal {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b release) int {
		if len(a.set) != len(b.set) {
			return len(a.set) - len(b.set)
		}
		return a.opens.compare(b.opens, o.Rank)
	})
	return list
}

func contains(all, some []string) bool {
	return !slices.ContainsFunc(some, func(x string) bool { return !slices.Contains(all, x) })
}

func sorted(s *snapshot.Snapshot, list []uint32) []string {
	var ids []string
	for _, e := range list {
		ids = append(ids, string(s.ID(e)))
	}
	slices.Sort(ids)
	return ids
}

// TestBlockageAgainstAllPaths compares the obstacles that are to be released
// with those found by trying every simple path, including barred ones.
func TestBlockageAgainstAllPaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := NetworkKind(even(t, "network", 2))
		w := drawWorld(t)
		v := see(t, w.snapshot(t), drawView(t))
		o := drawRouteOptions(t, kind)
		for range 2 { // so that there is something to release
			any := append(slices.Clone(testCountries), testWaters...)
			if kind == Transport {
				any = append(any, testNodes...)
			}
			o.Avoid = append(o.Avoid, oneOf(t, "avoid", any...))
		}
		got, err := FindRoutes(context.Background(), compile(t, v, kind), &o)
		if err != nil {
			t.Fatal(err)
		}
		naive := newNaive(v, kind)
		if len(naive.open(&o)) > 0 {
			if len(got.Blocked) > 0 || len(got.Nearest) > 0 {
				t.Fatal("there is a route, and yet a blockage")
			}
			return
		}
		want := naive.releases(&o)
		if got.Partial && len(o.Via) > 0 {
			// A way through vias may pass a node twice; those are left out.
			for _, b := range got.Blocked {
				if set := sorted(v.Snapshot(), b.Release); !slices.ContainsFunc(want, func(r release) bool { return slices.Equal(r.set, set) }) {
					t.Fatalf("%v is not a minimal set: %v", set, want)
				}
			}
			return
		}
		want = want[:min(len(want), o.First)]
		if len(got.Blocked) != len(want) || got.Partial {
			t.Fatalf("%d sets, want %v; %+v", len(got.Blocked), want, o)
		}
		for i, b := range got.Blocked {
			if set := sorted(v.Snapshot(), b.Release); !slices.Equal(set, want[i].set) || tell(v, &b.Opens) != want[i].opens.String() {
				t.Fatalf("set %d is %v opening %s, want %v; %+v", i+1, set, tell(v, &b.Opens), want[i], o)
			}
		}
		if o.MaxBorders == nil && len(o.Via) == 0 {
			checkNearest(t, naive, &o, got.Nearest)
		}
	})
}

// checkNearest finds the barred legs that lead on from what can be reached.
func checkNearest(t *rapid.T, w *naiveWorld, o *RouteOptions, got []Miss) {
	t.Helper()
	barsOf := func(l *naiveLeg) []string { return w.barsOfLeg(l, o) }
	from, to := w.standsFor(o.From), w.standsFor(o.To)
	rest := slices.DeleteFunc(slices.Clone(to), func(n graph.ID) bool { return slices.Contains(from, n) })
	if len(rest) == 0 {
		from = slices.DeleteFunc(from, func(n graph.ID) bool { return slices.Contains(to, n) })
	} else {
		to = rest
	}
	left := map[graph.ID]int{}
	for _, n := range to {
		left[n] = 0
	}
	for changed := true; changed; {
		changed = false
		for i := range w.legs {
			l := &w.legs[i]
			d, ok := left[l.to]
			if old, known := left[l.from]; ok && w.fits(l, o) && !slices.Contains(from, l.to) && (!known || d+1 < old) && !slices.Contains(to, l.from) {
				left[l.from], changed = d+1, true
			}
		}
	}
	reached := map[graph.ID]bool{}
	for _, n := range from {
		if len(w.bars(naiveRoute{start: n}, o)) == 0 {
			reached[n] = true
		}
	}
	for changed := true; changed; {
		changed = false
		for i := range w.legs {
			l := &w.legs[i]
			if reached[l.from] && !reached[l.to] && w.fits(l, o) && !slices.Contains(from, l.to) && len(barsOf(l)) == 0 {
				reached[l.to], changed = true, true
			}
		}
	}
	var want []string
	for d := range len(w.nodes) + 1 {
		for i := range w.legs {
			l := &w.legs[i]
			if behind, ok := left[l.to]; ok && behind == d && reached[l.from] && w.fits(l, o) && !slices.Contains(from, l.to) && len(barsOf(l)) > 0 {
				want = append(want, fmt.Sprint(l.from, l.to, barsOf(l), d))
			}
		}
	}
	want = want[:min(len(want), o.First)]
	var have []string
	s := w.v.Snapshot()
	for _, m := range got {
		have = append(have, fmt.Sprint(s.ID(m.Leg.From), s.ID(m.Leg.To), sorted(s, m.Bars), m.Left))
	}
	if !slices.Equal(have, want) {
		t.Fatalf("the nearest are %v, want %v; %+v", have, want, o)
	}
}

// barsOfLeg are the bars of a leg and of the node to which it leads.
func (w *naiveWorld) barsOfLeg(l *naiveLeg, o *RouteOptions) (ids []string) {
	all := w.bars(naiveRoute{l.from, []*naiveLeg{l}}, o)
	// Bars of the node that a leg leaves do not count as bars of the leg.
	for id := range w.bars(naiveRoute{start: l.from}, o) {
		if alone := w.bars(naiveRoute{l.to, []*naiveLeg{l}}, o); !alone[id] {
			delete(all, id)
		}
	}
	for id := range all {
		ids = append(ids, string(id))
	}
	slices.Sort(ids)
	return ids
}
