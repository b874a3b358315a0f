package routes

import (
	"fmt"
	"slices"
)

// flow is a network of capacities between one source and one sink. An edge and its reverse have neighbouring
// numbers: e^1 is the reverse of e.
type flow struct {
	source, sink int32
	first, next  []int32 // linked lists of edges by vertex
	to           []int32
	left         []int64 // the remaining capacity
	element      []int32 // the element that cutting the edge cuts; -1 if none
	value        int64
}

const unbounded = 1 << 60

func newFlow(vertices int) *flow {
	g := &flow{first: make([]int32, vertices)}
	for i := range g.first {
		g.first[i] = -1
	}
	return g
}

func (g *flow) edge(from, to int32, capacity int64, element int32) {
	for _, e := range [...]struct {
		from, to int32
		capacity int64
		element  int32
	}{{from, to, capacity, element}, {to, from, 0, -1}} {
		g.next = append(g.next, g.first[e.from])
		g.first[e.from] = int32(len(g.to))
		g.to = append(g.to, e.to)
		g.left = append(g.left, e.capacity)
		g.element = append(g.element, e.element)
	}
}

// augment increases the flow by the remaining capacity of one path. It returns false if there is no such path.
// Cuts of interest have few elements, so this simple method needs few rounds.
func (g *flow) augment(spend func() error) (bool, error) {
	by := make([]int32, len(g.first))
	for i := range by {
		by[i] = -1
	}
	queue := []int32{g.source}
	for at := 0; at < len(queue) && by[g.sink] < 0; at++ {
		for e := g.first[queue[at]]; e >= 0; e = g.next[e] {
			if err := spend(); err != nil {
				return false, err
			}
			if to := g.to[e]; g.left[e] > 0 && by[to] < 0 && to != g.source {
				by[to] = e
				queue = append(queue, to)
			}
		}
	}
	if by[g.sink] < 0 {
		return false, nil
	}
	more := int64(unbounded)
	for v := g.sink; v != g.source; v = g.to[by[v]^1] {
		more = min(more, g.left[by[v]])
	}
	for v := g.sink; v != g.source; v = g.to[by[v]^1] {
		g.left[by[v]] -= more
		g.left[by[v]^1] += more
	}
	g.value += more
	return true, nil
}

// maximise finds the maximum flow. It returns false if the flow exceeds most.
func (g *flow) maximise(most int64, spend func() error) (bool, error) {
	for {
		more, err := g.augment(spend)
		if err != nil || !more {
			return err == nil, err
		}
		if g.value > most {
			return false, nil
		}
	}
}

// extend adds to a set all vertices that can be reached from a vertex by edges with remaining capacity. It
// returns false if the sink is among them.
func (g *flow) extend(set []bool, from int32, spend func() error) (bool, error) {
	set[from] = true
	for queue := []int32{from}; len(queue) > 0; queue = queue[1:] {
		for e := g.first[queue[0]]; e >= 0; e = g.next[e] {
			if err := spend(); err != nil {
				return false, err
			}
			if to := g.to[e]; g.left[e] > 0 && !set[to] {
				set[to] = true
				queue = append(queue, to)
			}
		}
	}
	return !set[g.sink], nil
}

// cut returns the edges with an element that lead out of a set of vertices.
func (g *flow) cut(set []bool) (edges []int32) {
	for e := int32(0); int(e) < len(g.to); e += 2 {
		if g.element[e] >= 0 && set[g.to[e^1]] && !set[g.to[e]] {
			edges = append(edges, e)
		}
	}
	return edges
}

// cuts calls fn with the minimum cuts of a maximum flow, the one nearest to the source first, until fn returns
// false. Each cut after the first is the nearest one that spares some edge of an earlier cut. This finds all of
// them, for two reasons. A set of vertices bounded by a minimum cut contains every vertex to which one of its
// vertices has remaining capacity. If one such set is within another, the inner can be extended to the outer
// along edges that only the inner one cuts.
func (g *flow) cuts(spend func() error, fn func(elements []int32) bool) error {
	start := make([]bool, len(g.first))
	if ok, err := g.extend(start, g.source, spend); err != nil || !ok {
		return err
	}
	seen := map[string]bool{}
	for queue := [][]bool{start}; len(queue) > 0; queue = queue[1:] {
		edges := g.cut(queue[0])
		elements := make([]int32, len(edges))
		for i, e := range edges {
			elements[i] = g.element[e]
		}
		slices.Sort(elements)
		key := fmt.Sprint(elements)
		if seen[key] {
			continue
		}
		seen[key] = true
		if !fn(elements) {
			return nil
		}
		for _, e := range edges {
			set := slices.Clone(queue[0])
			ok, err := g.extend(set, g.to[e], spend)
			if err != nil {
				return err
			}
			if ok {
				queue = append(queue, set)
			}
		}
	}
	return nil
}

