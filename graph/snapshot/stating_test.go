package snapshot_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// TestStating compares the claims by predicate, asked of snapshots in any order, with all
// claims, read one by one.
func TestStating(t *testing.T) {
	o := load(t)
	rapid.Check(t, func(t *rapid.T) {
		commits := drawHistory(t, o)
		steps := []*snapshot.Snapshot{snapshot.Empty(o)}
		ask := func() {
			s := rapid.SampledFrom(steps).Draw(t, "snapshot")
			predicate := rapid.SampledFrom([]string{"name", "borders", "capital", "nothing"}).Draw(t, "predicate")
			var got, want []uint32
			for _, list := range s.Stating(predicate) {
				got = slices.AppendSeq(got, list.All())
			}
			slices.Sort(got)
			for n := range uint32(s.ClaimCount()) {
				if s.Predicate(n) == predicate {
					want = append(want, n)
				}
			}
			equal(t, predicate, got, want)
		}
		for i := range commits {
			next, err := steps[len(steps)-1].Apply(&commits[i])
			if err != nil {
				t.Fatal(err)
			}
			steps = append(steps, next)
			for range rapid.IntRange(0, 2).Draw(t, "asked") {
				ask()
			}
		}
		for range 5 {
			ask()
		}
	})
}
