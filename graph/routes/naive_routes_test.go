package routes

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

// naiveRoute is one simple path.
type naiveRoute struct {
	start graph.ID
	legs  []*naiveLeg
}

func (r naiveRoute) String() string {
	var b strings.Builder
	b.WriteString(string(r.start))
	for _, l := range r.legs {
		fmt.Fprintf(&b, " -%s-> %s", l.id, l.to)
	}
	return b.String()
}

// bars returns the entities that bar a route: the countries, waters, nodes and segments
// on it that are to be avoided, and its legs and nodes that are closed.
func (w *naiveWorld) bars(r naiveRoute, o *RouteOptions) map[graph.ID]bool {
	bars := map[graph.ID]bool{}
	node := func(n graph.ID) {
		if w.closed[n] {
			bars[n] = true
		}
		for _, id := range o.Avoid {
			for _, c := range w.countriesOf(id) {
				if c == w.country[n] {
					bars[c] = true
				}
			}
			if id == n || w.typeOf(id) == "City" && w.kind == Transport && slices.Contains(w.standsFor(id), n) {
				bars[n] = true
			}
		}
	}
	node(r.start)
	for _, l := range r.legs {
		node(l.to)
		if w.kind == Transport && !slices.Contains(OpenStatuses, l.status) {
			bars[l.id] = true
		}
		for _, id := range o.Avoid {
			for _, c := range w.countriesOf(id) {
				if slices.Contains(l.countries, c) {
					bars[c] = true
				}
			}
			if slices.Contains(l.waters, id) || slices.Contains(l.passes, id) {
				bars[id] = true
			}
			if w.kind == Transport && (l.id == id || w.typeOf(id) == "Corridor" && w.touches(id, l)) {
				bars[l.id] = true
			}
			if w.typeOf(id) == "City" {
				s := w.v.Snapshot()
				n, _ := s.Number(id)
				for e := range w.v.Relation(n, s.Type(n).Field("servedBy"), false).All() {
					if slices.Contains(l.passes, s.ID(e.Node)) {
						bars[s.ID(e.Node)] = true
					}
				}
			}
		}
	}
	return bars
}

func (w *naiveWorld) typeOf(id graph.ID) string {
	n, _ := w.v.Snapshot().Number(id)
	return w.v.Snapshot().TypeName(n)
}

// parted returns the nodes of the ends without those that both have.
func (w *naiveWorld) parted(o *RouteOptions) (from, to []graph.ID) {
	from, to = w.standsFor(o.From), w.standsFor(o.To)
	less := func(a, b []graph.ID) []graph.ID {
		return slices.DeleteFunc(slices.Clone(a), func(x graph.ID) bool { return slices.Contains(b, x) })
	}
	if rest := less(to, from); len(rest) > 0 {
		return from, rest
	}
	return less(from, to), to
}

// all returns all simple paths that the question allows, barred or not.
func (w *naiveWorld) all(o *RouteOptions) []naiveRoute {
	from, to := w.parted(o)
	var found []naiveRoute
	var walk func(r naiveRoute, at graph.ID, done int)
	walk = func(r naiveRoute, at graph.ID, done int) {
		if done == len(o.Via) && slices.Contains(to, at) {
			if len(r.legs) > 0 {
				found = append(found, naiveRoute{r.start, slices.Clone(r.legs)})
			}
			return
		}
		for i := range w.legs {
			l := &w.legs[i]
			if l.from != at || !w.fits(l, o) || l.to == r.start ||
				slices.ContainsFunc(r.legs, func(x *naiveLeg) bool { return x.to == l.to }) {
				continue
			}
			next := done
			for next < len(o.Via) && w.touches(o.Via[next], l) {
				next++
			}
			for next < len(o.Via) && w.touches(o.Via[next], nil, l.to) {
				next++
			}
			if next == 0 && slices.Contains(from, l.to) {
				continue
			}
			more := naiveRoute{r.start, append(r.legs[:len(r.legs):len(r.legs)], l)}
			if o.MaxBorders == nil || changes(more) <= *o.MaxBorders {
				walk(more, l.to, next)
			}
		}
	}
	for _, n := range from {
		done := 0
		for done < len(o.Via) && w.touches(o.Via[done], nil, n) {
			done++
		}
		walk(naiveRoute{start: n}, n, done)
	}
	return found
}

