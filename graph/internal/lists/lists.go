// Package lists has building blocks for algorithms on lists: a heap, and a set of a list's signatures.
//
// It must not know what is in the lists.
package lists

// SiftUp restores a heap, whose first element is the greatest, after an element was appended.
func SiftUp[T any](heap []T, compare func(a, b T) int) {
	for i := len(heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if compare(heap[i], heap[parent]) <= 0 {
			return
		}
		heap[i], heap[parent] = heap[parent], heap[i]
		i = parent
	}
}

// SiftDown restores a heap, whose first element is the greatest, after the first element was replaced.
func SiftDown[T any](heap []T, compare func(a, b T) int) {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && compare(heap[child], heap[child+1]) < 0 {
			child++
		}
		if compare(heap[child], heap[i]) <= 0 {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}

// Finder finds the first element with a signature in a growing list. It is nil until the list is so long that
// comparing all signatures takes longer than a map.
type Finder map[uint64]int

// many is the number of signatures from which a Finder has a map.
const many = 64

// Find returns the index of the element with the signature sig for which same returns true, or the length of
// the list.
func (f Finder) Find(signatures []uint64, sig uint64, same func(i int) bool) int {
	n, from := len(signatures), 0
	if f != nil {
		at, ok := f[sig]
		if !ok {
			return n
		}
		from = at // elements with equal signatures hardly ever differ
	}
	for i := from; i < n; i++ {
		if signatures[i] == sig && same(i) {
			return i
		}
	}
	return n
}

// With adds the last signature.
func (f Finder) With(signatures []uint64) Finder {
	n := len(signatures)
	if n < many {
		return nil
	}
	from := n - 1
	if f == nil {
		f, from = make(Finder, 2*many), 0
	}
	for i := from; i < n; i++ {
		if _, ok := f[signatures[i]]; !ok {
			f[signatures[i]] = i
		}
	}
	return f
}
