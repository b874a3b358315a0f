package graph

import (
	"cmp"
	"math"
	"strings"

	"github.com/caspian-kg/caspian/schema"
)

// Range is the numbers between two ends: what a source states that gives no single
// number, as "10 to 15" or "over 5". decision-ranges.md says what follows from it.
type Range struct {
	// Min and Max are the ends; an end that nobody states is infinite.
	Min, Max float64
	// Over and Under say that the end itself does not belong to the range.
	Over, Under bool
}

// The flags of a range in Value.n.
const (
	overMin = 1 << iota
	underMax
)

// RangeValue is a range of numbers, or of quantities where there is a unit. Both ends
// together, of one number, are that number.
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

// RangeOf is the range that String writes so; of another text it is the zero Value.
func RangeOf(text string) Value {
	v, err := ParseValue(RangeKind, text)
	if err != nil {
		return Value{}
	}
	return v
}

// numberOf is a plain number, or a quantity where there is a unit.
func numberOf(f float64, unit string) Value {
	if unit == "" {
		return FloatValue(f)
	}
	return QuantityValue(f, unit)
}

// Range is the range of a range, and of a number or a quantity that number alone; ok is
// false for other values.
func (v Value) Range() (r Range, ok bool) {
	switch v.kind {
	case RangeKind:
		return Range{v.a, v.b, v.n&overMin != 0, v.n&underMax != 0}, true
	case IntKind, FloatKind, QuantityKind:
		return Range{Min: v.Float(), Max: v.Float()}, true
	}
	return r, false
}

// Fits reports whether a field whose values are of a kind takes the value: it is of that
// kind, or a range of such values.
func (v Value) Fits(k Kind) bool { return v.kind == k || v.kind == RangeKind && v.rangeOf(k) }

// rangeOf reports whether a range is one of values of a kind.
func (v *Value) rangeOf(k Kind) bool {
	return (k == IntKind || k == FloatKind || k == QuantityKind) && v.order() == orderOfKinds[k]
}

// within reports whether all that a value states of its ends is within bounds.
func (v *Value) within(bounds schema.Range) bool {
	r, _ := v.Range()
	return (!r.Least() || bounds.Has(r.Min)) && (!r.Most() || bounds.Has(r.Max))
}

// Least reports whether the range has an end below, and Most whether it has one above.
func (r Range) Least() bool { return !math.IsInf(r.Min, -1) }
func (r Range) Most() bool  { return !math.IsInf(r.Max, 1) }

// fault says what is wrong with a range; "" for nothing.
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

// String writes the range as parseRange reads it.
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

// rangeForms says how ranges are written.
const rangeForms = "a range is written 10..15, >5, >=3, <100 or <=7, or in words: 10 to 15, over 5, at least 3, under 100, at most 7"

// inWords are the signs of ranges as words, which are read as well: "over 5", "10 to 15".
var inWords = strings.NewReplacer("over ", ">", "at least ", ">=", "under ", "<", "at most ", "<=", " to ", "..")

// isRange reports whether a text is meant as a range, and not as a number.
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

// readRange is the range that a text states, with a unit. Check says what is wrong with its ends.
func readRange(s, unit string) (Value, error) {
	r, err := parseRange(s)
	if err != nil {
		return Value{}, err
	}
	return RangeValue(r, unit), nil
}

// holdsOfRange reports whether all numbers of a range compare so with a bound, and whether
// some do.
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

// compareRanges orders values of which one at least is a range: by the lower end, then by
// the upper one. What has no lower end comes first.
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
	infinite int   // -1 or 1 where it is none
	beyond   int   // 1 where the numbers begin above it, -1 where they end below it
}

// against compares the numbers at the end with a number.
func (e *end) against(o *schema.Ontology, v *Value) int {
	if e.infinite != 0 {
		return e.infinite
	}
	return cmp.Or(Compare(o, &e.at, v), e.beyond)
}

// ends are the two ends of a number, a quantity or a range.
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
