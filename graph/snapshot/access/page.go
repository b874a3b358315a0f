package access

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/lists"
)

// Turn describes how the page of a query is read: from the front of the list, or from its end if
// Back is set. If a page is read from the front and Last is given, all but the last items are
// dropped.
type Turn struct {
	Back bool
	// Begin and End are the cursors between which the page is, in the order of reading.
	Begin, End string
	// Most is the maximum number of items; negative means unlimited.
	Most int
}

// TurnOf returns how the page of a query is read.
func TurnOf(q *filter.Query) Turn {
	limit := func(n *int) int {
		if n == nil {
			return -1
		}
		return *n
	}
	if q.Last != nil && q.First == nil && (q.After == "" || q.Before == "") {
		return Turn{true, q.Before, q.After, *q.Last}
	}
	return Turn{false, q.After, q.Before, limit(q.First)}
}

// Page collects a page from items that come in the page's order.
type Page[T any] struct {
	Items []T
	Most  int // negative means unlimited
	// Early reports whether an item comes before the page, Late whether it comes after. Nil means
	// that none does.
	Early, Late func(T) bool
	// Before and After are true if some item came before or after the page.
	Before, After bool
}

// Take adds the next item. It returns false when the page can have no more items.
func (p *Page[T]) Take(x T) bool {
	switch {
	case p.Early != nil && p.Early(x):
		p.Before = true
	case p.Late != nil && p.Late(x), len(p.Items) == p.Most:
		p.After = true
		return false
	default:
		p.Items = append(p.Items, x)
	}
	return true
}

// Top collects the first items of an order from items in any order. It is a heap of the best items
// so far with the worst on top.
type Top[T any] struct {
	Most    int
	Compare func(a, b T) int
	Items   []T
	More    bool // some item did not fit
}

// Full reports whether the heap is full, so that it accepts only items before the worst.
func (t *Top[T]) Full() bool { return len(t.Items) == t.Most }

// Take adds an item. If the heap is full, it returns the item that does not fit.
func (t *Top[T]) Take(x T) (spare T, full bool) {
	switch {
	case !t.Full():
		t.Items = append(t.Items, x)
		lists.SiftUp(t.Items, t.Compare)
		return spare, false
	case t.Most > 0 && t.Compare(x, t.Items[0]) < 0:
		t.Items[0], x = x, t.Items[0]
		lists.SiftDown(t.Items, t.Compare)
	}
	t.More = true
	return x, true
}

// Sort sorts the items.
func (t *Top[T]) Sort() { slices.SortFunc(t.Items, t.Compare) }
