package analysis_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// TestDegreesAfterWrites compares the degrees that are carried from one
// snapshot to the next with those counted again, for views of what is known now
// and of what was known earlier.
func TestDegreesAfterWrites(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawWorld(t, o, 6)
		asked := []graph.View{{}, drawLens(t, s), drawLens(t, s)}
		asked[2].KnownAt = nil
		var degrees analysis.Degrees
		for i := range 4 {
			for j, a := range asked {
				if rapid.Bool().Draw(t, "not asked") {
					continue
				}
				v := look(t, s, a)
				checkDegrees(t, &degrees, v, i, j)
			}
			s = drawCommit(t, o, s, 6)
		}
	})
}

func checkDegrees(t *rapid.T, degrees *analysis.Degrees, v *snapshot.View, commit, view int) {
	got, err := analysis.DegreesOf(t.Context(), degrees, v)
	if err != nil {
		t.Fatal(err)
	}
	want, err := analysis.CountedAnew(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("after commit %d, view %d: degrees %v, want %v", commit, view, got, want)
	}
}
