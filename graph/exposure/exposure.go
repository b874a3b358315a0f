// Package exposure computes which share of a country's imports must pass a place: the shares of its partners, joined
// with the routes from each of them.
//
// Read Measure first. Everything is read through the view. The package must not know GraphQL, HTTP or the store.
package exposure

import (
	"cmp"
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/routes"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

const (
	// MaxPoints is how many places an answer has at most.
	MaxPoints = 50
	// MaxPartners is how many partners' routes are searched; the shares of others count as unknown.
	MaxPartners = 60
	// maxTries bounds how many routes are searched to find the places that matter.
	maxTries = 1500
)

// Options says whose imports are exposed to what.
type Options struct {
	// Of is the importing country. Resource is what it imports; "" means all goods together.
	Of, Resource graph.ID
	// Year is the year of the figures; nil means the latest in view.
	Year *int
	// At are the places: countries, waters, nodes and everything else that routes can avoid. nil means those on the routes
	// from the partners on which most depends.
	At []graph.ID
	// Modes and Statuses are as in routes.RouteOptions.
	Modes, Statuses []string
	// First is how many places to return if At is nil, at most MaxPoints; 0 means 10.
	First int
}

// Exposure is an answer of Measure.
type Exposure struct {
	// Dependency has the shares of the partners, and what is unknown of them.
	Dependency *analysis.Dependency
	// Points has the places: those of Options.At in their order, or else the one with the greatest share first.
	Points []Point
	// Partial is true if the search for places ended at its limit: others may matter more.
	Partial bool
}

// Point is a place with what depends on it.
type Point struct {
	Entity uint32
	// Share is the part of the imports that must pass the place, Remains the part that need not. What is not known
	// of partners and routes makes them wide.
	Share, Remains analysis.Bounds
	Partners       []Passage
}

// Passage is the part of one partner.
type Passage struct {
	Partner *analysis.PartnerShare
	Passing routes.Passing
	// Around is a route from the partner that avoids the place, or nil.
	Around *routes.Route
}

// Measure returns which share of a country's imports must pass places, as far as the network knows: a route that it
// lacks is unknown. The share of a partner whose every route passes the place counts as a whole; if a route is known
// to avoid it, not at all; if none of the routes around it is known to, or the network has no route from the partner,
// as anything between. So does what nobody attributes to a partner.
func Measure(ctx context.Context, v *snapshot.View, n *routes.Network, o Options) (*Exposure, error) {
	var f question.Faults
	if o.First < 0 || o.First > MaxPoints {
		f.Add("first", graph.BadInput, "%d is not between 1 and %d", o.First, MaxPoints)
	}
	if len(o.At) > MaxPoints {
		f.Add("at", graph.BadInput, "%d entities are more than %d", len(o.At), MaxPoints)
	}
	for _, id := range o.At {
		f.Entity(v, "at", id)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	o.First = cmp.Or(o.First, 10)
	d, err := analysis.MeasureDependency(ctx, v, analysis.DependencyOptions{Of: o.Of, Resource: o.Resource, Year: o.Year})
	if err != nil {
		return nil, err
	}
	m := &measure{ctx: ctx, v: v, n: n, o: o, d: d, partners: d.Partners[:min(len(d.Partners), MaxPartners)],
		routes: map[uint32]*routes.Route{}, passages: map[passing]Passage{}}
	m.of, _ = v.Meant(o.Of)
	out := &Exposure{Dependency: d}
	at := o.At
	if at == nil {
		if at, out.Partial, err = m.points(); err != nil {
			return nil, err
		}
	}
	for _, id := range at {
		p, err := m.point(id)
		if err != nil {
			return nil, err
		}
		out.Points = append(out.Points, *p)
	}
	if o.At == nil {
		slices.SortStableFunc(out.Points, func(a, b Point) int {
			return cmp.Or(cmp.Compare(b.Share.Low, a.Share.Low), cmp.Compare(b.Share.High, a.Share.High), cmp.Compare(v.Snapshot().ID(a.Entity), v.Snapshot().ID(b.Entity)))
		})
	}
	return out, nil
}

// measure is the state of Measure.
type measure struct {
	ctx      context.Context
	v        *snapshot.View
	n        *routes.Network
	o        Options
	d        *analysis.Dependency
	of       uint32
	partners []analysis.PartnerShare
	// routes and passages are what was searched so far. The search for places needs many of those in the answer.
	routes   map[uint32]*routes.Route // the best, by partner; nil if there is none
	passages map[passing]Passage
}

// passing names a passage.
type passing struct {
	partner uint32
	place   graph.ID
}

// options returns the question for routes from a partner.
func (m *measure) options(partner uint32, avoid ...graph.ID) *routes.RouteOptions {
	return &routes.RouteOptions{From: m.v.Snapshot().ID(partner), To: m.v.Snapshot().ID(m.of), Avoid: avoid, Cargo: m.o.Resource,
		Modes: m.o.Modes, Statuses: m.o.Statuses, First: 1}
}

// best returns the best route from a partner, or nil if there is none.
func (m *measure) best(partner uint32) (*routes.Route, error) {
	r, ok := m.routes[partner]
	if !ok {
		var err error
		if r, err = routes.Best(m.ctx, m.n, m.options(partner)); err != nil {
			return nil, err
		}
		m.routes[partner] = r
	}
	return r, nil
}

// passage finds out whether what comes from a partner must pass a place.
func (m *measure) passage(x *analysis.PartnerShare, place graph.ID) (p Passage, err error) {
	key := passing{x.Partner, place}
	if p, ok := m.passages[key]; ok {
		return p, nil
	}
	p = Passage{Partner: x, Passing: routes.MustPass}
	if e, _ := m.v.Meant(place); e != x.Partner {
		if p.Passing, p.Around, err = routes.Passes(m.ctx, m.n, m.options(x.Partner, place)); err != nil {
			return p, err
		}
		if p.Passing == routes.MustPass {
			r, err := m.best(x.Partner)
			if err != nil {
				return p, err
			}
			if r == nil {
				p.Passing = routes.PassingUnknown
			}
		}
	}
	m.passages[key] = p
	return p, nil
}

// point measures one place.
func (m *measure) point(id graph.ID) (*Point, error) {
	p := &Point{}
	p.Entity, _ = m.v.Meant(id)
	for i := range m.partners {
		if err := m.ctx.Err(); err != nil {
			return nil, err
		}
		passage, err := m.passage(&m.partners[i], id)
		if err != nil {
			return nil, err
		}
		p.Partners = append(p.Partners, passage)
	}
	p.bound(m.d)
	return p, nil
}

// bound computes the shares from those of the partners.
func (p *Point) bound(d *analysis.Dependency) {
	low, high, free := 0.0, d.Unknown.High, 0.0
	for _, x := range p.Partners {
		switch x.Passing {
		case routes.MustPass:
			low, high = low+x.Partner.Share.Low, high+x.Partner.Share.High
		case routes.NeedNotPass:
			free += x.Partner.Share.Low
		default:
			high += x.Partner.Share.High
		}
	}
	if len(d.Partners) > len(p.Partners) {
		high = 1 // nobody looked for the routes of the others
	}
	high = question.Round(max(0, min(1, high, 1-free)))
	low = question.Round(min(low, high))
	p.Share, p.Remains = analysis.Bounds{Low: low, High: high}, analysis.Bounds{Low: question.Round(1 - high), High: question.Round(1 - low)}
}

// points returns the places on which most depends: of the places on the best route of each partner, which are the only
// ones that all its routes can share, those with the greatest sum of the shares that must pass them. A partner itself
// is one only if others must pass it.
func (m *measure) points() (best []graph.ID, partial bool, err error) {
	s := m.v.Snapshot()
	sums := map[uint32]float64{}
	tries := 0
	for i := range m.partners {
		x := &m.partners[i]
		if x.Share.Low == 0 {
			continue
		}
		r, err := m.best(x.Partner)
		if err != nil {
			return nil, false, err
		}
		if r == nil {
			continue
		}
		for _, e := range onTheWay(r, x.Partner, m.of) {
			if tries++; tries > maxTries {
				partial = true
				break
			}
			passage, err := m.passage(x, s.ID(e))
			if err != nil {
				return nil, false, err
			}
			if passage.Passing == routes.MustPass {
				sums[e] += x.Share.Low
			}
		}
	}
	for i := range m.partners {
		if x := &m.partners[i]; sums[x.Partner] > 0 {
			sums[x.Partner] += x.Share.Low // those goods pass it as well
		}
	}
	list := make([]uint32, 0, len(sums))
	for e := range sums {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b uint32) int { return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(s.ID(a), s.ID(b))) })
	for _, e := range list[:min(len(list), m.o.First)] {
		best = append(best, s.ID(e))
	}
	return best, partial, nil
}

// onTheWay returns the countries, waters and nodes of a route, each once, without the countries at its ends.
func onTheWay(r *routes.Route, from, to uint32) []uint32 {
	var list []uint32
	for _, part := range [...][]uint32{r.Countries, r.Waters, r.Nodes} {
		for _, e := range part {
			if e != from && e != to && !slices.Contains(list, e) {
				list = append(list, e)
			}
		}
	}
	return list
}
