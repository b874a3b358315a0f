package aggregate

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/figures"
	"github.com/caspian-kg/caspian/schema"
)

// TestJoin checks that the sums of a list that was divided and joined again, whether settled
// in between or not, are those of the whole list.
func TestJoin(t *testing.T) {
	o := schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.SampledFrom([][]string{{""}, {"km"}, {"km", "m"}, {"km", "m", "t"}}).Draw(t, "units")
		var whole, joined Stats
		ranges := false
		for range rapid.IntRange(0, 5).Draw(t, "parts") {
			var part Stats
			for range rapid.IntRange(0, 4).Draw(t, "items") {
				x, unit := float64(rapid.IntRange(-50, 50).Draw(t, "x")), rapid.SampledFrom(units).Draw(t, "unit")
				v := graph.FloatValue(x)
				if unit != "" {
					v = graph.QuantityValue(x, unit)
				}
				if width := float64(rapid.IntRange(-20, 20).Draw(t, "width")); width > 0 {
					v = graph.RangeValue(graph.Range{Min: x, Max: x + width}, unit)
					ranges = true
				}
				whole.AddValue(v)
				part.AddValue(v)
			}
			if rapid.Bool().Draw(t, "settled") {
				part.Settle(o)
			}
			joined.Join(&part)
		}
		whole.Settle(o)
		joined.Settle(o)
		switch {
		case (whole.Err() != nil) != (joined.Err() != nil) || whole.Known() != joined.Known():
			t.Fatalf("%+v instead of %+v", joined, whole)
		case whole.Err() == nil && ranges:
			sameBounds(t, &whole, &joined)
		case whole.Err() == nil && (math.Abs(whole.Sum-joined.Sum) > 1e-14*(1+math.Abs(whole.Sum)) || whole.Min != joined.Min || whole.Max != joined.Max || whole.Unit != joined.Unit):
			t.Fatalf("%+v instead of %+v", joined, whole)
		}
	})
}

// TestSum: sums are exact, except that the result is rounded.
func TestSum(t *testing.T) {
	var tenths sum
	for range 10 {
		tenths.add(0.1)
	}
	if tenths.float() != 1 {
		t.Errorf("ten times 0.1 is %v", tenths.float())
	}
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-1e6, 1e6), rapid.SampledFrom([]float64{0.1, 1e15, -1e15, 1e-9, 3.3})), 0, 200).Draw(t, "list")
		var s sum
		exact, size := new(big.Float).SetPrec(2000), 0.0
		for _, x := range list {
			s.add(x)
			exact.Add(exact, new(big.Float).SetFloat64(x))
			size += math.Abs(x)
		}
		want, _ := exact.Float64()
		if diff := math.Abs(s.float() - want); diff > 0x1p-52*math.Abs(want)+size*0x1p-90 {
			t.Fatalf("the sum is %v, want %v", s.float(), want)
		}
	})
	over := sum{}
	for range 3 {
		over.add(math.MaxFloat64)
	}
	if !math.IsInf(over.float(), 1) {
		t.Errorf("beyond all numbers is %v", over.float())
	}
}

// sameBounds compares the sums of lists with ranges.
func sameBounds(t *rapid.T, a, b *Stats) {
	for i, figure := range []func(*Stats) float64{func(s *Stats) float64 { return s.Sum }, func(s *Stats) float64 { return s.Min }, func(s *Stats) float64 { return s.Max }} {
		low, high := a.Bounds(figure)
		least, most := b.Bounds(figure)
		if math.Abs(low-least) > 1e-14*(1+math.Abs(low)) || math.Abs(high-most) > 1e-14*(1+math.Abs(high)) || a.UnitOfAll() != b.UnitOfAll() {
			t.Fatalf("figure %d is from %v to %v, want %v to %v", i, least, most, low, high)
		}
	}
}

// TestRanges: ranges make a sum a range; what they do not leave open is one number.
func TestRanges(t *testing.T) {
	o := schema.MustDefault()
	for _, x := range []struct {
		values         string
		low, high      float64
		least, most    string
		known          int
		unit, mismatch string
	}{
		{"3 km, 10..15 km", 13, 18, "3", "?", 2, "km", ""},
		{"3 km, 10..15 km, 20 km", 33, 38, "3", "20", 3, "km", ""},
		{"500 m, 1..2 km", 1.5, 2.5, "0.5", "?", 2, "km", ""},
		{"over 5 km, 20 km", 25, math.Inf(1), "?", "?", 2, "km", ""},
		{"under 5 km, 20 km", math.Inf(-1), 25, "?", "20", 2, "km", ""},
		{"1..2 km", 1, 2, "?", "?", 1, "km", ""},
		{"1..2 km, 3 t", 0, 0, "", "", 2, "", "km"},
	} {
		var st Stats
		for _, text := range strings.Split(x.values, ", ") {
			v, err := graph.ParseValue(graph.QuantityKind, text)
			if err != nil {
				t.Fatal(err)
			}
			st.AddValue(v)
		}
		st.Settle(o)
		if st.Known() != x.known || (st.Err() != nil) != (x.mismatch != "") {
			t.Errorf("%s: %d known, %v", x.values, st.Known(), st.Err())
		}
		if x.mismatch != "" {
			continue
		}
		text := func(figure func(*Stats) float64) string {
			if f, ok := st.Exactly(figure); ok {
				return figures.Number(f, 0)
			}
			return "?"
		}
		low, high := st.Bounds(func(s *Stats) float64 { return s.Sum })
		least, most := text(func(s *Stats) float64 { return s.Min }), text(func(s *Stats) float64 { return s.Max })
		if low != x.low || high != x.high || least != x.least || most != x.most || st.UnitOfAll() != x.unit {
			t.Errorf("%s: from %v to %v, least %s, greatest %s, in %s", x.values, low, high, least, most, st.UnitOfAll())
		}
	}
}
