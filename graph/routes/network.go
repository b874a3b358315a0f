package routes

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// NetworkKind says of which legs routes consist.
type NetworkKind uint8

const (
	// Transport is the network of transport nodes and the segments between them.
	Transport NetworkKind = iota
	// Borders is the network of countries. A leg is a common border, or a water on which both countries have a
	// shore.
	Borders
)

// NetworkNames are the names of the kinds by value.
var NetworkNames = [...]string{"TRANSPORT", "BORDERS"}

func (k NetworkKind) String() string { return NetworkNames[k] }

// The names of a mode or status that nobody states: a border is crossed by land, and for most borders no source
// says whether they are open.
const (
	modeLand      = "LAND"
	modeSea       = "SEA"
	statusUnknown = "UNKNOWN"
)

// OpenStatuses are the statuses with which a leg can be used, unless a question gives others.
var OpenStatuses = []string{"OPERATIONAL", "SEASONAL", "DEGRADED", "DISRUPTED"}

// Network is the network in which routes are searched, compiled from a view: nodes, legs, and the countries and
// waters that they touch, numbered without gaps. It never changes, and goroutines may share it.
//
// Nodes, places and legs are numbered in the order of their ids, so that breaking ties by number gives the same
// result everywhere.
type Network struct {
	view *snapshot.View
	kind NetworkKind

	nodes   []node
	numbers map[uint32]int32 // the number of a node by its entity
	places  []uint32         // the countries and waters, as entities
	place   map[uint32]int32 // the number of a place by its entity
	water   []bool           // by place: whether it is a water
	legs    []leg
	bySeg   map[uint32]int32 // the number of a leg by its segment
	heads   []int32          // by step: the node to which it leads
	keys    []key            // by leg: the parts that a search reads of all legs
	touched [][]int32        // by place: the legs that transit it
	courses *sync.Map        // values of type *Course by variant, computed on request
	passed  map[uint32][]int32
	out, in adjacency // the steps by the node that they leave, and by the node that they reach

	modes, statuses []string // names by number
}

// node is a place where legs meet.
type node struct {
	entity  uint32
	country int32  // the number of its country in places, or -1
	claim   uint32 // the claim of its country
	status  string // "" if nobody states it
	located bool
	lat     float64
	lon     float64
}

// key has the parts of a leg that a search reads for most legs, close together in memory. The rest of a leg is
// read only if the search uses the leg.
type key struct {
	metres             int32
	borders            uint16
	surety, bothSurety uint16
	mode, status       uint8
}

// leg is one connection between two nodes. A step is a leg in one direction: twice the number of the leg, plus
// one against its direction.
type leg struct {
	from, to     int32
	segment      uint32 // None for Borders
	mode, status uint8
	complete     bool    // whether sources state everything that it crosses
	both         bool    // whether it can be used against its direction
	km           float64 // NaN if nobody states it
	estimate     int64   // the length for ranking, in metres; never 0
	borders      int32   // how often the country changes on it
	transits     []int32 // places, in the order in which they are passed
	passes       []uint32
	carries      []uint32 // the only goods that it takes; empty if it takes any
	gauge        string
	claims       []uint32 // in order; lengthClaim is the last
	statusClaim  uint32   // None if nobody states it, like the next
	gaugeClaim   uint32
	lengthClaim  uint32
	guessed      bool   // whether the source of the length estimates it
	bothClaim    uint32 // the claim that it can be used against its direction
	surety       uint16 // lowest confidence among the claims of ends, mode, status and direction, in steps of 0.0001
	bothSurety   uint16 // the same, against its direction
}

// arc is a step with the node at its other end. A search reads arcs in sequence, while legs are scattered in
// memory.
type arc struct{ step, node int32 }

// adjacency lists the arcs of every node.
type adjacency struct {
	start []int32
	arcs  []arc
}

func (a *adjacency) at(node int32) []arc { return a.arcs[a.start[node]:a.start[node+1]] }

func (n *Network) reaches(step int32) int32 { return n.heads[step] }

func (n *Network) leaves(step int32) int32 { return n.reaches(step ^ 1) }

// Compile reads a network of a kind from a view. The network may outlive the request of the view; only ctx ends
// the compilation.
func Compile(ctx context.Context, v *snapshot.View, kind NetworkKind) (*Network, error) {
	n := &Network{view: v.WithDone(nil), kind: kind, numbers: map[uint32]int32{}, place: map[uint32]int32{}, courses: new(sync.Map)}
	c := &compiler{Network: n, s: v.Snapshot(), o: v.Snapshot().Ontology()}
	var err error
	if kind == Borders {
		err = c.borders(ctx)
	} else {
		err = c.transport(ctx)
	}
	if err != nil {
		return nil, err
	}
	n.number()
	n.link()
	n.cross()
	n.index()
	return n, nil
}

// number fills bySeg.
func (n *Network) number() {
	n.bySeg = make(map[uint32]int32, len(n.legs))
	for i := range n.legs {
		if e := n.legs[i].segment; e != snapshot.None {
			n.bySeg[e] = int32(i)
		}
	}
}

