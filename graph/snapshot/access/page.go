package access

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/lists"
)

// Turn is the page of a query as it is read: from the front of the list, or with Back
// from its end. Of a page that is read from the front, all but the Last are dropped
// where the query has that.
type Turn struct {
	Back bool
	// Begin and End are the cursors between which it is, in the order of reading.
	Begin, End string
	// Most is how many it has at most; below 0 there is no limit.
	Most int
}

// TurnOf is how the page of a query is read.
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

// Page collects a page from items that come in its order.
type Page[T any] struct {
	Items []T
	Most  int // below 0 there is no limit
	// Early and Late report whether an item comes before the page, or after it; nil: none.
	Early, Late func(T) bool
	// Before and After say whether some item did.
	Before, After bool
}

// Take takes the next item and reports whether the page may have more.
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

// Top collects the first items of an order from items in any: a heap keeps the best so
// far, the worst of them on top.
type Top[T any] struct {
	Most    int
	Compare func(a, b T) int
	Items   []T
	More    bool // whether some item did not fit
}

// Full reports whether only what comes before the worst is kept.
func (t *Top[T]) Full() bool { return len(t.Items) == t.Most }

// Take takes an item, and returns one that is not kept, if the page is full.
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

// Sort puts the items in order.
func (t *Top[T]) Sort() { slices.SortFunc(t.Items, t.Compare) }
