package routes

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Networks caches the last compiled networks. After a write, a network is derived from the previous one: it is
// unchanged if the write touched no claim that the network uses; otherwise the touched nodes and legs are read
// again. The zero value is ready to use. Networks is safe for concurrent use.
type Networks struct{ cache question.ViewCache[*Network] }

// Of returns the network of a kind in a view. It compiles the network if necessary.
func (k *Networks) Of(ctx context.Context, v *snapshot.View, kind NetworkKind) (*Network, error) {
	return k.cache.Of(v, kind.String(), func(old *question.Cached[*Network]) (*Network, error) {
		if old != nil {
			if n, err := old.Value.after(ctx, v); n != nil || err != nil {
				return n, err
			}
		}
		return Compile(ctx, v, kind)
	})
}

// The predicates from which a network is compiled, by kind of network and type of entity. In addition, an
// entity becomes a node if any claim mentions it.
var networkReads = [...]map[string][]string{
	Transport: {
		nodeType:    {"country", "status", "coordinates"},
		segmentType: {"from", "to", "mode", "transits", "transitsComplete", "status", "inServiceSince", "distanceKm", "bidirectional", "gauge", "passes"},
	},
	Borders: {countryType: {"borders", "littoralOf", "coordinates"}},
}

// The types of nodes and legs.
const (
	nodeType    = "TransportNode"
	segmentType = "Segment"
	countryType = "Country"
)

// after returns the network in a later view with the same cache key, or nil if the network must be compiled
// again.
func (n *Network) after(ctx context.Context, v *snapshot.View) (*Network, error) {
	touched, ok, err := n.touchedUntil(ctx, v)
	if err != nil || !ok {
		return nil, err
	}
	next := *n
	next.view, next.courses = v.WithDone(nil), new(sync.Map)
	switch {
	case len(touched) == 0:
		return &next, nil
	case n.kind == Borders:
		return nil, nil // there are few legs, so compiling again costs no more than patching
	}
	return n.patch(ctx, &next, touched)
}

// touchedUntil finds the entities whose claims changed between the network's view and v, if the network uses
// the claims. ok is false if more may have changed.
func (n *Network) touchedUntil(ctx context.Context, v *snapshot.View) (touched map[uint32]bool, ok bool, err error) {
	s, reads := v.Snapshot(), networkReads[n.kind]
	touched = map[uint32]bool{}
	looked := map[uint32]bool{}
	ok, err = question.Changed(ctx, n.view, v, func(c uint32) bool {
		subject := s.Subject(c)
		if slices.Contains(reads[s.TypeName(subject)], s.Predicate(c)) {
			touched[subject] = true
		}
		for _, e := range entitiesOf(s, c) {
			// An entity is a node if any claim mentions it.
			if typ := s.TypeName(e); !looked[e] && (typ == nodeType && n.kind == Transport || typ == countryType && n.kind == Borders) {
				looked[e] = true
				if _, there := n.numbers[e]; there != question.Listed(v, e) {
					touched[e] = true
				}
			}
		}
		return true
	})
	return touched, ok, err
}

// entitiesOf returns the entities that a claim mentions.
func entitiesOf(s *snapshot.Snapshot, claim uint32) []uint32 {
	list := []uint32{s.Subject(claim), s.Source(claim)}
	question.Linked(s, claim, func(to uint32) { list = append(list, to) })
	return list
}

// patch reads the touched nodes and segments again into next, which is n in a later view, and copies the others
// from n.
func (n *Network) patch(ctx context.Context, next *Network, touched map[uint32]bool) (*Network, error) {
	s := next.view.Snapshot()
	c := &compiler{Network: next, s: s, o: s.Ontology()}
	fields, err := c.fields(segmentType, "transits")
	if err != nil {
		return nil, err
	}
	var nodes, segments []uint32
	for e := range touched {
		if s.TypeName(e) == segmentType {
			segments = append(segments, e)
			continue
		}
		nodes = append(nodes, e)
		// A leg depends on the countries and coordinates of its ends.
		for _, end := range [...]string{"from", "to"} {
			next.view.Claims(e, end, true, func(claim uint32) bool {
				if x := s.Subject(claim); !touched[x] {
					segments = append(segments, x)
				}
				return true
			})
		}
	}
	byID := func(a, b uint32) int { return strings.Compare(string(s.ID(a)), string(s.ID(b))) }
	slices.SortFunc(nodes, byID)
	slices.SortFunc(segments, byID)
	segments = slices.Compact(segments)

	// New places and waters get the next numbers.
	next.places, next.water = slices.Clone(n.places), slices.Clone(n.water)
	next.place = maps.Clone(n.place)
	next.modes, next.statuses = slices.Clone(n.modes), slices.Clone(n.statuses)
	moved := c.patchNodes(n, nodes)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.patchLegs(n, segments, moved, fields["transits"])
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	next.rebuild(n, moved != nil)
	next.index()
	return next, nil
}

