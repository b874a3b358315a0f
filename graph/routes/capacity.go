package routes

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// capacityOf is what is stated of one node or leg, in the unit: figures of the whole of it, of
// what is built unless plans are asked for as well, and in a unit of the same dimension. A figure is out of date if its period
// ended before that of another began. The figures that remain may differ, and a range that
// has no upper end makes the highest infinite. A DEPRECATED one counts where there is no other.
func (n *Network) capacityOf(entity uint32, unit *schema.Unit, plans bool) (stated Bounds, claims []uint32) {
	v, s := n.view, n.view.Snapshot()
	units := s.Ontology().Units
	standing := false
	v.Claims(entity, "capacity", false, func(n uint32) bool {
		planned, _ := s.Qualifier(n, "planned")
		scope, _ := s.Qualifier(n, "scope")
		u := units[s.Value(n).Text()]
		if planned.Bool() && !plans || scope.Text() != "" || u == nil || u.Dimension != unit.Dimension || u.Factor == 0 {
			return true
		}
		claims = append(claims, n)
		standing = standing || s.Rank(n) != graph.Deprecated
		return true
	})
	current := claims[:0:0]
	for _, n := range claims {
		if standing && s.Rank(n) == graph.Deprecated {
			continue
		}
		over := false
		for _, m := range claims {
			over = over || s.Rank(m) != graph.Deprecated && s.Valid(n).To.Known() && s.Valid(m).From.First() > s.Valid(n).To.Last()
		}
		if !over {
			current = append(current, n)
		}
	}
	stated = Bounds{math.Inf(1), 0}
	for _, n := range current {
		val := s.Value(n)
		r, _ := val.Range()
		in := units[val.Text()].Factor / unit.Factor
		stated = Bounds{min(stated.Low, max(0, r.Min*in)), max(stated.High, 0, r.Max*in)}
	}
	return stated, current
}

// LeastCapacity is what bounds what can pass a variant, in one dimension.
type LeastCapacity struct {
	Unit *schema.Unit
	// Stated is the least, and the largest, figure that may be the least of the variant:
	// with figures that differ, no element can carry less than Low, nor the whole more than High.
	Stated Bounds
	// At are the nodes and segments that may be the narrowest, in order; Claims state their figures.
	At, Claims []uint32
	// Unstated are the segments of which nobody states a capacity of this dimension: the
	// variant may carry less.
	Unstated []uint32
}

// LeastCapacities are the least capacities along the course, one for each dimension in which any is
// stated, by dimension; with the plans where they are asked for.
func (c *Course) LeastCapacities(plans bool) []LeastCapacity {
	n := c.network
	o := n.view.Snapshot().Ontology()
	var elements []uint32
	for i, l := range c.Legs {
		if i == 0 {
			elements = append(elements, l.From)
		}
		elements = append(elements, l.Segment)
		elements = append(elements, n.legs[n.bySeg[l.Segment]].passes...)
		elements = append(elements, l.To)
	}
	found := map[string]*LeastCapacity{}
	var list []LeastCapacity
	for _, e := range elements {
		for d, u := range n.capacityUnits(e, plans) {
			if found[d] == nil {
				found[d] = &LeastCapacity{Unit: u, Stated: Bounds{math.Inf(1), math.Inf(1)}}
			}
		}
	}
	for _, d := range slices.Sorted(maps.Keys(found)) {
		least := found[d]
		least.Unit = commonUnit(o, least.Unit)
		least.measure(c, elements, plans)
		list = append(list, *least)
	}
	return list
}

// capacityUnits are the units of the capacities that are stated of an entity, one a dimension.
func (n *Network) capacityUnits(entity uint32, plans bool) map[string]*schema.Unit {
	s := n.view.Snapshot()
	units := map[string]*schema.Unit{}
	n.view.Claims(entity, "capacity", false, func(claim uint32) bool {
		u := s.Ontology().Units[s.Value(claim).Text()]
		if u == nil || u.Factor == 0 {
			return true
		}
		if _, claims := n.capacityOf(entity, u, plans); len(claims) > 0 {
			units[u.Dimension] = u
		}
		return true
	})
	return units
}

// commonUnit is the unit in which figures of the dimension are compared: the base.
func commonUnit(o *schema.Ontology, u *schema.Unit) *schema.Unit {
	best := u
	for _, x := range o.Units {
		if x.Dimension == u.Dimension && x.Factor == 1 && (best.Factor != 1 || cmp.Less(x.Code, best.Code)) {
			best = x
		}
	}
	return best
}

func (x *LeastCapacity) measure(c *Course, elements []uint32, plans bool) {
	n := c.network
	s := n.view.Snapshot()
	stated := map[uint32]Bounds{}
	claims := map[uint32][]uint32{}
	for _, e := range elements {
		if stated[e], claims[e] = n.capacityOf(e, x.Unit, plans); len(claims[e]) > 0 {
			x.Stated = Bounds{min(x.Stated.Low, stated[e].Low), min(x.Stated.High, stated[e].High)}
		} else if s.TypeName(e) == segmentType && !slices.Contains(x.Unstated, e) {
			x.Unstated = append(x.Unstated, e)
		}
	}
	for _, e := range elements {
		if len(claims[e]) > 0 && stated[e].Low <= x.Stated.High && !slices.Contains(x.At, e) {
			x.At = append(x.At, e)
			x.Claims = append(x.Claims, claims[e]...)
		}
	}
}
