package routes

import (
	"context"

	"github.com/caspian-kg/caspian/graph"
)

// Passing says whether routes must pass what a question avoids.
type Passing uint8

const (
	// PassingUnknown means that the network has no route at all, so that nothing is known of the way.
	PassingUnknown Passing = iota
	// MustPass means that every route of the network passes it.
	MustPass
	// MayPass means that there is a route without it, but of none of the best do sources state everything that
	// its legs cross.
	MayPass
	// NeedNotPass means that there is a route which is known to pass none of it.
	NeedNotPass
)

// PassingNames are the names of the values.
var PassingNames = [...]string{"UNKNOWN", "MUST", "MAY", "NEED_NOT"}

func (p Passing) String() string { return PassingNames[p] }

// verifying is how many of the best routes are looked at for one that is known to avoid what it must.
const verifying = 10

// Passes reports whether routes must pass what o.Avoid names, if there are any: Best says whether there are. around is
// a route that avoids it: the best one that is known to, or else the best; nil if there is none.
func Passes(ctx context.Context, n *Network, o *RouteOptions) (p Passing, around *Route, err error) {
	if err := o.Validate(); err != nil {
		return PassingUnknown, nil, err
	}
	paths, err := n.some(ctx, o, verifying)
	if err != nil {
		return PassingUnknown, nil, err
	}
	for _, path := range paths {
		if r := n.route(path); r.Verified {
			return NeedNotPass, &r, nil
		}
	}
	if len(paths) > 0 {
		r := n.route(paths[0])
		return MayPass, &r, nil
	}
	return MustPass, nil, nil
}

// Best returns the best route, or nil if there is none.
func Best(ctx context.Context, n *Network, o *RouteOptions) (*Route, error) {
	paths, err := n.some(ctx, o, 1)
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	r := n.route(paths[0])
	return &r, nil
}

// some returns the best paths, or none if there is nothing to search.
func (n *Network) some(ctx context.Context, o *RouteOptions, most int) ([]*path, error) {
	q, err := n.query(o)
	if err != nil || q.impossible() != "" {
		return nil, err
	}
	paths, partial, err := q.best(ctx, most)
	if err == nil && partial && len(paths) == 0 {
		err = graph.Errorf(graph.LimitWork, "the search for a route from %s to %s ended at its limit of work; name fewer modes, or the network BORDERS", o.From, o.To)
	}
	return paths, err
}