// flow builds the network of capacities between the ends: each node becomes two vertices with an edge between
// them. node and leg return the capacities.
func (f *cutter) flow(node, leg func(i int32) int64) *flow {
	size := int32(len(f.n.nodes))
	g := newFlow(int(2*size + 2))
	g.source, g.sink = 2*size, 2*size+1
	element := func(capacity int64, i int32) int32 {
		if capacity == unbounded {
			return -1
		}
		return i
	}
	for i := range size {
		if !f.enterable(i) {
			continue
		}
		g.edge(2*i, 2*i+1, node(i), element(node(i), i))
		for _, a := range f.n.out.at(i) {
			if f.usable(a, nil) {
				g.edge(2*i+1, 2*a.node, leg(a.step>>1), element(leg(a.step>>1), a.step>>1))
			}
		}
	}
	for _, i := range f.from {
		g.edge(g.source, 2*i, unbounded, -1)
	}
	for _, i := range f.to {
		g.edge(2*i+1, g.sink, unbounded, -1)
	}
	return g
}

// smallest collects the smallest cuts of several flows.
type smallest struct {
	size int64
	cuts [][]int32
	seen map[string]bool
}

// list returns the cuts as entities.
func (s *smallest) list(entity func(i int32) uint32) (list []cut) {
	for _, elements := range s.cuts {
		c := cut{weight: s.size}
		for _, i := range elements {
			c.entities = append(c.entities, entity(i))
		}
		list = append(list, c)
	}
	return list
}

// take adds the cuts of a flow, up to most cuts in total.
func (s *smallest) take(g *flow, most int, spend func() error) error {
	full, err := g.maximise(s.size, spend)
	if err != nil || !full || g.value == 0 {
		return err
	}
	if g.value < s.size {
		s.size, s.cuts, s.seen = g.value, nil, map[string]bool{}
	}
	return g.cuts(spend, func(elements []int32) bool {
		if key := fmt.Sprint(elements); !s.seen[key] {
			s.seen[key] = true
			s.cuts = append(s.cuts, elements)
		}
		return len(s.cuts) < most
	})
}

func (f *cutter) legCuts(most int) ([]cut, error) {
	s := smallest{size: f.limit(), seen: map[string]bool{}}
	segment := func(i int32) uint32 { return f.n.legs[i].segment }
	weights := make([]int64, len(f.n.legs)) // because a leg usable in both directions is visited twice
	for i := range weights {
		weights[i] = f.weigh(segment(int32(i)))
	}
	g := f.flow(func(int32) int64 { return unbounded }, func(i int32) int64 { return weights[i] })
	err := s.take(g, most, f.spend)
	return s.list(segment), err
}

// nodeCuts finds the smallest sets of nodes that leave a node of each end. Usually one flow suffices: if none
// of the smallest sets contains a whole end. Otherwise it computes a flow for every pair of a node of each end,
// in which these two nodes cannot be cut.
func (f *cutter) nodeCuts(most int) ([]cut, error) {
	entity := func(i int32) uint32 { return f.n.nodes[i].entity }
	weights := make([]int64, len(f.n.nodes))
	for i := range weights {
		weights[i] = f.weigh(entity(int32(i)))
	}
	sparing := func(a, b int32) *flow {
		return f.flow(func(i int32) int64 {
			if i == a || i == b {
				return unbounded
			}
			return weights[i]
		}, func(int32) int64 { return unbounded })
	}
	s := smallest{size: f.limit(), seen: map[string]bool{}}
	if err := s.take(sparing(-1, -1), most, f.spend); err != nil {
		return nil, err // the cuts found may contain a whole end
	}
	found := len(s.cuts)
	s.cuts = slices.DeleteFunc(s.cuts, func(elements []int32) bool { return holds(elements, f.from) || holds(elements, f.to) })
	if found < most && (found == 0 || len(s.cuts) > 0) {
		return s.list(entity), nil
	}
	s = smallest{size: f.limit(), seen: map[string]bool{}}
	for _, a := range f.from {
		for _, b := range f.to {
			if err := s.take(sparing(a, b), most, f.spend); err != nil {
				return nil, err // another pair may have a smaller cut
			}
		}
	}
	return s.list(entity), nil
}

// holds reports whether a set of nodes contains every node of an end.
func holds(set, end []int32) bool {
	return !slices.ContainsFunc(end, func(i int32) bool { return !slices.Contains(set, i) })
}
