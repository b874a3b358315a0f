package graph

import (
	"cmp"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/graph/text"
	"github.com/caspian-kg/caspian/schema"
)

// Compare is the only order of values: lists, pages, groups, least and greatest values all use it. It is total
// and transitive over values of all kinds. 0 means that two values are the same amount, days or text.
//
//   - Values of different kinds are ordered by kind: missing, numbers, quantities, booleans, dates,
//     texts, members of enums, entities, points.
//   - Whole and other numbers are one kind, and are compared exactly.
//   - Quantities are ordered by dimension and then by exact amount, whatever their
//     units: 900 m, 1 km, 1100 m. Units without a common factor, such as currencies,
//     are ordered by their codes.
//   - A range is ordered like its lower end, and among numbers that equal the lower end
//     by its upper end. A range without a lower end comes before all numbers.
//   - Dates are ordered by the first day that they may mean and then by the last; an open
//     end is later than every date, an open start (OpenStart) earlier.
//   - Texts are ordered by the Unicode collation (text.Compare); members of enums and ids by
//     their bytes.
func Compare(o *schema.Ontology, a, b *Value) int {
	if x, y := orderOfKinds[a.kind], orderOfKinds[b.kind]; x != y {
		// A range has another number in this table than its kind, so that only values of different kinds cost
		// the check.
		if x, y = a.order(), b.order(); x != y {
			return cmp.Compare(x, y)
		}
		return compareRanges(o, a, b)
	}
	switch a.kind {
	case IntKind, FloatKind:
		return compareNumbers(a, b)
	case QuantityKind:
		return compareQuantities(o, a, b)
	case BoolKind:
		return cmp.Compare(a.n, b.n)
	case DateKind:
		x, y := a.date.Days(), b.date.Days()
		return cmp.Or(cmp.Compare(x.First, y.First), cmp.Compare(x.Last, y.Last))
	case StringKind, LooseKind:
		return text.Compare(a.text, b.text)
	case EnumKind, EntityKind:
		return strings.Compare(a.text, b.text)
	case CoordinatesKind:
		return cmp.Or(cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b))
	case RangeKind:
		if x, y := a.order(), b.order(); x != y {
			return cmp.Compare(x, y)
		}
		return compareRanges(o, a, b)
	}
	return 0
}

// order returns the position of the value's kind in the order: a range counts as a number or a quantity.
func (v *Value) order() uint8 {
	switch {
	case v.kind != RangeKind:
		return orderOfKinds[v.kind]
	case v.text == "":
		return orderOfKinds[FloatKind]
	}
	return orderOfKinds[QuantityKind]
}

// Comparable reports whether two values can be compared: they are of one kind, and quantities convert into each
// other.
func Comparable(o *schema.Ontology, a, b *Value) bool {
	if a.textual() && b.textual() {
		return true
	}
	return a.kind != NoKind && a.order() == b.order() &&
		(a.order() != orderOfKinds[QuantityKind] || a.text == b.text || o.Units[a.text].Converts(o.Units[b.text]))
}

var orderOfKinds = [...]uint8{
	NoKind: 0, IntKind: 1, FloatKind: 1, QuantityKind: 2, BoolKind: 3, DateKind: 4, StringKind: 5, LooseKind: 5,
	EnumKind: 6, EntityKind: 7, CoordinatesKind: 8, NoneKind: 9, RangeKind: 10,
}

// Comparison is a way in which a filter compares a value with a bound.
type Comparison uint8

// The comparisons. A date means all the days that it may be, and a comparison of dates is true only if it is
// true for all of them:
//
//	Eq   the value is within the bound: 1991-12-16 is within 1991, and 1991 not within 1991-12-16
//	Lt   the value ends before the bound begins
//	Lte  the value ends no later than the bound
//	Gt   the value begins after the bound ends: 2026 after 2025, 2025-06 not
//	Gte  the value begins no earlier than the bound
//
// So Gte and Lte of one date together are Eq, and "in" is Eq with any value of a list. In the same way, a range
// means all its numbers: over 5 is greater than 4, and over 5 may be greater than 6 or not (MayHold). Only a
// single number can be equal to a bound. Doubt (?, ~, %) makes no difference. An open end is later than every
// date, an open start earlier. A date that nobody states is missing, and a missing value fails every
// comparison.
const (
	Eq Comparison = iota
	Lt
	Lte
	Gt
	Gte
)

