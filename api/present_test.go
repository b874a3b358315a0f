package api

import (
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// TestIsPresent checks that an instant is the present if it is not before now, or before it
// by no more than record times are ahead of the clock, a minute at most.
func TestIsPresent(t *testing.T) {
	now := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		ahead time.Duration // of the last record time
		at    time.Duration // the instant, from now
		want  bool
	}{
		{-time.Hour, 0, true}, {-time.Hour, time.Hour, true}, {-time.Hour, -1, false},
		{0, 0, true}, {0, -1, false},
		{time.Second, -time.Second, true}, {time.Second, -time.Second - 1, false},
		{1000 * time.Hour, -time.Minute, true}, {1000 * time.Hour, -time.Minute - 1, false},
	} {
		s, err := snapshot.Empty(schema.MustDefault()).Apply(&graph.Commit{Seq: 1, At: now.Add(c.ahead)})
		if err != nil {
			t.Fatal(err)
		}
		if got := isPresent(s, now.Add(c.at), now); got != c.want {
			t.Errorf("%v from now, with record times ahead by %v: %v", c.at, c.ahead, got)
		}
	}
	if s := snapshot.Empty(schema.MustDefault()); !isPresent(s, now, now) || isPresent(s, now.Add(-1), now) {
		t.Error("of nothing")
	}
}
