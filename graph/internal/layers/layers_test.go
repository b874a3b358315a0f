package layers_test

import (
	"cmp"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/caspian-kg/caspian/graph/internal/layers"
)

// state is an index with a sorted list of what it should have.
type state struct {
	index layers.Index[int]
	want  []int
}

// randomStates adds distinct numbers in random portions and returns every state.
func randomStates(r *rand.Rand, portions, most int) []state {
	states := []state{{}}
	seen := map[int]bool{}
	for range portions {
		last := states[len(states)-1]
		var added []int
		for range r.IntN(most) {
			if n := r.IntN(100_000); !seen[n] {
				seen[n] = true
				added = append(added, n)
			}
		}
		want := append(slices.Clone(last.want), added...)
		slices.Sort(want)
		states = append(states, state{last.index.With(added, cmp.Compare[int]), want})
	}
	return states
}

// TestIndex compares every state, also after later ones were made, with a sorted list.
func TestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, most := range []int{2, 5, 60} {
		for n, s := range randomStates(r, 80, most) {
			if s.index.Len() != len(s.want) || !slices.Equal(s.index.Merged(cmp.Compare[int]), s.want) || s.index.Check(cmp.Compare[int]) != nil {
				t.Fatalf("state %d has %v, want %v", n, s.index.Merged(cmp.Compare[int]), s.want)
			}
			if b := s.index.Bytes(); b < 8*len(s.want) {
				t.Fatalf("%d bytes for %d elements", b, len(s.want))
			}
			compareRanges(t, r, s)
		}
	}
}

// compareRanges compares random ranges of an index with the same of a sorted list.
func compareRanges(t *testing.T, r *rand.Rand, s state) {
	t.Helper()
	for range 5 {
		from := r.IntN(110_000) - 5_000
		to := from + r.IntN(50_000)
		var want []int
		for _, x := range s.want {
			if from <= x && x < to {
				want = append(want, x)
			}
		}
		got := s.index.Range(func(x int) int {
			switch {
			case x < from:
				return -1
			case x >= to:
				return 1
			}
			return 0
		})
		if got.Len() != len(want) || !slices.Equal(slices.Collect(got.Ascending(cmp.Compare[int])), want) {
			t.Fatalf("from %d to %d: %v, want %v", from, to, got, want)
		}
		mid := from + r.IntN(to-from+1)
		before, after := got.Cut(func(x int) bool { return x >= mid })
		at, _ := slices.BinarySearch(want, mid)
		if !slices.Equal(slices.Collect(before.Ascending(cmp.Compare[int])), want[:at]) || !slices.Equal(slices.Collect(after.Ascending(cmp.Compare[int])), want[at:]) {
			t.Fatalf("%v is cut at %d into %v and %v", want, mid, before, after)
		}
		// Ended early, a loop reads the beginning.
		step := 1 + r.IntN(40_000)
		coarse := func(a, b int) int { return cmp.Compare(a/step, b/step) }
		descending := slices.Clone(want)
		slices.SortFunc(descending, func(a, b int) int { return cmp.Or(-coarse(a, b), cmp.Compare(a, b)) })
		var begun []int
		for x := range got.Descending(coarse, cmp.Compare[int]) {
			if begun = append(begun, x); len(begun) > len(want)/2 {
				break
			}
		}
		if !slices.Equal(begun, descending[:len(begun)]) || !slices.Equal(slices.Collect(got.Descending(coarse, cmp.Compare[int])), descending) {
			t.Fatalf("by %d descending: %v, want %v", step, begun, descending)
		}
	}
}

// TestMerge merges random lists of all relations of size.
func TestMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		list := func(n int) []int {
			l := make([]int, r.IntN(n)+1)
			for i := range l {
				l[i] = r.IntN(500)
			}
			slices.Sort(l)
			return l
		}
		a, b := list(1 << r.IntN(8))[1:], list(1<<r.IntN(8))
		want := slices.Concat(a, b)
		slices.Sort(want)
		if got := layers.Merge([]int{-1}, a, b, cmp.Compare[int]); got[0] != -1 || !slices.Equal(got[1:], want) {
			t.Fatalf("%v and %v are %v", a, b, got)
		}
	}
}

// TestCost: an element is moved about as often as there are layers, and comparisons
// grow with what is added, not with what there is.
func TestCost(t *testing.T) {
	const n = 1 << 16
	var x layers.Index[int]
	compared, moved := 0, 0
	compare := func(a, b int) int {
		compared++
		return cmp.Compare(a, b)
	}
	r := rand.New(rand.NewPCG(5, 6))
	bytes := 0
	for i, v := range r.Perm(n) {
		x = x.With([]int{v}, compare)
		if b := x.Bytes(); i%2 == 1 && b > bytes {
			bytes = b
		}
		moved = max(moved, len(x.All()))
	}
	if depth := bits.Len(n); moved > depth {
		t.Errorf("%d layers of %d elements, more than %d", moved, n, depth)
	}
	if most := n * bits.Len(n) * 2; compared > most {
		t.Errorf("%d comparisons for %d elements, more than %d", compared, n, most)
	}
	if bytes > 8*n*2 {
		t.Errorf("%d bytes for %d elements of 8", bytes, n)
	}
}

// BenchmarkWith adds one element to a large index: what a write costs it.
func BenchmarkWith(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 8))
	base := layers.Index[int]{}.With(r.Perm(1<<20), cmp.Compare[int])
	b.ReportAllocs()
	x, n := base, 0
	for b.Loop() {
		if n++; n%(1<<18) == 0 {
			x = base
		}
		x = x.With([]int{r.Int()}, cmp.Compare[int])
	}
}

// BenchmarkRange finds a stretch and reads its first ten elements across layers.
func BenchmarkRange(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 10))
	var x layers.Index[int]
	for range 200 {
		added := make([]int, 1+r.IntN(5000))
		for i := range added {
			added[i] = r.Int()
		}
		x = x.With(added, cmp.Compare[int])
	}
	b.ReportAllocs()
	for b.Loop() {
		from, n := r.Int(), 0
		place := func(v int) int {
			if v < from {
				return -1
			}
			return 0
		}
		for range x.Range(place).Ascending(cmp.Compare[int]) {
			if n++; n == 10 {
				break
			}
		}
	}
}
