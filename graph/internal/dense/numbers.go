// Package dense caches values of a list that never changes, so that the whole list can be read at the speed of
// memory. It stores the list's numbers as arrays in the order of the list, sets of its places, and its places
// sorted by a number. A place is the index of an element.
//
// Read Numbers, Set and Run first. The package must not know what the lists contain or what a view shows of
// them: it finds candidates.
package dense

import (
	"math"
	"math/bits"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
)

// Set is a set of places in a list, with a bit for each place.
type Set []uint64

// NewSet returns the set of all n places. It uses the memory of dst.
func NewSet(dst Set, n int) Set {
	words := (n + 63) / 64
	if cap(dst) < words {
		dst = make(Set, words)
	}
	dst = dst[:words]
	for i := range dst {
		dst[i] = ^uint64(0)
	}
	if n%64 != 0 {
		dst[words-1] = 1<<(n%64) - 1
	}
	return dst
}

// Has reports whether the place is in the set.
func (s Set) Has(i int) bool { return s[i>>6]>>(i&63)&1 != 0 }

// Add adds a place.
func (s Set) Add(i int) { s[i>>6] |= 1 << (i & 63) }

// Drop removes a place.
func (s Set) Drop(i int) { s[i>>6] &^= 1 << (i & 63) }

// With returns a copy of the set that also has the places from from up to, but not including, to.
func (s Set) With(from, to int) Set {
	t := append(Set(nil), s...)
	for i := from; i < to; i++ {
		t.Add(i)
	}
	return t
}

// And removes the places that are not in t.
func (s Set) And(t Set) {
	for i := range s {
		s[i] &= t[i]
	}
}

// AndNot removes the places that are in t; a nil t is empty.
func (s Set) AndNot(t Set) {
	for i := range t {
		s[i] &^= t[i]
	}
}

// Each calls fn with the places in the set, in their order, until it returns false.
func (s Set) Each(fn func(i int) bool) bool {
	for w, m := range s {
		for ; m != 0; m &= m - 1 {
			if !fn(w*64 + bits.TrailingZeros64(m)) {
				return false
			}
		}
	}
	return true
}

// Len returns the number of places in the set.
func (s Set) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// Numbers has the numbers of one kind at the places of a list, at most one per place. It never changes.
type Numbers struct {
	// Kind and Unit are the kind and unit of all numbers: a list with several kinds or units has no Numbers.
	Kind graph.Kind
	Unit uint32

	n, known int
	have     Set // the places with a number; nil means all
	// One of these columns has the numbers. If all numbers are equal, it has one element.
	small  column[int32]
	whole  column[int64]
	float  column[float64]
	stored storage
}

type storage uint8

const (
	isSmall storage = iota
	isWhole
	isFloat
)

// column is an array of numbers, with the least and the greatest of them.
type column[T int32 | int64 | float64] struct {
	of     []T // a single element if lo equals hi and no number is missing
	lo, hi T
}

// NumbersOf returns the numbers at the n places of a list. It returns nil if the values have several kinds or
// units, or are not numbers.
func NumbersOf(n int, read func(i int) Cell) *Numbers {
	x := &Numbers{n: n}
	raw := make([]uint64, n)
	for i := range raw {
		c := read(i)
		switch {
		case c.Kind == graph.NoKind:
			if x.have == nil {
				x.have = NewSet(nil, n)
			}
			x.have.Drop(i)
			continue
		case x.known == 0:
			x.Kind, x.Unit = c.Kind, c.Unit
		case c.Kind != x.Kind || c.Unit != x.Unit:
			return nil
		}
		x.known++
		raw[i] = c.Bits
	}
	switch x.Kind {
	case graph.IntKind, graph.NoKind:
		x.whole = columnOf(x, raw, func(b uint64) int64 { return int64(b) })
		if x.stored = isWhole; x.whole.lo >= math.MinInt32 && x.whole.hi <= math.MaxInt32 {
			x.small = column[int32]{make([]int32, len(x.whole.of)), int32(x.whole.lo), int32(x.whole.hi)}
			for i, v := range x.whole.of {
				x.small.of[i] = int32(v)
			}
			x.whole, x.stored = column[int64]{}, isSmall
		}
	case graph.FloatKind, graph.QuantityKind:
		x.float, x.stored = columnOf(x, raw, math.Float64frombits), isFloat
		if x.float.lo != x.float.lo || x.float.hi != x.float.hi {
			return nil // NaN has no place in an order
		}
	default:
		return nil
	}
	return x
}

func columnOf[T int32 | int64 | float64](x *Numbers, raw []uint64, of func(uint64) T) column[T] {
	c := column[T]{of: make([]T, len(raw))}
	first := true
	for i, b := range raw {
		if x.have != nil && !x.have.Has(i) {
			continue
		}
		v := of(b)
		c.of[i] = v
		if first {
			c.lo, c.hi, first = v, v, false
		}
		c.lo, c.hi = min(c.lo, v), max(c.hi, v)
	}
	if c.lo == c.hi && x.have == nil && len(raw) > 0 {
		c.of = []T{c.lo}
	}
	return c
}

// Bytes estimates the memory of the numbers, in bytes.
func (x *Numbers) Bytes() int {
	return 8*len(x.have) + 4*len(x.small.of) + 8*len(x.whole.of) + 8*len(x.float.of) + 160
}

