package snapshot_test

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// What follows judges ranges by numbers that are in them, read from what they print.

// limits are the ends that a number or a range prints, in the base unit; nil if there is none.
type limits struct {
	low, high       *big.Rat
	lowOut, highOut bool
	dimension, unit string
}

func limitsOf(v graph.Value) (l limits) {
	text, unit, _ := strings.Cut(v.String(), " ")
	number := func(s string) *big.Rat {
		x, ok := new(big.Rat).SetString(s)
		if !ok {
			panic(v.String())
		}
		if u, ok := modelUnits[unit]; ok {
			x.Mul(x, u.factor)
		}
		return x
	}
	l.unit = unit
	if u, ok := modelUnits[unit]; ok {
		l.dimension = u.dimension
	}
	from, to, both := strings.Cut(text, "..")
	switch {
	case both:
		l.low, l.high = number(strings.TrimLeft(from, ">")), number(strings.TrimLeft(to, "<"))
		l.lowOut, l.highOut = from[0] == '>', to[0] == '<'
	case text[0] == '>':
		l.low, l.lowOut = number(strings.TrimLeft(text, ">=")), text[1] != '='
	case text[0] == '<':
		l.high, l.highOut = number(strings.TrimLeft(text, "<=")), text[1] != '='
	default:
		l.low, l.high = number(text), number(text)
	}
	return l
}

// samples are numbers in the range, in its unit: those that tell apart all that a bound may.
func (l limits) samples(bound *big.Rat) (in []graph.Value) {
	at := []*big.Rat{bound}
	for _, end := range []*big.Rat{l.low, l.high} {
		if end != nil {
			at = append(at, end)
		}
	}
	slices.SortFunc(at, func(a, b *big.Rat) int { return a.Cmp(b) })
	one := big.NewRat(1, 1)
	all := []*big.Rat{new(big.Rat).Sub(at[0], one)}
	for i, x := range at {
		all = append(all, x)
		if i+1 < len(at) {
			all = append(all, new(big.Rat).Quo(new(big.Rat).Add(x, at[i+1]), big.NewRat(2, 1)))
		}
	}
	all = append(all, new(big.Rat).Add(at[len(at)-1], one))
	for _, x := range all {
		below := l.low != nil && (x.Cmp(l.low) < 0 || l.lowOut && x.Cmp(l.low) == 0)
		above := l.high != nil && (x.Cmp(l.high) > 0 || l.highOut && x.Cmp(l.high) == 0)
		if below || above {
			continue
		}
		if u, ok := modelUnits[l.unit]; ok {
			f, _ := new(big.Rat).Quo(x, u.factor).Float64()
			in = append(in, graph.QuantityValue(f, l.unit))
		} else {
			f, _ := x.Float64()
			in = append(in, graph.FloatValue(f))
		}
	}
	return in
}

// compareRanges orders numbers and ranges of one dimension by their lower ends, then by the
// upper ones.
func compareRanges(a, b limits) int {
	end := func(x, y *big.Rat, missing int) int {
		switch {
		case x == nil && y == nil:
			return 0
		case x == nil:
			return missing
		case y == nil:
			return -missing
		}
		return x.Cmp(y)
	}
	out := map[bool]int{true: 1}
	return cmp.Or(end(a.low, b.low, -1), out[a.lowOut]-out[b.lowOut], end(a.high, b.high, 1), out[b.highOut]-out[a.highOut])
}

// verdict evaluates a test in the three values: one condition after the other, of a range for
// each of its numbers.
func verdict(t *filter.Test, v graph.Value, byBytes bool) truth {
	if v.Kind() != graph.RangeKind {
		return truthOf(passes(t, v, byBytes))
	}
	alone := filter.Test{Unit: t.Unit, IsNull: t.IsNull, IsNone: t.IsNone}
	ok := truthOf(passes(&alone, limitsOf(v).some(), byBytes))
	each := func(one filter.Test, bound graph.Value) truth {
		l := limitsOf(v)
		x, dimension := fraction(bound)
		if bound.Kind() != graph.QuantityKind {
			if u, ok := modelUnits[l.unit]; ok { // of bare numbers
				x = new(big.Rat).Mul(x, u.factor)
			}
		} else if dimension != l.dimension {
			return truthOf(passes(&one, l.some(), byBytes))
		}
		passed := 0
		in := l.samples(x)
		for _, number := range in {
			if passes(&one, number, byBytes) {
				passed++
			}
		}
		switch passed {
		case 0:
			return no
		case len(in):
			// A range is not one number, and surely equal to none.
			if one.Eq != nil {
				return unknown
			}
			return yes
		}
		return unknown
	}
	for _, one := range []filter.Test{{Eq: t.Eq}, {Lt: t.Lt}, {Lte: t.Lte}, {Gt: t.Gt}, {Gte: t.Gte}, {Ne: t.Ne}} {
		for _, bound := range []*graph.Value{one.Eq, one.Lt, one.Lte, one.Gt, one.Gte, one.Ne} {
			if bound != nil {
				ok = min(ok, each(one, *bound))
			}
		}
	}
	if t.In != nil {
		some := no
		for _, w := range t.In {
			some = max(some, each(filter.Test{Eq: &w}, w))
		}
		ok = min(ok, some)
	}
	for _, w := range t.NotIn {
		ok = min(ok, each(filter.Test{Ne: &w}, w))
	}
	written := v.String()
	ok = min(ok, truthOf(strings.Contains(written, t.Contains) && strings.HasPrefix(written, t.StartsWith) && (t.Matches == nil || t.Matches.MatchString(written))))
	if t.Possibly && ok == unknown {
		return yes
	}
	return ok
}

