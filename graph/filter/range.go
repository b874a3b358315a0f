package filter

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// passesRange tests a range. All its numbers must pass or, if some is set, one of them must possibly pass. A
// range is not a single number, so it never certainly equals one.
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
	// A range certainly differs from a value that it cannot equal, and possibly differs from a value that it
	// does not certainly equal.
	return (t.In == nil || slices.ContainsFunc(t.In, equals(some))) &&
		!(t.Ne != nil && equals(!some)(*t.Ne)) && !slices.ContainsFunc(t.NotIn, equals(!some))
}
