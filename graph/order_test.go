package graph

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/schema"
)

// orderedValue draws values that often meet: few numbers in many units, dates
// of all precisions, texts of several scripts.
var orderedValue = rapid.Custom(func(t *rapid.T) Value {
	switch rapid.IntRange(0, 5).Draw(t, "what") {
	case 0, 1:
		n := rapid.SampledFrom([]float64{0, 1, 0.001, 1000, 999.9999999999999, 1000000, 9, 10, 5, 28.316846592, 0.1, 0.0001, -3, 5e-324, math.MaxFloat64}).Draw(t, "n")
		return QuantityValue(n, rapid.SampledFrom([]string{"km", "m", "USD", "EUR", "t", "kt", "Mt", "bcm", "tcm", "Tcf", "days", "hours", "deals", "aircraft", "lost", "old"}).Draw(t, "unit"))
	case 2:
		n := rapid.SampledFrom([]int64{0, 1, -1, 1 << 53, 1<<53 + 1, math.MaxInt64, math.MinInt64}).Draw(t, "whole")
		if rapid.Bool().Draw(t, "as a float") {
			return FloatValue(float64(n))
		}
		return IntValue(n)
	case 3:
		return DateValue(dates().Draw(t, "date"))
	case 4:
		return StringValue(anyText.Draw(t, "text"))
	}
	return anyValue.Draw(t, "value")
})

// TestTotalOrder: Compare is reflexive, antisymmetric and transitive.
func TestTotalOrder(t *testing.T) {
	o := schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := orderedValue.Draw(t, "a"), orderedValue.Draw(t, "b"), orderedValue.Draw(t, "c")
		ab, bc, ac := Compare(o, &a, &b), Compare(o, &b, &c), Compare(o, &a, &c)
		switch {
		case Compare(o, &a, &a) != 0:
			t.Fatalf("%v is not itself", a)
		case ab != -Compare(o, &b, &a):
			t.Fatalf("%v and %v compare as %d, and %d the other way", a, b, ab, Compare(o, &b, &a))
		case ab <= 0 && bc <= 0 && ac > 0, ab >= 0 && bc >= 0 && ac < 0, ab == 0 && bc != ac, bc == 0 && ab != ac:
			t.Fatalf("%v, %v and %v are in no order: %d, %d, %d", a, b, c, ab, bc, ac)
		}
	})
}

// TestOrderOfQuantities gives the order that broke pages: no unit is between
// the amounts of another.
func TestOrderOfQuantities(t *testing.T) {
	o := schema.MustDefault()
	got := []string{"9 USD", "10 USD", "5 EUR", "1 km", "900 m", "1100 m", "1 tcm", "2 bcm", "1 Tcf", "3 old", "1 days", "24 hours", "23 hours", "4 deals", "3 aircraft"}
	slices.SortStableFunc(got, func(a, b string) int {
		x, err := ParseValue(QuantityKind, a)
		if err != nil {
			t.Fatal(err)
		}
		y, _ := ParseValue(QuantityKind, b)
		return Compare(o, &x, &y)
	})
	want := "3 old, 3 aircraft, 4 deals, 5 EUR, 9 USD, 10 USD, 2 bcm, 1 Tcf, 1 tcm, 900 m, 1 km, 1100 m, 23 hours, 1 days, 24 hours"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("\n got %s\nwant %s", s, want)
	}
}

// factors are those of the ontology, said again.
var factors = map[string]struct{ dimension, factor string }{
	"km": {"length", "1"}, "m": {"length", "1/1000"}, "t": {"mass", "1"}, "kt": {"mass", "1000"}, "Mt": {"mass", "1000000"},
	"bcm": {"gas", "1"}, "tcm": {"gas", "1000"}, "Tcf": {"gas", "28.316846592"}, "USD": {"dollars", "1"}, "EUR": {"euros", "1"},
	"hours": {"time", "1"}, "days": {"time", "24"}, "years": {"time", "8765.82"},
}

var units = []string{"km", "m", "t", "kt", "Mt", "bcm", "tcm", "Tcf", "USD", "EUR", "hours", "days", "years"}

// exactly is an amount as a fraction of the base unit.
func exactly(number, unit string) *big.Rat {
	x, _ := new(big.Rat).SetString(number)
	f, _ := new(big.Rat).SetString(factors[unit].factor)
	return x.Mul(x, f)
}

