// Package lists has steps of algorithms on lists: a heap, and finding what a list has
// already.
//
// It must not know what is in the lists.
package lists

// SiftUp restores a heap, its greatest element first, after one was appended.
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

// SiftDown restores a heap, its greatest element first, after the first was replaced.
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

// Finder finds, among the signatures of the elements of a list that grows, the first of
// each, once there are so many that looking through takes longer. The finder of an empty
// list is nil.
type Finder map[uint64]int

// many is from how many signatures on they are noted.
const many = 64

// Find returns the place of the element with the signature for which same is
// true, or the length of the list.
func (f Finder) Find(signatures []uint64, sig uint64, same func(i int) bool) int {
	n, from := len(signatures), 0
	if f != nil {
		at, ok := f[sig]
		if !ok {
			return n
		}
		from = at // two elements of one signature hardly ever differ
	}
	for i := from; i < n; i++ {
		if signatures[i] == sig && same(i) {
			return i
		}
	}
	return n
}

// With notes the last of the signatures.
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
