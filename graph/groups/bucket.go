package groups

import (
	"fmt"
	"math"
	"sort"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
)

// bucket returns the group of a value: of a date the part of time, of a number the bounds that it is between. It is the
// zero Value for a date or a range that may be in several.
func bucket(k *filter.GroupKey, v graph.Value) graph.Value {
	switch v.Kind() {
	case graph.DateKind:
		if k.Dates != filter.WholeDate {
			return partOf(k.Dates, v.Date())
		}
	case graph.IntKind, graph.FloatKind, graph.QuantityKind, graph.RangeKind:
		if k.Bounds != nil {
			return between(k.Bounds, v)
		}
	}
	return v
}

func partOf(part filter.DatePart, d graph.Date) graph.Value {
	if !d.Known() {
		return graph.Value{}
	}
	first, last := nameOf(part, d.First()), nameOf(part, d.Last())
	if first != last {
		return graph.Value{}
	}
	return graph.StringValue(first)
}

// nameOf returns the name of the part of time that a day is in: 2021-06, 2021-Q2, 2021, or 202X for the twenties.
func nameOf(part filter.DatePart, d graph.Day) string {
	year, month := d.YearMonth()
	sign := ""
	if year < 0 {
		sign, year = "-", -year
	}
	switch part {
	case filter.Month:
		return fmt.Sprintf("%s%04d-%02d", sign, year, month)
	case filter.Quarter:
		return fmt.Sprintf("%s%04d-Q%d", sign, year, (month+2)/3)
	case filter.Decade:
		return fmt.Sprintf("%s%03dX", sign, year/10)
	}
	return fmt.Sprintf("%s%04d", sign, year)
}

// between returns the range of the two bounds that a value is between: it begins with the lower one, and ends before the
// upper one.
func between(bounds []float64, v graph.Value) graph.Value {
	r, _ := v.Range()
	at := func(x float64, over bool) int {
		return sort.Search(len(bounds), func(i int) bool { return bounds[i] > x || over && bounds[i] == x })
	}
	i := at(r.Min, false)
	if i != at(r.Max, r.Under) {
		return graph.Value{}
	}
	of := graph.Range{Min: math.Inf(-1), Max: math.Inf(1)}
	if i > 0 {
		of.Min = bounds[i-1]
	}
	if i < len(bounds) {
		of.Max, of.Under = bounds[i], true
	}
	return graph.RangeValue(of, v.Text())
}
