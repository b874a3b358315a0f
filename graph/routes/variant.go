package routes

import (
	"cmp"
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// The types of corridors and of their variants.
const (
	corridorType = "Corridor"
	variantType  = "Variant"
)

// Course is what the legs of a corridor's variant determine, in a view. It never changes.
type Course struct {
	// Route has the legs in the order and direction in which the variant lists them.
	Route
	// Status is the worst status among the legs and nodes, or UNKNOWN if there are none.
	Status string
	// Holds says how certainly all legs and nodes have their status on the view's date.
	Holds graph.Holds
	// Obstacles are the legs and nodes that close it, in order.
	Obstacles []Obstacle
	// Absent are the segments for which the view does not show enough to make a leg.
	Absent []uint32
	// Continuous is true if each leg begins where the previous one ends and may be used in that direction.
	Continuous bool
	// Breaks are the changes of gauge, in order. Ungauged are the railways without a stated gauge.
	Breaks   []GaugeBreak
	Ungauged []Leg
	Since    Since

	network *Network
}

// Obstacle is a leg or a node that is not open.
type Obstacle struct {
	// Entity is the segment or the node. Leg is the leg that it closes.
	Entity uint32
	Leg    Leg
	Status string
	// Claim states the status, or when service began if that is later; None if nobody states it.
	Claim uint32
}

// Since says when the last of the legs came into service.
type Since struct {
	// Claim states the date; None if no leg has a stated date.
	Claim uint32
	// Leg is the leg of the claim. The legs in Unknown, which have no stated date, may be later.
	Leg     Leg
	Unknown []Leg
}

// IsVariant reports whether a type of the ontology is the type of corridor variants.
func IsVariant(o *schema.Ontology, t *schema.Type) bool {
	c := o.Type(corridorType)
	if t.Name != variantType || c == nil || t.Field("corridor") == nil || t.Field("corridor").Kind != schema.Relation {
		return false
	}
	f := c.Field("segments")
	return f != nil && f.Kind == schema.Relation && f.Target.Name == segmentType && f.Qualifier("order") != nil &&
		f.Qualifier("variant") != nil && f.Qualifier("variant").Target == t
}

// Course returns the course of a variant. It must not be changed.
func (n *Network) Course(ctx context.Context, variant uint32) (*Course, error) {
	if have, ok := n.courses.Load(variant); ok {
		return have.(*Course), nil
	}
	c := n.course(variant)
	n.courses.Store(variant, c)
	return c, ctx.Err()
}

// place is a segment with its position in the order of a variant.
type place struct {
	order   int64
	segment uint32
	claim   uint32
}

// segmentsOf returns the segments of a variant, in order.
func (n *Network) segmentsOf(variant uint32) []place {
	s := n.view.Snapshot()
	of := best(n.view, variant, "corridor")
	if of == snapshot.None {
		return nil
	}
	var list []place
	for _, e := range n.related(s.Object(of), "segments") {
		if _, v := s.Qualifier(e.Claim, "variant"); v != variant {
			continue
		}
		order, _ := s.Qualifier(e.Claim, "order")
		p := place{0, e.Node, e.Claim}
		if order.Kind() == graph.IntKind {
			p.order = order.Int()
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(s.ID(a.segment), s.ID(b.segment)))
	})
	return slices.CompactFunc(list, func(a, b place) bool { return a.order == b.order && a.segment == b.segment })
}

