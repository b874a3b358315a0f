package routes

import (
	"context"
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Rank says by what routes are compared.
type Rank uint8

const (
	// Legs prefers fewer legs, then less distance.
	Legs Rank = iota
	// Distance prefers fewer kilometres, then fewer legs. A leg without a stated length counts with its
	// estimated length.
	Distance
	// BorderCrossings prefers fewer changes of country, then fewer legs.
	BorderCrossings
	// Certainty prefers the greater product of the legs' confidences, then fewer legs.
	Certainty
)

// RankNames are the names of the ranks by value.
var RankNames = [...]string{"LEGS", "DISTANCE", "BORDERS", "CERTAINTY"}

func (r Rank) String() string { return RankNames[r] }

// The bounds of a question.
const (
	maxRoutes = 50
	maxVia    = 8
	maxAvoid  = 1000
	// maxBorders bounds RouteOptions.MaxBorders, because a search has that many states for each node.
	maxBorders = 50
)

// RouteOptions is a question for routes.
type RouteOptions struct {
	// From and To are the ends: a transport node, or a city, a country, a region or an organisation, which
	// means its nodes or those of its members.
	From, To graph.ID
	// Avoid are countries, waters, nodes, segments, corridors, regions and
	// organisations that no leg and no node may touch.
	Avoid []graph.ID
	// AvoidBorders are pairs of countries, or groups of countries, between which no leg may cross by land.
	AvoidBorders [][]graph.ID
	// Via are entities of the same kinds, which the route must pass in this order.
	Via []graph.ID
	// Modes are the allowed modes. nil means all, but without a Cargo neither PIPELINE nor TANKER.
	Modes []string
	// Cargo, if not empty, is the resource to be carried: legs that take only other goods are not used.
	Cargo graph.ID
	// Statuses are the statuses with which a leg is open; nil means OpenStatuses. The borders of countries have
	// no status and are open.
	Statuses []string
	Rank     Rank
	// First is the maximum number of routes to find or, if there is none, of ways to open one.
	First int
	// MaxBorders, if not nil, is the maximum number of changes of country on a route.
	MaxBorders *int
	// Gauges, if not nil, are the gauges that railway legs may have.
	Gauges []string
	// Work bounds the steps of the search; 0 means the default.
	Work int
}

// Validate returns every fault that can be found without a graph.
func (o *RouteOptions) Validate() error {
	var f question.Faults
	fault := func(argument, format string, a ...any) { f.Add(argument, graph.BadInput, format, a...) }
	if o.First < 1 || o.First > maxRoutes {
		fault("first", "%d is not between 1 and %d", o.First, maxRoutes)
	}
	if len(o.Via) > maxVia {
		fault("via", "%d entities are above the limit of %d; leave some out", len(o.Via), maxVia)
	}
	if len(o.Avoid) > maxAvoid {
		fault("avoid", "%d entities are above the limit of %d; name a region or an organisation", len(o.Avoid), maxAvoid)
	}
	if len(o.AvoidBorders) > maxAvoid {
		fault("avoidBorders", "%d borders are above the limit of %d; name regions or organisations", len(o.AvoidBorders), maxAvoid)
	}
	if o.Modes != nil && len(o.Modes) == 0 {
		fault("modes", "an empty list permits no leg; leave it out to permit all")
	}
	if o.Statuses != nil && len(o.Statuses) == 0 {
		fault("statuses", "an empty list opens no leg; leave it out for the default")
	}
	if o.Gauges != nil && len(o.Gauges) == 0 {
		fault("gauges", "an empty list permits no railway; leave it out to permit every gauge, or exclude railways by modes without RAIL")
	}
	if o.MaxBorders != nil && (*o.MaxBorders < 0 || *o.MaxBorders > maxBorders) {
		fault("maxBorders", "%d is not between 0 and %d", *o.MaxBorders, maxBorders)
	}
	return f.Err()
}

// Routes is the answer to RouteOptions.
type Routes struct {
	// Routes has the best routes, the best first.
	Routes []Route
	// Blocked has the smallest sets of avoided entities, closed legs and closed nodes whose release opens a
	// route. It is empty if there is a route.
	Blocked []Blockage
	// Nearest has, if there is no route, the barred legs at the border of the reachable part.
	Nearest []Miss
	// Partial is true if the limit of work was reached: there may be more than is listed.
	Partial bool
	// Note says in words why there is no route, or "" if there is.
	Note string
}

// Route is one route through the network.
type Route struct {
	// Nodes are the entities that the route passes, one more than Legs.
	Nodes []uint32
	Legs  []Leg
	// Countries has the countries passed, in order; one that is entered again is listed again.
	Countries []uint32
	// Waters are the waters that the route crosses, each once, in order.
	Waters []uint32
	// Borders is how often the country changes along the legs.
	Borders int
	// Km is the sum of the lengths, or NaN unless all are stated. Known is the share of legs with a stated
	// length. EstimatedKm is the length by which the route is ranked.
	Km, Known, EstimatedKm float64
	// Verified is true if, for every leg, sources state all countries and waters that it crosses.
	Verified bool
	// Lengths has the length by how well it is known.
	Lengths Lengths
	// Certainty is the product of the certainties of the legs.
	Certainty float64
	// Weakest is the claim with the lowest confidence among all claims of the legs except their lengths.
	Weakest uint32
}

// Lengths has sums of the lengths of legs, by how well they are known.
type Lengths struct {
	// StatedKm is the sum of the lengths that a source states, and GuessedKm of those that a source gives as an
	// estimate. Stated and Guessed are the numbers of these legs.
	StatedKm, GuessedKm float64
	Stated, Guessed     int
	// Unknown is the number of legs without a stated length.
	Unknown int
}

// Leg is one leg of a route, in the direction of travel.
type Leg struct {
	From, To uint32
	// Mode and Status have the names of the ontology; if they are not stated, LAND and UNKNOWN.
	Mode, Status string
	// Segment is the segment of the leg; None in the network Borders.
	Segment uint32
	// Transits are the countries in the order in which they are passed, then the waters.
	Transits []uint32
	// Complete is true if Transits has all countries and waters.
	Complete bool
	// Km is the stated length, or NaN; Guessed is true if its source estimates it.
	Km, EstimatedKm float64
	Guessed         bool
	// Certainty is the lowest confidence among the claims of the leg's ends, mode, status and direction.
	Certainty float64
	// Claims are the evidence for the leg: its ends, mode, status, direction if it is used against its own,
	// transits and length.
	Claims []uint32
}

// FindRoutes finds the best routes in the network. If ctx ends, it returns the error of ctx.
func FindRoutes(ctx context.Context, n *Network, o *RouteOptions) (*Routes, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	q, err := n.query(o)
	if err != nil {
		return nil, err
	}
	out := &Routes{}
	if out.Note = q.impossible(); out.Note != "" {
		return out, nil
	}
	paths, partial, err := q.best(ctx, o.First)
	if err != nil {
		return nil, err
	}
	out.Partial = partial
	for _, p := range paths {
		out.Routes = append(out.Routes, n.route(p))
	}
	if len(paths) == 0 {
		return out, q.explain(ctx, out)
	}
	return out, nil
}

// explain sets why there is no route.
func (q *query) explain(ctx context.Context, out *Routes) error {
	q.work = &work{left: q.budget()}
	var partial bool
	var err error
	out.Blocked, partial, err = q.blocked(ctx, q.o.First)
	if err == errTwice {
		out.Partial, out.Note = true, "the ways through via that were found pass some node twice"
		return nil
	}
	if err != nil {
		return err
	}
	q.work = &work{left: q.budget()}
	if out.Nearest, err = q.nearest(ctx, q.o.First); err == errWork {
		partial = true
	} else if err != nil {
		return err
	}
	out.Partial = out.Partial || partial
	switch {
	case len(out.Blocked) > 0:
		out.Note = "every route is blocked"
	case out.Partial:
		out.Note = "no route was found before the limit of work was reached"
	default:
		out.Note = "nothing in the network leads there within these constraints, open or not"
	}
	return nil
}

// route returns the Route of a path.
func (n *Network) route(p *path) Route {
	s := n.view.Snapshot()
	r := Route{Nodes: []uint32{n.nodes[p.start].entity}, Verified: true, Certainty: 1, Weakest: snapshot.None}
	known, metres := 0, int64(0)
	for _, step := range p.steps {
		g := &n.legs[step>>1]
		l := n.leg(step)
		r.Nodes = append(r.Nodes, l.To)
		r.Legs = append(r.Legs, l)
		r.Borders += int(g.borders)
		metres += g.estimate
		r.Certainty *= l.Certainty
		r.Verified = r.Verified && l.Complete
		r.Km += l.Km
		if !math.IsNaN(l.Km) {
			known++
		}
		r.Lengths.add(&l)
		for _, e := range l.Transits {
			switch {
			case s.TypeName(e) == waterType:
				if !slices.Contains(r.Waters, e) {
					r.Waters = append(r.Waters, e)
				}
			case len(r.Countries) == 0 || r.Countries[len(r.Countries)-1] != e:
				r.Countries = append(r.Countries, e)
			}
		}
		for _, claim := range l.Claims {
			if claim != g.lengthClaim {
				r.weigh(n, claim)
			}
		}
	}
	r.EstimatedKm = float64(metres) / 1000
	if len(r.Legs) > 0 {
		r.Known = float64(known) / float64(len(r.Legs))
	}
	return r
}

// weigh updates Weakest with a claim on which the route depends.
func (r *Route) weigh(n *Network, claim uint32) {
	if s := n.view.Snapshot(); r.Weakest == snapshot.None || s.Confidence(claim) < s.Confidence(r.Weakest) {
		r.Weakest = claim
	}
}

func (x *Lengths) add(l *Leg) {
	switch {
	case math.IsNaN(l.Km):
		x.Unknown++
	case l.Guessed:
		x.Guessed++
		x.GuessedKm += l.Km
	default:
		x.Stated++
		x.StatedKm += l.Km
	}
}

// leg returns the Leg of a step.
func (n *Network) leg(step int32) Leg {
	g := &n.legs[step>>1]
	l := Leg{
		From: n.nodes[n.leaves(step)].entity, To: n.nodes[n.reaches(step)].entity,
		Mode: n.modes[g.mode], Status: n.statuses[g.status], Segment: g.segment,
		Complete: g.complete, Km: g.km, Guessed: g.guessed, EstimatedKm: float64(g.estimate) / 1000,
		Certainty: float64(n.surety(step)) / 1e4, Claims: slices.Clone(g.claims),
	}
	if step&1 == 1 && g.bothClaim != snapshot.None {
		l.Claims = append(l.Claims, g.bothClaim)
	}
	waters := len(g.transits)
	for waters > 0 && n.water[g.transits[waters-1]] {
		waters--
	}
	for i := range g.transits[:waters] {
		if step&1 == 1 {
			i = waters - 1 - i
		}
		l.Transits = append(l.Transits, n.places[g.transits[i]])
	}
	for _, p := range g.transits[waters:] {
		l.Transits = append(l.Transits, n.places[p])
	}
	return l
}

func (n *Network) surety(step int32) uint16 {
	if step&1 == 1 {
		return n.keys[step>>1].bothSurety
	}
	return n.keys[step>>1].surety
}
