package column

import (
	"cmp"
	"slices"

	"github.com/caspian-kg/caspian/graph/internal/layers"
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
		block = layers.Merge(block, t.At(n), added, compare)
		list := block[at:len(block):len(block)]
		e.Set(n, list)
		grown(n, list)
	}
	return e.Table()
}
