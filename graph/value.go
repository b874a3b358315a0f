package graph

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/schema"
)

// Kind is the kind of a value.
type Kind uint8

// The kinds of values.
const (
	NoKind Kind = iota
	EntityKind
	StringKind
	EnumKind
	IntKind
	FloatKind
	BoolKind
	DateKind
	QuantityKind
	CoordinatesKind
	// LooseKind is a text whose kind the ontology decides. Codecs and clients pass such values to Check; no
	// accepted claim has one.
	LooseKind
	// NoneKind states that there is nothing: no capital, no railways.
	NoneKind
	// RangeKind is a range of numbers or quantities: 10 to 15 bcm, over 5. Fields of numbers and quantities
	// accept it.
	RangeKind
)

func (k Kind) String() string {
	return [...]string{"none", "entity", "string", "enum", "int", "float", "boolean", "date", "quantity", "coordinates", "loose", "novalue", "range"}[k]
}

// ParseKind reads what Kind.String writes.
func ParseKind(s string) (Kind, bool) {
	for k := EntityKind; k <= RangeKind; k++ {
		if k != LooseKind && k.String() == s {
			return k, true
		}
	}
	return NoKind, false
}

var scalarKinds = map[schema.Scalar]Kind{
	schema.NoScalar: EntityKind, schema.String: StringKind, schema.EnumValue: EnumKind, schema.Int: IntKind, schema.Long: IntKind,
	schema.Float: FloatKind, schema.Boolean: BoolKind, schema.Date: DateKind, schema.Quantity: QuantityKind,
	schema.Coordinates: CoordinatesKind,
}

// KindOf returns the kind of value of a scalar in the ontology; NoScalar means an entity.
func KindOf(s schema.Scalar) Kind { return scalarKinds[s] }

// Value is what a claim or a qualifier states: an entity or a literal. The
// zero Value is none. Values are comparable with ==.
type Value struct {
	kind Kind
	text string  // an entity, a string or a member of an enum; or the unit of a quantity
	a, b float64 // a float or the number of a quantity; latitude and longitude; or the ends of a range
	n    int64   // an int or a boolean; or the flags of a range
	date Date
}

// EntityValue returns a value that names an entity.
func EntityValue(id ID) Value { return Value{kind: EntityKind, text: string(id)} }

// StringValue returns a text.
func StringValue(s string) Value { return Value{kind: StringKind, text: s} }

// EnumOf returns a member of an enum of the ontology.
func EnumOf(name string) Value { return Value{kind: EnumKind, text: name} }

// IntValue returns a whole number.
func IntValue(n int64) Value { return Value{kind: IntKind, n: n} }

// -0 and 0 are equal and must make one claim, so the constructors below turn -0 into 0.

// FloatValue returns a number; f must be finite.
func FloatValue(f float64) Value { return Value{kind: FloatKind, a: unsignedZero(f)} }

// unsignedZero turns -0 into 0, because the two are equal but would make two claims.
func unsignedZero(f float64) float64 {
	if f == 0 {
		return 0
	}
	return f
}

// BoolValue returns true or false as a value.
func BoolValue(b bool) Value {
	if b {
		return Value{kind: BoolKind, n: 1}
	}
	return Value{kind: BoolKind}
}

// DateValue returns a date as a value.
func DateValue(d Date) Value { return Value{kind: DateKind, date: d} }

// QuantityValue returns a number with its unit; f must be finite.
func QuantityValue(f float64, unit string) Value {
	return Value{kind: QuantityKind, a: unsignedZero(f), text: unit}
}

// CoordinatesValue returns a point: latitude and longitude in degrees, rounded to 1e-7 of a degree.
func CoordinatesValue(lat, lon float64) Value {
	return Value{kind: CoordinatesKind, a: unsignedZero(math.Round(lat*1e7) / 1e7), b: unsignedZero(math.Round(lon*1e7) / 1e7)}
}

