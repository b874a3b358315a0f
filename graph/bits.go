package graph

import "math"

// Bits returns the value as 64 bits; for a quantity, its number. It returns false for texts and entities, which
// do not fit into 64 bits.
func (v Value) Bits() (uint64, bool) {
	switch v.Kind() {
	case IntKind:
		return uint64(v.Int()), true
	case BoolKind:
		if v.Bool() {
			return 1, true
		}
		return 0, true
	case FloatKind, QuantityKind:
		return math.Float64bits(v.Float()), true
	case DateKind:
		return v.Date().Pack(), true
	case NoneKind:
		return 0, true
	case CoordinatesKind:
		lat, lon := v.LatLon()
		return uint64(uint32(int32(math.Round(lat*1e7))))<<32 | uint64(uint32(int32(math.Round(lon*1e7)))), true
	}
	return 0, false
}

// ValueOfBits returns the value of a kind that has these Bits. unit is the unit of a quantity. For kinds
// without bits it returns the zero Value.
func ValueOfBits(k Kind, bits uint64, unit string) Value {
	switch k {
	case IntKind:
		return IntValue(int64(bits))
	case BoolKind:
		return BoolValue(bits != 0)
	case FloatKind:
		return FloatValue(math.Float64frombits(bits))
	case QuantityKind:
		return QuantityValue(math.Float64frombits(bits), unit)
	case NoneKind:
		return NoneValue()
	case DateKind:
		return DateValue(UnpackDate(bits))
	case CoordinatesKind:
		return CoordinatesValue(float64(int32(bits>>32))/1e7, float64(int32(bits))/1e7)
	}
	return Value{}
}
