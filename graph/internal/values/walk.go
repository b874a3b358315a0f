package values

import (
	"iter"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/layers"
)

// InOrder yields the entries of a range, each once, by value, ascending or descending; in
// both directions, entries of equal values come in ascending order of their subjects' ids.
// It starts at a place, or, if that is nil, with the first.
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

// Place is a place in the order of an index: a value and, among the entries of that value,
// the id of a subject.
type Place struct {
	Value graph.Value
	ID    graph.ID
}

// from returns the part of a range at a place and after it.
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

// once leaves out repeated entries.
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

// mostRuns bounds the number of parts into which ByID cuts a range, one for each value.
const mostRuns = 32

// ByID returns a range cut into parts, one for each value, which are therefore in the order
// of their subjects' ids; ok is false if it has too many values.
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

// InOrderOfIDs yields the entries of a range that ByID returned, in the order of their
// subjects' ids, from the id from on.
func (x *Index) InOrderOfIDs(g Graph, byID Range, from graph.ID) iter.Seq[Entry] {
	if from != "" {
		_, byID = byID.Cut(func(e Entry) bool { return g.ID(e.Subject) >= from })
	}
	return once(byID.Ascending(x.sorter(g).byID))
}
