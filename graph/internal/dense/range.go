package dense

import (
	"math"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// Range is a range of numbers, including both ends.
type Range struct {
	wholeLo, wholeHi int64
	floatLo, floatHi float64
}

// Everything returns the range of all numbers.
func Everything() Range {
	return Range{math.MinInt64, math.MaxInt64, math.Inf(-1), math.Inf(1)}
}

// Between returns the range of the whole numbers from lo to hi.
func Between(lo, hi int64) Range { return Range{lo, hi, float64(lo), float64(hi)} }

// Has reports whether a whole number is in the range.
func (r *Range) Has(n int64) bool { return r.wholeLo <= n && n <= r.wholeHi }

// RangeOf returns the range of the numbers that pass a test; they are of a kind, and of a unit unless unit is
// "". If exact is false, some numbers in the range fail. ok is false if a place without a number may pass, or
// if the test has no condition that gives a range.
func RangeOf(o *schema.Ontology, t *filter.Test, kind graph.Kind, unit string) (r Range, exact, ok bool) {
	r = Everything()
	exact = t.Ne == nil && t.In == nil && t.NotIn == nil && t.Contains == "" && t.StartsWith == "" && t.Matches == nil &&
		(t.Unit == nil || kind == graph.QuantityKind && o.Units[unit].Converts(t.Unit))
	switch {
	case t.IsNull != nil && *t.IsNull:
		return r, false, false
	case t.IsNull != nil:
		ok = true
	}
	for c, bound := range [...]*graph.Value{graph.Eq: t.Eq, graph.Lt: t.Lt, graph.Lte: t.Lte, graph.Gt: t.Gt, graph.Gte: t.Gte} {
		if bound == nil {
			continue
		}
		ok = true
		if !r.bound(graph.Comparison(c), bound, kind, unit) {
			exact = false
		}
	}
	return r, exact, ok
}

// bound narrows the range to the numbers for which a comparison with b is true. If the kind cannot represent b
// exactly, it returns false and changes nothing.
func (r *Range) bound(c graph.Comparison, b *graph.Value, kind graph.Kind, unit string) bool {
	switch b.Kind() {
	case graph.IntKind:
		x, f := b.Int(), float64(b.Int())
		if kind != graph.IntKind {
			if f >= 1<<53 || f <= -(1<<53) {
				return false
			}
			r.floatBound(c, f)
			return true
		}
		r.wholeBound(c, x)
		return true
	case graph.FloatKind:
	case graph.QuantityKind:
		if kind != graph.QuantityKind || b.Text() != unit {
			return false
		}
	default:
		return false
	}
	f := b.Float()
	if kind != graph.IntKind {
		r.floatBound(c, f)
		return true
	}
	if f != math.Trunc(f) || f >= 1<<53 || f <= -(1<<53) {
		return false
	}
	r.wholeBound(c, int64(f))
	return true
}

func (r *Range) wholeBound(c graph.Comparison, x int64) {
	switch c {
	case graph.Lt:
		if x == math.MinInt64 {
			r.wholeLo, r.wholeHi = 1, 0
			return
		}
		r.wholeHi = min(r.wholeHi, x-1)
	case graph.Lte:
		r.wholeHi = min(r.wholeHi, x)
	case graph.Gt:
		if x == math.MaxInt64 {
			r.wholeLo, r.wholeHi = 1, 0
			return
		}
		r.wholeLo = max(r.wholeLo, x+1)
	case graph.Gte:
		r.wholeLo = max(r.wholeLo, x)
	default:
		r.wholeLo, r.wholeHi = max(r.wholeLo, x), min(r.wholeHi, x)
	}
}

func (r *Range) floatBound(c graph.Comparison, x float64) {
	switch c {
	case graph.Lt:
		r.floatHi = min(r.floatHi, math.Nextafter(x, math.Inf(-1)))
	case graph.Lte:
		r.floatHi = min(r.floatHi, x)
	case graph.Gt:
		r.floatLo = max(r.floatLo, math.Nextafter(x, math.Inf(1)))
	case graph.Gte:
		r.floatLo = max(r.floatLo, x)
	default:
		r.floatLo, r.floatHi = max(r.floatLo, x), min(r.floatHi, x)
	}
}

// Keys returns the keys of the least and the greatest number of the kind in the range.
func (r *Range) Keys(kind graph.Kind) (lo, hi uint64) {
	if kind == graph.IntKind {
		return wholeKey(r.wholeLo), wholeKey(r.wholeHi)
	}
	return floatKey(r.floatLo), floatKey(r.floatHi)
}

// KeyOf returns the key of a number; ok is false if the kind cannot represent it.
func KeyOf(v *graph.Value, kind graph.Kind) (key uint64, ok bool) {
	switch {
	case v.Kind() != kind:
		return 0, false
	case kind == graph.IntKind:
		return wholeKey(v.Int()), true
	case kind == graph.FloatKind || kind == graph.QuantityKind:
		return floatKey(v.Float()), true
	}
	return 0, false
}
