package access

import (
	"sort"
	"strings"

	"github.com/caspian-kg/caspian/graph/internal/column"
)

// Entities is a list of entities in the order of their ids.
type Entities = column.List[uint32, column.None]

// Lists has the unread rest of several lists of entities that are read as one.
type Lists []column.Walk[uint32, column.None]

// ListsOf starts at the entity with the id from, or at its nearest successors in each list. If from
// is "", it starts at the beginning, or at the end if back is set.
func ListsOf(lists []Entities, from string, back bool, id func(node uint32) string) Lists {
	ls := make(Lists, len(lists))
	for i, l := range lists {
		if from == "" {
			ls[i] = l.Walk(back)
		} else {
			ls[i] = l.From(func(n uint32) int { return strings.Compare(id(n), from) }, back)
		}
	}
	return ls
}

// Next removes the next entity from the unread rest and returns it.
func (ls Lists) Next(id func(node uint32) string) (node uint32, ok bool) {
	best := -1
	for k := range ls {
		w := &ls[k]
		if len(w.Part) == 0 {
			continue
		}
		n := w.Part[0]
		if w.Back {
			n = w.Part[len(w.Part)-1]
		}
		if best < 0 || id(n) < id(node) != w.Back {
			best, node = k, n
		}
	}
	if best < 0 {
		return 0, false
	}
	w := &ls[best]
	if w.Back {
		w.Part = w.Part[:len(w.Part)-1]
	} else {
		w.Part = w.Part[1:]
	}
	if len(w.Part) == 0 {
		w.Turn()
	}
	return node, true
}

// Seek returns the range [lo, hi) of n elements sorted by id that remains when reading starts at
// the id from; with back, when it ends there. The id "" leaves all.
func Seek(n int, from string, back bool, id func(i int) string) (lo, hi int) {
	switch {
	case from == "":
		return 0, n
	case back:
		return 0, sort.Search(n, func(i int) bool { return id(i) > from })
	}
	return sort.Search(n, func(i int) bool { return id(i) >= from }), n
}
