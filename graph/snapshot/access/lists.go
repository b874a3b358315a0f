package access

import (
	"sort"
	"strings"

	"github.com/caspian-kg/caspian/graph/internal/column"
)

// Entities is a list of entities in the order of their ids.
type Entities = column.List[uint32, column.None]

// Lists is what is left to read of several lists of entities that are walked as one.
type Lists []column.Walk[uint32, column.None]

// ListsOf begins with the entities that have an id, or with those next to it; with ""
// where the lists begin, or with back where they end.
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

// Next takes the next entity of those that are left.
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

// Seek leaves, of n elements in the order of ids, those from an id on, or with back those
// up to it: from one number up to another, without that. The id "" leaves all.
func Seek(n int, from string, back bool, id func(i int) string) (lo, hi int) {
	switch {
	case from == "":
		return 0, n
	case back:
		return 0, sort.Search(n, func(i int) bool { return id(i) > from })
	}
	return sort.Search(n, func(i int) bool { return id(i) >= from }), n
}