func (n *Network) course(variant uint32) *Course {
	c := &Course{Continuous: true, network: n, Since: Since{Claim: snapshot.None}}
	var steps []int32
	var claims []uint32
	for _, p := range n.segmentsOf(variant) {
		if i, ok := n.bySeg[p.segment]; ok {
			steps = append(steps, 2*i)
			claims = append(claims, p.claim)
		} else {
			c.Absent = append(c.Absent, p.segment)
		}
	}
	n.turn(steps)
	r := &path{steps: steps}
	if len(steps) > 0 {
		r.start = n.leaves(steps[0])
	}
	c.Route = n.route(r)
	for i, step := range steps {
		c.Legs[i].Claims = append(c.Legs[i].Claims, claims[i])
		c.weigh(n, claims[i])
		if step&1 == 1 && !n.legs[step>>1].both || i > 0 && n.leaves(step) != n.reaches(steps[i-1]) {
			c.Continuous = false
		}
	}
	if len(steps) == 0 {
		c.Nodes = nil
	}
	c.Continuous = c.Continuous && len(c.Absent) == 0 && len(steps) > 0
	c.assess(n, steps)
	c.date(n)
	c.gauges(n, steps)
	return c
}

// turn sets the directions of the steps: each begins where the previous one ends, and the first ends where the
// second may begin.
func (n *Network) turn(steps []int32) {
	touches := func(step, node int32) bool { return n.leaves(step) == node || n.reaches(step) == node }
	for i, step := range steps {
		switch {
		case i > 0 && n.reaches(step) == n.reaches(steps[i-1]) && n.leaves(step) != n.reaches(steps[i-1]):
			steps[i] ^= 1
		case i == 0 && len(steps) > 1 && !touches(steps[1], n.reaches(step)) && touches(steps[1], n.leaves(step)):
			steps[i] ^= 1
		}
	}
}

// severity lists the statuses, the best first. A status that is not listed is as bad as UNKNOWN.
var severity = []string{"IN_FORCE", "OPERATIONAL", "SEASONAL", "DISRUPTED", "DEGRADED", statusUnknown, "SUSPENDED", "IDLE", "CLOSED", "MOTHBALLED", "ENDED", "RETIRED",
	"UNDER_CONSTRUCTION", "PLANNED", "ANNOUNCED", "POSTPONED", "SHELVED", "ABANDONED"}

func severityOf(status string) int {
	if i := slices.Index(severity, status); i >= 0 {
		return i
	}
	return slices.Index(severity, statusUnknown)
}

// assess sets the status and the obstacles.
func (c *Course) assess(n *Network, steps []int32) {
	c.Status, c.Holds = statusUnknown, graph.HoldsPossibly
	if len(steps) > 0 {
		c.Status, c.Holds = severity[0], graph.HoldsYes
	}
	meet := func(entity uint32, l *Leg, status string, claim uint32) {
		if severityOf(status) > severityOf(c.Status) || c.Status == severity[0] {
			c.Status = status
		}
		if claim == snapshot.None || n.view.Holds(claim) != graph.HoldsYes {
			c.Holds = graph.HoldsPossibly
		}
		known := func(o Obstacle) bool { return o.Entity == entity }
		if !slices.Contains(OpenStatuses, status) && !slices.ContainsFunc(c.Obstacles, known) {
			c.Obstacles = append(c.Obstacles, Obstacle{entity, *l, status, claim})
		}
	}
	node := func(i int32, l *Leg) {
		if x := &n.nodes[i]; x.status != "" {
			meet(x.entity, l, x.status, best(n.view, x.entity, "status"))
		}
	}
	for i, step := range steps {
		g, l := &n.legs[step>>1], &c.Legs[i]
		if i == 0 || n.leaves(step) != n.reaches(steps[i-1]) {
			node(n.leaves(step), l)
		}
		meet(g.segment, l, l.Status, g.statusClaim)
		node(n.reaches(step), l)
	}
}

// date sets since when all legs have been in service.
func (c *Course) date(n *Network) {
	s := n.view.Snapshot()
	var last graph.Date
	for _, l := range c.Legs {
		claim := best(n.view, l.Segment, "inServiceSince")
		if claim == snapshot.None {
			c.Since.Unknown = append(c.Since.Unknown, l)
		} else if d := s.Value(claim).Date(); c.Since.Claim == snapshot.None || d.Last() > last.Last() {
			last, c.Since.Claim, c.Since.Leg = d, claim, l
		}
	}
}
