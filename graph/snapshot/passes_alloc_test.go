package snapshot_test

import (
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// TestPassesAllocatesNothing: a filter is asked of every edge of a list.
func TestPassesAllocatesNothing(t *testing.T) {
	o := schema.MustDefault()
	text := func(s string) *graph.Value { v := graph.StringValue(s); return &v }
	half := graph.FloatValue(0.5)
	for name, c := range map[string]struct {
		test snapshot.Test
		val  graph.Value
	}{
		"startsWith":  {snapshot.Test{StartsWith: "ka"}, graph.StringValue("Kazakhstan")},
		"contains":    {snapshot.Test{Contains: "stan"}, graph.StringValue("Kazakhstan")},
		"eq":          {snapshot.Test{Eq: text("kazakhstan")}, graph.StringValue("Kazakhstan")},
		"number":      {snapshot.Test{Gte: &half}, graph.FloatValue(0.7)},
		"number, not": {snapshot.Test{NotIn: []graph.Value{half}}, graph.FloatValue(0.7)},
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
