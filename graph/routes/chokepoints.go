package routes

import (
	"cmp"
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/schema"
)

// CutKind is the kind of a chokepoint's elements.
type CutKind uint8

// The kinds, in the order in which cuts of equal size are listed.
const (
	CutNodes CutKind = iota
	CutLegs
	CutCountries
	CutWaters
	// CutNamed means an entity of any type that the question named.
	CutNamed
)

// CutNames are the names of the kinds by value.
var CutNames = [...]string{"NODE", "LEG", "COUNTRY", "WATER", "NAMED"}

func (k CutKind) String() string { return CutNames[k] }

const (
	// maxCut is the maximum number of elements in a cut; a larger set is not a chokepoint.
	maxCut = 6
	// cutWork is the default bound on the steps of searching cuts of one kind.
	cutWork = 30_000_000
	// maxCuts bounds how many cuts a question may request.
	maxCuts = 200
	// maxLost bounds how many pairs without a way are listed.
	maxLost = 100
)

// CutWeight says by what cuts are compared.
type CutWeight uint8

const (
	// ByCount prefers fewer elements.
	ByCount CutWeight = iota
	// ByCapacity prefers fewer elements without a stated capacity, then less capacity. So the best-known bound
	// on what can pass comes first.
	ByCapacity
)

// CutWeights are the names of the weights by value.
var CutWeights = [...]string{"COUNT", "CAPACITY"}

func (w CutWeight) String() string { return CutWeights[w] }

// ChokepointOptions is a question for what all routes must pass.
type ChokepointOptions struct {
	// From, To, Cargo, Avoid, Modes and Statuses are as in RouteOptions.
	From, To graph.ID
	Cargo    graph.ID
	Avoid    []graph.ID
	Modes    []string
	Statuses []string
	// Kinds are the kinds of cuts to find. nil means all kinds or, with ByCapacity, those whose elements have a
	// capacity: nodes and legs.
	Kinds []CutKind
	// Weight says by what cuts are compared.
	Weight CutWeight
	// Unit is the unit of capacities; figures in other units of its dimension are converted.
	// "" means CapacityUnit.
	Unit string
	// Closing, if not nil, changes the question: what does closing each of these entities remove?
	Closing []graph.ID
	// First is the maximum number of cuts to list.
	First int
	// Work bounds the steps of the search; 0 means the default.
	Work int
}

// Validate returns every fault that can be found without a graph.
func (o *ChokepointOptions) Validate() error {
	var f question.Faults
	fault := func(argument, format string, a ...any) { f.Add(argument, graph.BadInput, format, a...) }
	if o.First < 1 || o.First > maxCuts {
		fault("first", "%d is not between 1 and %d", o.First, maxCuts)
	}
	if len(o.Closing) > maxCuts {
		fault("closing", "%d entities are above the limit of %d; leave some out", len(o.Closing), maxCuts)
	}
	if o.Kinds != nil && len(o.Kinds) == 0 {
		fault("kinds", "an empty list finds nothing; leave it out to find all kinds")
	}
	for _, k := range o.Kinds {
		switch {
		case k == CutNamed:
			fault("kinds", "%s is for places to close; use closing", k)
		case o.Weight == ByCapacity && k != CutNodes && k != CutLegs:
			fault("kinds", "nobody states the capacity of a %s; ask with weight %s", k, ByCount)
		}
	}
	// RouteOptions checks what both questions have in common.
	r := RouteOptions{Avoid: o.Avoid, Modes: o.Modes, Statuses: o.Statuses, First: 1}
	if more, ok := r.Validate().(graph.Problems); ok {
		f.Join(more)
	}
	return f.Err()
}

// Chokepoint is a smallest set of elements of one kind that every route passes: if all of them close, no route
// remains.
type Chokepoint struct {
	Kind CutKind
	// Cut are the elements: nodes, segments, countries or waters.
	Cut []uint32
	// Removes is how many pairs of a node of From and a node of To lose their last way if the cut closes. Pairs
	// is how many have a way before.
	Removes, Pairs int
	// Lost are the pairs that lose their last way, at most a hundred.
	Lost []Pair
	// Capacity is the stated capacity of the cut. It is nil for countries and waters, which have no capacity.
	Capacity *CutCapacity

	weight int64
}

// Pair is a node of From and a node of To.
type Pair struct{ From, To uint32 }

// Chokepoints is the answer to ChokepointOptions.
type Chokepoints struct {
	List []Chokepoint
	// Partial is true if the limit of work was reached: there may be more than is listed.
	Partial bool
}

// FindChokepoints finds, for each kind, the minimum cuts between the ends: the smallest sets that every open
// route passes. They have at most six elements or, by capacity, at most six elements without a stated capacity.
// A set that contains all nodes of an end is trivial and not a chokepoint. Smaller cuts come first, then by
// kind, then those nearer to From. If there is no route, there are no chokepoints. It is an error if the limit
// of work is reached before any is found.
func FindChokepoints(ctx context.Context, n *Network, o *ChokepointOptions) (*Chokepoints, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	unit, err := n.capacityUnit(o)
	if err != nil {
		return nil, err
	}
	q, err := n.query(&RouteOptions{From: o.From, To: o.To, Cargo: o.Cargo, Avoid: o.Avoid, Modes: o.Modes, Statuses: o.Statuses, Work: o.Work})
	if err != nil {
		return nil, err
	}
	f := &cutter{query: q, ctx: ctx, weight: o.Weight, unit: unit}
	f.work = f.allowance()
	list, err := f.find(o)
	switch {
	case err == errWork && len(list) == 0:
		return nil, graph.Errorf(graph.LimitWork, "chokepoints: the search between %s and %s ended at its limit of work before it found one; name nearer ends, fewer modes or fewer kinds", o.From, o.To)
	case err != nil && err != errWork:
		return nil, err
	}
	return &Chokepoints{list, err == errWork}, nil
}

