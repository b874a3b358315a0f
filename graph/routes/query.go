package routes

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

const waterType = "WaterBody"

// query is a question bound to a network: which legs and nodes may be passed, and at what cost.
type query struct {
	n        *Network
	o        *RouteOptions
	from, to []int32
	isFrom   []bool // by node
	isTo     []bool
	avoid    *mentioned
	shut     []bool // by leg: whether it crosses an avoided border; nil if none is avoided
	via      []*mentioned
	layers   int32           // the number of allowed changes of country, plus one
	width    int32           // the number of states of a node: by vias passed and changes of country made
	allowed  []bool          // by mode
	cargo    []uint32        // what is carried, and the broader goods; nil means anything
	open     []bool          // by status
	prices   []int64         // by step, computed when needed: see price
	states   []uint8         // by node, computed when needed: see enterable
	released map[uint32]bool // entities that no longer bar the way, to try their release
	work     *work
}

// work counts the steps of a search against its bound.
type work struct{ left int }

const (
	defaultWork = 2_000_000
	// maxStates bounds the memory of a search, at about 50 bytes a state.
	maxStates = 2_000_000
	// lookEvery is the number of steps between two checks of the context.
	lookEvery = 4096
)

// spend counts a step. It returns false if the limit is reached.
func (w *work) spend(ctx context.Context) (bool, error) {
	w.left--
	if w.left%lookEvery == 0 {
		if err := ctx.Err(); err != nil {
			return false, err
		}
	}
	return w.left > 0, nil
}

// mentioned has the nodes and legs that the entities named in avoid or via mean.
type mentioned struct {
	places   []bool          // by place
	nodes    []bool          // by node
	segments []bool          // by leg: whether it is mentioned itself
	legs     []bool          // by leg: whether it, or something that it transits or passes, is mentioned
	stations map[uint32]bool // by entity: nodes that legs may pass
}

func (n *Network) query(o *RouteOptions) (*query, error) {
	q := &query{n: n, o: o}
	q.forget()
	q.work = &work{left: q.budget()}
	var err error
	if q.from, err = n.ends("from", o.From); err != nil {
		return nil, err
	}
	if q.to, err = n.ends("to", o.To); err != nil {
		return nil, err
	}
	q.part()
	if q.avoid, err = n.mention("avoid", o.Avoid...); err != nil {
		return nil, err
	}
	if q.shut, err = n.shut(o.AvoidBorders); err != nil {
		return nil, err
	}
	for _, id := range o.Via {
		m, err := n.mention("via", id)
		if err != nil {
			return nil, err
		}
		q.via = append(q.via, m)
	}
	q.layers = 1
	if o.MaxBorders != nil {
		q.layers += int32(*o.MaxBorders)
	}
	q.width = int32(len(q.via)+1) * q.layers
	if states := len(n.nodes) * int(q.width); states > maxStates {
		return nil, graph.Errorf(graph.BadInput, "via and maxBorders: together they make %d states, more than %d; give fewer vias or fewer borders", states, maxStates)
	}
	q.isFrom, q.isTo = make([]bool, len(n.nodes)), make([]bool, len(n.nodes))
	for _, i := range q.from {
		q.isFrom[i] = true
	}
	for _, i := range q.to {
		q.isTo[i] = true
	}
	if err := q.load(o.Cargo); err != nil {
		return nil, err
	}
	for _, name := range n.modes {
		q.allowed = append(q.allowed, q.permits(name))
	}
	statuses := o.Statuses
	if statuses == nil {
		statuses = OpenStatuses
	}
	for _, name := range n.statuses {
		q.open = append(q.open, n.kind == Borders || slices.Contains(statuses, name))
	}
	return q, nil
}

// spendOne counts a step. It returns errWork if the limit is reached.
func (q *query) spendOne(ctx context.Context) error {
	more, err := q.work.spend(ctx)
	if err == nil && !more {
		return errWork
	}
	return err
}

func (q *query) budget() int {
	if q.o.Work > 0 {
		return q.o.Work
	}
	return defaultWork
}

// part removes the nodes that both ends share from q.to or, if that would leave q.to empty, from q.from: a
// route from a country to its region leads to the other countries in the region.
func (q *query) part() {
	without := func(a, b []int32) []int32 { // both are sorted, and may have half of the network
		return slices.DeleteFunc(slices.Clone(a), func(x int32) bool { _, shared := slices.BinarySearch(b, x); return shared })
	}
	if to := without(q.to, q.from); len(to) > 0 || len(q.to) == 0 {
		q.to = to
		return
	}
	q.from = without(q.from, q.to)
}

// impossible returns the reason why there is nothing to search, or "".
func (q *query) impossible() string {
	what := map[NetworkKind]string{Transport: "transport node", Borders: "country"}[q.n.kind]
	for _, end := range []struct {
		id    graph.ID
		nodes []int32
	}{{q.o.From, q.from}, {q.o.To, q.to}} {
		e, _ := q.n.view.Meant(end.id)
		if all, _ := q.n.nodesOf(e); len(all) == 0 {
			return fmt.Sprintf("the view shows no %s of %s", what, q.n.view.Name(e))
		}
		if len(end.nodes) == 0 {
			return "both ends are the same place"
		}
	}
	return ""
}

