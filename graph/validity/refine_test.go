package validity_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/validity"
)

// TestMayRefine: of bounds that some others refine, their dates say so; of years alone, none refines
// another.
func TestMayRefine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var dates validity.Dates
		texts := rapid.SampledFrom([][]string{
			{"2001/2004", "2001", "2003/", "/2001", "../2004"},
			{"2001/2004", "2001-03/2004", "2001-03-07/..", "/2004-05", "200X/2004", "2002-02-02", ""},
		}).Draw(t, "times")
		of := rapid.SliceOfN(rapid.SampledFrom(texts), 1, 6).Draw(t, "bounds")
		bounds := make([]validity.Bounds, len(of))
		for i, text := range of {
			iv, err := graph.ParseInterval(text)
			if err != nil {
				t.Fatal(err)
			}
			bounds[i] = validity.Of(iv)
			dates.Add(&bounds[i])
		}
		for i := range bounds {
			refined := false
			for j := range bounds {
				refined = refined || bounds[j].Refines(&bounds[i])
			}
			if may := dates.MayRefine(&bounds[i]); refined && !may || may && len(texts) == 5 {
				t.Fatalf("%q of %q: refined %v, may be %v", of[i], of, refined, may)
			}
		}
	})
}

// TestManyDates: of more dates than are kept, each may refine others.
func TestManyDates(t *testing.T) {
	var dates validity.Dates
	var last validity.Bounds
	for year := range 300 {
		last = validity.Of(graph.Interval{From: graph.DayDate(1700+year, 1, 1)})
		dates.Add(&last)
	}
	if !dates.MayRefine(&last) {
		t.Error("none may")
	}
	if dates.Clear(); dates.MayRefine(&last) || !dates.None() {
		t.Error("dates are left")
	}
}
