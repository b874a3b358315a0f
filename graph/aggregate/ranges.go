package aggregate

import (
	"math"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// A list with ranges is summed up twice, by the lower and by the upper ends: the sum of 3 and of 10 to 15 is 13
// to 18. Few lists have ranges; the others only pay for a nil pointer.

// ranged has the sums of the ranges of a list.
type ranged struct {
	// ends are the sums of the lower and of the upper ends, infinite if one is missing.
	ends [2]Stats
	// whole are the sums including the plain numbers, after Settle.
	whole [2]Stats
}

// AddValue adds a number, a quantity or a range.
func (s *Stats) AddValue(v graph.Value) {
	if v.Kind() != graph.RangeKind {
		s.Add(v.Float(), v.Text())
		return
	}
	if s.ranged == nil {
		s.ranged = &ranged{}
	}
	r, _ := v.Range()
	s.ranged.ends[0].Add(r.Min, v.Text())
	s.ranged.ends[1].Add(r.Max, v.Text())
}

// joinRanges adds the ranges of another list.
func (s *Stats) joinRanges(x *Stats) {
	if x.ranged == nil {
		return
	}
	if s.ranged == nil {
		s.ranged = &ranged{}
	}
	for i := range s.ranged.ends {
		s.ranged.ends[i].Join(&x.ranged.ends[i])
	}
}

// settleRanges sums up the plain numbers and the ranges together.
func (s *Stats) settleRanges(o *schema.Ontology) {
	plain := *s
	plain.ranged = nil
	for i := range s.ranged.whole {
		s.ranged.whole[i] = Stats{}
		s.ranged.whole[i].Join(&plain)
		s.ranged.whole[i].Join(&s.ranged.ends[i])
		s.ranged.whole[i].Settle(o)
	}
}

// all returns the sums of the list by its lower and by its upper ends.
func (s *Stats) all() (low, high *Stats) {
	if s.ranged == nil {
		return s, s
	}
	return &s.ranged.whole[0], &s.ranged.whole[1]
}

// Known returns the number of values, including ranges.
func (s *Stats) Known() int {
	low, _ := s.all()
	return low.Count
}

// UnitOfAll returns Unit, also for a list with ranges.
func (s *Stats) UnitOfAll() string {
	low, _ := s.all()
	return low.Unit
}

// Bounds returns the least and the greatest possible value of a figure. They differ only if the list has
// ranges, and are infinite if a range has no end.
func (s *Stats) Bounds(figure func(*Stats) float64) (least, most float64) {
	low, high := s.all()
	return figure(low), figure(high)
}

// Exactly returns a figure; ok is false if ranges make it uncertain.
func (s *Stats) Exactly(figure func(*Stats) float64) (x float64, ok bool) {
	least, most := s.Bounds(figure)
	return least, least == most && !(s.ranged != nil && math.IsInf(least, 0))
}
