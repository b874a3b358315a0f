package snapshot

import (
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/cards"
	"github.com/caspian-kg/caspian/graph/internal/dense"
)

// recent is what the last queries of a request share between the lists that they are asked of: a
// document asks the same of many, one after the other.
type recent struct {
	prepared [4]*prepared
	next     int
	few      dense.Few[Edge] // for the list that is read
	// The card of the entity with the number - 1, which was read last; reading says that properties
	// of a list are read.
	entity  uint32
	card    cards.Card
	reading bool
}

// prepared is what follows from a query for every list.
type prepared struct {
	query   *filter.Query
	view    *View
	keep    *filterPass
	readers []reader
	orders  []dense.Sorting // nil where the order is not of qualifiers alone
}

// prepare returns what follows from a query, which must not be asked of two lists at a time.
func (v *View) prepare(q *filter.Query) *prepared {
	x := v.recent
	if x == nil {
		x = &recent{} // for this call
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
