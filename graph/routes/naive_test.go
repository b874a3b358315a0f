package routes

import (
	"fmt"
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// naiveLeg is a leg in one direction as the brute force knows it.
type naiveLeg struct {
	id, from, to graph.ID
	against, nth int // nth of the legs with the same ends and id
	mode, status string
	km, estimate float64
	countries    []graph.ID // in the order of passing
	waters       []graph.ID
	passes       []graph.ID
	gauge        string
	carries      []graph.ID
	complete     bool
	surety       float64
	claims       map[graph.ClaimID]bool
}

// naiveWorld answers by trying everything, with maps and strings.
type naiveWorld struct {
	v       *snapshot.View
	kind    NetworkKind
	nodes   []graph.ID
	country map[graph.ID]graph.ID
	closed  map[graph.ID]bool // nodes
	legs    []naiveLeg
}

func (w *naiveWorld) best(subject graph.ID, predicate string) (graph.Value, graph.ClaimID, float64, bool) {
	s := w.v.Snapshot()
	n, _ := s.Number(subject)
	c := best(w.v, n, predicate)
	if c == snapshot.None {
		return graph.Value{}, graph.ClaimID{}, 1, false
	}
	return s.Value(c), s.ClaimID(c), s.Confidence(c), true
}

func newNaive(v *snapshot.View, kind NetworkKind) *naiveWorld {
	w := &naiveWorld{v: v, kind: kind, country: map[graph.ID]graph.ID{}, closed: map[graph.ID]bool{}}
	typ := map[NetworkKind]string{Transport: "TransportNode", Borders: "Country"}[kind]
	w.each(typ, func(id graph.ID) {
		w.nodes = append(w.nodes, id)
		if kind == Borders {
			w.country[id] = id
			return
		}
		if c, _, _, ok := w.best(id, "country"); ok {
			w.country[id] = c.Entity()
		}
		if s, _, _, ok := w.best(id, "status"); ok && !slices.Contains(OpenStatuses, s.Text()) {
			w.closed[id] = true
		}
	})
	if kind == Borders {
		w.borders()
		return w
	}
	w.each("Segment", func(id graph.ID) { w.segment(id) })
	return w
}

// each calls fn with the entities of a type that some claim in view mentions.
func (w *naiveWorld) each(typ string, fn func(id graph.ID)) {
	s := w.v.Snapshot()
	var ids []graph.ID
	if err := s.Entities(func(e graph.Entity) error {
		if n, ok := w.v.Find("id", string(e.ID)); ok && e.Type == typ && w.v.Exists(n) {
			ids = append(ids, e.ID)
		}
		return nil
	}); err != nil {
		panic(err)
	}
	slices.Sort(ids)
	for _, id := range ids {
		fn(id)
	}
}

func (w *naiveWorld) segment(id graph.ID) {
	from, c1, q1, ok1 := w.best(id, "from")
	to, c2, q2, ok2 := w.best(id, "to")
	mode, c3, q3, ok3 := w.best(id, "mode")
	if !ok1 || !ok2 || !ok3 || from.Entity() == to.Entity() {
		return
	}
	l := naiveLeg{id: id, from: from.Entity(), to: to.Entity(), mode: mode.Text(), status: "UNKNOWN", km: math.NaN(),
		claims: map[graph.ClaimID]bool{c1: true, c2: true, c3: true}, surety: min(q1, q2, q3)}
	if status, c, q, ok := w.best(id, "status"); ok {
		l.status, l.surety, l.claims[c] = status.Text(), min(l.surety, q), true
	}
	a, b := w.country[l.from], w.country[l.to]
	s := w.v.Snapshot()
	n, _ := s.Number(id)
	said := map[graph.ID]bool{}
	var between []graph.ID
	edges := slices.Collect(w.v.Relation(n, s.Type(n).Field("transits"), false).All())
	slices.SortFunc(edges, func(x, y snapshot.Edge) int { return int(x.Claim) - int(y.Claim) })
	for _, e := range edges {
		place := s.ID(e.Node)
		said[place] = true
		l.claims[s.ClaimID(e.Claim)] = true
		switch {
		case s.TypeName(e.Node) == "WaterBody":
			l.waters = append(l.waters, place)
		case place != a && place != b:
			between = append(between, place)
		}
	}
	for _, node := range []graph.ID{l.from, l.to} {
		if c := w.country[node]; c != "" && !said[c] {
			_, claim, _, _ := w.best(node, "country")
			l.claims[claim] = true
		}
	}
	l.countries = crossed(a, b, between)
	if complete, c, _, ok := w.best(id, "transitsComplete"); ok {
		l.complete, l.claims[c] = complete.Bool() && len(edges) > 0, true
	}
	if km, c, _, ok := w.best(id, "distanceKm"); ok {
		l.km, l.claims[c] = km.Float(), true
	}
	w.estimate(&l)
	if gauge, _, _, ok := w.best(id, "gauge"); ok {
		l.gauge = gauge.Text()
	}
	w.v.Claims(n, "carries", false, func(c uint32) bool { l.carries = append(l.carries, s.ID(s.Object(c))); return true })
	w.v.Claims(n, "passes", false, func(c uint32) bool { l.passes = append(l.passes, s.ID(s.Object(c))); return true })
	w.legs = append(w.legs, l)
	if both, c, q, ok := w.best(id, "bidirectional"); ok && both.Bool() {
		r := l
		r.from, r.to, r.against = l.to, l.from, 1
		r.surety = min(l.surety, q)
		r.claims = map[graph.ClaimID]bool{c: true}
		for k := range l.claims {
			r.claims[k] = true
		}
		r.countries = slices.Clone(l.countries)
		slices.Reverse(r.countries)
		w.legs = append(w.legs, r)
	}
}

// crossed are the countries of a leg in their order.
func crossed(from, to graph.ID, between []graph.ID) (list []graph.ID) {
	if from != "" {
		list = append(list, from)
	}
	list = append(list, between...)
	if to != "" && (to != from || len(between) > 0) {
		list = append(list, to)
	}
	return list
}

// estimate is the stated length of a leg, or one from the coordinates of its ends.
func (w *naiveWorld) estimate(l *naiveLeg) {
	l.estimate = l.km
	if math.IsNaN(l.km) {
		l.estimate = unknownKm
		p, _, _, ok1 := w.best(l.from, "coordinates")
		q, _, _, ok2 := w.best(l.to, "coordinates")
		if ok1 && ok2 {
			lat1, lon1 := p.LatLon()
			lat2, lon2 := q.LatLon()
			l.estimate = detour * graph.GreatCircleKm(lat1, lon1, lat2, lon2)
		}
	}
}

func (w *naiveWorld) borders() {
	s := w.v.Snapshot()
	shores := func(id graph.ID) map[graph.ID]uint32 {
		n, _ := s.Number(id)
		m := map[graph.ID]uint32{}
		for e := range w.v.Relation(n, s.Type(n).Field("littoralOf"), false).All() {
			m[s.ID(e.Node)] = e.Claim
		}
		return m
	}
	parallel := map[string]int{} // two claims of one border are two legs, in the order of the list
	add := func(id, a, b graph.ID, mode string, waters []graph.ID, claims ...uint32) {
		l := naiveLeg{id: id, from: a, to: b, mode: mode, status: "UNKNOWN", km: math.NaN(), estimate: unknownKm, complete: true,
			countries: []graph.ID{a, b}, waters: waters, surety: 1, claims: map[graph.ClaimID]bool{}}
		ends := fmt.Sprint(a, b, id)
		l.nth = parallel[ends]
		parallel[ends]++
		for _, c := range claims {
			l.surety = min(l.surety, s.Confidence(c))
			l.claims[s.ClaimID(c)] = true
		}
		r := l
		r.from, r.to, r.against, r.countries = b, a, 1, []graph.ID{b, a}
		w.legs = append(w.legs, l, r)
	}
	for i, a := range w.nodes {
		for _, b := range w.nodes[i+1:] {
			n, _ := s.Number(a)
			for e := range w.v.Relation(n, s.Type(n).Field("borders"), false).All() {
				if s.ID(e.Node) == b {
					add("", a, b, "LAND", nil, e.Claim)
				}
			}
			here, there := shores(a), shores(b)
			var waters []graph.ID
			for water := range here {
				if _, ok := there[water]; ok {
					waters = append(waters, water)
				}
			}
			slices.Sort(waters)
			for _, water := range waters {
				add(water, a, b, "SEA", []graph.ID{water}, here[water], there[water])
			}
		}
	}
}

// countriesOf returns the countries that an entity stands for.
func (w *naiveWorld) countriesOf(id graph.ID) []graph.ID {
	s := w.v.Snapshot()
	n, _ := s.Number(id)
	switch s.TypeName(n) {
	case "Country":
		return []graph.ID{id}
	case "Organisation", "Region":
		var list []graph.ID
		for e := range w.v.Relation(n, s.Type(n).Field("members"), false).All() {
			if role, _ := s.Qualifier(e.Claim, "role"); role.Text() != "OBSERVER" {
				list = append(list, s.ID(e.Node))
			}
		}
		if f := s.Type(n).Field("parts"); f != nil {
			for e := range w.v.Relation(n, f, false).All() {
				list = append(list, w.countriesOf(s.ID(e.Node))...)
			}
		}
		return list
	}
	return nil
}

// standsFor returns the nodes that an end stands for.
func (w *naiveWorld) standsFor(id graph.ID) []graph.ID {
	s := w.v.Snapshot()
	n, _ := s.Number(id)
	countries := w.countriesOf(id)
	if s.TypeName(n) == "City" && w.kind == Borders || s.TypeName(n) == "TransportNode" && w.kind == Borders {
		if c, _, _, ok := w.best(id, "country"); ok {
			countries = []graph.ID{c.Entity()}
		}
	}
	var list []graph.ID
	for _, node := range w.nodes {
		serves := false
		if s.TypeName(n) == "City" && w.kind == Transport {
			k, _ := s.Number(node)
			w.v.Claims(k, "serves", false, func(c uint32) bool { serves = serves || s.Object(c) == n; return true })
		}
		if node == id || serves || slices.Contains(countries, w.country[node]) && w.country[node] != "" {
			list = append(list, node)
		}
	}
	return list
}

// touches reports whether a leg or one of its two ends is of what an id names.
func (w *naiveWorld) touches(id graph.ID, l *naiveLeg, ends ...graph.ID) bool {
	s := w.v.Snapshot()
	n, _ := s.Number(id)
	countries := w.countriesOf(id)
	for _, node := range ends {
		if node == id || slices.Contains(countries, w.country[node]) && w.country[node] != "" {
			return true
		}
		if s.TypeName(n) == "City" && slices.Contains(w.standsFor(id), node) && w.kind == Transport {
			return true
		}
	}
	if l == nil {
		return false
	}
	if l.id == id && w.kind == Transport || slices.Contains(l.waters, id) || slices.Contains(l.passes, id) {
		return true
	}
	if s.TypeName(n) == "City" {
		for e := range w.v.Relation(n, s.Type(n).Field("servedBy"), false).All() {
			if slices.Contains(l.passes, s.ID(e.Node)) {
				return true
			}
		}
	}
	if s.TypeName(n) == "Corridor" {
		for e := range w.v.Relation(n, s.Type(n).Field("segments"), false).All() {
			if s.ID(e.Node) == l.id {
				return true
			}
		}
	}
	return slices.ContainsFunc(l.countries, func(c graph.ID) bool { return slices.Contains(countries, c) })
}
