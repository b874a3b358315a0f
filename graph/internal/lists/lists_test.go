package lists_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/caspian-kg/caspian/graph/internal/lists"
)

// TestHeap keeps the least of random numbers in a heap of each size.
func TestHeap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for size := 1; size < 40; size++ {
		var all, heap []int
		for range 100 {
			x := r.IntN(60)
			all = append(all, x)
			switch {
			case len(heap) < size:
				heap = append(heap, x)
				lists.SiftUp(heap, cmp.Compare[int])
			case x < heap[0]:
				heap[0] = x
				lists.SiftDown(heap, cmp.Compare[int])
			}
			if heap[0] != slices.Max(heap) {
				t.Fatalf("%d is first of %v", heap[0], heap)
			}
		}
		slices.Sort(all)
		slices.Sort(heap)
		if !slices.Equal(heap, all[:size]) {
			t.Fatalf("the least %d are %v, want %v", size, heap, all[:size])
		}
	}
}

// TestFinder compares with looking through the list. Signatures are drawn so that they
// coincide for elements that differ.
func TestFinder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		var list []int
		var signatures []uint64
		var known lists.Finder
		for range 400 {
			x := r.IntN(250)
			sig := uint64(x / 2)
			at := known.Find(signatures, sig, func(i int) bool { return list[i] == x })
			want := slices.Index(list, x)
			if want < 0 {
				want = len(list)
			}
			if at != want {
				t.Fatalf("%d is found at %d of %v, want %d", x, at, list, want)
			}
			if at == len(list) {
				list, signatures = append(list, x), append(signatures, sig)
				known = known.With(signatures)
			}
		}
	}
}
