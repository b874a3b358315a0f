package graph

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/schema"
)

var floats = rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{
	0, math.Copysign(0, -1), 0.1, 1e-6, 9.99e-7, 1e18, 1e21, 123456789012345678, math.MaxFloat64, -math.MaxFloat64,
	math.SmallestNonzeroFloat64, math.Pi, 1 << 53, 1<<53 + 2,
}))

var enumNames = rapid.StringMatching(`[A-Z][A-Z_]{0,8}`)

var ids = rapid.Custom(func(t *rapid.T) ID {
	return ID(rapid.StringMatching(`[a-zA-Z0-9][a-zA-Z0-9._:-]{0,9}`).Draw(t, "id"))
})

// anyValue draws a value of each kind that a claim may have.
var anyValue = rapid.Custom(func(t *rapid.T) Value {
	switch k := Kind(rapid.IntRange(int(EntityKind), int(CoordinatesKind)).Draw(t, "kind")); k {
	case EntityKind:
		return EntityValue(ids.Draw(t, "entity"))
	case StringKind:
		return StringValue(rapid.String().Draw(t, "text"))
	case EnumKind:
		return EnumOf(enumNames.Draw(t, "enum"))
	case IntKind:
		return IntValue(rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 0, -1})).Draw(t, "int"))
	case FloatKind:
		return FloatValue(floats.Draw(t, "float"))
	case BoolKind:
		return BoolValue(rapid.Bool().Draw(t, "bool"))
	case DateKind:
		return DateValue(dates().Draw(t, "date"))
	case QuantityKind:
		return QuantityValue(floats.Draw(t, "number"), rapid.SampledFrom([]string{"km", "USD", "MtPerYear"}).Draw(t, "unit"))
	default:
		return CoordinatesValue(rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon"))
	}
})

func TestValueRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyValue.Draw(t, "value")
		back, err := ParseValue(v.Kind(), v.String())
		if err != nil || back != v {
			t.Fatalf("%#v is written %q and read as %#v, %v", v, v, back, err)
		}
		if k, ok := ParseKind(v.Kind().String()); !ok || k != v.Kind() {
			t.Fatalf("the kind %s is read as %s", v.Kind(), k)
		}
	})
	for _, name := range []string{"", "none", "loose", "Entity", "number"} {
		if k, ok := ParseKind(name); ok {
			t.Errorf("%q is the kind %s", name, k)
		}
	}
}

// TestOneZero: -0 is no other number than 0, and so no other claim.
func TestOneZero(t *testing.T) {
	minus := math.Copysign(0, -1)
	for _, v := range []struct{ is, want Value }{
		{FloatValue(minus), FloatValue(0)}, {QuantityValue(minus, "km"), QuantityValue(0, "km")},
		{CoordinatesValue(-1e-9, minus), CoordinatesValue(0, 0)},
	} {
		if v.is.String() != v.want.String() {
			t.Errorf("%s is not %s", v.is, v.want)
		}
	}
	for s, k := range map[string]Kind{"-0": FloatKind, "-0.0 km": QuantityKind, "-0.00000001,-0": CoordinatesKind} {
		v, err := ParseValue(k, s)
		if err != nil || strings.Contains(v.String(), "-") {
			t.Errorf("%q reads as %s, %v", s, v, err)
		}
	}
}

func TestParseValue(t *testing.T) {
	for _, c := range []struct {
		kind    Kind
		in, out string
	}{
		{EntityKind, "hs-2844", ""}, {EntityKind, "a.b_c:d", ""}, {EntityKind, "0", ""}, {EntityKind, strings.Repeat("a", 200), ""},
		{StringKind, "", ""}, {StringKind, " Нұр-Сұлтан ", ""}, {StringKind, "true", ""},
		{EnumKind, "RAIL", ""},
		{IntKind, "-7", ""}, {IntKind, "+7", "7"}, {IntKind, "007", "7"}, {IntKind, "9223372036854775807", ""},
		{IntKind, "12500.0", "12500"}, {IntKind, "1.0E7", "10000000"}, {IntKind, "-1.25e+2", "-125"}, {IntKind, "250e-1", "25"}, {IntKind, "0.0", "0"},
		{IntKind, "-0", "0"}, {IntKind, "9.007199254740991e15", "9007199254740991"}, {IntKind, "0.1e19", "1000000000000000000"},
		{FloatKind, "1e3", "1000"}, {FloatKind, ".5", "0.5"}, {FloatKind, "5.", "5"}, {FloatKind, "1e-7", "1e-07"}, {FloatKind, "1E+20", "1e+20"},
		{FloatKind, "123456789012345678", "123456789012345680"}, {FloatKind, "1e-400", "0"},
		{BoolKind, "true", ""}, {BoolKind, "false", ""},
		{DateKind, "2025-06?", ""}, {DateKind, "20XX", ""},
		{QuantityKind, "3 bcm", ""}, {QuantityKind, "-2.50 km", "-2.5 km"}, {QuantityKind, "1e20 JPY", "1e+20 JPY"},
		{CoordinatesKind, "48,68", ""}, {CoordinatesKind, " 48 , 68 ", "48,68"}, {CoordinatesKind, "-90,180", ""},
		{CoordinatesKind, "1.00000004,1.00000005", "1,1.0000001"},
	} {
		v, err := ParseValue(c.kind, c.in)
		if err != nil {
			t.Errorf("%s %q: %v", c.kind, c.in, err)
			continue
		}
		want := c.out
		if want == "" {
			want = c.in
		}
		if v.String() != want || v.Kind() != c.kind {
			t.Errorf("%s %q is %s %q, want %q", c.kind, c.in, v.Kind(), v, want)
		}
	}
}

