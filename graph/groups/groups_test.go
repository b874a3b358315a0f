package groups

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
)

// TestPartsOfTime compares the part of time of a date with the beginnings of the days that it may be.
func TestPartsOfTime(t *testing.T) {
	lengths := map[filter.DatePart]int{filter.Month: len("2021-06"), filter.Year: len("2021"), filter.Decade: len("202")}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"2021", "2021-06", "2021-06-18", "202X", "19XX", "2021-33", "1999-12-31", "2000-01-01", "..", "0987-02-03"}).Draw(t, "date")
		d, err := graph.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		part := rapid.SampledFrom([]filter.DatePart{filter.Month, filter.Year, filter.Decade, filter.Quarter}).Draw(t, "part")
		got := bucket(&filter.GroupKey{Dates: part}, graph.DateValue(d)).String()
		want := ""
		if d.Known() {
			first, last := d.First().String(), d.Last().String()
			switch n := lengths[part]; {
			case part == filter.Quarter:
				quarter := func(day string) string {
					return day[:5] + "Q" + map[string]string{"01": "1", "02": "1", "03": "1", "04": "2", "05": "2", "06": "2", "07": "3", "08": "3", "09": "3", "10": "4", "11": "4", "12": "4"}[day[5:7]]
				}
				if quarter(first) == quarter(last) {
					want = quarter(first)
				}
			case first[:n] == last[:n]:
				want = first[:n] + strings.Repeat("X", 4-min(n, 4))
			}
		}
		if got != want {
			t.Fatalf("%s by %d is in %q, want %q", text, part, got, want)
		}
	})
}

// TestBounds checks that a number is in the range that names its group, and in that of no other.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bounds := rapid.SliceOfNDistinct(rapid.Float64Range(-50, 50), 1, 6, rapid.ID).Draw(t, "bounds")
		slices.Sort(bounds)
		x := rapid.OneOf(rapid.Float64Range(-60, 60), rapid.SampledFrom(bounds)).Draw(t, "number")
		r, ok := between(bounds, graph.FloatValue(x)).Range()
		if !ok || !(r.Min <= x && x < r.Max) {
			t.Fatalf("%v is in %+v of %v", x, r, bounds)
		}
		for _, b := range bounds {
			if r.Min < b && b < r.Max {
				t.Fatalf("%v is in %+v, which has the bound %v", x, r, b)
			}
		}
		to := x + rapid.Float64Range(0.5, 30).Draw(t, "length")
		inside := !slices.ContainsFunc(bounds, func(b float64) bool { return x < b && b <= to })
		if got := between(bounds, graph.RangeValue(graph.Range{Min: x, Max: to}, "")); (got.Kind() != graph.NoKind) != inside {
			t.Fatalf("%v to %v is in %v of %v", x, to, got, bounds)
		}
	})
}

// TestMedian checks that as many values are above the median as below.
func TestMedian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.Float64Range(-100, 100), 0, 9).Draw(t, "values")
		m := median(slices.Clone(xs))
		below, above := 0, 0
		for _, x := range xs {
			if x < m {
				below++
			}
			if x > m {
				above++
			}
		}
		if len(xs) == 0 != math.IsNaN(m) || below > len(xs)/2 || above > len(xs)/2 || len(xs)%2 == 1 && !slices.Contains(xs, m) {
			t.Fatalf("the median of %v is %v", xs, m)
		}
	})
}
