package analysis

import (
	"math"

	"github.com/caspian-kg/caspian/graph"
)

// touchesYear reports whether the period may have a day of the year.
func touchesYear(iv graph.Interval, year int) bool {
	return iv.From.First() <= graph.DayDate(year, 12, 31).First() && iv.To.Last() >= graph.DayDate(year, 1, 1).First()
}

// farApart reports whether two figures differ by more than the tolerance, which is relative to the larger one.
// Rounding errors of binary fractions do not count.
func farApart(relative, a, b float64) bool {
	return math.Abs(a-b) > (relative+1e-9)*max(math.Abs(a), math.Abs(b))
}

// boundsOf returns the ends of a range.
func boundsOf(r graph.Range) *Bounds { return &Bounds{r.Min, r.Max} }

// apart reports whether all numbers of two ranges are farther apart than the tolerance. A nil range has no
// numbers.
func (b *Bounds) apart(relative float64, c *Bounds) bool {
	return b != nil && c != nil && (b.High < c.Low && farApart(relative, b.High, c.Low) || c.High < b.Low && farApart(relative, c.High, b.Low))
}
