package routes

import (
	"container/heap"
	"context"
	"errors"
	"slices"
)

// errWork says that a question has reached its limit of work.
var errWork = errors.New("analysis: the limit of work is reached")

// Blockage is a set of obstacles whose release opens a route.
type Blockage struct {
	// Release has avoided countries, waters and nodes, and closed legs and nodes. If all of them are released
	// there is a route; if any one of them remains there is none.
	Release []uint32
	// Opens is the best route that the release opens.
	Opens Route
}

// Miss is a barred leg that would lead towards the end.
type Miss struct {
	Leg Leg
	// Bars are the obstacles of the leg and of the node after it: entities of the kinds in Blockage.Release.
	Bars []uint32
	// Left is the number of legs from the end of the leg to the end of the route, on the shortest path without
	// obstacles.
	Left int
}

// The bounds on the search for ways to open a route.
const (
	maxLabels = 200_000
	// maxReleases is how many sets of equal size are compared by the route that they open.
	maxReleases = 64
)

// barSet is a sorted set of bars, as numbers in blockade.bars.
type barSet []int32

func (b barSet) in(o barSet) bool {
	i := 0
	for _, x := range o {
		if i < len(b) && b[i] == x {
			i++
		}
	}
	return i == len(b)
}

func (b barSet) with(more barSet) barSet {
	if more.in(b) {
		return b
	}
	all := append(slices.Clone(b), more...)
	slices.Sort(all)
	return slices.Compact(all)
}

// label is a path to a state, with the bars on it.
type label struct {
	state int32
	bars  barSet
}

// labels is a heap of labels with the fewest bars on top.
type labels []label

func (h labels) Len() int      { return len(h) }
func (h labels) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h labels) Less(i, j int) bool {
	x, y := h[i], h[j]
	if len(x.bars) != len(y.bars) {
		return len(x.bars) < len(y.bars)
	}
	if c := slices.Compare(x.bars, y.bars); c != 0 {
		return c < 0
	}
	return x.state < y.state
}
func (h *labels) Push(x any) { *h = append(*h, x.(label)) }
func (h *labels) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// blockade finds the smallest sets of bars whose release opens a route. It searches the network as if nothing
// were barred. For each state it keeps the minimal sets of bars on the paths to it. The sets at the end of the
// route are the result, in order of size.
type blockade struct {
	*query
	bars    []uint32 // entities, sorted by id
	number  map[uint32]int32
	ofLeg   []barSet // by leg; nil until needed
	ofNode  []barSet
	kept    [][]barSet
	waiting labels
}

// errTwice says that nothing bars the way, but that the path through the vias passes a node twice. Other paths
// were not searched.
var errTwice = errors.New("analysis: only ways that pass a node twice")

// blocked returns at most most sets to release: the smallest first, and sets of equal size in the order of the
// routes that they open.
func (q *query) blocked(ctx context.Context, most int) (list []Blockage, partial bool, err error) {
	sets, partial, err := q.newBlockade().minimal(ctx, most)
	if err != nil {
		return nil, false, err
	}
	type opening struct {
		release []uint32
		path    *path
	}
	var openings []opening
	for _, set := range sets {
		if len(set.bars) == 0 {
			return nil, true, errTwice
		}
		release := make([]uint32, len(set.bars))
		for i, b := range set.bars {
			release[i] = set.entities[b]
		}
		paths, cut, err := q.without(release).best(ctx, 1)
		if err != nil {
			return nil, false, err
		}
		if len(paths) == 0 {
			// The only path that this opens passes a node twice or crosses too many borders; other paths were
			// not searched.
			partial = true
			continue
		}
		partial = partial || cut
		openings = append(openings, opening{release, paths[0]})
	}
	slices.SortStableFunc(openings, func(a, b opening) int {
		if len(a.release) != len(b.release) {
			return len(a.release) - len(b.release)
		}
		return a.path.compare(b.path)
	})
	for _, o := range openings[:min(most, len(openings))] {
		list = append(list, Blockage{o.release, q.n.route(o.path)})
	}
	return list, partial, nil
}

// without returns the same question with some bars removed.
func (q *query) without(release []uint32) *query {
	r := *q
	r.forget()
	r.released = map[uint32]bool{}
	for _, e := range release {
		r.released[e] = true
	}
	return &r
}

func (q *query) newBlockade() *blockade {
	b := &blockade{query: q, number: map[uint32]int32{}, ofLeg: make([]barSet, len(q.n.legs)),
		ofNode: make([]barSet, len(q.n.nodes)), kept: make([][]barSet, len(q.n.nodes)*int(q.width))}
	note := func(bars []uint32) {
		for _, e := range bars {
			if _, ok := b.number[e]; !ok {
				b.number[e] = 0
				b.bars = append(b.bars, e)
			}
		}
	}
	for i := range q.n.nodes {
		note(q.nodeBars(int32(i), nil))
	}
	for i := range q.n.legs {
		if q.fits(int32(i)) {
			note(q.legBars(int32(i), nil))
		}
	}
	s := q.n.view.Snapshot()
	slices.SortFunc(b.bars, func(x, y uint32) int {
		if s.ID(x) < s.ID(y) {
			return -1
		}
		return 1
	})
	for i, e := range b.bars {
		b.number[e] = int32(i)
	}
	return b
}

