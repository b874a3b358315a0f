package api

import (
	"strings"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// reads says which data a request has read so far. The values are ordered, and a request keeps the greatest
// one.
type reads int

const (
	readNothing reads = iota
	// readPast means only data that no later commit and no later day can change.
	readPast
	readPresent
)

// readsOf returns which data a view reads.
func readsOf(s *snapshot.Snapshot, a *input.View) reads {
	if !a.Supposed.Empty() {
		return readPresent // a scenario may change
	}
	v := &a.View
	dated := v.AsOf.Known() || v.During != graph.Interval{}
	// Later commits have later record times than the last commit here, even if a clock is set back.
	if dated && v.KnownAt != nil && !v.KnownAt.After(s.RecordedAt(s.Seq())) {
		return readPast
	}
	return readPresent
}

// Pinned reports whether no later commit and no later day can change the answer that the session has given.
// This is so if each of its views has a date and a record time in the past.
func (s *Session) Pinned() bool {
	// A change of the schema needs a new version of the program. If a text of the document contains the name,
	// it counts as the field, which is safe.
	return s.reads == readPast && !strings.Contains(strings.ReplaceAll(s.executing.Query, "__typename", ""), "__")
}