// cutter finds the cuts for one question.
type cutter struct {
	*query
	ctx    context.Context
	weight CutWeight
	unit   *schema.Unit
	pairs  *pairing // the pairs that have a way before anything closes
}

// allowance returns the bound on the steps for one kind of cuts: Work if the question sets it, else cutWork,
// which takes about half a second.
func (f *cutter) allowance() *work {
	if f.o.Work > 0 {
		return &work{left: f.o.Work}
	}
	return &work{left: cutWork}
}

// find finds the cuts for the question. If it returns errWork, it also returns the cuts found so far.
func (f *cutter) find(o *ChokepointOptions) ([]Chokepoint, error) {
	var err error
	if f.pairs, err = f.connected(nil); err != nil || f.pairs.count == 0 {
		return nil, err
	}
	if o.Closing != nil {
		return f.closing(o.Closing)
	}
	kinds := o.Kinds
	if kinds == nil {
		kinds = []CutKind{CutNodes, CutLegs, CutCountries, CutWaters}
		if f.weight == ByCapacity {
			kinds = kinds[:2]
		}
	}
	var list []Chokepoint
	var spent error
	for kind := CutNodes; kind < CutNamed; kind++ {
		if !slices.Contains(kinds, kind) {
			continue
		}
		f.work = f.allowance()
		cuts, err := f.cuts(kind, o.First)
		if err != nil && err != errWork {
			return nil, err
		}
		if err == errWork {
			spent = err
		}
		lost := f.lost(nil)
		for _, c := range cuts {
			list = append(list, Chokepoint{Kind: kind, Cut: c.entities, Removes: f.pairs.count, Pairs: f.pairs.count, Lost: lost,
				Capacity: f.throughput(kind, c.entities), weight: c.weight})
		}
	}
	slices.SortStableFunc(list, func(a, b Chokepoint) int { return cmp.Compare(a.weight, b.weight) })
	return list[:min(o.First, len(list))], spent
}

// cut is a cut with its weight.
type cut struct {
	entities []uint32
	weight   int64
}

// cuts finds the minimum cuts of a kind. If it returns errWork, it also returns the cuts found so far. In the
// network Borders, a node is a country, and a leg is not an entity.
func (f *cutter) cuts(kind CutKind, most int) ([]cut, error) {
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

// closing returns what each entity removes when it closes. If it returns errWork, it also returns the results
// so far.
func (f *cutter) closing(ids []graph.ID) ([]Chokepoint, error) {
	var list []Chokepoint
	var closed []*mentioned
	for _, id := range ids {
		m, err := f.n.mention("closing", id)
		if err != nil {
			return nil, err
		}
		closed = append(closed, m)
	}
	for i, id := range ids {
		left, err := f.connected(closed[i])
		if err != nil {
			return list, err
		}
		e, _ := f.n.view.Meant(id)
		c := Chokepoint{Kind: CutNamed, Cut: []uint32{e}, Removes: f.pairs.count - left.count, Pairs: f.pairs.count, Lost: f.lost(left)}
		if t := f.n.view.Snapshot().TypeName(e); t == "TransportNode" || t == "Segment" {
			c.Capacity = f.throughput(CutNamed, c.Cut)
		}
		list = append(list, c)
	}
	return list, nil
}

// usable reports whether a step can be taken while the mentioned entities are closed.
func (f *cutter) usable(a arc, closed *mentioned) bool {
	return f.price(a.step) > 0 && f.enterable(a.node) &&
		(closed == nil || !closed.legs[a.step>>1] && !closed.touchesNode(f.n, a.node))
}

// pairing says which nodes of from have a way to which nodes of to.
type pairing struct {
	count int
	open  []uint64 // bits, by the indexes in from and to
}

func (p *pairing) has(i int) bool { return p.open[i/64]&(1<<(i%64)) != 0 }

// connected finds the pairs of ends with a way between them while the mentioned entities are closed. A way may
// pass through other nodes of either end.
func (f *cutter) connected(closed *mentioned) (*pairing, error) {
	// The search starts from each node of the smaller end, so that there are few searches.
	start, end, adjacent, isEnd := f.from, f.to, &f.n.out, f.isTo
	turned := len(f.to) < len(f.from)
	if turned {
		start, end, adjacent, isEnd = f.to, f.from, &f.n.in, f.isFrom
	}
	p := &pairing{open: make([]uint64, (len(f.from)*len(f.to)+63)/64)}
	place := make(map[int32]int, len(end))
	for i, e := range end {
		place[e] = i
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
				bit := i*len(f.to) + place[at]
				if turned {
					bit = place[at]*len(f.to) + i
				}
				p.count++
				p.open[bit/64] |= 1 << (bit % 64)
			}
			for _, a := range adjacent.at(at) {
				if err := f.spend(); err != nil {
					return nil, err
				}
				if seen[a.node] != mark && f.usable(a, closed) {
					seen[a.node] = mark
					queue = append(queue, a.node)
				}
			}
		}
	}
	return p, nil
}

// lost returns the first pairs that had a way and no longer have one. A nil left means that no pair has a way.
func (f *cutter) lost(left *pairing) []Pair {
	var list []Pair
	for i := range len(f.from) * len(f.to) {
		if f.pairs.has(i) && (left == nil || !left.has(i)) {
			if list = append(list, Pair{f.n.nodes[f.from[i/len(f.to)]].entity, f.n.nodes[f.to[i%len(f.to)]].entity}); len(list) == maxLost {
				break
			}
		}
	}
	return list
}

func (f *cutter) spend() error { return f.spendOne(f.ctx) }