// Known returns how many places have a number.
func (x *Numbers) Known() int { return x.known }

// Key returns the number at a place as a key. Keys compare like their numbers. ok is false if the place has no
// number.
func (x *Numbers) Key(i int) (key uint64, ok bool) {
	if x.have != nil && !x.have.Has(i) {
		return 0, false
	}
	switch x.stored {
	case isSmall:
		return wholeKey(int64(x.small.at(i))), true
	case isWhole:
		return wholeKey(x.whole.at(i)), true
	}
	return floatKey(x.float.at(i)), true
}

func (c *column[T]) at(i int) T {
	if len(c.of) == 1 {
		return c.of[0]
	}
	return c.of[i]
}

func wholeKey(x int64) uint64 { return uint64(x) ^ 1<<63 }

func floatKey(x float64) uint64 {
	b := math.Float64bits(x + 0) // turns -0 into 0
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// Keep removes from the set the places whose numbers are not in the range, and the places without a number.
func (x *Numbers) Keep(r *Range, in Set) {
	if x.have != nil {
		in.And(x.have)
	}
	switch x.stored {
	case isSmall:
		lo, hi := max(r.wholeLo, math.MinInt32), min(r.wholeHi, math.MaxInt32)
		if lo > hi {
			clear(in)
			return
		}
		x.small.keep(int32(lo), int32(hi), in)
	case isWhole:
		x.whole.keep(r.wholeLo, r.wholeHi, in)
	default:
		x.float.keep(r.floatLo, r.floatHi, in)
	}
}

func (c *column[T]) keep(lo, hi T, in Set) {
	switch {
	case !(lo <= hi) || lo > c.hi || hi < c.lo:
		clear(in)
		return
	case lo <= c.lo && c.hi <= hi:
		return
	}
	// All numbers are equal, so if one passes, all do.
	for w, m := range in {
		if m != 0 {
			part := c.of[w*64 : min(len(c.of), w*64+64)]
			in[w] = m & (within(part, lo, hi) >> (64 - len(part)))
		}
	}
}

// within returns a bit for each of up to 64 numbers, the highest for the last: whether the number is from lo to
// hi. It has no branches, because the processor could not predict them.
func within[T int32 | int64 | float64](part []T, lo, hi T) (kept uint64) {
	if part, ok := any(part).([]int32); ok {
		least := uint32(lo)
		span := uint64(uint32(hi) - least)
		for _, v := range part {
			kept = kept>>1 | (span-uint64(uint32(v)-least))&(1<<63)
		}
		return ^kept
	}
	for _, v := range part {
		kept = kept>>1 | one(v >= lo)&one(v <= hi)<<63
	}
	return kept
}

func one(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// AddTo adds the numbers at the places in the set to st, in the order of the list. If ends is set, it also adds
// their least and greatest. unit is the text of Unit.
func (x *Numbers) AddTo(st *aggregate.Stats, in Set, unit string, ends bool) {
	if x.stored == isSmall && unit == "" {
		if len(x.small.of) < x.n { // all numbers are equal
			n, v := in.Len(), int64(x.small.lo)
			st.AddWhole(n, int64(n)*v, v, v)
			return
		}
		var s smallSum
		s.lo, s.hi = math.MaxInt32, math.MinInt32
		for w, m := range in {
			if x.have != nil {
				m &= x.have[w]
			}
			if m != 0 {
				if s.n += bits.OnesCount64(m); ends {
					s.bound(x.small.of[w*64:min(x.n, w*64+64)], m)
				}
				s.add(x.small.of[w*64:min(x.n, w*64+64)], m)
			}
		}
		st.AddWhole(s.n, s.sum, int64(s.lo), int64(s.hi))
		return
	}
	for w, m := range in {
		if x.have != nil {
			m &= x.have[w]
		}
		for ; m != 0; m &= m - 1 {
			i := w*64 + bits.TrailingZeros64(m)
			switch x.stored {
			case isSmall:
				st.Add(float64(x.small.at(i)), unit)
			case isWhole:
				st.Add(float64(x.whole.at(i)), unit)
			default:
				st.Add(x.float.at(i), unit)
			}
		}
	}
}

// smallSum sums up 32-bit numbers; 2^31 of them cannot overflow.
type smallSum struct {
	n      int
	sum    int64
	lo, hi int32
}

// add adds those of up to 64 numbers whose bits in m are set.
func (s *smallSum) add(part []int32, m uint64) {
	sum := int64(0)
	if m == 1<<len(part)-1 { // correct for 64 numbers too, whose bits are all set
		for _, v := range part {
			sum += int64(v)
		}
	} else {
		for ; m != 0; m &= m - 1 {
			sum += int64(part[bits.TrailingZeros64(m)&63])
		}
	}
	s.sum += sum
}

// bound updates the least and the greatest number.
func (s *smallSum) bound(part []int32, m uint64) {
	lo, hi := s.lo, s.hi
	for ; m != 0; m &= m - 1 {
		v := part[bits.TrailingZeros64(m)&63]
		lo, hi = min(lo, v), max(hi, v)
	}
	s.lo, s.hi = lo, hi
}
