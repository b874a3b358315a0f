package routes

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// GaugeBreak is a change of gauge along a course.
type GaugeBreak struct {
	// Places are the nodes, and the segments with both gauges, where the change may take place, in order: one
	// break often has stations on both sides of a border.
	Places   []uint32
	From, To string
	// Claims state the gauges of the railways, or the break at the node.
	Claims []uint32
}

// gauges finds the breaks of gauge along the steps. Ships and lorries have no gauge. Ferries carry railway
// wagons, so they do not end a gauge.
func (c *Course) gauges(n *Network, steps []int32) {
	w := gaugeWalk{c: c, n: n}
	for i, step := range steps {
		g, own := &n.legs[step>>1], n.gaugesOf(step)
		if own != nil && own[0] == "" {
			c.Ungauged = append(c.Ungauged, c.Legs[i])
		}
		if i == 0 || n.leaves(step) != n.reaches(steps[i-1]) {
			w.now = ""
			w.node(n.nodes[n.leaves(step)].entity, own)
		}
		switch {
		case own != nil:
			if w.now != "" && own[0] != "" && w.now != own[0] {
				w.add(n.nodes[n.leaves(step)].entity, w.now, own[0], w.claim, g.gaugeClaim)
			}
			w.now, w.claim = own[0], g.gaugeClaim
		case n.modes[g.mode] != "FERRY":
			w.now = ""
		}
		w.apart = w.apart || w.now == ""
		for _, e := range g.passes {
			w.node(e, own)
		}
		for k := 1; k < len(own); k++ {
			w.add(g.segment, own[k-1], own[k], g.gaugeClaim)
			w.now = own[k]
		}
		var next []string
		if i+1 < len(steps) {
			next = n.gaugesOf(steps[i+1])
		}
		w.node(n.nodes[n.reaches(step)].entity, next)
	}
}

// gaugesOf returns the gauges of a railway in the direction of a step; a gauge that nobody states is "". It
// returns nil if the step is not by rail.
func (n *Network) gaugesOf(step int32) []string {
	g := &n.legs[step>>1]
	if n.modes[g.mode] != "RAIL" {
		return nil
	}
	list := strings.Split(g.gauge, "/")
	if step&1 == 1 {
		slices.Reverse(list)
	}
	return list
}

// gaugeWalk is the state at one place of a course: the last gauge, "" if it is unknown or there is none, and
// the claim that states it.
type gaugeWalk struct {
	c     *Course
	n     *Network
	now   string
	claim uint32
	apart bool // the gauge was lost since the last break
}

// node adds the break that a claim states for a node, if the gauge changes at the node or at a neighbouring
// leg. next are the gauges of the following leg.
func (w *gaugeWalk) node(entity uint32, next []string) {
	claim := best(w.n.view, entity, "gaugeBreak")
	if claim == snapshot.None {
		return
	}
	pair := strings.Split(w.n.view.Snapshot().Value(claim).Text(), "/")
	if len(pair) != 2 {
		return
	}
	first, last := "", ""
	if len(next) > 0 {
		first, last = next[0], next[len(next)-1]
	}
	k := len(w.c.Breaks) - 1
	done := k >= 0 && w.now == pair[1] && w.c.Breaks[k].From == pair[0] && w.c.Breaks[k].To == pair[1]
	switch {
	case w.now != "" && w.now == first && first == last && !done:
		return // the gauge does not change on this course
	case !done && (w.now == pair[1] || w.now == "" && first == pair[0]):
		slices.Reverse(pair) // a claim states one direction, but the course may have the other
	}
	w.add(entity, pair[0], pair[1], claim)
	if w.now != "" && first != w.now {
		w.now, w.claim = pair[1], claim
	}
}

// add adds a break. If it repeats the last one, it is the same break at another place, unless the goods left the rails
// in between.
func (w *gaugeWalk) add(at uint32, from, to string, claims ...uint32) {
	list := &w.c.Breaks
	if k := len(*list) - 1; k < 0 || w.apart || (*list)[k].From != from || (*list)[k].To != to {
		*list = append(*list, GaugeBreak{From: from, To: to})
	}
	w.apart = false
	b := &(*list)[len(*list)-1]
	if !slices.Contains(b.Places, at) {
		b.Places = append(b.Places, at)
	}
	for _, n := range claims {
		if n != snapshot.None && !slices.Contains(b.Claims, n) {
			b.Claims = append(b.Claims, n)
		}
	}
}
