package snapshot_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// TestTotals compares totals that are carried from one snapshot to the next with lists
// that are walked, in views of what is known now and of what was known earlier.
func TestTotals(t *testing.T) {
	o := load(t)
	rapid.Check(t, func(t *rapid.T) {
		commits := drawHistory(t, o)
		commits = append(commits, linked(o, graph.Seq(len(commits)+1), rapid.Uint64().Draw(t, "links")))
		views := []graph.View{{}, drawView(t, len(commits))}
		var totals question.Totals
		s := snapshot.Empty(o)
		for i := range commits {
			next, err := s.Apply(&commits[i])
			if err != nil {
				t.Fatal(err)
			}
			if s = next; i == 0 {
				continue // no source is declared before
			}
			for _, view := range views {
				v, err := s.View(view, today)
				if err != nil {
					t.Fatal(err)
				}
				for _, name := range []string{"Country", "Actor", "Entity"} {
					types := o.Type(name).Concrete
					n, err := totals.Of(t.Context(), v, types)
					if err != nil {
						t.Fatal(err)
					}
					equal(t, name, n, len(v.OfTypes(types).Select(&filter.Query{}, nil)))
				}
				listed := map[string]int{}
				for n := range uint32(s.ClaimCount()) {
					if v.Lists(n) {
						listed[""]++
						listed[s.Predicate(n)]++
					}
				}
				for _, predicate := range []string{"name", "borders", "nothing"} {
					n, err := totals.OfClaims(t.Context(), v, predicate)
					if err != nil {
						t.Fatal(err)
					}
					equal(t, predicate, n, listed[predicate])
				}
				n, err := totals.OfClaims(t.Context(), v)
				if err != nil {
					t.Fatal(err)
				}
				equal(t, "claims", n, listed[""])
			}
		}
	})
}