// Holds reports whether the comparison of the value with the bound is true. It is false for values that are not
// comparable, such as amounts in two currencies or a date and a number. A bound without a unit is compared with
// the bare number of a quantity. Texts of all kinds are equal if their bytes are; byBytes also orders them by
// bytes.
func (c Comparison) Holds(o *schema.Ontology, v, bound *Value, byBytes bool) bool {
	n := 0
	switch {
	case v.kind == DateKind && bound.kind == DateKind:
		return c.holdsOfDays(v.date.Days(), bound.date.Days())
	case v.textual() && bound.textual():
		switch {
		case c == Eq:
			return v.text == bound.text
		case byBytes || v.kind != StringKind:
			n = strings.Compare(v.text, bound.text)
		default:
			n = text.Compare(v.text, bound.text)
		}
	case v.kind == RangeKind || bound.kind == RangeKind:
		all, _ := c.holdsOfRange(o, v, bound)
		return all
	case v.kind == QuantityKind && orderOfKinds[bound.kind] == orderOfKinds[FloatKind]:
		bare := FloatValue(v.a)
		n = compareNumbers(&bare, bound)
	case !Comparable(o, v, bound):
		return false
	default:
		n = Compare(o, v, bound)
	}
	switch c {
	case Lt:
		return n < 0
	case Lte:
		return n <= 0
	case Gt:
		return n > 0
	case Gte:
		return n >= 0
	}
	return n == 0
}

// MayHold reports whether Holds is true or, for a range, whether it is true for one of the range's numbers.
func (c Comparison) MayHold(o *schema.Ontology, v, bound *Value, byBytes bool) bool {
	if v.kind != RangeKind {
		return c.Holds(o, v, bound, byBytes)
	}
	_, some := c.holdsOfRange(o, v, bound)
	return some
}

func (c Comparison) holdsOfDays(v, bound Span) bool {
	switch c {
	case Lt:
		return v.Last < bound.First
	case Lte:
		return v.Last <= bound.Last
	case Gt:
		return v.First > bound.Last
	case Gte:
		return v.First >= bound.First
	}
	return v.First >= bound.First && v.Last <= bound.Last
}

// textual reports whether the value is a text, including ids and members of enums.
func (v *Value) textual() bool {
	return v.kind == StringKind || v.kind == EnumKind || v.kind == EntityKind || v.kind == LooseKind
}

// Days returns the days by which a date is ordered.
func (d Date) Days() Span {
	switch {
	case d == OpenStart:
		return Span{FirstDay, FirstDay}
	case d.precision == Open:
		return Span{LastDay, LastDay}
	}
	return d.Span()
}

// compareNumbers compares exactly: 2^53+1 is greater than 2^53, although both are the same float64.
func compareNumbers(a, b *Value) int {
	switch {
	case a.kind == IntKind && b.kind == IntKind:
		return cmp.Compare(a.n, b.n)
	case a.kind == IntKind:
		return compareWhole(a.n, b.a)
	case b.kind == IntKind:
		return -compareWhole(b.n, a.a)
	}
	return cmp.Compare(a.a, b.a)
}

func compareWhole(n int64, f float64) int {
	whole := math.Floor(f)
	switch {
	case whole >= 1<<63:
		return -1
	case whole < -1<<63:
		return 1
	}
	if c := cmp.Compare(n, int64(whole)); c != 0 {
		return c
	}
	return cmp.Compare(whole, f)
}

// compareQuantities orders quantities by dimension, then by amount.
func compareQuantities(o *schema.Ontology, a, b *Value) int {
	if a.text == b.text {
		return cmp.Compare(a.a, b.a)
	}
	u, w := o.Units[a.text], o.Units[b.text]
	if !u.Converts(w) {
		// The ontology may no longer have a unit, which then has no dimension.
		var x, y string
		if u != nil {
			x = u.Dimension
		}
		if w != nil {
			y = w.Dimension
		}
		return cmp.Or(strings.Compare(x, y), strings.Compare(a.text, b.text))
	}
	// Rounding changes either number by far less than this.
	x, y := a.a*u.Factor, b.a*w.Factor
	if most := max(math.Abs(x), math.Abs(y)); most > 1e-200 && most < 1e300 && math.Abs(x-y) > 1e-12*most {
		return cmp.Compare(x, y)
	}
	return amount(a.a, u).Cmp(amount(b.a, w))
}

// amount returns a quantity in the base unit of its dimension, exactly: it uses the decimal number that a
// person writes, and not the binary fraction nearest to it.
func amount(f float64, u *schema.Unit) *big.Rat {
	x, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	return x.Mul(x, u.Exact)
}

// Convert converts a number into another unit of the same dimension, as exactly as a float64 permits.
func Convert(x float64, from, to *schema.Unit) float64 {
	if from == to || from.Code == to.Code || math.IsInf(x, 0) {
		return x
	}
	r := amount(x, from)
	f, _ := r.Quo(r, to.Exact).Float64()
	return f
}

// ComparePeriods orders periods by their end, then by their start. Unknown ends come first, and open ends last.
func ComparePeriods(p, q Interval) int {
	end := func(iv Interval) Day {
		switch {
		case iv.To.Known():
			return iv.To.Last()
		case iv.From.Known():
			return LastDay
		}
		return FirstDay
	}
	if a, b := end(p), end(q); a != b {
		if a < b {
			return -1
		}
		return 1
	}
	if a, b := p.From.First(), q.From.First(); a != b {
		if a < b {
			return -1
		}
		return 1
	}
	return 0
}
