package aggregate

import (
	"math"

	"github.com/caspian-kg/caspian/graph"
)

// Op is what a figure says of a list of values.
type Op uint8

// The operations. Count is the number of edges; the others are about the known values.
const (
	Count Op = iota
	Sum
	Avg
	Min
	Max
)

// Ends reports whether the operation needs the least and the greatest value.
func (op Op) Ends() bool { return op == Min || op == Max }

// Of returns the figure of sums that are settled and free of ranges.
func (op Op) Of(s *Stats) float64 {
	switch op {
	case Avg:
		return s.Sum / float64(s.Count)
	case Min:
		return s.Min
	case Max:
		return s.Max
	}
	return s.Sum
}

// Value returns a figure as a number or a quantity, or as a range if ranges among the values leave it open. It is
// the zero Value if no value is known, if the values have no common unit, or if nothing limits the figure.
func (s *Stats) Value(op Op) graph.Value {
	if s.Known() == 0 || s.Err() != nil {
		return graph.Value{}
	}
	least, most := s.Bounds(op.Of)
	if math.IsInf(least, 0) && math.IsInf(most, 0) || math.IsNaN(least) || math.IsNaN(most) {
		return graph.Value{}
	}
	return graph.RangeValue(graph.Range{Min: least, Max: most}, s.UnitOfAll())
}
