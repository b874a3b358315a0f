package values

import (
	"iter"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/layers"
)

// InOrder yields each entry of a range once, by value in ascending or descending order. In both directions,
// entries with equal values come in ascending order of their subjects' ids. If from is not nil, InOrder starts
// there.
func (x *Index) InOrder(g Graph, r Range, descending bool, from *Place) iter.Seq[Entry] {
	s := x.sorter(g)
	if from != nil {
		r = x.from(g, r, descending, from)
	}
	list := r.Ascending(s.compare)
	if descending {
		list = r.Descending(s.byValue, s.compare)
	}
	return once(list)
}

// Place is a position in the order of an index: a value and, among the entries with that value, the id of a
// subject.
type Place struct {
	Value graph.Value
	ID    graph.ID
}

// from returns the part of a range from a position on.
func (x *Index) from(g Graph, r Range, descending bool, at *Place) Range {
	q := &question{x: x, sorter: x.sorter(g)}
	b := q.bound(&at.Value)
	lower, rest := r.Cut(func(e Entry) bool { return q.against(e, b) >= 0 })
	equal, higher := rest.Cut(func(e Entry) bool { return q.against(e, b) > 0 })
	_, equal = equal.Cut(func(e Entry) bool { return g.ID(e.Subject) >= at.ID })
	if descending {
		higher = lower
	}
	return append(equal, higher...)
}

// once removes repeated entries from a sorted list.
func once(list iter.Seq[Entry]) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		last, begun := Entry{}, false
		for e := range list {
			if begun && e == last {
				continue
			}
			if last, begun = e, true; !yield(e) {
				return
			}
		}
	}
}

// mostRuns bounds the number of parts into which ByID cuts a range.
const mostRuns = 32

// ByID cuts a range into one part for each value. The entries of a part are in the order of their subjects'
// ids. ok is false if the range has too many values.
func (x *Index) ByID(g Graph, r Range) (byID Range, ok bool) {
	s := x.sorter(g)
	for _, part := range r {
		for len(part) > 0 {
			if len(byID) == mostRuns {
				return nil, false
			}
			first := part[0]
			n := len(part)
			if s.byValue(first, part[n-1]) != 0 {
				_, rest := layers.Range[Entry]{part}.Cut(func(e Entry) bool { return s.byValue(e, first) > 0 })
				n -= len(rest[0])
			}
			byID, part = append(byID, part[:n]), part[n:]
		}
	}
	return byID, true
}

// InOrderOfIDs yields the entries of a range from ByID, sorted by their subjects' ids, starting at the id from.
func (x *Index) InOrderOfIDs(g Graph, byID Range, from graph.ID) iter.Seq[Entry] {
	if from != "" {
		_, byID = byID.Cut(func(e Entry) bool { return g.ID(e.Subject) >= from })
	}
	return once(byID.Ascending(x.sorter(g).byID))
}
