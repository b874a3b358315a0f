package routes

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// elements returns the elements of a kind that a route passes.
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

// ways returns the pairs of ends that have a way between them that touches nothing
// closed.
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

// TestChokepointsAgainstAllCuts compares the minimum cuts with those found by
// trying all sets.
func TestChokepointsAgainstAllCuts(t *testing.T) {
	const most = 3
	rapid.Check(t, func(t *rapid.T) {
		kind := NetworkKind(even(t, "network", 2))
		w := drawWorld(t)
		v := see(t, w.snapshot(t), drawView(t))
		o := drawRouteOptions(t, kind)
		o.Via, o.Gauges, o.MaxBorders, o.AvoidBorders = nil, nil, nil, nil
		ask := ChokepointOptions{From: o.From, To: o.To, Cargo: o.Cargo, Avoid: o.Avoid, Modes: o.Modes, First: maxCuts}
		got, err := FindChokepoints(context.Background(), compile(t, v, kind), &ask)
		if err != nil {
			t.Fatal(err)
		}
		naive := newNaive(v, kind)
		from, to := naive.parted(&o)
		routes := naive.open(&o)
		pairs := naive.ways(&o, from, to)
		found := map[CutKind][]string{}
		size := map[CutKind]int{}
		for i, c := range got.List {
			found[c.Kind] = append(found[c.Kind], fmt.Sprint(c.Kind, sorted(v.Snapshot(), c.Cut)))
			size[c.Kind] = len(c.Cut)
			if i > 0 && len(c.Cut) < len(got.List[i-1].Cut) {
				t.Fatal("a smaller cut comes later")
			}
			naive.checkLost(t, &o, c.Lost, pairs, from, to)
			naive.checkThroughput(t, c.Capacity, c.Kind, c.Cut)
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
		if len(got.List) > 0 {
			t.Fatal("there is nothing to remove")
		}
		return
	}
	if len(got.List) != 1 || got.List[0].Removes != before-after || got.List[0].Pairs != before {
		t.Fatalf("closing %s: %+v, want %d of %d", id, got, before-after, before)
	}
	w.checkLost(t, o, got.List[0].Lost, before-after, from, to, id)
	if typ := w.typeOf(id); typ == "TransportNode" || typ == "Segment" {
		w.checkThroughput(t, got.List[0].Capacity, CutNodes, got.List[0].Cut)
	}
}

// checkLost compares the pairs named with those found by trying each pair.
func (w *naiveWorld) checkLost(t *rapid.T, o *RouteOptions, got []Pair, count int, from, to []graph.ID, closed ...graph.ID) {
	t.Helper()
	s := w.v.Snapshot()
	seen := map[Pair]bool{}
	for _, p := range got {
		a, b := s.ID(p.From), s.ID(p.To)
		if seen[p] || !slices.Contains(from, a) || !slices.Contains(to, b) {
			t.Fatalf("%s to %s is not a pair, or is listed twice", a, b)
		}
		seen[p] = true
		one, other := []graph.ID{a}, []graph.ID{b}
		if w.ways(o, one, other) != 1 || len(closed) > 0 && w.ways(o, one, other, closed...) != 0 {
			t.Fatalf("%s to %s does not lose its last way", a, b)
		}
	}
	if len(got) != min(count, maxLost) {
		t.Fatalf("%d pairs are named of %d", len(got), count)
	}
}

// naiveCapacity returns the capacity stated for a node or a leg, in Mt a year, and false if
// none is stated.
func (w *naiveWorld) naiveCapacity(id graph.ID) (low, high float64, ok bool) {
	s := w.v.Snapshot()
	n, _ := s.Number(id)
	var list []graph.Claim
	w.v.Claims(n, "capacity", false, func(n uint32) bool {
		if c := s.ClaimAt(n); len(c.Qualifiers) == 0 && c.Value.Text() != "trains" {
			list = append(list, c)
		}
		return true
	})
	if slices.ContainsFunc(list, func(c graph.Claim) bool { return c.Rank != graph.Deprecated }) {
		list = slices.DeleteFunc(list, func(c graph.Claim) bool { return c.Rank == graph.Deprecated })
	}
	latest := slices.DeleteFunc(slices.Clone(list), func(c graph.Claim) bool {
		return slices.ContainsFunc(list, func(d graph.Claim) bool {
			return d.Rank != graph.Deprecated && c.Valid.To.Known() && d.Valid.From.Known() && d.Valid.From.First() > c.Valid.To.Last()
		})
	})
	low = math.Inf(1)
	for _, c := range latest {
		r, _ := c.Value.Range()
		if c.Value.Text() == "ktPerYear" {
			r.Min, r.Max = r.Min/1000, r.Max/1000
		}
		low, high = min(low, r.Min), max(high, r.Max)
	}
	return low, high, len(latest) > 0
}

func (w *naiveWorld) checkThroughput(t *rapid.T, got *CutCapacity, kind CutKind, cut []uint32) {
	t.Helper()
	if kind > CutLegs || w.kind == Borders {
		if got != nil {
			t.Fatalf("the capacity of a %s is %+v", kind, got)
		}
		return
	}
	var want CutCapacity
	for _, e := range cut {
		if low, high, ok := w.naiveCapacity(w.v.Snapshot().ID(e)); ok {
			if math.IsInf(high, 1) {
				want.Open, high = true, low
			}
			want.Stated = Bounds{want.Stated.Low + low, want.Stated.High + high}
		} else {
			want.Unstated = append(want.Unstated, e)
		}
	}
	if math.Abs(got.Stated.Low-want.Stated.Low)+math.Abs(got.Stated.High-want.Stated.High) > 1e-9 || got.Open != want.Open || !slices.Equal(got.Unstated, want.Unstated) || got.Unit != "MtPerYear" {
		t.Fatalf("the capacity is %+v, want %+v", got, want)
	}
}

// TestCapacityCutsAgainstAllCuts compares the cuts by capacity with those found
// by weighing every set of nodes and of legs that the routes touch.
func TestCapacityCutsAgainstAllCuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		v := see(t, w.snapshot(t), drawView(t))
		o := drawRouteOptions(t, Transport)
		o.Via, o.Gauges, o.MaxBorders, o.AvoidBorders = nil, nil, nil, nil
		got, err := FindChokepoints(context.Background(), compile(t, v, Transport),
			&ChokepointOptions{From: o.From, To: o.To, Cargo: o.Cargo, Avoid: o.Avoid, Modes: o.Modes, First: maxCuts, Weight: ByCapacity})
		if err != nil {
			t.Fatal(err)
		}
		naive := newNaive(v, Transport)
		from, to := naive.parted(&o)
		routes := naive.open(&o)
		found := map[CutKind][]string{}
		for i, c := range got.List {
			found[c.Kind] = append(found[c.Kind], fmt.Sprint(sorted(v.Snapshot(), c.Cut)))
			naive.checkThroughput(t, c.Capacity, c.Kind, c.Cut)
			if i > 0 {
				last := got.List[i-1].Capacity
				this := c.Capacity
				larger := last.Open && !this.Open || !last.Open && !this.Open && last.Stated.High > this.Stated.High+0.0011
				if u := len(last.Unstated) - len(this.Unstated); u > 0 || u == 0 && larger {
					t.Fatal("a smaller cut comes later")
				}
			}
		}
		for _, k := range []CutKind{CutNodes, CutLegs} {
			want := naive.lightestCuts(k, routes, from, to)
			slices.Sort(found[k])
			if !slices.Equal(found[k], want) {
				t.Fatalf("the cuts of kind %s are %v, want %v; %+v", k, found[k], want, o)
			}
		}
	})
}

