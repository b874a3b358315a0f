package filter_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// TestSortedTest: a sorted test passes the same values as an unsorted one.
func TestSortedTest(t *testing.T) {
	o := schema.MustDefault()
	r := rand.New(rand.NewPCG(1, 2))
	draw := func() graph.Value {
		text := fmt.Sprint(r.IntN(12))
		switch r.IntN(8) {
		case 0:
			return graph.IntValue(int64(r.IntN(12)))
		case 1:
			return graph.Value{}
		}
		return graph.StringValue(text)
	}
	list := func() (vs []graph.Value) {
		if r.IntN(4) == 0 {
			return nil
		}
		vs = []graph.Value{}
		for range r.IntN(6) {
			if v := draw(); v.Kind() == graph.StringKind || r.IntN(10) == 0 && v.Kind() != graph.NoKind {
				vs = append(vs, v)
			}
		}
		return vs
	}
	for range 5000 {
		plain := filter.Test{In: list(), NotIn: list()}
		sorted := filter.Test{In: append([]graph.Value(nil), plain.In...), NotIn: append([]graph.Value(nil), plain.NotIn...)}
		if plain.In != nil && sorted.In == nil {
			sorted.In = []graph.Value{}
		}
		sorted.Prepare()
		for range 10 {
			v := draw()
			if got, want := sorted.Passes(o, v), plain.Passes(o, v); got != want {
				t.Fatalf("%v in %v, not in %v: %t, unsorted %t", v, plain.In, plain.NotIn, got, want)
			}
		}
	}
}