// LooseValue returns a text whose kind the ontology decides.
func LooseValue(s string) Value { return Value{kind: LooseKind, text: s} }

// NoneValue returns the value that states that there is nothing, for example no capital.
func NoneValue() Value { return Value{kind: NoneKind} }

// Kind returns the kind, which decides the accessors that apply.
func (v Value) Kind() Kind { return v.kind }

// Entity returns the entity that the value names, or "" for other kinds.
func (v Value) Entity() ID {
	if v.kind != EntityKind {
		return ""
	}
	return ID(v.text)
}

// Text returns the text of a string or enum member, or the unit of a quantity or of a range of quantities.
func (v Value) Text() string { return v.text }

// Int returns a whole number.
func (v Value) Int() int64 { return v.n }

// Float returns the number of an int, a float or a quantity. For a range it returns NaN.
func (v Value) Float() float64 {
	switch v.kind {
	case IntKind:
		return float64(v.n)
	case RangeKind:
		return math.NaN()
	}
	return v.a
}

// Bool returns a boolean.
func (v Value) Bool() bool { return v.n != 0 }

// Date returns a date.
func (v Value) Date() Date { return v.date }

// fault returns what is wrong with a value that was not created by ParseValue, or "".
func (v Value) fault() string {
	finite := func(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
	switch {
	case v.kind == DateKind && !v.date.Known():
		return "not a date"
	case (v.kind == FloatKind || v.kind == QuantityKind) && !finite(v.a):
		return "not a finite number"
	case v.kind == RangeKind:
		r, _ := v.Range()
		if fault := r.fault(); fault != "" {
			return v.String() + ", " + fault
		}
	case v.kind == CoordinatesKind && !(math.Abs(v.a) <= 90 && math.Abs(v.b) <= 180):
		return "not a point on the Earth"
	}
	return ""
}

// LatLon returns a point.
func (v Value) LatLon() (lat, lon float64) { return v.a, v.b }

// String writes the value in a form that ParseValue reads.
func (v Value) String() string {
	switch v.kind {
	case EntityKind, StringKind, EnumKind, LooseKind:
		return v.text
	case IntKind:
		return strconv.FormatInt(v.n, 10)
	case FloatKind:
		return formatFloat(v.a)
	case BoolKind:
		return strconv.FormatBool(v.n != 0)
	case DateKind:
		return v.date.String()
	case QuantityKind:
		return formatFloat(v.a) + " " + v.text
	case CoordinatesKind:
		return formatFloat(v.a) + "," + formatFloat(v.b)
	case NoneKind:
		return noneText
	case RangeKind:
		r, _ := v.Range()
		if v.text == "" {
			return r.String()
		}
		return r.String() + " " + v.text
	}
	return ""
}

// noneText is the text of NoneValue.
const noneText = "none"

// formatFloat writes a number, without an exponent if that is readable.
func formatFloat(f float64) string {
	if abs := math.Abs(f); abs == 0 || abs >= 1e-6 && abs < 1e18 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// ParseValue parses a value of kind k from the text that String writes. For numbers and quantities it also
// accepts ranges. The error describes the form of such a value.
func ParseValue(k Kind, s string) (Value, error) {
	if !utf8.ValidString(s) {
		return Value{}, Errorf(BadInput, "%q is not valid UTF-8", Clip(s))
	}
	switch k {
	case EntityKind:
		return EntityValue(ID(s)), CheckID(ID(s))
	case StringKind:
		return StringValue(s), nil
	case EnumKind:
		return EnumOf(s), nil
	case IntKind:
		if isRange(s) {
			return readRange(s, "")
		}
		n, ok := parseWhole(s)
		if !ok {
			return Value{}, Errorf(WrongType, "%q is not a whole number", Clip(s))
		}
		return IntValue(n), nil
	case FloatKind:
		if isRange(s) {
			return readRange(s, "")
		}
		f, err := parseFloat(s)
		return FloatValue(f), err
	case BoolKind:
		switch s {
		case "true":
			return BoolValue(true), nil
		case "false":
			return BoolValue(false), nil
		}
		return Value{}, Errorf(WrongType, "%q is neither true nor false", Clip(s))
	case DateKind:
		d, err := ParseDate(s)
		if err == nil && !d.Known() {
			err = Errorf(BadInput, "a date is missing: %s", dateForms)
		}
		return DateValue(d), err
	case QuantityKind:
		at := strings.LastIndexByte(s, ' ')
		if at < 0 || at == len(s)-1 || strings.Contains(s[:at], " ") && !isRange(s[:at]) {
			return Value{}, Errorf(WrongType, "%q is not a quantity; write a number or a range, a space and a unit, as in 3 bcm or 10..15 bcm", Clip(s))
		}
		num, unit := s[:at], s[at+1:]
		if isRange(num) {
			return readRange(num, unit)
		}
		f, err := parseFloat(num)
		return QuantityValue(f, unit), err
	case CoordinatesKind:
		return parseCoordinates(s)
	case NoneKind:
		if s != noneText {
			return Value{}, Errorf(WrongType, "%q is not %q, which says that there is nothing", Clip(s), noneText)
		}
		return NoneValue(), nil
	case RangeKind:
		num, unit, _ := strings.Cut(s, " ")
		return readRange(num, unit)
	}
	return Value{}, fmt.Errorf("graph: a value of kind %d cannot be read from a text", k)
}

// parseWhole reads a whole number in any form: 12500, 12500.0 and 1.25e4 are the same.
func parseWhole(s string) (int64, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	if _, err := parseFloat(s); err != nil {
		return 0, false
	}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.Atoi(s[i+1:]); err != nil {
			return 0, false
		}
		mantissa = s[:i]
	}
	sign := ""
	if mantissa[0] == '-' || mantissa[0] == '+' {
		sign, mantissa = mantissa[:1], mantissa[1:]
	}
	whole, part, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+part, "0")
	// The number of digits before the point after applying the exponent.
	before := len(digits) - len(part) + exponent
	digits = strings.TrimRight(digits, "0")
	const most = 19 // digits in an int64
	switch {
	case digits == "":
		return 0, true
	case before < len(digits) || before > most:
		return 0, false
	}
	n, err := strconv.ParseInt(sign+digits+strings.Repeat("0", before-len(digits)), 10, 64)
	return n, err == nil
}

