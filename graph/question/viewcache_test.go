package question

import (
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// TestViewCache checks what is computed again, what is built from an earlier value,
// and what is evicted.
func TestViewCache(t *testing.T) {
	s := snapshot.Empty(graphtest.Ontology(t))
	day := graph.DayDate(2025, 6, 1).First()
	write := func() {
		t.Helper()
		next, err := s.Apply(&graph.Commit{Seq: s.Seq() + 1, At: time.Date(2025, 6, 1, 0, 0, int(s.Seq()), 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		s = next
	}
	var cache ViewCache[int]
	computed := 0
	ask := func(key string, asked graph.View, wantOld int) {
		t.Helper()
		v, err := s.View(asked, day)
		if err != nil {
			t.Fatal(err)
		}
		_, err = cache.Of(v, key, func(old *Cached[int]) (int, error) {
			computed++
			if had := old != nil; had != (wantOld > 0) || had && old.Value != wantOld {
				t.Errorf("%s at %d: made from %+v, want %d", key, s.Seq(), old, wantOld)
			}
			return computed, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	holds := func(values, items int) {
		t.Helper()
		if computed != values || len(cache.list) != items {
			t.Errorf("%d values computed, %d kept; want %d and %d", computed, len(cache.list), values, items)
		}
	}
	ask("a", graph.View{}, 0)
	ask("a", graph.View{}, 0)
	holds(1, 1)
	ask("b", graph.View{}, 0)
	holds(2, 2)
	write()
	ask("a", graph.View{}, 1)
	holds(3, 2) // the value of the previous snapshot is no longer kept
	ask("a", graph.View{MinConfidence: 0.5}, 0)
	holds(4, 3)
	// Entries of other views and keys are removed when their snapshot is too old.
	for range maxLag + 1 {
		write()
	}
	ask("a", graph.View{}, 3)
	holds(5, 1)
}
