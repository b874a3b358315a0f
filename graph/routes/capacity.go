package routes

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// capacityOf returns the stated capacities of a node or leg in the unit, and their claims. It uses figures for the
// whole, in a unit of the same dimension, and leaves out planned figures unless plans is set. A figure is out of date if its
// period ended before that of another began. The remaining figures may differ; a range without an upper end makes High
// infinite. DEPRECATED figures count only if there is no other.
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

// LeastCapacity is the bound on what can pass a variant, in one dimension.
type LeastCapacity struct {
	Unit *schema.Unit
	// Stated bounds the capacity of the variant's narrowest element. If figures differ, every element can carry
	// at least Low, and the whole at most High.
	Stated Bounds
	// At are the nodes and segments that may be the narrowest, in order. Claims state their figures.
	At, Claims []uint32
	// Unstated are the segments without a stated capacity in this dimension: the variant may carry less because
	// of them.
	Unstated []uint32
}

// LeastCapacities returns the least capacities along the course, for each dimension with a stated capacity,
// ordered by dimension. Planned capacities count only if plans is set.
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

// capacityUnits returns the units of an entity's stated capacities, one for each dimension.
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

// commonUnit returns the base unit of the dimension, in which figures are compared.
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
