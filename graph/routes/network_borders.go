package routes

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// crossing is a pair of countries that share a border or a water.
type crossing struct {
	a, b   int32
	water  uint32 // None for a border
	claims []uint32
}

// borders adds all countries as nodes, and as legs the borders and the waters that two of them share.
func (c *compiler) borders(ctx context.Context) error {
	fields, err := c.fields(countryType, "borders", "littoralOf")
	if err != nil {
		return err
	}
	for e := range c.view.OfTypes([]*schema.Type{c.o.Type(countryType)}).All() {
		n := node{entity: e.Node, claim: snapshot.None, country: c.placeOf(e.Node)}
		c.locate(&n)
		c.numbers[e.Node] = int32(len(c.nodes))
		c.nodes = append(c.nodes, n)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	shores := map[uint32][]snapshot.Edge{} // by water: the countries on its shore, with the claims
	var waters []uint32
	var list []crossing
	for i := range c.nodes {
		if err := ctx.Err(); err != nil {
			return err
		}
		me := c.nodes[i].entity
		for e := range c.view.Relation(me, fields["littoralOf"], false).All() {
			if shores[e.Node] == nil {
				waters = append(waters, e.Node)
			}
			shores[e.Node] = append(shores[e.Node], snapshot.Edge{Node: uint32(i), Claim: e.Claim})
		}
		for e := range c.view.Relation(me, fields["borders"], false).All() {
			// Both sides show a symmetric relation; the side with the lower number adds the leg.
			if other, ok := c.numbers[e.Node]; ok && int32(i) < other {
				list = append(list, crossing{int32(i), other, snapshot.None, []uint32{e.Claim}})
			}
		}
	}
	for _, w := range waters {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, x := range shores[w] {
			for _, y := range shores[w][i+1:] {
				list = append(list, crossing{int32(x.Node), int32(y.Node), w, []uint32{x.Claim, y.Claim}})
			}
		}
	}
	slices.SortStableFunc(list, c.compareCrossings) // stable, so that two claims of one border keep their order
	for _, x := range list {
		c.crossing(x)
	}
	return nil
}

// compareCrossings sorts by countries, and borders before waters.
func (c *compiler) compareCrossings(x, y crossing) int {
	if x.a != y.a {
		return int(x.a - y.a)
	}
	if x.b != y.b {
		return int(x.b - y.b)
	}
	id := func(e uint32) string {
		if e == snapshot.None {
			return ""
		}
		return string(c.s.ID(e))
	}
	return strings.Compare(id(x.water), id(y.water))
}

// crossing adds the leg of a crossing. A crossing always states everything that it touches.
func (c *compiler) crossing(x crossing) {
	l := leg{from: x.a, to: x.b, segment: snapshot.None, mode: nameNumber(&c.modes, modeLand), status: nameNumber(&c.statuses, statusUnknown),
		complete: true, both: true, bothClaim: snapshot.None,
		statusClaim: snapshot.None, gaugeClaim: snapshot.None, lengthClaim: snapshot.None, km: math.NaN(), borders: 1, claims: x.claims,
		transits: []int32{c.nodes[x.a].country, c.nodes[x.b].country}}
	if x.water != snapshot.None {
		l.mode = nameNumber(&c.modes, modeSea)
		l.transits = append(l.transits, c.placeOf(x.water))
	}
	l.surety = c.surety(x.claims...)
	l.bothSurety = l.surety
	c.estimate(&l)
	c.legs = append(c.legs, l)
}