// index fills keys.
func (n *Network) index() {
	n.keys = make([]key, len(n.legs))
	for i := range n.legs {
		l := &n.legs[i]
		n.keys[i] = key{int32(l.estimate), uint16(min(l.borders, math.MaxUint16)), l.surety, l.bothSurety, l.mode, l.status}
	}
}

// cross fills touched and passed.
func (n *Network) cross() {
	n.touched = make([][]int32, len(n.places))
	n.passed = map[uint32][]int32{}
	for i := range n.legs {
		l := &n.legs[i]
		for _, p := range l.transits {
			n.touched[p] = append(n.touched[p], int32(i))
		}
		for _, e := range l.passes {
			n.passed[e] = append(n.passed[e], int32(i))
		}
	}
}

// link fills the adjacency of all steps that can be taken.
func (n *Network) link() {
	n.heads = make([]int32, 2*len(n.legs))
	for i, l := range n.legs {
		n.heads[2*i], n.heads[2*i+1] = l.to, l.from
	}
	for _, end := range []struct {
		a         *adjacency
		of, other func(step int32) int32
	}{{&n.out, n.leaves, n.reaches}, {&n.in, n.reaches, n.leaves}} {
		end.a.start = make([]int32, len(n.nodes)+1)
		each := func(fn func(step int32)) {
			for i := range n.legs {
				fn(int32(2 * i))
				if n.legs[i].both {
					fn(int32(2*i + 1))
				}
			}
		}
		total := 0
		each(func(step int32) { end.a.start[end.of(step)+1]++; total++ })
		for i := range n.nodes {
			end.a.start[i+1] += end.a.start[i]
		}
		end.a.arcs = make([]arc, total)
		next := slices.Clone(end.a.start)
		each(func(step int32) {
			at := &next[end.of(step)]
			end.a.arcs[*at] = arc{step, end.other(step)}
			*at++
		})
	}
}

// compiler fills a network.
type compiler struct {
	*Network
	s *snapshot.Snapshot
	o *schema.Ontology
}

// fields returns the fields of a type that the network requires.
func (c *compiler) fields(typ string, names ...string) (map[string]*schema.Field, error) {
	t := c.o.Type(typ)
	found := map[string]*schema.Field{}
	for _, name := range names {
		if t == nil || t.Field(name) == nil {
			return nil, graph.Errorf(graph.UnknownName, "network: %s needs the field %s.%s, which the ontology does not have", c.kind, typ, name)
		}
		found[name] = t.Field(name)
	}
	return found, nil
}

func (c *compiler) placeOf(entity uint32) int32 {
	if i, ok := c.place[entity]; ok {
		return i
	}
	i := int32(len(c.places))
	c.place[entity] = i
	c.places = append(c.places, entity)
	t := c.s.TypeName(entity)
	c.water = append(c.water, t == waterType)
	return i
}

func nameNumber(names *[]string, name string) uint8 {
	i := slices.Index(*names, name)
	if i < 0 {
		i = len(*names)
		*names = append(*names, name)
	}
	return uint8(i)
}

