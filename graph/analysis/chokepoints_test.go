package analysis

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// elements are what of a kind a route passes.
func (w *naiveWorld) elements(r naiveRoute, kind CutKind) map[string]bool {
	m := map[string]bool{}
	node := func(n graph.ID) {
		switch {
		case kind == CutNodes && w.kind == Transport:
			m[string(n)] = true
		case kind == CutCountries && w.country[n] != "":
			m[string(w.country[n])] = true
		}
	}
	node(r.start)
	for _, l := range r.legs {
		node(l.to)
		switch kind {
		case CutLegs:
			if w.kind == Transport {
				m[string(l.id)] = true
			}
		case CutCountries:
			for _, c := range l.countries {
				m[string(c)] = true
			}
		case CutWaters:
			for _, c := range l.waters {
				m[string(c)] = true
			}
		}
	}
	return m
}

// minimumCuts tries every set of elements up to a size.
func (w *naiveWorld) minimumCuts(kind CutKind, routes []naiveRoute, from, to []graph.ID, most int) (cuts []string) {
	var passed []map[string]bool
	all := map[string]bool{}
	for _, r := range routes {
		m := w.elements(r, kind)
		passed = append(passed, m)
		for e := range m {
			all[e] = true
		}
	}
	var names []string
	for e := range all {
		names = append(names, e)
	}
	slices.Sort(names)
	covers := func(set []string, end []graph.ID) bool {
		return (kind == CutNodes || kind == CutCountries) && !slices.ContainsFunc(end, func(n graph.ID) bool {
			return !slices.Contains(set, string(n)) && !slices.Contains(set, string(w.country[n]))
		})
	}
	for size := 1; size <= most && len(cuts) == 0; size++ {
		var choose func(set []string, at int)
		choose = func(set []string, at int) {
			if len(set) == size {
				hits := !slices.ContainsFunc(passed, func(m map[string]bool) bool {
					return !slices.ContainsFunc(set, func(e string) bool { return m[e] })
				})
				if hits && !covers(set, from) && !covers(set, to) {
					cuts = append(cuts, fmt.Sprint(kind, set))
				}
				return
			}
			for i := at; i < len(names); i++ {
				choose(append(slices.Clip(set), names[i]), i+1)
			}
		}
		choose(nil, 0)
	}
	return cuts
}

// ways tells which pairs of ends have a way between them that touches none of
// what is closed.
func (w *naiveWorld) ways(o *RouteOptions, from, to []graph.ID, closed ...graph.ID) (pairs int) {
	barred := func(l *naiveLeg, ends ...graph.ID) bool {
		return slices.ContainsFunc(closed, func(id graph.ID) bool { return w.touches(id, l, ends...) })
	}
	for _, a := range from {
		if len(w.bars(naiveRoute{start: a}, o)) > 0 || barred(nil, a) {
			continue
		}
		reached := map[graph.ID]bool{a: true}
		for changed := true; changed; {
			changed = false
			for i := range w.legs {
				l := &w.legs[i]
				if reached[l.from] && !reached[l.to] && w.fits(l, o) && len(w.bars(naiveRoute{l.from, []*naiveLeg{l}}, o)) == 0 && !barred(l, l.to) {
					reached[l.to], changed = true, true
				}
			}
		}
		for _, b := range to {
			if reached[b] {
				pairs++
			}
		}
	}
	return pairs
}

