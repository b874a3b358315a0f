package column

import (
	"cmp"
	"slices"
)

// Entry is an item for the list with a number.
type Entry[T any] struct {
	List uint32
	Item T
}

// Merge puts entries into the sorted lists of a table, and calls grown with each list
// that has grown. It sorts the entries by list and item.
func Merge[T any](t Table[[]T], entries []Entry[T], compare func(x, y T) int, grown func(n uint32, list []T)) Table[[]T] {
	if len(entries) == 0 {
		return t
	}
	e := t.Begin()
	slices.SortFunc(entries, func(a, b Entry[T]) int {
		if a.List != b.List {
			return cmp.Compare(a.List, b.List)
		}
		return compare(a.Item, b.Item)
	})
	// One block for all the new lists keeps neighbours together.
	total := 0
	for i := range entries {
		if i == 0 || entries[i].List != entries[i-1].List {
			total += len(t.At(entries[i].List))
		}
		total++
	}
	block := make([]T, 0, total)
	var added []T
	for i := 0; i < len(entries); {
		at, n := len(block), entries[i].List
		added = added[:0]
		for ; i < len(entries) && entries[i].List == n; i++ {
			added = append(added, entries[i].Item)
		}
		block = MergeInto(block, t.At(n), added, compare)
		list := block[at:len(block):len(block)]
		e.Set(n, list)
		grown(n, list)
	}
	return e.Table()
}

// MergeInto appends two sorted lists to dst as one; b must not be empty.
func MergeInto[T any](dst, a, b []T, compare func(x, y T) int) []T {
	// Usually b has the new elements, and they sort after all of a.
	if len(a) == 0 || compare(a[len(a)-1], b[0]) < 0 {
		return append(append(dst, a...), b...)
	}
	for _, y := range b {
		k, _ := slices.BinarySearchFunc(a, y, compare)
		dst, a = append(append(dst, a[:k]...), y), a[k:]
	}
	return append(dst, a...)
}