// lightestCuts weighs every set of the elements that routes pass.
func (w *naiveWorld) lightestCuts(kind CutKind, routes []naiveRoute, from, to []graph.ID) (cuts []string) {
	var names []string
	at := map[string]int{}
	var passed []int // routes, as bits of the elements
	for _, r := range routes {
		mask := 0
		for e := range w.elements(r, kind) {
			if _, ok := at[e]; !ok {
				at[e] = len(names)
				names = append(names, e)
			}
			mask |= 1 << at[e]
		}
		passed = append(passed, mask)
	}
	weights := make([]float64, len(names))
	for i, e := range names {
		weights[i] = 1e9
		if _, high, ok := w.naiveCapacity(graph.ID(e)); ok {
			weights[i] = max(0.001, min(high, 1<<38/1000)) // no upper end weighs as much as a figure can
		}
	}
	least := 6.5e9
	for set := 1; set < 1<<len(names); set++ {
		if slices.ContainsFunc(passed, func(m int) bool { return m&set == 0 }) {
			continue
		}
		weight := 0.0
		var list []string
		for i, e := range names {
			if set&(1<<i) != 0 {
				weight += weights[i]
				list = append(list, e)
			}
		}
		all := func(end []graph.ID) bool {
			return kind == CutNodes && !slices.ContainsFunc(end, func(n graph.ID) bool { return !slices.Contains(list, string(n)) })
		}
		if weight > least+1e-6 || all(from) || all(to) {
			continue
		}
		if weight < least-1e-6 {
			least, cuts = weight, nil
		}
		slices.Sort(list)
		cuts = append(cuts, fmt.Sprint(list))
	}
	slices.Sort(cuts)
	return cuts
}

