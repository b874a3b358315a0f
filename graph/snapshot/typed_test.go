package snapshot_test

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// TestTypedValues compares conditions on the numbers of claims with what the claims print, and the numbers of
// independent sources with a count over all claims.
func TestTypedValues(t *testing.T) {
	o := load(t)
	rapid.Check(t, func(t *rapid.T) {
		commits := drawHistory(t, o)
		s := replayed(t, snapshot.Empty(o), pointers(commits))
		v, err := s.View(drawView(t, len(commits)), today)
		if err != nil {
			t.Fatal(err)
		}
		least := rapid.SampledFrom([]int64{0, 1, 5, 20, 1000}).Draw(t, "least")
		bound := graph.FloatValue(float64(least))
		f := &filter.Edge{Claims: []filter.Claim{{Field: filter.NumberValue, Test: &filter.Test{Gte: &bound}}}}
		v.AllClaims(func(n uint32) bool {
			printed := s.Value(n)
			number, _, _ := strings.Cut(strings.TrimLeft(printed.String(), ">="), " ")
			number, _, _ = strings.Cut(number, "..")
			x, isNumber := new(big.Rat).SetString(number)
			switch printed.Kind() {
			case graph.StringKind, graph.EnumKind, graph.DateKind, graph.EntityKind:
				isNumber = false
			}
			want := isNumber && x.Cmp(big.NewRat(least, 1)) >= 0
			equal(t, "at least: "+printed.String(), v.KeepsEdge(f, snapshot.Edge{Node: s.Subject(n), Claim: n}), want)
			publishers := map[uint32]bool{s.Source(n): true} // the ontology of this test has no publishers
			for _, c := range v.Agreeing(n, nil) {
				publishers[s.Source(c)] = true
			}
			equal(t, "independent sources", v.IndependentSources(n), len(publishers))
			return true
		})
	})
}
