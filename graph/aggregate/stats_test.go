package aggregate

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/schema"
)

// TestJoin checks that the sums of a list that was divided and joined again, whether settled
// in between or not, are those of the whole list.
func TestJoin(t *testing.T) {
	o := schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.SampledFrom([][]string{{""}, {"km"}, {"km", "m"}, {"km", "m", "t"}}).Draw(t, "units")
		var whole, joined Stats
		for range rapid.IntRange(0, 5).Draw(t, "parts") {
			var part Stats
			for range rapid.IntRange(0, 4).Draw(t, "items") {
				x, unit := float64(rapid.IntRange(-50, 50).Draw(t, "x")), rapid.SampledFrom(units).Draw(t, "unit")
				whole.Add(x, unit)
				part.Add(x, unit)
			}
			if rapid.Bool().Draw(t, "settled") {
				part.Settle(o)
			}
			joined.Join(&part)
		}
		whole.Settle(o)
		joined.Settle(o)
		switch {
		case (whole.Err() != nil) != (joined.Err() != nil) || whole.Count != joined.Count:
			t.Fatalf("%+v instead of %+v", joined, whole)
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
