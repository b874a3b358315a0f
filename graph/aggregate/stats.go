package aggregate

import (
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Stats has the sums of a list of numbers or quantities: add each with Add, AddValue or AddCell, then call
// Settle.
type Stats struct {
	// Count, Sum, Min and Max include plain numbers but not ranges; Known, Bounds and Exactly include both.
	Count         int
	Sum, Min, Max float64
	// Unit is the unit of quantities: the unit that all have, or the base unit of their dimension. It is "" for
	// plain numbers.
	Unit string

	sum    sum
	others []unitStats // sums in other units, until Settle converts them
	other  string      // a unit that does not convert
	ranged *ranged     // nil if the list has no ranges
}

// unitStats has the sums of quantities in one unit.
type unitStats struct {
	unit     string
	sum      sum
	min, max float64
}

// Err returns an error for quantities of different dimensions, which cannot be summed up, such as tonnes and
// barrels.
func (s *Stats) Err() error {
	if s.ranged != nil {
		return s.ranged.whole[0].Err()
	}
	if s.other == "" {
		return nil
	}
	return graph.Errorf(graph.BadInput, "the values are in %s and in %s, which cannot be summed up; filter by one unit", s.Unit, s.other)
}

// Add adds a number, or a quantity with its unit.
func (s *Stats) Add(x float64, unit string) {
	switch {
	case s.Count == 0:
		s.Min, s.Max, s.Unit = x, x, unit
	case s.Unit != unit:
		s.Count++
		s.addOther(x, unit)
		return
	}
	s.Count++
	s.sum.add(x)
	s.Min, s.Max = min(s.Min, x), max(s.Max, x)
}

// AddWhole adds n whole numbers at once, given their sum, least and greatest number. All numbers in the list
// must be plain.
func (s *Stats) AddWhole(n int, total, least, most int64) {
	switch {
	case n == 0:
		return
	case s.Count == 0:
		s.Min, s.Max = float64(least), float64(most)
	}
	s.Count += n
	near := float64(total)
	s.sum.add(near)
	s.sum.add(float64(total - int64(near))) // the rest that near cannot represent
	s.Min, s.Max = min(s.Min, float64(least)), max(s.Max, float64(most))
}

func (s *Stats) addOther(x float64, unit string) {
	i := slices.IndexFunc(s.others, func(u unitStats) bool { return u.unit == unit })
	if i < 0 {
		i = len(s.others)
		s.others = append(s.others, unitStats{unit: unit, min: x, max: x})
	}
	u := &s.others[i]
	u.sum.add(x)
	u.min, u.max = min(u.min, x), max(u.max, x)
}

// Join adds the sums of another list, whether or not they are settled.
func (s *Stats) Join(x *Stats) {
	s.joinRanges(x)
	switch {
	case x.Count == 0:
		return
	case s.Count == 0:
		s.Min, s.Max, s.Unit, s.sum = x.Min, x.Max, x.Unit, x.sum
	case s.Unit == x.Unit:
		s.sum.join(x.sum)
		s.Min, s.Max = min(s.Min, x.Min), max(s.Max, x.Max)
	default:
		s.joinOther(&unitStats{x.Unit, x.sum, x.Min, x.Max})
	}
	s.Count += x.Count
	for i := range x.others {
		if u := &x.others[i]; u.unit != s.Unit {
			s.joinOther(u)
		} else {
			s.sum.join(u.sum)
			s.Min, s.Max = min(s.Min, u.min), max(s.Max, u.max)
		}
	}
}

func (s *Stats) joinOther(x *unitStats) {
	i := slices.IndexFunc(s.others, func(u unitStats) bool { return u.unit == x.unit })
	if i < 0 {
		s.others = append(s.others, *x)
		return
	}
	u := &s.others[i]
	u.sum.join(x.sum)
	u.min, u.max = min(u.min, x.min), max(u.max, x.max)
}

// Settle completes the sums after the last Add, in the base unit if units differ.
func (s *Stats) Settle(o *schema.Ontology) {
	if s.ranged != nil {
		s.settleRanges(o)
	}
	s.Sum = s.sum.float()
	if s.others == nil {
		return
	}
	from := o.Units[s.Unit]
	for _, x := range s.others {
		if !from.Converts(o.Units[x.unit]) {
			s.other = x.unit
			return
		}
	}
	to := o.Base(from)
	in := func(x float64) float64 { return graph.Convert(x, from, to) }
	var total sum
	total.add(in(s.Sum))
	s.Min, s.Max, s.Unit = in(s.Min), in(s.Max), to.Code
	for _, x := range s.others {
		from = o.Units[x.unit]
		total.add(in(x.sum.float()))
		s.Min, s.Max = min(s.Min, in(x.min)), max(s.Max, in(x.max))
	}
	s.Sum, s.sum, s.others = total.float(), total, nil
}

// sum adds up numbers without accumulating rounding errors: ten times 0.1 is
// 1. The zero sum is 0.
type sum struct{ total, lost float64 }

// add adds x by Neumaier's method.
func (s *sum) add(x float64) {
	t := s.total + x
	if math.Abs(s.total) >= math.Abs(x) {
		s.lost += (s.total - t) + x
	} else {
		s.lost += (x - t) + s.total
	}
	s.total = t
}

// join adds another sum.
func (s *sum) join(x sum) {
	s.add(x.total)
	if !math.IsInf(x.total, 0) {
		s.add(x.lost)
	}
}

// float returns the sum.
func (s *sum) float() float64 {
	if math.IsInf(s.total, 0) {
		return s.total // lost is not a number then
	}
	return s.total + s.lost
}
