package dense

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/lists"
)

// maxOrdered is the length of the longest list whose places are sorted.
const maxOrdered = 1 << 16

// orderOf returns the places of a list sorted by their numbers in ascending order, equal ones by place. Places
// without a number come last.
func orderOf(x *Numbers) []uint16 {
	places := make([]uint16, 0, x.n)
	if x.stored == isSmall && len(x.small.of) == x.n {
		packed := make([]uint64, 0, x.known)
		for i, v := range x.small.of {
			if x.have == nil || x.have.Has(i) {
				packed = append(packed, uint64(uint32(v)^1<<31)<<16|uint64(i))
			}
		}
		slices.Sort(packed)
		for _, p := range packed {
			places = append(places, uint16(p))
		}
	} else {
		type keyed struct {
			key   uint64
			place uint16
		}
		list := make([]keyed, 0, x.known)
		for i := range x.n {
			if key, ok := x.Key(i); ok {
				list = append(list, keyed{key, uint16(i)})
			}
		}
		slices.SortFunc(list, func(a, b keyed) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.place, b.place)) })
		for _, k := range list {
			places = append(places, k.place)
		}
	}
	for i := range x.n {
		if x.have != nil && !x.have.Has(i) {
			places = append(places, uint16(i))
		}
	}
	return places
}

// Place is an element of a run: the number of its part, and its index in the part.
type Place struct {
	Key   uint64 // of its number; meaningless unless Known
	Part  uint32
	At    uint16
	Known bool // it has a number
}

// Sorted has the places of a run sorted by a number, ascending or descending; places without a number come
// last. Places with equal numbers come in any order. It merges the sorted parts only as far as they are read.
// It is safe for concurrent use.
type Sorted struct {
	// Kind and Unit are the kind and unit of the numbers; NoKind if there are none.
	Kind graph.Kind
	Unit uint32

	parts      []ordered
	descending bool
	n, known   int

	merged atomic.Pointer[[]Place] // the places merged so far

	mu    sync.Mutex // guards heads, and growing merged
	heads []*head
	rest  []uint32 // the parts whose places without a number are not merged yet
}

// ordered is a part with its sorted places.
type ordered struct {
	numbers *Numbers
	places  []uint16
}

// head is the next place of a part to be merged.
type head struct {
	key  uint64
	part uint32
	next int // index in the part's order
}

func newSorted(parts []ordered, descending bool) *Sorted {
	s := &Sorted{parts: parts, descending: descending}
	heads := make([]head, len(parts))
	for i, p := range parts {
		s.n += len(p.places)
		s.known += p.numbers.known
		if p.numbers.known < len(p.places) {
			s.rest = append(s.rest, uint32(i))
		}
		if p.numbers.known == 0 {
			continue
		}
		h := &heads[i]
		if h.part = uint32(i); descending {
			h.next = p.numbers.known - 1
		}
		h.key, _ = p.numbers.Key(int(p.places[h.next]))
		s.heads = append(s.heads, h)
		lists.SiftUp(s.heads, s.compare)
	}
	s.merged.Store(new([]Place))
	return s
}

// compare orders heads so that the next one to merge is the greatest, which the heap has on top.
func (s *Sorted) compare(a, b *head) int {
	c := cmp.Compare(b.key, a.key)
	if s.descending {
		c = -c
	}
	return cmp.Or(c, cmp.Compare(b.part, a.part))
}

// Known returns how many places have a number.
func (s *Sorted) Known() int { return s.known }

// Len returns how many places the run has.
func (s *Sorted) Len() int { return s.n }

// From returns some places from the i-th on; the next call continues after them. It returns none after the
// last.
func (s *Sorted) From(i int) []Place {
	if known := *s.merged.Load(); i < len(known) {
		return known[i:]
	}
	if i >= s.n {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := *s.merged.Load()
	if i < len(known) {
		return known[i:]
	}
	for want := min(s.n, max(32, 2*len(known), i+1)); len(known) < want; {
		known = s.merge(known)
	}
	// Readers of the shorter slice do not see what is appended.
	s.merged.Store(&known)
	return known[i:]
}

// merge appends the next place. The caller holds s.mu.
func (s *Sorted) merge(known []Place) []Place {
	if len(s.heads) == 0 {
		part := s.rest[0]
		s.rest = s.rest[1:]
		p := s.parts[part]
		for _, at := range p.places[p.numbers.known:] {
			known = append(known, Place{Part: part, At: at})
		}
		return known
	}
	h := s.heads[0]
	p := s.parts[h.part]
	known = append(known, Place{h.key, h.part, p.places[h.next], true})
	step, end := 1, p.numbers.known
	if s.descending {
		step, end = -1, -1
	}
	if h.next += step; h.next != end {
		h.key, _ = p.numbers.Key(int(p.places[h.next]))
	} else {
		last := len(s.heads) - 1
		s.heads[0], s.heads = s.heads[last], s.heads[:last]
	}
	if len(s.heads) > 0 {
		lists.SiftDown(s.heads, s.compare)
	}
	return known
}

// Before reports whether key a comes before key b in the order.
func (s *Sorted) Before(a, b uint64) bool { return a != b && a < b != s.descending }

// Begin returns the index of the first place whose key is not before the given one. It merges all places up to
// there.
func (s *Sorted) Begin(key uint64) int {
	for i := 0; ; {
		places := s.From(i)
		if len(places) == 0 {
			return i
		}
		if last := places[len(places)-1]; last.Known && s.Before(last.Key, key) {
			i += len(places)
			continue
		}
		at, _ := slices.BinarySearchFunc(places, key, func(p Place, key uint64) int {
			if p.Known && s.Before(p.Key, key) {
				return -1
			}
			return 1
		})
		return i + at
	}
}
