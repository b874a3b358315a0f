package dense

import (
	"slices"
	"sort"

	"github.com/caspian-kg/caspian/graph/aggregate"
)

// steps are the sums of one column up to each number of another that has few: the sums
// of what is within a range are the difference of two steps.
type steps struct {
	keys []int32 // the numbers, the least first
	upTo []step  // of the places before each key, and of all
}

type step struct {
	places int32
	known  int32 // of the places, those with a number to sum up
	sum    int64
}

// fewKeys is how many places there must be for each number.
const fewKeys = 4

// newSteps is nil where the numbers are not whole ones of 32 bits, or too many.
func newSteps(by, of *Numbers) *steps {
	if by.stored != isSmall || of.stored != isSmall || of.Unit != 0 || by.n == 0 {
		return nil
	}
	list := make([]int32, 0, by.n)
	for i := range by.n {
		if by.have == nil || by.have.Has(i) {
			list = append(list, by.small.at(i))
		}
	}
	slices.Sort(list)
	keys := slices.Clone(slices.Compact(list))
	if len(keys)*fewKeys > by.n {
		return nil
	}
	s := &steps{keys, make([]step, len(keys)+1)}
	for i := range by.n {
		if by.have != nil && !by.have.Has(i) {
			continue
		}
		k, _ := slices.BinarySearch(keys, by.small.at(i))
		at := &s.upTo[k+1]
		at.places++
		if of.have == nil || of.have.Has(i) {
			at.known++
			at.sum += int64(of.small.at(i))
		}
	}
	for i := 1; i < len(s.upTo); i++ {
		s.upTo[i].places += s.upTo[i-1].places
		s.upTo[i].known += s.upTo[i-1].known
		s.upTo[i].sum += s.upTo[i-1].sum
	}
	return s
}

// addTo adds to the sums those of the places whose numbers are in the range, but not the
// least and the greatest, and returns how many places these are.
func (s *steps) addTo(st *aggregate.Stats, r *Range) int {
	from := sort.Search(len(s.keys), func(i int) bool { return int64(s.keys[i]) >= r.wholeLo })
	to := sort.Search(len(s.keys), func(i int) bool { return int64(s.keys[i]) > r.wholeHi })
	if to <= from {
		return 0
	}
	a, b := &s.upTo[from], &s.upTo[to]
	st.AddWhole(int(b.known-a.known), b.sum-a.sum, 0, 0)
	return int(b.places - a.places)
}

// stepsOfPart are the steps of two columns.
type stepsOfPart struct {
	by, of uint32
	steps  *steps // nil: there are none
}

// stepsOf are the sums of a column up to each number of another; nil where that has too
// many numbers, or one of them others than whole ones of 32 bits.
func (p *Part) stepsOf(b *Budget, by, of uint32, x, y *Numbers) *steps {
	for {
		old := p.steps.Load()
		var list []stepsOfPart
		if old != nil {
			list = *old
		}
		for i := range list {
			if s := &list[i]; s.by == by && s.of == of {
				return s.steps
			}
		}
		s := newSteps(x, y)
		if list = append(slices.Clip(list), stepsOfPart{by, of, s}); p.steps.CompareAndSwap(old, &list) {
			if s != nil {
				b.charge(p, 20*len(s.upTo)+64)
			}
			return s
		}
	}
}
