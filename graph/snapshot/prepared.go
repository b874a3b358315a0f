package snapshot

import (
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/cards"
	"github.com/caspian-kg/caspian/graph/internal/dense"
)

// recent caches what the last queries of a request need for every list, because a document runs the
// same query on many lists one after the other.
type recent struct {
	prepared [4]*prepared
	next     int
	few      dense.Few[Edge] // for the list being read
	// The card that was read last: entity is the number of its entity + 1. reading is true if
	// properties of a list are being read.
	entity  uint32
	card    cards.Card
	reading bool
}

// prepared has what depends only on a query and not on the list.
type prepared struct {
	query   *filter.Query
	view    *View
	keep    *filterPass
	readers []reader
	orders  []dense.Sorting // nil if some key of the order is not a qualifier
}

// prepare returns the prepared query. A query must not run on two lists at the same time.
func (v *View) prepare(q *filter.Query) *prepared {
	x := v.recent
	if x == nil {
		x = &recent{} // used in this call only
	}
	for _, a := range x.prepared {
		if a != nil && a.query == q && a.view == v {
			if a.keep != nil {
				a.keep.from, a.keep.known = false, nil
			}
			return a
		}
	}
	a := &prepared{q, v, v.newFilterPass(q), v.readers(q.Order), v.sortings(q.Order)}
	x.prepared[x.next%len(x.prepared)] = a
	x.next++
	return a
}

func (v *View) filterPass(q *filter.Query) *filterPass { return v.prepare(q).keep }
