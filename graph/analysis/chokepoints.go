package analysis

import (
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
)

// CutKind tells what a chokepoint is made of.
type CutKind uint8

// The kinds, in the order in which cuts of one size are listed.
const (
	CutNodes CutKind = iota
	CutLegs
	CutCountries
	CutWaters
	// CutNamed is an entity that the question named, of whatever type.
	CutNamed
)

// CutNames are the names of the kinds by value.
var CutNames = [...]string{"NODE", "LEG", "COUNTRY", "WATER", "NAMED"}

func (k CutKind) String() string { return CutNames[k] }

const (
	// maxCut is how many elements a cut may have; more are no chokepoint.
	maxCut = 6
	// cutWork is the default bound on the steps of one kind.
	cutWork = 30_000_000
	// maxCuts bounds how many cuts a question may ask for.
	maxCuts = 200
)

// ChokepointOptions ask what all routes must pass.
type ChokepointOptions struct {
	// From, To, Avoid, Modes and Statuses are those of RouteOptions.
	From, To graph.ID
	Avoid    []graph.ID
	Modes    []string
	Statuses []string
	// Kinds are the kinds of cuts to look for; nil is all.
	Kinds []CutKind
	// Closing, where not nil, asks of these entities instead what each of them
	// removes when it closes.
	Closing []graph.ID
	// First is how many cuts to list.
	First int
	// Work bounds the search, in steps; 0 is the default.
	Work int
}

// Validate lists every fault that can be told without a graph.
func (o *ChokepointOptions) Validate() error {
	var f faults
	fault := func(argument, format string, a ...any) { f.add(argument, graph.BadInput, format, a...) }
	if o.First < 1 || o.First > maxCuts {
		fault("first", "%d is not between 1 and %d", o.First, maxCuts)
	}
	if len(o.Closing) > maxCuts {
		fault("closing", "%d entities are more than %d", len(o.Closing), maxCuts)
	}
	if o.Kinds != nil && len(o.Kinds) == 0 {
		fault("kinds", "an empty list asks for nothing; leave it out to ask for all")
	}
	if slices.Contains(o.Kinds, CutNamed) {
		fault("kinds", "%s is what closing asks for", CutNamed)
	}
	// What both questions have in common is bounded in one place.
	r := RouteOptions{Avoid: o.Avoid, Modes: o.Modes, Statuses: o.Statuses, First: 1}
	if more, ok := r.Validate().(graph.Problems); ok {
		f.list = append(f.list, more...)
	}
	return f.err()
}

// Chokepoint is a smallest set of elements of one kind that every route passes:
// where all of them close, no route is left.
type Chokepoint struct {
	Kind CutKind
	// Cut are the elements: nodes, segments, countries or waters.
	Cut []uint32
	// Removes is how many pairs of a node of From and a node of To lose their
	// last way when the cut closes; Pairs is how many have one before.
	Removes, Pairs int
}

// FindChokepoints finds, for each kind, the minimum cuts between the ends: the
// smallest sets that every open route passes, of at most six elements. A set
// that holds all nodes of an end is none, for it says nothing. Smaller cuts
// come first, then by kind, then those nearer to From. Where there is no route
// there are no chokepoints.
func FindChokepoints(ctx context.Context, n *Network, o *ChokepointOptions) ([]Chokepoint, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	q, err := n.query(&RouteOptions{From: o.From, To: o.To, Avoid: o.Avoid, Modes: o.Modes, Statuses: o.Statuses, Work: o.Work})
	if err != nil {
		return nil, err
	}
	f := &cutter{query: q, ctx: ctx}
	f.work = f.allowance()
	list, err := f.find(o)
	if err == errWork {
		return nil, graph.Errorf(graph.BadInput, "chokepoints: too much to search between %s and %s; name nearer ends or fewer modes", o.From, o.To)
	}
	return list, err
}

// cutter looks for the cuts of one question.
type cutter struct {
	*query
	ctx   context.Context
	pairs int
}

