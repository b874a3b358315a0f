package column

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// mixed is a hash; of what has few bits there are many with the same one.
func mixed(n uint32, bits int) uint64 {
	h := uint64(n)
	if bits < 32 {
		h &= 1<<bits - 1
	}
	h = (h + 1) * 0x9E3779B97F4A7C15
	return h ^ h>>29
}

// TestIndexAgainstMaps adds numbers in small and large portions, with hashes that are
// all different and such of which many are the same. Each state must find what was
// added until then and nothing else, after all that was added later.
func TestIndexAgainstMaps(t *testing.T) {
	for _, bits := range []int{32, 12, 6, 2, 0} {
		r := rand.New(rand.NewPCG(uint64(bits), 1))
		// Of one value of the low bits there may be many numbers, in any order.
		hash := func(n uint32) uint64 { return mixed(n, bits) }
		found := func(x Index, n uint32) (of []uint32) {
			x.Find(hash(n), func(m uint32) bool {
				if hash(m) == hash(n) {
					of = append(of, m)
				}
				return false
			})
			return of
		}
		type state struct {
			index Index
			to    uint32 // what it has
		}
		states := []state{{}}
		for range 30 {
			s := states[len(states)-1]
			n := uint32(1 + r.IntN(5))
			if r.IntN(4) == 0 {
				n = uint32(r.IntN(3000))
			}
			if r.IntN(2) == 0 {
				s.index = s.index.WithRange(int(s.to), int(s.to+n), hash)
			} else {
				var numbers []uint32
				for i := s.to; i < s.to+n; i++ {
					numbers = append(numbers, i)
				}
				s.index = s.index.With(numbers, hash)
			}
			s.to += n
			states = append(states, s)
		}
		for _, s := range states {
			by := map[uint64][]uint32{}
			for n := range s.to {
				by[hash(n)] = append(by[hash(n)], n)
			}
			all := s.index.Numbers()
			slices.Sort(all)
			if len(all) != int(s.to) || len(slices.Compact(all)) != int(s.to) {
				t.Fatalf("%d bits: %d numbers, want %d", bits, len(all), s.to)
			}
			tried := slices.Sorted(maps.Keys(by))
			for _, h := range tried[:min(len(tried), 500)] {
				got := found(s.index, by[h][0])
				slices.Sort(got)
				if !slices.Equal(got, by[h]) {
					t.Fatalf("%d bits, of %d: found %v, want %v", bits, s.to, got, by[h])
				}
			}
			if n, ok := s.index.Find(hash(s.to), func(m uint32) bool { return m == s.to }); ok {
				t.Fatalf("%d bits: found %d, which comes later", bits, n)
			}
		}
	}
}

// TestTableAgainstMaps sets elements all over a table, some changes many; older
// states stay as they were.
func TestTableAgainstMaps(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	type state struct {
		table Table[int]
		want  map[uint32]int
		n     int
	}
	states := []state{{want: map[uint32]int{}}}
	for step := range 40 {
		s := states[len(states)-1]
		s.want = maps.Clone(s.want)
		e := s.table.Begin()
		if step == 0 {
			e = NewEdit[int]()
		}
		for range r.IntN(20) {
			i := uint32(r.IntN(1 << (4 + r.IntN(14))))
			e.Set(i, step+1)
			s.want[i] = step + 1
			s.n = max(s.n, int(i)+1)
			if e.At(i) != step+1 {
				t.Fatalf("%d is not as it was set", i)
			}
		}
		if r.IntN(3) == 0 {
			s.n += r.IntN(1 << 15)
			e.Grow(s.n)
		}
		s.table = e.Table()
		states = append(states, s)
	}
	for i, s := range states {
		if s.table.Len() != s.n {
			t.Fatalf("state %d has %d elements, want %d", i, s.table.Len(), s.n)
		}
		for k := range uint32(s.n + 300) {
			if s.table.At(k) != s.want[k] || s.want[k] != 0 && *s.table.Ref(k) != s.want[k] {
				t.Fatalf("state %d, element %d: %d, want %d", i, k, s.table.At(k), s.want[k])
			}
		}
	}
}
