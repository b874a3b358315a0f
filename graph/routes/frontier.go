package routes

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
)

// overWater are the modes that go around a border instead of across it.
var overWater = []string{modeSea, "FERRY", "TANKER", "AIR"}

// shut returns, by leg, whether the leg crosses one of the borders by land, in either direction. A border is named by
// the two entities on its sides: countries, or groups of countries.
func (n *Network) shut(borders [][]graph.ID) ([]bool, error) {
	if len(borders) == 0 {
		return nil, nil
	}
	legs := make([]bool, len(n.legs))
	for _, ids := range borders {
		var sides [][]uint32
		for _, id := range ids {
			e, err := n.entity("avoidBorders", id)
			if err != nil {
				return nil, err
			}
			countries, ok := n.countries(e)
			if !ok {
				return nil, graph.Errorf(graph.WrongType, "avoidBorders: %q is a %s; name countries, regions or organisations", id, n.view.Snapshot().TypeName(e))
			}
			sides = append(sides, countries)
		}
		if len(ids) != 2 || ids[0] == ids[1] {
			return nil, graph.Errorf(graph.BadInput, "avoidBorders: a border is between two different entities; give a list of two ids for each")
		}
		for _, a := range sides[0] {
			n.shutSide(legs, a, sides[1])
		}
	}
	return legs, nil
}

// shutSide marks the legs that cross from a country to one of the others, or back.
func (n *Network) shutSide(legs []bool, country uint32, others []uint32) {
	a, ok := n.place[country]
	if !ok {
		return
	}
	for _, i := range n.touched[a] {
		l := &n.legs[i]
		if slices.Contains(overWater, n.modes[l.mode]) {
			continue
		}
		for k := 1; k < len(l.transits); k++ {
			x, y := l.transits[k-1], l.transits[k]
			if n.water[y] {
				break // waters follow the countries
			}
			if x == a && slices.Contains(others, n.places[y]) || y == a && slices.Contains(others, n.places[x]) {
				legs[i] = true
			}
		}
	}
}