// TestChokepointsSeeOnlyTheView compares the answers of a view with those of a store that
// never learned what the view hides.
func TestChokepointsSeeOnlyTheView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := NetworkKind(even(t, "network", 2))
		w := drawWorld(t)
		asked := drawView(t)
		v := see(t, w.snapshot(t), asked)
		o := drawRouteOptions(t, kind)
		ask := ChokepointOptions{From: o.From, To: o.To, Cargo: o.Cargo, Avoid: o.Avoid, Modes: o.Modes, First: maxCuts, Weight: CutWeight(even(t, "weight", 2))}
		tell := func(v *snapshot.View) string {
			list, err := FindChokepoints(context.Background(), compile(t, v, kind), &ask)
			text := fmt.Sprint(err)
			if err != nil {
				return text
			}
			name := func(e uint32) graph.ID { return v.Snapshot().ID(e) }
			for _, c := range list.List {
				text += fmt.Sprintln(c.Kind, sorted(v.Snapshot(), c.Cut), c.Removes, c.Pairs)
				for _, p := range c.Lost {
					text += fmt.Sprintln(name(p.From), name(p.To))
				}
				if c.Capacity != nil {
					text += fmt.Sprintln(c.Capacity.Stated, sorted(v.Snapshot(), c.Capacity.Unstated))
				}
			}
			return text
		}
		if a, b := tell(v), tell(unseen(t, w.o, v, asked.AsOf)); a != b {
			t.Fatalf("the view gives\n%s\nwithout what it hides\n%s", a, b)
		}
	})
}

// TestChokepointsWithinTheirWork: what is found before the limit of work is a
// part of the whole answer, and is marked as partial; if nothing is found, it is
// an error.
func TestChokepointsWithinTheirWork(t *testing.T) {
	partial := 0
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		v := see(t, w.snapshot(t), graph.View{})
		n := compile(t, v, Transport)
		o := drawRouteOptions(t, Transport)
		ask := ChokepointOptions{From: o.From, To: o.To, First: maxCuts, Weight: CutWeight(even(t, "weight", 2))}
		if rare(t, "closing", 2) {
			ask.Closing = []graph.ID{"na", "nb", "AAA", "g1"}
		}
		find := func() (lines []string, partial bool, err error) {
			got, err := FindChokepoints(context.Background(), n, &ask)
			if err != nil {
				return nil, false, err
			}
			for _, c := range got.List {
				lines = append(lines, fmt.Sprint(c.Kind, sorted(v.Snapshot(), c.Cut), c.Removes, c.Pairs, len(c.Lost)))
			}
			return lines, got.Partial, nil
		}
		all, cut, err := find()
		if err != nil || cut {
			t.Fatal("a small search was cut short: ", err)
		}
		for ask.Work = 1; ask.Work <= 60; ask.Work += 1 + even(t, "more work", 8) {
			some, cut, err := find()
			var e *graph.Error
			switch {
			case errors.As(err, &e) && e.Code == graph.LimitWork:
			case err != nil:
				t.Fatal(err)
			case !cut && !slices.Equal(some, all) || cut && len(some) == 0:
				t.Fatalf("unmarked, %v of %v", some, all)
			}
			if cut {
				partial++
			}
			for _, line := range some {
				if !slices.Contains(all, line) {
					t.Fatalf("%s is none of %v", line, all)
				}
			}
		}
	})
	if partial == 0 {
		t.Error("no answer was partial")
	}
}
