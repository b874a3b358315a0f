package routes

import (
	"container/heap"
	"context"
	"math"
	"slices"
)

// path is a route in the numbers of the network: a node, and steps from it.
type path struct {
	start int32
	steps []int32
	cost  int64
}

// compare orders paths, the better first: by cost, then by start, then by steps.
func (p *path) compare(o *path) int {
	switch {
	case p.cost < o.cost:
		return -1
	case p.cost > o.cost:
		return 1
	case p.start != o.start:
		return int(p.start - o.start)
	}
	return slices.Compare(p.steps, o.steps)
}

// class is a set of paths: those that share the first steps of a known path and do not continue with a banned
// step. If no path is known yet, the paths must not start at a banned node. The classes in a search are
// disjoint and together contain all paths that are not found yet.
type class struct {
	parent *path
	keep   int     // how many steps of parent are kept; -1 means not even its start
	banned []int32 // the banned next steps, or starts
	// cost is the cost of the best path; a lower bound of it until best is known.
	cost int64
	best *path
}

// classes is a heap of classes by their best path. At equal cost, a class whose best path is not yet known
// comes first, so that ties are broken among all paths.
type classes []*class

func (h classes) Len() int      { return len(h) }
func (h classes) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h classes) Less(i, j int) bool {
	x, y := h[i], h[j]
	switch {
	case x.cost != y.cost:
		return x.cost < y.cost
	case x.best == nil || y.best == nil:
		return x.best == nil && y.best != nil
	}
	return x.best.compare(y.best) < 0
}
func (h *classes) Push(x any) { *h = append(*h, x.(*class)) }
func (h *classes) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// search finds the best paths one after another, by Yen's method as improved by Lawler: after each path found,
// the rest of its class is divided into classes by where a path leaves the found one. One backward search
// computes the exact cost from every node to the end. This bounds each class from below, so that only the
// classes that come first in the order are searched.
type search struct {
	*query
	ctx context.Context

	// For the backward search, by state: the cost to the end, and whether that is final.
	rest    []int64
	settled []bool
	back    states
	starts  []int32 // start states, in the order in which they were settled

	trunk   uint32
	onTrunk []uint32 // by node: equals trunk if the kept steps of the class pass the node

	// For the walk along cheapest steps: marks the states from which it found no path.
	walks uint32
	dead  []uint32

	forward
}

const unreachable = math.MaxInt64

func (q *query) newSearch(ctx context.Context) *search {
	width := q.width
	size := len(q.n.nodes) * int(width)
	s := &search{query: q, ctx: ctx, rest: make([]int64, size), settled: make([]bool, size),
		onTrunk: make([]uint32, len(q.n.nodes)), dead: make([]uint32, size)}
	for i := range s.rest {
		s.rest[i] = unreachable
	}
	q.arrivals(func(end int32) {
		if q.enterable(end / width) {
			s.rest[end] = 0
			s.back.push(entry{0, 0, end})
		}
	})
	return s
}

// best finds the best paths, at most most. partial is true if the search reached its limit of work before it
// found them all.
func (q *query) best(ctx context.Context, most int) (found []*path, partial bool, err error) {
	s := q.newSearch(ctx)
	open := classes{}
	if err := s.add(&open, nil, -1, nil); err != nil {
		return nil, false, err
	}
	for len(open) > 0 && len(found) < most {
		c := heap.Pop(&open).(*class)
		if c.best == nil {
			if err := s.resolve(c); err != nil {
				return s.stopped(found, err)
			}
			if c.best != nil {
				heap.Push(&open, c)
			}
			continue
		}
		last := len(c.best.steps)
		if r := s.repeats(c.best); r >= 0 {
			last = r
		} else {
			found = append(found, c.best)
		}
		if len(found) == most {
			break
		}
		for i := c.keep; i < last; i++ {
			next := c.best.start
			if i >= 0 {
				next = c.best.steps[i]
			}
			banned := []int32{next}
			if i == c.keep {
				banned = append(slices.Clone(c.banned), next)
			}
			if err := s.add(&open, c.best, i, banned); err != nil {
				return s.stopped(found, err)
			}
		}
	}
	return found, false, nil
}

// stopped ends a search early. At the limit of work, it returns the paths found so far.
func (s *search) stopped(found []*path, err error) ([]*path, bool, error) {
	if err == errWork {
		return found, true, nil
	}
	return nil, false, err
}