func changes(r naiveRoute) (sum int) {
	for _, l := range r.legs {
		sum += max(0, len(l.countries)-1)
	}
	return sum
}

// isA reports whether a good is the other one, or a kind of it.
func (w *naiveWorld) isA(good, other graph.ID) bool {
	s := w.v.Snapshot()
	n, _ := s.Number(good)
	found := good == other
	w.v.Claims(n, "broader", false, func(c uint32) bool { found = found || w.isA(s.ID(s.Object(c)), other); return true })
	return found
}

func (w *naiveWorld) fits(l *naiveLeg, o *RouteOptions) bool {
	if o.Modes != nil && !slices.Contains(o.Modes, l.mode) {
		return false
	}
	for i := 1; i < len(l.countries) && !slices.Contains([]string{"SEA", "FERRY", "TANKER", "AIR"}, l.mode); i++ {
		for _, b := range o.AvoidBorders {
			x, y := w.countriesOf(b[0]), w.countriesOf(b[1])
			from, to := l.countries[i-1], l.countries[i]
			if slices.Contains(x, from) && slices.Contains(y, to) || slices.Contains(y, from) && slices.Contains(x, to) {
				return false
			}
		}
	}
	named, any := o.Modes != nil, len(l.carries) == 0
	shared := slices.ContainsFunc(l.carries, func(good graph.ID) bool { return o.Cargo != "" && w.isA(o.Cargo, good) })
	if l.mode == "PIPELINE" && !shared && (!named || o.Cargo != "" && !any) || l.mode != "PIPELINE" && !shared && !any {
		return false
	}
	return o.Gauges == nil || l.mode != "RAIL" || l.gauge != "" && !slices.ContainsFunc(strings.Split(l.gauge, "/"),
		func(g string) bool { return !slices.Contains(o.Gauges, g) })
}

// key returns what routes are ordered by.
func (r naiveRoute) key(rank Rank) []float64 {
	legs, metres, borders, doubt := 0.0, 0.0, 0.0, 0.0
	for _, l := range r.legs {
		legs++
		metres += math.Round(l.estimate * 1000)
		borders += float64(max(0, len(l.countries)-1))
		doubt += math.Round(-math.Log(max(l.surety, 0.00001)) * 1e7)
	}
	switch rank {
	case Distance:
		return []float64{metres, legs}
	case BorderCrossings:
		return []float64{borders, legs}
	case Certainty:
		return []float64{doubt, legs}
	}
	return []float64{legs, metres}
}

func (r naiveRoute) compare(o naiveRoute, rank Rank) int {
	if c := slices.Compare(r.key(rank), o.key(rank)); c != 0 {
		return c
	}
	if c := strings.Compare(string(r.start), string(o.start)); c != 0 {
		return c
	}
	return slices.CompareFunc(r.legs, o.legs, func(a, b *naiveLeg) int { return strings.Compare(a.order(), b.order()) })
}

// order returns the position of a leg among all: by its id, or on borders by its ends.
func (l *naiveLeg) order() string {
	if l.from < "a" { // countries are in capitals
		a, b := min(l.from, l.to), max(l.from, l.to)
		return fmt.Sprintf("%s%s%s/%03d/%d", a, b, l.id, l.nth, l.against)
	}
	return fmt.Sprint(l.id, l.against)
}

// open returns the routes without bars, the best first.
func (w *naiveWorld) open(o *RouteOptions) []naiveRoute {
	list := slices.DeleteFunc(w.all(o), func(r naiveRoute) bool { return len(w.bars(r, o)) > 0 })
	slices.SortFunc(list, func(a, b naiveRoute) int { return a.compare(b, o.Rank) })
	return list
}
