package filter_test

import (
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// TestPassesAllocatesNothing checks that a test allocates nothing, because a filter is
// applied to every edge of a list.
func TestPassesAllocatesNothing(t *testing.T) {
	o := schema.MustDefault()
	text := func(s string) *graph.Value { v := graph.StringValue(s); return &v }
	half := graph.FloatValue(0.5)
	for name, c := range map[string]struct {
		test filter.Test
		val  graph.Value
	}{
		"startsWith":  {filter.Test{StartsWith: "ka"}, graph.StringValue("Kazakhstan")},
		"contains":    {filter.Test{Contains: "stan"}, graph.StringValue("Kazakhstan")},
		"eq":          {filter.Test{Eq: text("kazakhstan")}, graph.StringValue("Kazakhstan")},
		"number":      {filter.Test{Gte: &half}, graph.FloatValue(0.7)},
		"number, not": {filter.Test{NotIn: []graph.Value{half}}, graph.FloatValue(0.7)},
	} {
		c.test.Prepare()
		if n := testing.AllocsPerRun(100, func() {
			if !c.test.Passes(o, c.val) {
				t.Fatal("it does not pass")
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