// TestChokepointsAgainstAllCuts holds the minimum cuts to trying all sets.
func TestChokepointsAgainstAllCuts(t *testing.T) {
	const most = 3
	rapid.Check(t, func(t *rapid.T) {
		kind := NetworkKind(even(t, "network", 2))
		w := drawWorld(t)
		v := see(t, w.snapshot(t), drawView(t))
		o := drawRouteOptions(t, kind)
		o.Via, o.Gauges, o.MaxBorders = nil, nil, nil
		ask := ChokepointOptions{From: o.From, To: o.To, Avoid: o.Avoid, Modes: o.Modes, First: maxCuts}
		got, err := FindChokepoints(context.Background(), compile(t, v, kind), &ask)
		if err != nil {
			t.Fatal(err)
		}
		naive := newNaive(v, kind)
		from, to := naive.standsFor(o.From), naive.standsFor(o.To)
		less := func(a, b []graph.ID) []graph.ID {
			return slices.DeleteFunc(slices.Clone(a), func(x graph.ID) bool { return slices.Contains(b, x) })
		}
		if rest := less(to, from); len(rest) > 0 {
			to = rest
		} else {
			from = less(from, to)
		}
		routes := naive.open(&o)
		pairs := naive.ways(&o, from, to)
		found := map[CutKind][]string{}
		size := map[CutKind]int{}
		for i, c := range got {
			found[c.Kind] = append(found[c.Kind], fmt.Sprint(c.Kind, sorted(v.Snapshot(), c.Cut)))
			size[c.Kind] = len(c.Cut)
			if i > 0 && len(c.Cut) < len(got[i-1].Cut) {
				t.Fatal("a smaller cut comes later")
			}
			if c.Removes != pairs || c.Pairs != pairs {
				t.Fatalf("%v removes %d of %d pairs, want all of %d", found[c.Kind], c.Removes, c.Pairs, pairs)
			}
		}
		for _, k := range []CutKind{CutNodes, CutLegs, CutCountries, CutWaters} {
			var want []string
			if len(routes) > 0 {
				want = naive.minimumCuts(k, routes, from, to, most)
			}
			slices.Sort(found[k])
			slices.Sort(want)
			if size[k] > most && len(want) == 0 {
				continue
			}
			if !slices.Equal(found[k], want) {
				t.Fatalf("the cuts are %v, want %v; %+v", found[k], want, o)
			}
		}
		checkClosing(t, naive, &o, ask, from, to)
	})
}

// checkClosing asks what the closing of one entity removes.
func checkClosing(t *rapid.T, w *naiveWorld, o *RouteOptions, ask ChokepointOptions, from, to []graph.ID) {
	t.Helper()
	any := append(append([]graph.ID{"org"}, testCountries...), testWaters...)
	if w.kind == Transport {
		any = append(append(any, "cor", "city", "g3"), testNodes...)
	}
	id := oneOf(t, "closing", any...)
	ask.Closing = []graph.ID{id}
	got, err := FindChokepoints(context.Background(), compile(t, w.v, w.kind), &ask)
	if err != nil {
		t.Fatal(err)
	}
	before, after := w.ways(o, from, to), w.ways(o, from, to, id)
	if before == 0 {
		if len(got) > 0 {
			t.Fatal("there is nothing to remove")
		}
		return
	}
	if len(got) != 1 || got[0].Removes != before-after || got[0].Pairs != before {
		t.Fatalf("closing %s: %+v, want %d of %d", id, got, before-after, before)
	}
}

// TestChokepointsSeeOnlyTheView asks a store that never learned what the view
// hides.
func TestChokepointsSeeOnlyTheView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := NetworkKind(even(t, "network", 2))
		w := drawWorld(t)
		asked := drawView(t)
		v := see(t, w.snapshot(t), asked)
		o := drawRouteOptions(t, kind)
		ask := ChokepointOptions{From: o.From, To: o.To, Avoid: o.Avoid, Modes: o.Modes, First: maxCuts}
		tell := func(v *snapshot.View) string {
			list, err := FindChokepoints(context.Background(), compile(t, v, kind), &ask)
			text := fmt.Sprint(err)
			for _, c := range list {
				text += fmt.Sprintln(c.Kind, sorted(v.Snapshot(), c.Cut), c.Removes, c.Pairs)
			}
			return text
		}
		if a, b := tell(v), tell(unseen(t, w.o, v, asked.AsOf)); a != b {
			t.Fatalf("the view gives\n%s\nwithout what it hides\n%s", a, b)
		}
	})
}
