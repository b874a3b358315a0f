package graph

import (
	"cmp"
	"math"
	"strings"

	"github.com/caspian-kg/caspian/schema"
)

// Range is the numbers between two ends. Sources state ranges such as "10 to 15" or "over 5" instead of single
// numbers. decision-ranges.md explains the consequences.
type Range struct {
	// Min and Max are the ends; an unstated end is infinite.
	Min, Max float64
	// Over and Under are true if the respective end itself does not belong to the range.
	Over, Under bool
}

// The flags of a range in Value.n.
const (
	overMin = 1 << iota
	underMax
)

// RangeValue returns a range of numbers or, if unit is not "", of quantities. If both ends are the same number
// and belong to the range, it returns that number.
func RangeValue(r Range, unit string) Value {
	if r.Min == r.Max && !r.Over && !r.Under {
		return numberOf(r.Min, unit)
	}
	v := Value{kind: RangeKind, a: unsignedZero(r.Min), b: unsignedZero(r.Max), text: unit}
	if r.Over {
		v.n |= overMin
	}
	if r.Under {
		v.n |= underMax
	}
	return v
}

// RangeOf returns the range that String writes as the text, or the zero Value for any other text.
func RangeOf(text string) Value {
	v, err := ParseValue(RangeKind, text)
	if err != nil {
		return Value{}
	}
	return v
}

// numberOf returns a number or, if unit is not "", a quantity.
func numberOf(f float64, unit string) Value {
	if unit == "" {
		return FloatValue(f)
	}
	return QuantityValue(f, unit)
}

// Range returns the ends of a range; for a number or a quantity, both ends are that number. ok is false for
// other values.
func (v Value) Range() (r Range, ok bool) {
	switch v.kind {
	case RangeKind:
		return Range{v.a, v.b, v.n&overMin != 0, v.n&underMax != 0}, true
	case IntKind, FloatKind, QuantityKind:
		return Range{Min: v.Float(), Max: v.Float()}, true
	}
	return r, false
}

// Fits reports whether a field with values of kind k accepts the value: it is of that kind, or a range of such
// values.
func (v Value) Fits(k Kind) bool { return v.kind == k || v.kind == RangeKind && v.rangeOf(k) }

// rangeOf reports whether a range is a range of values of kind k.
func (v *Value) rangeOf(k Kind) bool {
	return (k == IntKind || k == FloatKind || k == QuantityKind) && v.order() == orderOfKinds[k]
}

// within reports whether the stated ends of a value are within bounds.
func (v *Value) within(bounds schema.Range) bool {
	r, _ := v.Range()
	return (!r.Least() || bounds.Has(r.Min)) && (!r.Most() || bounds.Has(r.Max))
}

// Least reports whether the range has a lower end, and Most whether it has an upper end.
func (r Range) Least() bool { return !math.IsInf(r.Min, -1) }
func (r Range) Most() bool  { return !math.IsInf(r.Max, 1) }

// fault returns what is wrong with a range, or "".
func (r Range) fault() string {
	switch {
	case math.IsNaN(r.Min) || math.IsNaN(r.Max) || math.IsInf(r.Min, 1) || math.IsInf(r.Max, -1):
		return "not a range of finite numbers"
	case !r.Least() && !r.Most():
		return "a range without ends, which states nothing"
	case r.Min > r.Max:
		return "a range whose lower end is above its upper end"
	case r.Min == r.Max && (r.Over || r.Under):
		return "a range that no number is in"
	case r.Over && !r.Least() || r.Under && !r.Most():
		return "a range that leaves out an end which it does not have"
	}
	return ""
}

// String writes the range in a form that parseRange reads.
func (r Range) String() string {
	var b strings.Builder
	if r.Over {
		b.WriteByte('>')
	} else if !r.Most() {
		b.WriteString(">=")
	}
	if r.Least() {
		b.WriteString(formatFloat(r.Min))
	}
	if r.Least() && r.Most() {
		b.WriteString("..")
	}
	if r.Under {
		b.WriteByte('<')
	} else if !r.Least() {
		b.WriteString("<=")
	}
	if r.Most() {
		b.WriteString(formatFloat(r.Max))
	}
	return b.String()
}

// rangeForms describes for messages how ranges are written.
const rangeForms = "a range is written 10..15, >5, >=3, <100 or <=7, or in words: 10 to 15, over 5, at least 3, under 100, at most 7"

// inWords replaces words by the signs of ranges, so that "over 5" and "10 to 15" can be read too.
var inWords = strings.NewReplacer("over ", ">", "at least ", ">=", "under ", "<", "at most ", "<=", " to ", "..")