// allowance is the work of one kind of cuts. Its steps are cheaper than those of
// routes: half a second's worth.
func (f *cutter) allowance() *work {
	if f.o.Work > 0 {
		return &work{left: f.o.Work}
	}
	return &work{left: cutWork}
}

func (f *cutter) find(o *ChokepointOptions) ([]Chokepoint, error) {
	var err error
	if f.pairs, err = f.connected(nil); err != nil || f.pairs == 0 {
		return nil, err
	}
	if o.Closing != nil {
		return f.closing(o.Closing)
	}
	var list []Chokepoint
	for _, kind := range []CutKind{CutNodes, CutLegs, CutCountries, CutWaters} {
		if o.Kinds != nil && !slices.Contains(o.Kinds, kind) {
			continue
		}
		f.work = f.allowance()
		cuts, err := f.cuts(kind, o.First)
		if err == errWork {
			return nil, graph.Errorf(graph.BadInput, "chokepoints: finding the cuts of kind %s takes too much work; leave %s out of kinds, or name nearer ends", kind, kind)
		}
		if err != nil {
			return nil, err
		}
		for _, cut := range cuts {
			list = append(list, Chokepoint{kind, cut, f.pairs, f.pairs})
		}
	}
	slices.SortStableFunc(list, func(a, b Chokepoint) int { return len(a.Cut) - len(b.Cut) })
	return list[:min(o.First, len(list))], nil
}

// cuts finds the minimum cuts of a kind. On borders a node is a country, and
// no entity is a leg.
func (f *cutter) cuts(kind CutKind, most int) ([][]uint32, error) {
	borders := f.n.kind == Borders
	switch {
	case kind == CutNodes && !borders, kind == CutCountries && borders:
		return f.nodeCuts(most)
	case kind == CutLegs && !borders:
		return f.legCuts(most)
	case kind == CutCountries && !borders, kind == CutWaters:
		return f.placeCuts(kind == CutWaters, most)
	}
	return nil, nil
}

// closing tells what each entity removes when it closes.
func (f *cutter) closing(ids []graph.ID) ([]Chokepoint, error) {
	var list []Chokepoint
	for _, id := range ids {
		m, err := f.n.mention("closing", id)
		if err != nil {
			return nil, err
		}
		left, err := f.connected(m)
		if err != nil {
			return nil, err
		}
		e, _ := f.n.view.Snapshot().Number(id)
		list = append(list, Chokepoint{CutNamed, []uint32{e}, f.pairs - left, f.pairs})
	}
	return list, nil
}

// usable tells whether a step can be taken while what is mentioned is closed.
func (f *cutter) usable(a arc, closed *mentioned) bool {
	return f.price(a.step) > 0 && f.enterable(a.node) &&
		(closed == nil || !closed.legs[a.step>>1] && !closed.touchesNode(f.n, a.node))
}

// connected counts the pairs of ends with a way between them, which may pass
// other nodes of either end, while what is mentioned is closed.
func (f *cutter) connected(closed *mentioned) (pairs int, err error) {
	// From each node of the smaller end, so that there are few searches.
	start, adjacent, isEnd := f.from, &f.n.out, f.isTo
	if len(f.to) < len(f.from) {
		start, adjacent, isEnd = f.to, &f.n.in, f.isFrom
	}
	seen := make([]int32, len(f.n.nodes))
	var queue []int32
	for i, s := range start {
		if !f.enterable(s) || closed != nil && closed.touchesNode(f.n, s) {
			continue
		}
		mark := int32(i + 1)
		seen[s] = mark
		queue = append(queue[:0], s)
		for len(queue) > 0 {
			at := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			if isEnd[at] {
				pairs++
			}
			for _, a := range adjacent.at(at) {
				if err := f.spend(); err != nil {
					return 0, err
				}
				if seen[a.node] != mark && f.usable(a, closed) {
					seen[a.node] = mark
					queue = append(queue, a.node)
				}
			}
		}
	}
	return pairs, nil
}

func (f *cutter) spend() error { return f.spendOne(f.ctx) }