// repeats returns the first step to a node that the path passed before, or -1. A path without vias never
// returns to a node.
func (s *search) repeats(p *path) int {
	if len(s.via) == 0 {
		return -1
	}
	s.trunk++
	s.onTrunk[p.start] = s.trunk
	for i, step := range p.steps {
		to := s.n.reaches(step)
		if s.onTrunk[to] == s.trunk {
			return i + 1
		}
		s.onTrunk[to] = s.trunk
	}
	return -1
}

// enter returns the state to which a step leads; ok is false if the step must not be taken.
func (s *search) enter(state, step int32) (next int32, ok bool) {
	if s.price(step) < 0 || !s.enterable(s.n.reaches(step)) {
		return 0, false
	}
	return s.follow(state, step)
}

// toEnd returns the cost of the cheapest path from a state to the end. It continues the backward search as far
// as necessary.
func (s *search) toEnd(state int32) (int64, error) {
	for !s.settled[state] && len(s.back) > 0 {
		if err := s.settle(); err != nil {
			return 0, err
		}
	}
	return s.rest[state], nil
}

// settle makes one more state of the backward search final.
func (s *search) settle() error {
	at := s.back.pop()
	if s.settled[at.state] {
		return nil
	}
	if err := s.spend(); err != nil {
		return err
	}
	s.settled[at.state] = true
	node := at.state / s.width
	if s.isFrom[node] && s.begin(node) == at.state {
		s.starts = append(s.starts, at.state)
	}
	plain := s.plain()
	if plain && s.isFrom[node] {
		return nil // no step leads to it
	}
	for _, a := range s.n.in.at(node) {
		price := s.price(a.step)
		if price < 0 || !s.enterable(a.node) {
			continue
		}
		cost := at.cost + price
		if plain {
			// This repeats preceding without its checks, because a search spends most of its time here.
			if cost < s.rest[a.node] && !s.isTo[a.node] {
				s.rest[a.node] = cost
				s.back.push(entry{cost, 0, a.node})
			}
			continue
		}
		s.preceding(a.step, at.state, func(before int32) {
			if cost < s.rest[before] {
				s.rest[before] = cost
				s.back.push(entry{cost, 0, before})
			}
		})
	}
	return nil
}

// cheapest returns the starts that are not banned and from which the end is nearest.
func (s *search) cheapest(banned []int32) (list []int32, cost int64, err error) {
	cost = unreachable
	for i := 0; ; i++ {
		for i >= len(s.starts) && len(s.back) > 0 {
			if s.back[0].cost > cost {
				return list, cost, nil
			}
			if err := s.settle(); err != nil {
				return nil, 0, err
			}
		}
		if i >= len(s.starts) || s.rest[s.starts[i]] > cost {
			return list, cost, nil
		}
		if !slices.Contains(banned, s.starts[i]/s.width) {
			cost = s.rest[s.starts[i]]
			list = append(list, s.starts[i])
		}
	}
}

// add computes the lower bound of a class's cost, and adds the class to the heap unless it is empty.
func (s *search) add(open *classes, parent *path, keep int, banned []int32) error {
	c := &class{parent: parent, keep: keep, banned: banned, cost: unreachable}
	if keep < 0 {
		var err error
		if _, c.cost, err = s.cheapest(banned); err != nil {
			return err
		}
	} else {
		state, cost := s.walk(c)
		err := s.leave(c, state, func(step, next int32, rest int64) {
			c.cost = min(c.cost, cost+s.price(step)+rest)
		})
		if err != nil {
			return err
		}
	}
	if c.cost < unreachable {
		heap.Push(open, c)
	}
	return nil
}

// walk follows the kept steps of a class and marks the nodes that they pass. It returns the state and the cost
// at their end.
func (s *search) walk(c *class) (state int32, cost int64) {
	s.trunk++
	state = s.begin(c.parent.start)
	s.onTrunk[c.parent.start] = s.trunk
	for _, step := range c.parent.steps[:c.keep] {
		state, _ = s.enter(state, step)
		s.onTrunk[state/s.width] = s.trunk
		cost += s.price(step)
	}
	return state, cost
}

// leave calls fn with each allowed step from the end of a class's kept steps.
func (s *search) leave(c *class, state int32, fn func(step, next int32, rest int64)) error {
	for _, a := range s.n.out.at(state / s.width) {
		if err := s.spend(); err != nil {
			return err
		}
		step := a.step
		next, ok := s.enter(state, step)
		if !ok || s.onTrunk[next/s.width] == s.trunk || slices.Contains(c.banned, step) {
			continue
		}
		rest, err := s.toEnd(next)
		if err != nil {
			return err
		}
		if rest < unreachable {
			fn(step, next, rest)
		}
	}
	return nil
}

func (s *search) spend() error { return s.spendOne(s.ctx) }