// TestRangesInFilters tests ranges number by number.
func TestRangesInFilters(t *testing.T) {
	o := load(t)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom([]schema.Scalar{schema.Int, schema.Float, schema.Quantity}).Draw(t, "scalar")
		v, test := drawRange(t, s), drawTest(t, s, nil)
		want := verdict(test, v, test.ByBytes)
		if sure, never := test.Decides(o, v, true), test.Decides(o, v, false); sure != (want == yes) || never != (want == no) {
			t.Fatalf("%v under %+v: surely %v, surely not %v, want %v", v, test, sure, never, want)
		}
	})
}

// some is a number in the unit of the range, in it or not.
func (l limits) some() graph.Value {
	if l.unit == "" {
		return graph.FloatValue(0)
	}
	return graph.QuantityValue(0, l.unit)
}

// drawRange is a range among the numbers that drawScalar draws.
func drawRange(t *rapid.T, s schema.Scalar) graph.Value {
	numbers := []float64{0, 1, 2, 9, 0.001, 1000}
	unit := ""
	switch s {
	case schema.Int:
		numbers = []float64{0, 1, 2, 3}
	case schema.Float:
		numbers = []float64{0, 0.25, 0.5, 0.75}
	case schema.Quantity:
		unit = rapid.SampledFrom([]string{" km", " m", " JPY", " USD"}).Draw(t, "unit")
	}
	x, y := rapid.SampledFrom(numbers).Draw(t, "from"), rapid.SampledFrom(numbers).Draw(t, "to")
	forms := []string{">%v", ">=%v", "<%v", "<=%v"}
	text := strings.Replace(rapid.SampledFrom(forms).Draw(t, "form"), "%v", graph.FloatValue(x).String(), 1)
	if x < y && rapid.Bool().Draw(t, "both") {
		text = rapid.SampledFrom([]string{"", ">"}).Draw(t, "out") + graph.FloatValue(x).String() + ".." + rapid.SampledFrom([]string{"", "<"}).Draw(t, "out") + graph.FloatValue(y).String()
	}
	return graph.RangeOf(text + unit)
}

// addEnds adds the ends of a number or a range without a unit to sums of lower and of upper ends.
func addEnds(sums [2]float64, v graph.Value) [2]float64 {
	if v == (graph.Value{}) {
		return sums
	}
	l := limitsOf(v)
	for i, end := range []*big.Rat{l.low, l.high} {
		if end == nil {
			sums[i] = math.Inf(2*i - 1)
			continue
		}
		f, _ := end.Float64()
		sums[i] += f
	}
	return sums
}

func nearEnds(a, b [2]float64) bool {
	return (a[0] == b[0] || math.Abs(a[0]-b[0]) <= 1e-9) && (a[1] == b[1] || math.Abs(a[1]-b[1]) <= 1e-9)
}

// sumsOf is what a list sums up to at least and at most.
func sumsOf(st *aggregate.Stats) [2]float64 {
	low, high := st.Bounds(func(x *aggregate.Stats) float64 { return x.Sum })
	return [2]float64{low, high}
}

// sameStats compares sums that were made in two ways, with the least and the greatest if ends is set.
func sameStats(a, b *aggregate.Stats, ends bool) bool {
	if a.Known() != b.Known() || fmt.Sprint(a.Err()) != fmt.Sprint(b.Err()) || b.Known() == 0 || b.Err() != nil {
		return a.Known() == b.Known() && (a.Err() == nil) == (b.Err() == nil)
	}
	x, y := sumsOf(a), sumsOf(b)
	same := a.UnitOfAll() == b.UnitOfAll()
	for i := range x {
		same = same && (x[i] == y[i] || math.Abs(x[i]-y[i]) <= 1e-12*math.Abs(y[i]))
	}
	for _, figure := range []func(*aggregate.Stats) float64{func(s *aggregate.Stats) float64 { return s.Min }, func(s *aggregate.Stats) float64 { return s.Max }} {
		p, q := a.Bounds(figure)
		r, s := b.Bounds(figure)
		same = same && (!ends || p == r && q == s)
	}
	return same
}
