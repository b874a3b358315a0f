package graph

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/schema"
)

// TestReadRange reads ranges in all their forms, and writes each in one.
func TestReadRange(t *testing.T) {
	for _, x := range []struct {
		kind     Kind
		in, want string
		fault    bool
	}{
		{QuantityKind, "10..15 bcm", "10..15 bcm", false},
		{QuantityKind, "10 to 15 bcm", "10..15 bcm", false},
		{QuantityKind, ">10..<15 bcm", ">10..<15 bcm", false},
		{QuantityKind, "over 5 bcm", ">5 bcm", false},
		{QuantityKind, "at least 3 bcm", ">=3 bcm", false},
		{QuantityKind, "under 100 bcm", "<100 bcm", false},
		{QuantityKind, "<=7 bcm", "<=7 bcm", false},
		{QuantityKind, "10..10 bcm", "10 bcm", false},
		{QuantityKind, "-5..-3 USD", "-5..-3 USD", false},
		{QuantityKind, "1e3..2e3 km", "1000..2000 km", false},
		{QuantityKind, "5 to bcm", "", true},
		{QuantityKind, "over 5", "", true},
		{QuantityKind, "10..15", "", true},
		{QuantityKind, ".. bcm", "", true},
		{QuantityKind, "about 5 bcm", "", true},
		{QuantityKind, "10 - 15 bcm", "", true},
		{QuantityKind, "> bcm", "", true},
		{FloatKind, "0.1..0.2", "0.1..0.2", false},
		{FloatKind, "over 5", ">5", false},
		{FloatKind, ">5..", "", true},
		{IntKind, "at most 7", "<=7", false},
		{IntKind, ">=12500", ">=12500", false},
		{RangeKind, "10..15 bcm", "10..15 bcm", false},
		{RangeKind, "7", "", true},
	} {
		v, err := ParseValue(x.kind, x.in)
		if (err != nil) != x.fault || !x.fault && v.String() != x.want {
			t.Errorf("%s %q is %q, %v; want %q", x.kind, x.in, v, err, x.want)
		}
	}
}

// drawn is a number, or a range with the points that it has among halves from -1 to 8.
func drawn(t *rapid.T, name string) Value {
	units := rapid.SampledFrom([]string{"", "", "km", "m", "t"})
	x, y := rapid.IntRange(0, 6).Draw(t, name+" from"), rapid.IntRange(0, 6).Draw(t, name+" to")
	r := Range{float64(min(x, y)), float64(max(x, y)), rapid.Bool().Draw(t, "over"), rapid.Bool().Draw(t, "under")}
	unit := units.Draw(t, "unit")
	switch rapid.IntRange(0, 4).Draw(t, "form") {
	case 0:
		if unit == "" && rapid.Bool().Draw(t, "whole") {
			return IntValue(int64(x))
		}
		return numberOf(r.Min, unit)
	case 1:
		r.Min, r.Over = math.Inf(-1), false
	case 2:
		r.Max, r.Under = math.Inf(1), false
	}
	if r.fault() != "" {
		r.Over, r.Under = false, false
	}
	return RangeValue(r, unit)
}

// points are the numbers of a value among halves, in a base unit.
func points(v Value) (list []float64) {
	r, _ := v.Range()
	for x := -4.0; x <= 20; x++ {
		p := x / 2
		if (p > r.Min || p == r.Min && !r.Over) && (p < r.Max || p == r.Max && !r.Under) {
			list = append(list, p)
		}
	}
	return list
}

// TestRangeComparisons compares with each number of a range, one by one.
func TestRangeComparisons(t *testing.T) {
	o := schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		v, n := drawn(t, "value"), float64(rapid.IntRange(-1, 7).Draw(t, "bound"))
		bound := numberOf(n, v.Text())
		if rapid.Bool().Draw(t, "bare") {
			bound = FloatValue(n)
		}
		for c := Eq; c <= Gte; c++ {
			all, some := true, false
			for _, p := range points(v) {
				x := numberOf(p, v.Text())
				holds := c.Holds(o, &x, &bound, false)
				all, some = all && holds, some || holds
			}
			if got := c.Holds(o, &v, &bound, false); got != all {
				t.Errorf("%v %d %v: holds %v, want %v", v, c, bound, got, all)
			}
			if got := c.MayHold(o, &v, &bound, false); got != some {
				t.Errorf("%v %d %v: may hold %v, want %v", v, c, bound, got, some)
			}
		}
	})
}

// TestOrderOfRanges checks that the order of numbers and ranges is one: total, and with what is
// surely less before what is surely more.
func TestOrderOfRanges(t *testing.T) {
	o := schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawn(t, "a"), drawn(t, "b"), drawn(t, "c")
		ab, ba := Compare(o, &a, &b), Compare(o, &b, &a)
		if ab != -ba {
			t.Fatalf("%v and %v: %d and %d", a, b, ab, ba)
		}
		if ab <= 0 && Compare(o, &b, &c) <= 0 && Compare(o, &a, &c) > 0 {
			t.Fatalf("%v, %v and %v are in no order", a, b, c)
		}
		if a.Text() != b.Text() || a.Kind() == RangeKind == (b.Kind() == RangeKind) && ab == 0 {
			return
		}
		x, y := points(a), points(b)
		if x[len(x)-1] < y[0] && ab >= 0 {
			t.Fatalf("%v is not before %v", a, b)
		}
		if v, err := ParseValue(RangeKind, a.String()); a.Kind() == RangeKind && (err != nil || v != a) {
			t.Fatalf("%v is read as %v, %v", a, v, err)
		}
	})
}