// isRange reports whether a text seems to be a range and not a number.
func isRange(s string) bool {
	return strings.ContainsAny(s, "<>") || strings.Contains(s, "..") || strings.Contains(s, " ") && inWords.Replace(s) != s
}

// parseRange reads a range in the forms that Range.String writes, and in words.
func parseRange(s string) (r Range, err error) {
	r = Range{Min: math.Inf(-1), Max: math.Inf(1)}
	text := inWords.Replace(s)
	lower, upper, both := strings.Cut(text, "..")
	switch {
	case both:
		lower, r.Over = strings.CutPrefix(lower, ">")
		upper, r.Under = strings.CutPrefix(upper, "<")
		if r.Min, err = parseFloat(lower); err == nil {
			r.Max, err = parseFloat(upper)
		}
	case strings.HasPrefix(text, ">"):
		lower, least := strings.CutPrefix(text[1:], "=")
		r.Over = !least
		r.Min, err = parseFloat(lower)
	default:
		upper, most := strings.CutPrefix(strings.TrimPrefix(text, "<"), "=")
		r.Under = !most
		r.Max, err = parseFloat(upper)
	}
	if err != nil || !isRange(text) {
		return r, Errorf(WrongType, "%q is not a range of numbers; %s", Clip(s), rangeForms)
	}
	return r, nil
}

// readRange returns the range in a text, with a unit. Check reports what is wrong with its ends.
func readRange(s, unit string) (Value, error) {
	r, err := parseRange(s)
	if err != nil {
		return Value{}, err
	}
	return RangeValue(r, unit), nil
}

// holdsOfRange reports whether a comparison with a bound is true for all numbers of a range, and whether it is
// true for some.
func (c Comparison) holdsOfRange(o *schema.Ontology, v, bound *Value) (all, some bool) {
	if v.text != "" && bound.kind != QuantityKind && bound.kind != RangeKind {
		bare := *v
		bare.text = "" // a bound without a unit compares with the bare numbers
		v = &bare
	}
	if !Comparable(o, v, bound) {
		return false, false
	}
	if bound.kind == RangeKind {
		same := c == Eq && *v == *bound
		return same, same
	}
	ends := v.ends()
	low, high := ends[0].against(o, bound), ends[1].against(o, bound)
	switch c {
	case Lt:
		return high < 0, low < 0
	case Lte:
		return high <= 0, low <= 0
	case Gt:
		return low > 0, high > 0
	case Gte:
		return low >= 0, high >= 0
	}
	return false, low <= 0 && high >= 0
}

// compareRanges orders two values of which at least one is a range: by the lower end, then by the upper end. A
// range without a lower end comes first.
func compareRanges(o *schema.Ontology, a, b *Value) int {
	if a.text != b.text && !o.Units[a.text].Converts(o.Units[b.text]) {
		return compareQuantities(o, a, b)
	}
	x, y := a.ends(), b.ends()
	for i := range x {
		p, q := &x[i], &y[i]
		if c := cmp.Compare(p.infinite, q.infinite); c != 0 {
			return c
		}
		if p.infinite != 0 {
			continue
		}
		if c := cmp.Or(Compare(o, &p.at, &q.at), cmp.Compare(p.beyond, q.beyond)); c != 0 {
			return c
		}
	}
	return 0
}

// end is where the numbers of a value begin or end.
type end struct {
	at       Value // a number
	infinite int   // -1 or 1 if the end is infinite
	beyond   int   // 1 if the numbers begin above at, -1 if they end below it
}

// against compares the numbers at the end with a number.
func (e *end) against(o *schema.Ontology, v *Value) int {
	if e.infinite != 0 {
		return e.infinite
	}
	return cmp.Or(Compare(o, &e.at, v), e.beyond)
}

// ends returns the two ends of a number, a quantity or a range.
func (v *Value) ends() (e [2]end) {
	if v.kind != RangeKind {
		return [2]end{{at: *v}, {at: *v}}
	}
	e = [2]end{{at: numberOf(v.a, v.text)}, {at: numberOf(v.b, v.text)}}
	if math.IsInf(v.a, -1) {
		e[0].infinite = -1
	}
	if math.IsInf(v.b, 1) {
		e[1].infinite = 1
	}
	if v.n&overMin != 0 {
		e[0].beyond = 1
	}
	if v.n&underMax != 0 {
		e[1].beyond = -1
	}
	return e
}