func TestBadValues(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		in   string
		code Code
	}{
		{EntityKind, "", BadInput}, {EntityKind, "a b", BadInput}, {EntityKind, "-a", BadInput}, {EntityKind, "a/b", BadInput},
		{EntityKind, "é", BadInput}, {EntityKind, strings.Repeat("a", 201), BadInput}, {EntityKind, "a\n", BadInput}, {EntityKind, "..", BadInput},
		{StringKind, "\xff", BadInput}, {EnumKind, "\xc3\x28", BadInput},
		{IntKind, "", WrongType}, {IntKind, "1.5", WrongType}, {IntKind, "12e-1", WrongType}, {IntKind, "9223372036854775808", WrongType},
		{IntKind, "1e400", WrongType}, {IntKind, "1e-400000000000", WrongType}, {IntKind, ".", WrongType}, {IntKind, "1e", WrongType},
		{IntKind, "0x10", WrongType}, {IntKind, "1_000", WrongType}, {IntKind, " 1", WrongType}, {IntKind, "１", WrongType},
		{FloatKind, "", WrongType}, {FloatKind, "NaN", WrongType}, {FloatKind, "inf", WrongType}, {FloatKind, "-Infinity", WrongType},
		{FloatKind, "1e400", WrongType}, {FloatKind, "0x1p-2", WrongType}, {FloatKind, "1,5", WrongType}, {FloatKind, "1 ", WrongType},
		{BoolKind, "yes", WrongType}, {BoolKind, "True", WrongType}, {BoolKind, "1", WrongType}, {BoolKind, "", WrongType},
		{DateKind, "", BadInput}, {DateKind, "..", BadInput}, {DateKind, "2025-13", BadInput}, {DateKind, "2025/2026", BadInput},
		{QuantityKind, "3", WrongType}, {QuantityKind, "3 ", WrongType}, {QuantityKind, "3  bcm", WrongType}, {QuantityKind, " 3 bcm", WrongType},
		{QuantityKind, "3bcm", WrongType}, {QuantityKind, "many bcm", WrongType}, {QuantityKind, "NaN km", WrongType}, {QuantityKind, "3 bn m", WrongType},
		{CoordinatesKind, "48", WrongType}, {CoordinatesKind, "91,0", WrongType}, {CoordinatesKind, "0,180.1", WrongType}, {CoordinatesKind, "48,68,1", WrongType},
		{CoordinatesKind, "48 68", WrongType}, {CoordinatesKind, "NaN,0", WrongType}, {CoordinatesKind, "N48,E68", WrongType}, {CoordinatesKind, ",", WrongType},
	} {
		v, err := ParseValue(c.kind, c.in)
		var ge *Error
		if !errors.As(err, &ge) || ge.Code != c.code {
			t.Errorf("%s %q is %v, error %v; want %s", c.kind, c.in, v, err, c.code)
		}
	}
	for _, k := range []Kind{NoKind, LooseKind, Kind(200)} {
		if _, err := ParseValue(k, "x"); err == nil {
			t.Errorf("a value of kind %d", k)
		}
	}
	if _, err := ParseValue(EntityKind, strings.Repeat("é", 1<<20)); err == nil || len(err.Error()) > 300 {
		t.Error("a long id makes a long message")
	}
}

func TestAccessors(t *testing.T) {
	if v := IntValue(7); v.Float() != 7 || v.Int() != 7 || v.Entity() != "" {
		t.Error("int")
	}
	if v := QuantityValue(2.5, "km"); v.Float() != 2.5 || v.Text() != "km" {
		t.Error("quantity")
	}
	if lat, lon := CoordinatesValue(48.12345678, -68).LatLon(); lat != 48.1234568 || lon != -68 {
		t.Errorf("a point is kept at %v,%v", lat, lon)
	}
	if (Value{}).Kind() != NoKind || (Value{}).String() != "" || LooseValue("x").String() != "x" {
		t.Error("none and loose")
	}
	if BoolValue(true).String() != "true" || !BoolValue(true).Bool() || DateValue(DayDate(2025, 6, 18)).Date().String() != "2025-06-18" {
		t.Error("bool and date")
	}
	for s := schema.NoScalar; s <= schema.EnumValue; s++ {
		if KindOf(s) == NoKind {
			t.Errorf("the scalar %s takes no kind of value", s)
		}
	}
}

func FuzzParseValue(f *testing.F) {
	for _, s := range []string{"48,68", "3 bcm", "-0", "1e-320", "2025-06?", "true", "KAZ", "9223372036854775807"} {
		for k := EntityKind; k <= CoordinatesKind; k++ {
			f.Add(uint8(k), s)
		}
	}
	f.Fuzz(func(t *testing.T, k uint8, s string) {
		v, err := ParseValue(Kind(k), s)
		if err != nil {
			return
		}
		back, err := ParseValue(Kind(k), v.String())
		if err != nil || back != v {
			t.Fatalf("%s %q is %#v, written %q, read as %#v, %v", Kind(k), s, v, v, back, err)
		}
		if v.fault() != "" {
			t.Fatalf("%q is accepted and %s", s, v.fault())
		}
	})
}