// mention returns the nodes and legs that the named entities mean.
func (n *Network) mention(argument string, ids ...graph.ID) (*mentioned, error) {
	m := &mentioned{places: make([]bool, len(n.places)), nodes: make([]bool, len(n.nodes)),
		segments: make([]bool, len(n.legs)), legs: make([]bool, len(n.legs)), stations: map[uint32]bool{}}
	for _, id := range ids {
		e, err := n.entity(argument, id)
		if err != nil {
			return nil, err
		}
		if !n.add(m, e) {
			return nil, graph.Errorf(graph.WrongType, "%s: %q is a %s, which no route on the network %s can touch; name %s",
				argument, id, n.view.Snapshot().TypeName(e), n.kind, touchable[n.kind])
		}
	}
	return m, nil
}

// touchable says in words which entities routes can touch.
var touchable = map[NetworkKind]string{
	Transport: "a country, a water, a node, a segment, a corridor or one of its variants, a city, a region or an organisation",
	Borders:   "a country, a water, a region or an organisation",
}

// add adds what an entity means. It returns false if no route can touch the entity.
func (n *Network) add(m *mentioned, entity uint32) bool {
	s := n.view.Snapshot()
	if countries, ok := n.countries(entity); ok {
		for _, c := range countries {
			n.addPlace(m, c)
		}
		return true
	}
	typ := s.TypeName(entity)
	if n.kind == Borders && typ != waterType && typ != "Passage" {
		return false
	}
	switch typ {
	case waterType:
		n.addPlace(m, entity)
	case "TransportNode":
		m.stations[entity] = true
		m.mark(n.passed[entity])
		if i, ok := n.numbers[entity]; ok {
			m.nodes[i] = true
		}
	case "Segment":
		if i, ok := n.bySeg[entity]; ok {
			m.segments[i], m.legs[i] = true, true
		}
	case corridorType:
		for _, e := range n.related(entity, "segments") {
			n.add(m, e.Node)
		}
	case variantType:
		for _, p := range n.segmentsOf(entity) {
			n.add(m, p.segment)
		}
	case "Passage":
		for _, e := range n.related(entity, "uses") {
			n.add(m, e.Node)
		}
	case "City":
		for _, e := range n.related(entity, "servedBy") {
			n.add(m, e.Node)
		}
	default:
		return false
	}
	return true
}

func (n *Network) addPlace(m *mentioned, entity uint32) {
	if p, ok := n.place[entity]; ok {
		m.places[p] = true
		m.mark(n.touched[p])
	}
}

func (m *mentioned) mark(legs []int32) {
	for _, i := range legs {
		m.legs[i] = true
	}
}

// touchesNode reports whether a node or its country is mentioned.
func (m *mentioned) touchesNode(n *Network, i int32) bool {
	c := n.nodes[i].country
	return m.nodes[i] || c >= 0 && m.places[c]
}

// forget drops the cached prices and states.
func (q *query) forget() {
	q.prices, q.states = make([]int64, 2*len(q.n.legs)), make([]uint8, len(q.n.nodes))
}

// barredPrice is the price of a step that must not be taken.
const barredPrice = -1

// price returns the cost of a step, or barredPrice. It depends neither on the nodes at the ends of the step nor
// on what the route passed before.
func (q *query) price(step int32) int64 {
	if q.prices[step] == 0 {
		q.prices[step] = barredPrice
		i := step >> 1
		bars := !q.open[q.n.keys[i].status] || q.avoid.legs[i]
		if q.fits(i) && (!bars || q.released != nil && len(q.legBars(i, nil)) == 0) {
			q.prices[step] = q.cost(step)
		}
	}
	return q.prices[step]
}

// The cached answers of enterable.
const (
	unasked uint8 = iota
	welcome
	barred
)

// enterable reports whether routes may pass the node.
func (q *query) enterable(i int32) bool {
	if q.states[i] == unasked {
		q.states[i] = barred
		if len(q.nodeBars(i, nil)) == 0 {
			q.states[i] = welcome
		}
	}
	return q.states[i] == welcome
}

// fits reports whether the leg belongs to the requested network. No release can change that: a pipeline never
// becomes a road, and an avoided border is not crossed.
func (q *query) fits(i int32) bool {
	mode := q.n.keys[i].mode
	if !q.allowed[mode] || !q.takes(i) || q.shut != nil && q.shut[i] {
		return false
	}
	if q.o.Gauges == nil || q.n.modes[mode] != "RAIL" {
		return true
	}
	for _, g := range strings.Split(q.n.legs[i].gauge, "/") {
		if !slices.Contains(q.o.Gauges, g) {
			return false
		}
	}
	return true
}

