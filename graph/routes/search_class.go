package routes

import (
	"slices"
)

// forward is the memory of the forward search, by state of the route. Few questions need one.
type forward struct {
	now    uint32
	stamp  []uint32 // equals now if the other values are valid
	done   []bool
	gone   []int64
	by     []int32 // the step that led to the state; -1 for a start
	before []int32 // the previous state
	front  states
}

// resolve finds the best path of a class.
func (s *search) resolve(c *class) error {
	from, base, err := s.ways(c)
	if err != nil {
		return err
	}
	if c.best, err = s.straight(c, from, base); err != nil || c.best != nil {
		return err
	}
	return s.around(c, from, base)
}

// way is a first step of a class after its kept steps, or a start if step is -1.
type way struct {
	step, state int32
	gone, rest  int64
}

// ways returns the first steps of a class in the order of their numbers, and the cost of the kept steps.
func (s *search) ways(c *class) (list []way, base int64, err error) {
	if c.keep < 0 {
		s.trunk++ // no step is kept
		starts, cost, err := s.cheapest(c.banned)
		for _, state := range starts {
			list = append(list, way{-1, state, 0, cost})
		}
		slices.SortFunc(list, func(a, b way) int { return int(a.state - b.state) })
		return list, 0, err
	}
	state, base := s.walk(c)
	err = s.leave(c, state, func(step, next int32, rest int64) {
		list = append(list, way{step, next, s.price(step), rest})
	})
	return list, base, err
}

// straight finds a path of a class that costs no more than its bound, by taking only cheapest steps. It returns
// nil if the kept steps block all such paths. If there are several, it returns the first in the order, because
// it tries steps in order.
func (s *search) straight(c *class, from []way, base int64) (*path, error) {
	s.walks++
	for _, w := range from {
		if base+w.gone+w.rest != c.cost || s.dead[w.state] == s.walks {
			continue
		}
		var steps []int32
		if w.step >= 0 {
			steps = append(steps, w.step)
		}
		steps, ok, err := s.descend(w.state, steps)
		switch {
		case err != nil:
			return nil, err
		case ok && c.keep < 0:
			return &path{w.state / s.width, steps, c.cost}, nil
		case ok:
			return &path{c.parent.start, append(slices.Clone(c.parent.steps[:c.keep]), steps...), c.cost}, nil
		}
	}
	return nil, nil
}

// descend adds cheapest steps from a state to the end, and backtracks from dead ends. Cheapest steps never form
// a circle, because each leads nearer to the end.
func (s *search) descend(state int32, steps []int32) (all []int32, ok bool, err error) {
	type place struct{ state, tried int32 } // tried is the number of arcs already tried
	stack := []place{{state, 0}}
	for len(stack) > 0 {
		at := &stack[len(stack)-1]
		if s.arrived(at.state) {
			return steps, true, nil
		}
		if err := s.spend(); err != nil {
			return nil, false, err
		}
		arcs := s.n.out.at(at.state / s.width)
		if int(at.tried) == len(arcs) {
			s.dead[at.state] = s.walks
			if stack = stack[:len(stack)-1]; len(stack) > 0 {
				steps = steps[:len(steps)-1]
			}
			continue
		}
		a := arcs[at.tried]
		at.tried++
		price := s.price(a.step)
		if price < 0 || s.onTrunk[a.node] == s.trunk || !s.enterable(a.node) {
			continue
		}
		next, ok := s.follow(at.state, a.step)
		// States that are not settled are farther from the end than this one.
		if ok && s.settled[next] && s.dead[next] != s.walks && s.rest[next]+price == s.rest[at.state] {
			steps = append(steps, a.step)
			stack = append(stack, place{next, 0})
		}
	}
	return nil, false, nil
}

// around finds the best path of a class whose cheapest steps are blocked. It searches forward, guided by the
// cost to the end.
func (s *search) around(c *class, from []way, base int64) error {
	if s.stamp == nil {
		size := len(s.rest)
		s.forward = forward{stamp: make([]uint32, size), done: make([]bool, size), gone: make([]int64, size),
			by: make([]int32, size), before: make([]int32, size)}
	}
	s.now++
	s.front = s.front[:0]
	for _, w := range from {
		s.reach(w.state, w.step, -1, w.gone, w.rest)
	}
	// Several ends may be equally near; then the first path in the order wins.
	for len(s.front) > 0 && (c.best == nil || base+s.front[0].cost <= c.best.cost) {
		at := s.front.pop()
		state := at.state
		if s.done[state] {
			continue
		}
		if err := s.spend(); err != nil {
			return err
		}
		s.done[state] = true
		if s.arrived(state) {
			if p := s.trace(c, state, base+at.gone); c.best == nil || p.compare(c.best) < 0 {
				c.best, c.cost = p, p.cost
			}
			continue
		}
		for _, a := range s.n.out.at(state / s.width) {
			next, ok := s.enter(state, a.step)
			if !ok || s.onTrunk[next/s.width] == s.trunk {
				continue
			}
			rest, err := s.toEnd(next)
			if err != nil {
				return err
			}
			if rest < unreachable {
				s.reach(next, a.step, state, at.gone+s.price(a.step), rest)
			}
		}
	}
	return nil
}

// reach records a path to a state if it is better than the known one: cheaper, or equally cheap and first by
// its steps.
func (s *search) reach(state, step, before int32, gone, rest int64) {
	switch {
	case s.stamp[state] != s.now:
		s.stamp[state], s.done[state] = s.now, false
	case s.done[state] || gone > s.gone[state]:
		return
	case gone == s.gone[state]:
		// The entry in the heap remains valid, because cost and state are unchanged.
		if s.firstBySteps(step, before, s.by[state], s.before[state]) {
			s.by[state], s.before[state] = step, before
		}
		return
	}
	s.gone[state], s.by[state], s.before[state] = gone, step, before
	s.front.push(entry{gone + rest, gone, state})
}

// firstBySteps reports whether the first of two paths of equal cost comes first. The cost includes the number
// of steps, so both have the same number: the place where they diverge decides.
func (s *search) firstBySteps(step1, before1, step2, before2 int32) bool {
	first := false
	for {
		if step1 != step2 {
			first = step1 < step2
		}
		if before1 == before2 || before1 < 0 || before2 < 0 {
			return first
		}
		if s.by[before1] < 0 || s.by[before2] < 0 {
			return before1 < before2 // the paths have different starts
		}
		step1, before1, step2, before2 = s.by[before1], s.before[before1], s.by[before2], s.before[before2]
	}
}

// trace returns the path that led to a state.
func (s *search) trace(c *class, state int32, cost int64) *path {
	p := &path{cost: cost}
	for at := state; ; at = s.before[at] {
		if s.by[at] >= 0 {
			p.steps = append(p.steps, s.by[at])
		}
		if s.before[at] < 0 {
			p.start = at / s.width
			break
		}
	}
	slices.Reverse(p.steps)
	if c.keep >= 0 {
		p.start = c.parent.start
		p.steps = append(slices.Clone(c.parent.steps[:c.keep]), p.steps...)
	}
	return p
}
