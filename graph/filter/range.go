package filter

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// passesRange tests a range: all its numbers, or with some whether one of them may pass. A
// range is not one number, so that it never surely equals one.
func (t *Test) passesRange(o *schema.Ontology, val *graph.Value, some bool) bool {
	if t.IsNull != nil && *t.IsNull || t.IsNone != nil && *t.IsNone || t.Unit != nil && (val.Text() == "" || !o.Units[val.Text()].Converts(t.Unit)) {
		return false
	}
	if t.Contains != "" || t.StartsWith != "" || t.Matches != nil {
		if s := val.String(); !strings.Contains(s, t.Contains) || !strings.HasPrefix(s, t.StartsWith) || t.Matches != nil && !t.Matches.MatchString(s) {
			return false
		}
	}
	holds := func(c graph.Comparison, bound *graph.Value, some bool) bool {
		if some {
			return c.MayHold(o, val, bound, t.ByBytes)
		}
		return c.Holds(o, val, bound, t.ByBytes)
	}
	for i, bound := range [...]*graph.Value{graph.Eq: t.Eq, graph.Lt: t.Lt, graph.Lte: t.Lte, graph.Gt: t.Gt, graph.Gte: t.Gte} {
		if bound != nil && !holds(graph.Comparison(i), bound, some) {
			return false
		}
	}
	equals := func(some bool) func(graph.Value) bool {
		return func(bound graph.Value) bool { return holds(graph.Eq, &bound, some) }
	}
	// It surely differs from a value where it may not be equal to it, and may differ where it
	// is not surely equal.
	return (t.In == nil || slices.ContainsFunc(t.In, equals(some))) &&
		!(t.Ne != nil && equals(!some)(*t.Ne)) && !slices.ContainsFunc(t.NotIn, equals(!some))
}