// legBars adds the bars of a leg: the leg itself if it is closed or avoided, and the avoided entities that it
// touches.
func (q *query) legBars(i int32, bars []uint32) []uint32 {
	n, l := q.n, &q.n.legs[i]
	bar := func(e uint32) {
		if !q.released[e] && !slices.Contains(bars, e) {
			bars = append(bars, e)
		}
	}
	if !q.open[l.status] || q.avoid.segments[i] {
		bar(l.segment)
	}
	for _, p := range l.transits {
		if q.avoid.places[p] {
			bar(n.places[p])
		}
	}
	for _, e := range l.passes {
		if q.avoid.stations[e] {
			bar(e)
		}
	}
	return bars
}

// nodeBars adds the bars of a node: the node itself if it is avoided or its own status is not open, and its
// country if that is avoided.
func (q *query) nodeBars(i int32, bars []uint32) []uint32 {
	x := &q.n.nodes[i]
	bar := func(e uint32) {
		if !q.released[e] && !slices.Contains(bars, e) {
			bars = append(bars, e)
		}
	}
	if q.avoid.nodes[i] || x.status != "" && !q.opens(x.status) {
		bar(x.entity)
	}
	if x.country >= 0 && q.avoid.places[x.country] {
		bar(q.n.places[x.country])
	}
	return bars
}

func (q *query) opens(status string) bool {
	if q.o.Statuses == nil {
		return slices.Contains(OpenStatuses, status)
	}
	return slices.Contains(q.o.Statuses, status)
}

// advance returns how many vias a path has passed after a step, if it had passed done before. If step is
// negative, the path only starts at the node.
func (q *query) advance(done, step, node int32) int32 {
	for step >= 0 && int(done) < len(q.via) && q.via[done].legs[step>>1] {
		done++
	}
	for int(done) < len(q.via) && q.via[done].touchesNode(q.n, node) {
		done++
	}
	return done
}

// A state is a node together with the number of vias passed and, if it is bounded, the number of changes of
// country made. begin returns the state in which a route starts at a node.
func (q *query) begin(node int32) int32 {
	return node*q.width + q.advance(0, -1, node)*q.layers
}

// plain reports whether a state is just a node, because the question has neither vias nor a bound on borders.
func (q *query) plain() bool { return q.width == 1 && q.o.MaxBorders == nil }

// follow returns the state to which a step leads, whether or not the leg may be used. A route leaves its start
// at once and ends when it arrives: before the first via it enters no other node of from, and after the last
// via it leaves no node of to.
func (q *query) follow(state, step int32) (next int32, ok bool) {
	to := q.n.reaches(step)
	if q.plain() {
		return to, !q.isFrom[to] && !q.isTo[state]
	}
	if q.arrived(state) {
		return 0, false
	}
	done := q.advance(state%q.width/q.layers, step, to)
	if done == 0 && q.isFrom[to] {
		return 0, false
	}
	used := state % q.layers
	if q.o.MaxBorders != nil {
		if used += q.n.legs[step>>1].borders; used >= q.layers {
			return 0, false
		}
	}
	return to*q.width + done*q.layers + used, true
}

// preceding calls fn with each state from which a step leads to a state.
func (q *query) preceding(step, state int32, fn func(before int32)) {
	from, used := q.n.leaves(step)*q.width, state%q.layers
	if q.o.MaxBorders != nil {
		if used -= q.n.legs[step>>1].borders; used < 0 {
			return
		}
	}
	for done := state % q.width / q.layers; done >= 0; done-- {
		before := from + done*q.layers + used
		if next, ok := q.follow(before, step); ok && next == state {
			fn(before)
		}
	}
}

// arrived reports whether a route may end in the state.
func (q *query) arrived(state int32) bool {
	return q.isTo[state/q.width] && state%q.width/q.layers == int32(len(q.via))
}

// arrivals calls fn with each state in which a route may end.
func (q *query) arrivals(fn func(state int32)) {
	for _, t := range q.to {
		for used := int32(0); used < q.layers; used++ {
			fn(t*q.width + int32(len(q.via))*q.layers + used)
		}
	}
}

// cost returns what a step adds to the cost of a route. The lower bits break ties of the rank, so that costs
// can be compared and added as whole numbers. It is never 0.
func (q *query) cost(step int32) int64 {
	k := &q.n.keys[step>>1]
	switch q.o.Rank {
	case Distance:
		return int64(k.metres)<<20 + 1
	case BorderCrossings:
		return int64(k.borders)<<32 + 1
	case Certainty:
		return doubts[q.n.surety(step)]<<20 + 1
	}
	return 1<<40 + int64(k.metres)
}

// doubts has the negative logarithm of each confidence, in steps of 1e-7. A confidence of 0 counts as lower
// than the lowest that can be stated.
var doubts = func() (list [1e4 + 1]int64) {
	for i := range list {
		list[i] = int64(math.Round(-math.Log(max(float64(i), 0.1)/1e4) * 1e7))
	}
	return list
}()
