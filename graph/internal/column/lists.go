package column

import (
	"cmp"
	"slices"
)

// Entry is an item to be added to the list with a number.
type Entry[T any] struct {
	List uint32
	Item T
}

// Sort sorts entries by list and item.
func (o *Order[T]) Sort(entries []Entry[T]) {
	slices.SortFunc(entries, func(a, b Entry[T]) int {
		if a.List != b.List {
			return cmp.Compare(a.List, b.List)
		}
		return o.Compare(a.Item, b.Item)
	})
}

// Group sorts entries and calls fn with the items of each list, without repetitions. fn must not keep items,
// because their memory is reused.
func (o *Order[T]) Group(entries []Entry[T], fn func(list uint32, items []T)) {
	o.Sort(entries)
	var items []T
	for i := 0; i < len(entries); {
		n := entries[i].List
		items = items[:0]
		for ; i < len(entries) && entries[i].List == n; i++ {
			if k := len(items); k == 0 || o.Compare(items[k-1], entries[i].Item) != 0 {
				items = append(items, entries[i].Item)
			}
		}
		fn(n, items)
	}
}

// Merge adds entries to the lists of a table. It sorts the entries.
func Merge[T, S any](t Table[List[T, S]], entries []Entry[T], o Order[T]) Table[List[T, S]] {
	m := Merger[T, S]{Order: o, Room: len(entries)}
	return merge(t, entries, &o, m.Put)
}

func merge[L, T any](t Table[L], entries []Entry[T], o *Order[T], put func(L, []T) L) Table[L] {
	if len(entries) == 0 {
		return t
	}
	e := t.Begin()
	o.Group(entries, func(n uint32, items []T) { e.Set(n, put(e.At(n), items)) })
	return e.Table()
}
