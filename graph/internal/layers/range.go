package layers

import (
	"iter"
	"slices"
	"sort"
)

// Range is a range of an index's order: the sorted parts that the layers have of it.
type Range[T any] [][]T

// Len returns the number of elements.
func (r Range[T]) Len() int {
	n := 0
	for _, part := range r {
		n += len(part)
	}
	return n
}

// Elements yields the elements part by part. The sequence as a whole is not sorted.
func (r Range[T]) Elements() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, part := range r {
			for _, x := range part {
				if !yield(x) {
					return
				}
			}
		}
	}
}

// Cut divides the range before the first element for which first returns true.
func (r Range[T]) Cut(first func(T) bool) (before, after Range[T]) {
	for _, part := range r {
		at := sort.Search(len(part), func(i int) bool { return first(part[i]) })
		if at > 0 {
			before = append(before, part[:at])
		}
		if at < len(part) {
			after = append(after, part[at:])
		}
	}
	return before, after
}

// Ascending yields the elements in order.
func (r Range[T]) Ascending(compare func(a, b T) int) iter.Seq[T] {
	return func(yield func(T) bool) { r.ascend(compare, yield) }
}

// ascend is Ascending with a result: false if yield returned false.
func (r Range[T]) ascend(compare func(a, b T) int, yield func(T) bool) bool {
	var room [16][]T
	left := slices.DeleteFunc(append(room[:0], r...), func(part []T) bool { return len(part) == 0 })
	for len(left) > 0 {
		least := 0
		for i := 1; i < len(left); i++ {
			if compare(left[i][0], left[least][0]) < 0 {
				least = i
			}
		}
		if !yield(left[least][0]) {
			return false
		}
		if left[least] = left[least][1:]; len(left[least]) == 0 {
			left = append(left[:least], left[least+1:]...)
		}
	}
	return true
}

// Descending yields the elements in the reverse of the coarser order coarse; elements that are equal in coarse
// come in the order of compare.
func (r Range[T]) Descending(coarse, compare func(a, b T) int) iter.Seq[T] {
	return func(yield func(T) bool) {
		var room, equal [16][]T
		left := slices.DeleteFunc(append(room[:0], r...), func(part []T) bool { return len(part) == 0 })
		for len(left) > 0 {
			most := left[0][len(left[0])-1]
			for _, part := range left[1:] {
				if last := part[len(part)-1]; coarse(last, most) > 0 {
					most = last
				}
			}
			group := Range[T](equal[:0])
			rest := left[:0]
			for _, part := range left {
				at := lastOf(part, func(x T) bool { return coarse(x, most) == 0 })
				if at < len(part) {
					group = append(group, part[at:])
				}
				if at > 0 {
					rest = append(rest, part[:at])
				}
			}
			if left = rest; !group.ascend(compare, yield) {
				return
			}
		}
	}
}

// lastOf returns where the elements for which equal is true begin; they must be the last of the part. It
// searches from the end, because usually they are few.
func lastOf[T any](part []T, equal func(T) bool) int {
	far := 1
	for far <= len(part) && equal(part[len(part)-far]) {
		far *= 2
	}
	from := max(len(part)-far, 0)
	return from + sort.Search(len(part)-from, func(i int) bool { return equal(part[from+i]) })
}