func (b *blockade) set(bars []uint32) barSet {
	set := make(barSet, len(bars))
	for i, e := range bars {
		set[i] = b.number[e]
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// met returns the bars of a leg, without those of its ends.
func (b *blockade) met(i int32) barSet {
	if b.ofLeg[i] == nil {
		b.ofLeg[i] = b.set(b.legBars(i, nil))
	}
	return b.ofLeg[i]
}

// metAt returns the bars of a node.
func (b *blockade) metAt(i int32) barSet {
	if b.ofNode[i] == nil {
		b.ofNode[i] = b.set(b.nodeBars(i, nil))
	}
	return b.ofNode[i]
}

// minimalSet is a set of bars with the entities that they are.
type minimalSet struct {
	bars     barSet
	entities []uint32
}

// minimal finds the minimal sets in order of size, at least most of them if there are, and all of the last
// size.
func (b *blockade) minimal(ctx context.Context, most int) (sets []minimalSet, partial bool, err error) {
	made := 0
	add := func(l label) {
		made++
		heap.Push(&b.waiting, l)
	}
	for _, i := range b.from {
		add(label{b.begin(i), b.metAt(i)})
	}
	for len(b.waiting) > 0 {
		l := heap.Pop(&b.waiting).(label)
		if n := len(sets); n >= most && len(l.bars) > len(sets[n-1].bars) {
			return sets, false, nil
		}
		if slices.ContainsFunc(b.kept[l.state], func(k barSet) bool { return k.in(l.bars) }) {
			continue
		}
		b.kept[l.state] = append(b.kept[l.state], l.bars)
		if b.arrived(l.state) {
			if slices.ContainsFunc(sets, func(k minimalSet) bool { return k.bars.in(l.bars) }) {
				continue
			}
			if len(sets) >= most+maxReleases {
				return sets, true, nil
			}
			sets = append(sets, minimalSet{l.bars, b.bars})
			continue
		}
		for _, a := range b.n.out.at(l.state / b.width) {
			step := a.step
			more, err := b.work.spend(ctx)
			if err != nil {
				return nil, false, err
			}
			if !more || made > maxLabels {
				return sets, true, nil
			}
			next, ok := b.follow(l.state, step)
			if !ok || !b.fits(step>>1) {
				continue
			}
			bars := l.bars.with(b.met(step >> 1)).with(b.metAt(next / b.width))
			if !slices.ContainsFunc(b.kept[next], func(k barSet) bool { return k.in(bars) }) {
				add(label{next, bars})
			}
		}
	}
	return sets, false, nil
}

// nearest returns the barred legs at the border of the reachable part, in ascending order of the legs left to
// the end.
func (q *query) nearest(ctx context.Context, most int) ([]Miss, error) {
	left, err := q.legsLeft(ctx)
	if err != nil {
		return nil, err
	}
	type miss struct{ step, left int32 }
	var misses []miss
	seen := make([]bool, len(left))
	var queue []int32
	reach := func(state int32) {
		if !seen[state] {
			seen[state] = true
			queue = append(queue, state)
		}
	}
	for _, i := range q.from {
		if q.enterable(i) {
			reach(q.begin(i))
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, a := range q.n.out.at(queue[0] / q.width) {
			step := a.step
			if err := q.spendOne(ctx); err != nil {
				return nil, err
			}
			next, ok := q.follow(queue[0], step)
			switch {
			case !ok || !q.fits(step>>1):
			case q.price(step) > 0 && q.enterable(next/q.width):
				reach(next)
			case left[next] >= 0:
				misses = append(misses, miss{step, left[next]})
			}
		}
	}
	slices.SortFunc(misses, func(a, b miss) int {
		if a.left != b.left {
			return int(a.left - b.left)
		}
		return int(a.step - b.step)
	})
	misses = slices.CompactFunc(misses, func(a, b miss) bool { return a.step == b.step })
	var list []Miss
	for _, m := range misses[:min(most, len(misses))] {
		bars := q.nodeBars(q.n.reaches(m.step), q.legBars(m.step>>1, nil))
		list = append(list, Miss{Leg: q.n.leg(m.step), Bars: bars, Left: int(m.left)})
	}
	return list, nil
}

// legsLeft returns the number of legs from each state to the end if nothing were barred, or -1 if the end
// cannot be reached.
func (q *query) legsLeft(ctx context.Context) ([]int32, error) {
	left := make([]int32, len(q.n.nodes)*int(q.width))
	for i := range left {
		left[i] = -1
	}
	var queue []int32
	q.arrivals(func(end int32) {
		left[end] = 0
		queue = append(queue, end)
	})
	for ; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		for _, a := range q.n.in.at(at / q.width) {
			step := a.step
			if err := q.spendOne(ctx); err != nil {
				return nil, err
			}
			if !q.fits(step >> 1) {
				continue
			}
			q.preceding(step, at, func(before int32) {
				if left[before] < 0 {
					left[before] = left[at] + 1
					queue = append(queue, before)
				}
			})
		}
	}
	return left, nil
}