func parseFloat(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || strings.ContainsAny(s, "xX_") {
		return 0, Errorf(WrongType, "%q is not a number", Clip(s))
	}
	return f, nil
}

func parseCoordinates(s string) (Value, error) {
	a, b, ok := strings.Cut(s, ",")
	lat, err1 := parseFloat(strings.TrimSpace(a))
	lon, err2 := parseFloat(strings.TrimSpace(b))
	if !ok || err1 != nil || err2 != nil || math.Abs(lat) > 90 || math.Abs(lon) > 180 {
		return Value{}, Errorf(WrongType, "%q is not a point; write latitude and longitude in degrees, as in 48,68", Clip(s))
	}
	return CoordinatesValue(lat, lon), nil
}

// CheckID refuses an id that is empty or too long, or that has a character unsuitable for an address, a file
// name or an RDF name: ids consist of ASCII letters, digits, and - _ . :
func CheckID(id ID) error {
	if id == "" {
		return Errorf(BadInput, "an id is missing")
	}
	if len(id) > 200 {
		return Errorf(BadInput, "the id %q has more than 200 characters", Clip(string(id)))
	}
	for i := 0; i < len(id); i++ {
		c := id[i]
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alnum && (i == 0 || !strings.ContainsRune("-_.:", rune(c))) {
			return Errorf(BadInput, "%q is not an id: it has ASCII letters and digits, and inside - _ . :", Clip(string(id)))
		}
	}
	return nil
}
