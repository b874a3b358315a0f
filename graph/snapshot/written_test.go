package snapshot_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// writeID writes the id of a claim, which tells apart claims of equal values.
func writeID(dst []byte, s *snapshot.Snapshot, n uint32, _ schema.Scalar) ([]byte, error) {
	return append(dst, s.ClaimID(n).String()...), nil
}

// TestWritten compares what was written of each field with the claims, at every step of a history and
// again at an older one, so that cards are made, kept, replaced and read by others than their makers.
func TestWritten(t *testing.T) {
	o := load(t)
	kept, asked := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		commits := drawHistory(t, o)
		steps := []*snapshot.Snapshot{snapshot.Empty(o)}
		if rapid.IntRange(0, 9).Draw(t, "room") == 0 {
			steps[0].KeepAtMost(0)
		}
		for i := range commits {
			next, err := steps[i].Apply(&commits[i])
			if err != nil {
				t.Fatal(err)
			}
			steps = append(steps, next)
			view := graph.View{}
			switch rapid.IntRange(0, 5).Draw(t, "kind of view") {
			case 0:
				view = drawView(t, i+1)
			case 1:
				view.MinConfidence = rapid.SampledFrom([]float64{0.3, 0.6, 0.9}).Draw(t, "confidence")
			}
			for _, s := range []*snapshot.Snapshot{next, steps[rapid.IntRange(1, i+1).Draw(t, "older")], next} {
				v, err := s.View(view, today)
				if err != nil {
					continue // the older one may not have the source
				}
				k, n := compareWritten(t, s, v.WithDone(make(chan struct{})))
				kept, asked = kept+k, asked+n
			}
		}
	})
	if kept < asked/10 {
		t.Errorf("%d of %d fields were written: too few to tell", kept, asked)
	}
}

// compareWritten compares the fields of all entities, and returns how many were written.
func compareWritten(t *rapid.T, s *snapshot.Snapshot, v *snapshot.View) (kept, asked int) {
	for _, e := range entities() {
		n, ok := s.Number(e.ID)
		if !ok {
			continue
		}
		for _, f := range s.Type(n).Fields {
			if f.Kind != schema.Property || f.Many {
				continue
			}
			asked++
			text, ok := v.Written(n, f, writeID)
			if !ok {
				continue
			}
			kept++
			want := ""
			if shown, ok := v.One(n, f); ok {
				want = s.ClaimID(shown.Claim).String()
				if f.Name == "name" {
					equal(t, "the name", s.Value(shown.Claim).Text(), v.Name(n))
					name, _ := v.WrittenName(n)
					equal(t, "the name on the card", name, want)
				}
			}
			equal(t, string(e.ID)+"."+f.Name, text, want)
		}
		if text, ok := v.WrittenID(n); ok {
			equal(t, "the id on the card", text, string(e.ID))
		}
	}
	return kept, asked
}