// transport adds all transport nodes as nodes. It adds a leg for each segment for which the view shows both
// ends and the mode.
func (c *compiler) transport(ctx context.Context) error {
	if _, err := c.fields(nodeType, "country"); err != nil {
		return err
	}
	fields, err := c.fields(segmentType, "from", "to", "mode", "transits", "status")
	if err != nil {
		return err
	}
	for e := range c.view.OfTypes([]*schema.Type{c.o.Type(nodeType)}).All() {
		c.numbers[e.Node] = int32(len(c.nodes))
		c.nodes = append(c.nodes, c.node(e.Node))
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	for e := range c.view.OfTypes([]*schema.Type{c.o.Type(segmentType)}).All() {
		c.segment(e.Node, fields["transits"])
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// best returns the claim that a field of the entity shows. It returns None if the field shows none or if the
// entity's type has no such field.
func best(v *snapshot.View, entity uint32, field string) uint32 {
	t := v.Snapshot().Type(entity)
	if t == nil {
		return snapshot.None
	}
	f := t.Field(field)
	if f == nil {
		return snapshot.None
	}
	shown, ok := v.One(entity, f)
	if !ok {
		return snapshot.None
	}
	return shown.Claim
}

func (c *compiler) node(entity uint32) node {
	n := node{entity: entity, country: -1, claim: best(c.view, entity, "country")}
	if n.claim != snapshot.None {
		n.country = c.placeOf(c.s.Object(n.claim))
	}
	if claim := best(c.view, entity, "status"); claim != snapshot.None {
		n.status = c.s.Value(claim).Text()
	}
	c.locate(&n)
	return n
}

func (c *compiler) locate(n *node) {
	if claim := best(c.view, n.entity, "coordinates"); claim != snapshot.None {
		n.located = true
		n.lat, n.lon = c.s.Value(claim).LatLon()
	}
}

// segment adds the leg of a segment, if the view shows enough of the segment.
func (c *compiler) segment(entity uint32, transits *schema.Field) {
	v, s := c.view, c.s
	from, to, mode := best(v, entity, "from"), best(v, entity, "to"), best(v, entity, "mode")
	if from == snapshot.None || to == snapshot.None || mode == snapshot.None {
		return
	}
	a, ok1 := c.numbers[s.Object(from)]
	b, ok2 := c.numbers[s.Object(to)]
	if !ok1 || !ok2 || a == b {
		return
	}
	l := leg{from: a, to: b, segment: entity, mode: nameNumber(&c.modes, s.Value(mode).Text()), km: math.NaN(),
		bothClaim: snapshot.None, gaugeClaim: snapshot.None, lengthClaim: snapshot.None, claims: []uint32{from, to, mode}}
	var status string
	status, l.statusClaim = c.status(entity)
	l.status = nameNumber(&c.statuses, status)
	if l.statusClaim != snapshot.None {
		l.claims = append(l.claims, l.statusClaim)
	}
	l.surety = c.surety(l.claims...)
	l.bothSurety = l.surety
	if n := best(v, entity, "bidirectional"); n != snapshot.None && s.Value(n).Bool() {
		l.both, l.bothClaim = true, n
		l.bothSurety = min(l.surety, c.surety(n))
	}
	c.crosses(&l, transits)
	if n := best(v, entity, "distanceKm"); n != snapshot.None && s.Value(n).Kind() != graph.RangeKind { // a range does not say it
		l.km, l.lengthClaim = s.Value(n).Float(), n
		l.guessed = s.Details(n).Attribution == graph.Estimated
		l.claims = append(l.claims, n)
	}
	if n := best(v, entity, "gauge"); n != snapshot.None {
		l.gauge, l.gaugeClaim = s.Value(n).Text(), n
	}
	v.Claims(entity, "passes", false, func(n uint32) bool {
		if o := s.Object(n); o != snapshot.None && !slices.Contains(l.passes, o) {
			l.passes = append(l.passes, o)
		}
		return true
	})
	for _, e := range c.related(entity, "carries") {
		l.carries = append(l.carries, e.Node)
	}
	c.estimate(&l)
	c.legs = append(c.legs, l)
}

// status returns the status of a segment and the claim that states it. An open status without a date does not
// apply before the segment came into service. If no other status is known then, the claim is the one that says
// when service began.
func (c *compiler) status(entity uint32) (status string, claim uint32) {
	status, claim = statusUnknown, best(c.view, entity, "status")
	if claim != snapshot.None {
		status = c.s.Value(claim).Text()
		if !slices.Contains(OpenStatuses, status) || c.view.Reading(claim).Basis != validity.Reached {
			return status, claim
		}
	}
	if since := best(c.view, entity, "inServiceSince"); since != snapshot.None && c.s.Value(since).Date().First() > c.view.On().Last {
		return statusUnknown, since
	}
	return status, claim
}

// crosses sets the countries and waters of a leg: the stated ones in record order, between the countries of its
// ends.
func (c *compiler) crosses(l *leg, transits *schema.Field) {
	var stated []uint32
	for e := range c.view.Relation(l.segment, transits, false).All() {
		stated = append(stated, e.Claim)
	}
	slices.Sort(stated)
	first, last := c.nodes[l.from], c.nodes[l.to]
	var between, waters []int32
	for _, n := range stated {
		switch p := c.placeOf(c.s.Object(n)); {
		case c.water[p]:
			waters = append(waters, p)
		case p != first.country && p != last.country:
			between = append(between, p)
		}
	}
	l.claims = append(l.claims, stated...)
	for _, end := range []node{first, last} {
		known := end.country < 0 || slices.ContainsFunc(stated, func(n uint32) bool { return c.s.Object(n) == c.places[end.country] })
		if !known && !slices.Contains(l.claims, end.claim) {
			l.claims = append(l.claims, end.claim)
		}
	}
	l.transits = c.passing(first.country, last.country, between)
	l.borders = int32(max(0, len(l.transits)-1))
	l.transits = append(l.transits, waters...)
	if n := best(c.view, l.segment, "transitsComplete"); n != snapshot.None {
		l.claims = append(l.claims, n)
		l.complete = len(stated) > 0 && c.s.Value(n).Bool()
	}
}

// passing returns the order in which a leg passes countries; -1 means that an end's country is unknown.
func (c *compiler) passing(first, last int32, between []int32) []int32 {
	var list []int32
	if first >= 0 {
		list = append(list, first)
	}
	list = append(list, between...)
	if last >= 0 && (last != first || len(between) > 0) {
		list = append(list, last)
	}
	return list
}

// surety returns the lowest confidence among the claims.
func (c *compiler) surety(claims ...uint32) uint16 {
	least := uint16(1e4)
	for _, n := range claims {
		least = min(least, uint16(math.Round(c.s.Confidence(n)*1e4)))
	}
	return least
}