// TestQuantityFilters: comparisons of quantities are those of the fractions
// that people write, within a dimension, and fail between two.
func TestQuantityFilters(t *testing.T) {
	o := schema.MustDefault()
	number := rapid.OneOf(rapid.StringMatching(`-?[0-9]{1,3}(\.[0-9]{1,4})?`), rapid.SampledFrom([]string{"0", "1", "0.001", "0.009", "9", "1000", "1000000", "28.316846592"}))
	rapid.Check(t, func(t *rapid.T) {
		n, m := number.Draw(t, "n"), number.Draw(t, "m")
		u, w := rapid.SampledFrom(units).Draw(t, "u"), rapid.SampledFrom(units).Draw(t, "w")
		v, bound := quantity(t, n, u), quantity(t, m, w)
		comparable := factors[u].dimension == factors[w].dimension
		c := exactly(n, u).Cmp(exactly(m, w))
		for op, want := range map[Comparison]bool{Eq: c == 0, Lt: c < 0, Lte: c <= 0, Gt: c > 0, Gte: c >= 0} {
			if got := op.Holds(o, &v, &bound, false); got != (want && comparable) {
				t.Fatalf("%v against %v by %d: %v", v, bound, op, got)
			}
		}
		if comparable {
			want, _ := new(big.Rat).Quo(exactly(n, u), exactly("1", w)).Float64()
			if got := Convert(v.Float(), o.Units[u], o.Units[w]); got != want {
				t.Fatalf("%v is %v %s, want %v", v, got, w, want)
			}
		}
	})
}

func quantity(t *rapid.T, number, unit string) Value {
	v, err := ParseValue(QuantityKind, number+" "+unit)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// daysOf lists, by the standard library's calendar, the first and the last day
// of a date as EDTF writes it.
func daysOf(text string) (first, last time.Time) {
	text = strings.TrimRight(text, "?~%")
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	if y, ok := strings.CutSuffix(text, "XX"); ok && len(y) == 2 {
		n, _ := strconv.Atoi(y)
		return day(n*100, 1, 1), day(n*100+100, 1, 0)
	}
	if y, ok := strings.CutSuffix(text, "X"); ok && len(y) == 3 {
		n, _ := strconv.Atoi(y)
		return day(n*10, 1, 1), day(n*10+10, 1, 0)
	}
	var y, m, d int
	switch n, _ := fmt.Sscanf(text, "%4d-%2d-%2d", &y, &m, &d); n {
	case 1:
		return day(y, 1, 1), day(y+1, 1, 0)
	case 2:
		return day(y, m, 1), day(y, m+1, 0)
	}
	return day(y, m, d), day(y, m, d)
}

var edtf = rapid.OneOf(rapid.SampledFrom([]string{"1991", "199X", "19XX", "1991-12", "1991-12-16", "1991-12-31", "1992", "1990", "2000-02-29", "200X?", "1991~", "1992-01-01%"}),
	rapid.StringMatching(`19[89][0-9](-0[1-9](-[12][0-8])?)?`))

// TestDateFilters: each comparison of dates holds where it holds of every day
// that the two may mean.
func TestDateFilters(t *testing.T) {
	o := schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		x, y := edtf.Draw(t, "x"), edtf.Draw(t, "y")
		d, err := ParseDate(x)
		if err != nil {
			t.Fatal(err)
		}
		e, err := ParseDate(y)
		if err != nil {
			t.Fatal(err)
		}
		v, bound := DateValue(d), DateValue(e)
		first, last := daysOf(x)
		from, to := daysOf(y)
		for op, want := range map[Comparison]bool{
			Eq: !first.Before(from) && !last.After(to), Lt: last.Before(from), Lte: !last.After(to), Gt: first.After(to), Gte: !first.Before(from),
		} {
			if got := op.Holds(o, &v, &bound, false); got != want {
				t.Fatalf("%s against %s by %d: %v", x, y, op, got)
			}
		}
	})
}

// TestOpenDates: an open end is after every date and an open start before every date; a
// missing date compares with none.
func TestOpenDates(t *testing.T) {
	o := schema.MustDefault()
	year := DateValue(Date{year: 2025, precision: Year})
	for _, c := range []struct {
		v    Value
		want string // the comparisons with 2025 that hold
	}{
		{DateValue(OpenDate), "gt gte"}, {DateValue(OpenStart), "lt lte"}, {Value{}, ""},
		{year, "eq lte gte"}, {IntValue(2025), ""}, {StringValue("2025"), ""},
	} {
		var got []string
		for op, name := range []string{"eq", "lt", "lte", "gt", "gte"} {
			if Comparison(op).Holds(o, &c.v, &year, false) {
				got = append(got, name)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%v: %s, want %s", c.v, s, c.want)
		}
	}
}

// anyText differs in letters, in marks and case only, and in what the collation orders by keys.
var anyText = rapid.OneOf(
	rapid.StringMatching(`[a-cA-C' \-.l]{0,5}`),
	rapid.StringOfN(rapid.RuneFrom([]rune("aAåÅäßsæ·̀ийёΑάςΣº日กहिإ\u200d😀\x00")), 0, 6, -1),
	rapid.String())
