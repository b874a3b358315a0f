package routes

import (
	"fmt"
	"slices"
)

// A country or a water bars many nodes and legs at once, so a flow does not find the smallest cuts. But every
// cut has an element of every route. Therefore all cuts of a size are found as follows: take one route and try
// each of its places; then take a route that remains and try each of its places, and so on.

// placeCuts finds the smallest sets of countries, or of waters, that every
// route passes and that leave a node of each end.
func (f *cutter) placeCuts(water bool, most int) (list []cut, err error) {
	b := &placeCutter{cutter: f, water: water, closed: make([]bool, len(f.n.places)), tried: map[string]bool{}}
	least, err := b.pack(maxCut)
	if err != nil {
		return nil, err
	}
	for size := max(1, least); size <= maxCut; size++ {
		clear(b.tried)
		if err = b.try(nil, size); err != nil || len(b.found) > 0 {
			break
		}
	}
	for _, places := range b.found[:min(most, len(b.found))] {
		var entities []uint32
		for _, p := range places {
			entities = append(entities, f.n.places[p])
		}
		slices.SortFunc(entities, func(x, y uint32) int {
			if f.n.view.Snapshot().ID(x) < f.n.view.Snapshot().ID(y) {
				return -1
			}
			return 1
		})
		list = append(list, cut{entities, int64(len(entities))})
	}
	return list, err
}

type placeCutter struct {
	*cutter
	water  bool
	closed []bool // by place
	tried  map[string]bool
	found  [][]int32
}

// try adds up to more places to a set until it is a cut.
func (b *placeCutter) try(set []int32, more int) error {
	ordered := slices.Clone(set)
	slices.Sort(ordered)
	key := fmt.Sprint(ordered)
	if b.tried[key] {
		return nil
	}
	b.tried[key] = true
	if b.covers(b.from) || b.covers(b.to) {
		return nil // every larger set covers it too
	}
	places, open, err := b.route()
	switch {
	case err != nil:
		return err
	case !open:
		b.found = append(b.found, ordered)
		return nil
	case more == 0:
		return nil
	}
	if least, err := b.pack(more); err != nil || least > more {
		return err
	}
	for _, p := range places {
		b.closed[p] = true
		err := b.try(append(slices.Clip(set), p), more-1)
		b.closed[p] = false
		if err != nil {
			return err
		}
	}
	return nil
}

// pack returns a lower bound on how many places still have to close: the number of routes, found one after
// another, no two of which share a place that may close. It stops when the number exceeds most.
func (b *placeCutter) pack(most int) (routes int, err error) {
	var taken []int32
	defer func() {
		for _, p := range taken {
			b.closed[p] = false
		}
	}()
	for routes <= most {
		places, open, err := b.route()
		if err != nil || !open {
			return routes, err
		}
		routes++
		closable := false
		for _, p := range places {
			// A place whose closing leaves an end without nodes is in no cut.
			if b.mayClose(p, taken) {
				closable = true
				b.closed[p] = true
				taken = append(taken, p)
			}
		}
		if !closable {
			return most + 1, nil
		}
	}
	return routes, nil
}

// mayClose reports whether each end still has a node if a place closes in addition to the permanently closed
// ones. The places in taken are closed only to keep routes apart, and do not count.
func (b *placeCutter) mayClose(p int32, taken []int32) bool {
	for _, t := range taken {
		b.closed[t] = false
	}
	b.closed[p] = true
	may := !b.covers(b.from) && !b.covers(b.to)
	b.closed[p] = false
	for _, t := range taken {
		b.closed[t] = true
	}
	return may
}

// covers reports whether the closed places contain every node of an end.
func (b *placeCutter) covers(end []int32) bool {
	return !slices.ContainsFunc(end, func(i int32) bool { return !b.bars(i) })
}

func (b *placeCutter) bars(node int32) bool {
	c := b.n.nodes[node].country
	return c >= 0 && b.closed[c]
}

// route finds a route with the fewest legs that touches no closed place. It returns the places of the kind that
// the route touches, in order; open is false if there is no route.
func (b *placeCutter) route() (places []int32, open bool, err error) {
	by := make([]int32, len(b.n.nodes)) // the step that led to the node + 1; -1 for a start
	var queue []int32
	for _, i := range b.from {
		if b.enterable(i) && !b.bars(i) {
			by[i] = -1
			queue = append(queue, i)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if b.isTo[at] {
			return b.touched(at, by), true, nil
		}
		for _, a := range b.n.out.at(at) {
			if err := b.spend(); err != nil {
				return nil, false, err
			}
			if by[a.node] != 0 || !b.usable(a, nil) || b.bars(a.node) ||
				slices.ContainsFunc(b.n.legs[a.step>>1].transits, func(p int32) bool { return b.closed[p] }) {
				continue
			}
			by[a.node] = a.step + 1
			queue = append(queue, a.node)
		}
	}
	return nil, false, nil
}

// touched returns the places of the kind on a route, from its start.
func (b *placeCutter) touched(at int32, by []int32) (places []int32) {
	note := func(p int32) {
		if p >= 0 && b.n.water[p] == b.water && !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	for ; by[at] > 0; at = b.n.leaves(by[at] - 1) {
		note(b.n.nodes[at].country)
		for _, p := range b.n.legs[(by[at]-1)>>1].transits {
			note(p)
		}
	}
	note(b.n.nodes[at].country)
	slices.Reverse(places)
	return places
}