// rebuild computes what is derived from the legs, as far as the legs differ from those of the network before.
// Usually only their figures differ, and nothing is rebuilt. moved is true if nodes have new numbers.
func (n *Network) rebuild(before *Network, moved bool) {
	same := func(equal func(a, b *leg) bool) bool {
		if len(n.legs) != len(before.legs) {
			return false
		}
		for i := range before.legs {
			if !equal(&before.legs[i], &n.legs[i]) {
				return false
			}
		}
		return true
	}
	legs := same(func(a, b *leg) bool { return a.segment == b.segment })
	if !legs {
		n.number()
	}
	if !legs || moved || !same(func(a, b *leg) bool { return a.from == b.from && a.to == b.to && a.both == b.both }) {
		n.link()
	}
	if !legs || len(n.places) != len(before.places) ||
		!same(func(a, b *leg) bool { return slices.Equal(a.transits, b.transits) && slices.Equal(a.passes, b.passes) }) {
		n.cross()
	}
}

// patchNodes reads nodes again. It returns the new number of each old node, -1 for a node that no longer
// exists, or nil if all numbers are unchanged.
func (c *compiler) patchNodes(old *Network, nodes []uint32) (moved []int32) {
	same := !slices.ContainsFunc(nodes, func(e uint32) bool {
		_, was := old.numbers[e]
		return was != question.Listed(c.view, e)
	})
	if same {
		c.nodes = slices.Clone(old.nodes)
		for _, e := range nodes {
			if i, ok := old.numbers[e]; ok {
				c.nodes[i] = c.node(e)
			}
		}
		return nil
	}
	c.nodes, c.numbers = make([]node, 0, len(old.nodes)+len(nodes)), make(map[uint32]int32, len(old.nodes)+len(nodes))
	add := func(x node) {
		c.numbers[x.entity] = int32(len(c.nodes))
		c.nodes = append(c.nodes, x)
	}
	moved = make([]int32, len(old.nodes))
	for i, x := range old.nodes {
		for len(nodes) > 0 && c.s.ID(nodes[0]) < c.s.ID(x.entity) {
			if question.Listed(c.view, nodes[0]) {
				add(c.node(nodes[0]))
			}
			nodes = nodes[1:]
		}
		moved[i] = int32(len(c.nodes))
		switch {
		case len(nodes) == 0 || nodes[0] != x.entity:
			add(x)
		case question.Listed(c.view, x.entity):
			add(c.node(x.entity))
		default:
			moved[i] = -1
		}
		if len(nodes) > 0 && nodes[0] == x.entity {
			nodes = nodes[1:]
		}
	}
	for _, e := range nodes {
		if question.Listed(c.view, e) {
			add(c.node(e))
		}
	}
	return moved
}

// patchLegs reads legs again, and gives the other legs the new numbers of their ends.
func (c *compiler) patchLegs(old *Network, segments []uint32, moved []int32, transits *schema.Field) {
	c.legs = make([]leg, 0, len(old.legs)+len(segments))
	for i := range old.legs {
		l := old.legs[i]
		for len(segments) > 0 && c.s.ID(segments[0]) < c.s.ID(l.segment) {
			c.segment(segments[0], transits)
			segments = segments[1:]
		}
		if len(segments) > 0 && segments[0] == l.segment {
			continue // it is added before the next one
		}
		if moved != nil {
			l.from, l.to = moved[l.from], moved[l.to]
		}
		if l.from < 0 || l.to < 0 {
			continue
		}
		c.legs = append(c.legs, l)
	}
	for _, e := range segments {
		c.segment(e, transits)
	}
}
