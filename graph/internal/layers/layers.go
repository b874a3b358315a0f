// Package layers has what the indexes of a snapshot are stacks of: layers that never
// change, the newest last. A change adds a layer and merges those of like size, so
// that older states of an index stay as they were, and an element is moved about as
// often as the number of elements has digits.
//
// Index, of sorted layers, is for most uses. Stay is the rule of merging alone, for
// indexes whose layers are not plain sorted lists. The package must not know what is
// indexed.
package layers

import (
	"fmt"
	"iter"
	"slices"
	"sort"
	"unsafe"
)

// Stay returns how many layers of a stack stay as they are when elements are added.
// Those after them merge with what is added, into a layer of total elements.
func Stay[L interface{ Len() int }](stack []L, added int) (stay, total int) {
	stay, total = len(stack), added
	for stay > 0 && stack[stay-1].Len() <= 2*total {
		stay--
		total += stack[stay].Len()
	}
	return stay, total
}

// Index is a stack of sorted layers. It never changes and may be read by any number
// of goroutines; the zero Index is empty. All calls of its methods have the same
// order, in which no two elements are equal.
type Index[T any] struct{ layers []layer[T] }

type layer[T any] []T

func (l layer[T]) Len() int { return len(l) }

// With returns the index with more elements, which it sorts and keeps.
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

// Sorted is the index of elements that are in order, which it keeps.
func Sorted[T any](list []T) Index[T] {
	if len(list) == 0 {
		return Index[T]{}
	}
	return Index[T]{[]layer[T]{list}}
}

// Len is how many elements there are.
func (x Index[T]) Len() int {
	n := 0
	for _, l := range x.layers {
		n += len(l)
	}
	return n
}

// Bytes is the memory that the elements take, without what they point to.
func (x Index[T]) Bytes() int {
	var element T
	n := 0
	for _, l := range x.layers {
		n += cap(l)
	}
	return n * int(unsafe.Sizeof(element))
}

// Merged are the elements in one sorted list, which the caller must not change.
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

// Check returns an error where the index is not in order.
func (x Index[T]) Check(compare func(a, b T) int) error {
	for _, l := range x.layers {
		if !slices.IsSortedFunc(l, compare) {
			return fmt.Errorf("a layer of %d elements is out of order", len(l))
		}
	}
	return nil
}

// Parts yields, layer by layer, the elements of a stretch of the order. place is
// negative for elements before the stretch, 0 in it, and positive after it. Callers
// must not change the parts.
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

// Range are the elements of a stretch of the order, as Parts.
func (x Index[T]) Range(place func(T) int) Range[T] {
	r := make(Range[T], 0, len(x.layers))
	for part := range x.Parts(place) {
		r = append(r, part)
	}
	return r
}

// All are all elements.
func (x Index[T]) All() Range[T] {
	r := make(Range[T], len(x.layers))
	for i, l := range x.layers {
		r[i] = l
	}
	return r
}

// Merge appends two sorted lists to dst as one; b must not be empty. It takes about
// as many comparisons as b has elements where they are far apart in a, and never
// more than there are elements by much.
func Merge[T any](dst, a, b []T, compare func(x, y T) int) []T {
	// Usually b has the new elements, and they sort after all of a.
	if len(a) == 0 || compare(a[len(a)-1], b[0]) < 0 {
		return append(append(dst, a...), b...)
	}
	for _, y := range b {
		// The place is within twice as far as is looked at.
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
