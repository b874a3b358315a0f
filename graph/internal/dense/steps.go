package dense

import (
	"slices"
	"sort"

	"github.com/caspian-kg/caspian/graph/aggregate"
)

// steps are running sums of one column in the order of another column, which has few different numbers. The sum
// over a range of the other column is the difference of two steps.
type steps struct {
	keys []int32 // the different numbers, ascending
	upTo []step  // the sums over the places before each key, and over all
}

type step struct {
	places int32
	known  int32 // how many places have a number to sum up
	sum    int64
}

// fewKeys is the least average number of places for each different number.
const fewKeys = 4

// newSteps returns nil if the numbers are not whole numbers of 32 bits, or if too many are different.
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

// addTo adds the sum over the places whose numbers are in the range, but not the least and greatest value. It
// returns the number of these places.
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

// stepsOfPart has the steps for two columns.
type stepsOfPart struct {
	by, of uint32
	steps  *steps // nil if there are none
}

// stepsOf returns the running sums of column of in the order of column by. It returns nil if by has too many
// different numbers, or if either has numbers that are not whole numbers of 32 bits.
func (p *Part) stepsOf(b *Budget, by, of uint32, x, y *Numbers) *steps {
	for {
		old := p.steps.Load()
		if old != nil {
			for i := range *old {
				if s := &(*old)[i]; s.by == by && s.of == of {
					return s.steps
				}
			}
		}
		s := newSteps(x, y)
		var list []stepsOfPart
		if old != nil {
			list = slices.Clip(*old)
		}
		if list = append(list, stepsOfPart{by, of, s}); p.steps.CompareAndSwap(old, &list) {
			if s != nil {
				b.charge(p, 20*len(s.upTo)+64)
			}
			return s
		}
	}
}
