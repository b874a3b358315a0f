package dense

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// Tests are those of qualifiers, as far as they are ranges of whole numbers, for which no Value
// is made.
type Tests struct {
	whole  bool // there are no other conditions
	ranges []numbered
	room   [2]numbered
}

type numbered struct {
	column uint32
	exact  bool // as in RangeOf
	Range
}

// Set makes them those that a filter of edges requires.
func (t *Tests) Set(o *schema.Ontology, f *filter.Edge) {
	of, whole := f.Required()
	t.whole, t.ranges = whole, t.room[:0]
	for _, q := range of {
		r, exact, ok := RangeOf(o, q.Test, graph.IntKind, "")
		if !ok {
			t.whole = false
			continue
		}
		t.ranges = append(t.ranges, numbered{uint32(q.Qualifier.Number), exact, r})
	}
}

// Decide reports whether the filter keeps the claim of an edge whose qualifiers are read, if the
// tests decide that.
func (t *Tests) Decide(read func(column uint32) Cell) (keeps, ok bool) {
	ok = t.whole
	for i := range t.ranges {
		x := &t.ranges[i]
		switch c := read(x.column); {
		case c.Kind != graph.IntKind:
			ok = false
		case !x.Has(int64(c.Bits)):
			return false, true
		case !x.exact:
			ok = false
		}
	}
	return true, ok
}
