// Package layers has indexes that are stacks of layers, with the newest layer last. A layer never changes, so
// older states of an index remain valid. A change adds a layer and merges layers of similar size. An element is
// therefore copied only about as often as the number of elements has binary digits.
//
// Index, whose layers are sorted lists, is for most uses. Stay is only the rule for merging, for indexes with
// other layers. The package must not know what is indexed.
package layers

import (
	"fmt"
	"iter"
	"slices"
	"sort"
	"unsafe"
)

// Stay returns how many layers of a stack remain unchanged when elements are added. The layers after them merge
// with the added elements into a layer of total elements.
func Stay[L interface{ Len() int }](stack []L, added int) (stay, total int) {
	stay, total = len(stack), added
	for stay > 0 && stack[stay-1].Len() <= 2*total {
		stay--
		total += stack[stay].Len()
	}
	return stay, total
}

// Index is a stack of sorted layers. It never changes, and any number of goroutines may read it; the zero Index
// is empty. All calls of its methods must use the same order, in which no two elements are equal.
type Index[T any] struct{ layers []layer[T] }

type layer[T any] []T

func (l layer[T]) Len() int { return len(l) }

// With returns the index with more elements. It sorts added and uses its memory.
func (x Index[T]) With(added []T, compare func(a, b T) int) Index[T] {
	if len(added) == 0 {
		return x
	}
	slices.SortFunc(added, compare)
	stay, _ := Stay(x.layers, len(added))
	for i := len(x.layers) - 1; i >= stay; i-- {
		added = Merge(make([]T, 0, len(x.layers[i])+len(added)), x.layers[i], added, compare)
	}
	return Index[T]{append(slices.Clip(x.layers[:stay]), added)}
}

// Sorted returns the index of sorted elements. It uses the memory of list.
func Sorted[T any](list []T) Index[T] {
	if len(list) == 0 {
		return Index[T]{}
	}
	return Index[T]{[]layer[T]{list}}
}

// Len returns the number of elements.
func (x Index[T]) Len() int {
	n := 0
	for _, l := range x.layers {
		n += len(l)
	}
	return n
}

// Bytes returns the memory of the elements, without the memory that they point to.
func (x Index[T]) Bytes() int {
	var element T
	n := 0
	for _, l := range x.layers {
		n += cap(l)
	}
	return n * int(unsafe.Sizeof(element))
}

// Merged returns all elements in one sorted list, which the caller must not change.
func (x Index[T]) Merged(compare func(a, b T) int) []T {
	if len(x.layers) == 0 {
		return nil
	}
	all := x.layers[len(x.layers)-1]
	for i := len(x.layers) - 2; i >= 0; i-- {
		all = Merge(make([]T, 0, len(x.layers[i])+len(all)), x.layers[i], all, compare)
	}
	return all
}

// Check returns an error if the index is not sorted.
func (x Index[T]) Check(compare func(a, b T) int) error {
	for _, l := range x.layers {
		if !slices.IsSortedFunc(l, compare) {
			return fmt.Errorf("a layer of %d elements is out of order", len(l))
		}
	}
	return nil
}

// Parts yields, layer by layer, the elements in a range of the order. place must be negative for elements
// before the range, 0 within it, and positive after it. Callers must not change the parts.
func (x Index[T]) Parts(place func(T) int) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for _, l := range x.layers {
			from := sort.Search(len(l), func(i int) bool { return place(l[i]) >= 0 })
			to := from + sort.Search(len(l)-from, func(i int) bool { return place(l[from+i]) > 0 })
			if from < to && !yield(l[from:to]) {
				return
			}
		}
	}
}

// Range returns the elements in a range of the order; place is as for Parts.
func (x Index[T]) Range(place func(T) int) Range[T] {
	r := make(Range[T], 0, len(x.layers))
	for part := range x.Parts(place) {
		r = append(r, part)
	}
	return r
}

// All returns all elements.
func (x Index[T]) All() Range[T] {
	r := make(Range[T], len(x.layers))
	for i, l := range x.layers {
		r[i] = l
	}
	return r
}

// Merge appends two sorted lists to dst as one; b must not be empty. If the elements of b are far apart in a,
// the number of comparisons is about len(b) times the logarithm of the distance. It is never much above the
// number of elements.
func Merge[T any](dst, a, b []T, compare func(x, y T) int) []T {
	// Usually b has the new elements, which sort after all of a.
	if len(a) == 0 || compare(a[len(a)-1], b[0]) < 0 {
		return append(append(dst, a...), b...)
	}
	for _, y := range b {
		// Search at doubling distances for the position of the next element of b.
		far := 1
		for far < len(a) && compare(a[far], y) < 0 {
			far *= 2
		}
		k, _ := slices.BinarySearchFunc(a[far/2:min(far, len(a))], y, compare)
		k += far / 2
		dst, a = append(append(dst, a[:k]...), y), a[k:]
	}
	return append(dst, a...)
}
