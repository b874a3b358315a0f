package dense

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// Tests are the tests of qualifiers for ranges of whole numbers, which need no graph.Value.
type Tests struct {
	Whole  bool // the filter has no other conditions
	Ranges []TestOf
	room   [2]TestOf
}

// TestOf is the test of one column.
type TestOf struct {
	Column uint32
	exact  bool // see RangeOf
	Range
}

// Set replaces the tests by those that a filter of edges requires.
func (t *Tests) Set(o *schema.Ontology, f *filter.Edge) {
	of, whole := f.Required()
	t.Whole, t.Ranges = whole, t.room[:0]
	for _, q := range of {
		r, exact, ok := RangeOf(o, q.Test, graph.IntKind, "")
		if !ok {
			t.Whole = false
			continue
		}
		t.Ranges = append(t.Ranges, TestOf{uint32(q.Qualifier.Number), exact, r})
	}
}

// Decide tests a cell of the column: fails is true if the filter certainly drops its claim, surely if the test
// is certainly passed.
func (t *TestOf) Decide(c Cell) (fails, surely bool) {
	if c.Kind != graph.IntKind {
		return false, false
	}
	return !t.Has(int64(c.Bits)), t.exact
}
