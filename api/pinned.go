package api

import (
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// reads says what a request has read so far. The greatest value of its fields holds for all of it.
type reads int

const (
	readNothing reads = iota
	// readPast is what no later commit and no later day changes.
	readPast
	readPresent
)

// readsOf returns what is read through a view.
func readsOf(s *snapshot.Snapshot, v *graph.View) reads {
	dated := v.AsOf.Known() || v.During != graph.Interval{}
	// Later commits have later record times than the last one here, whatever the clocks say.
	if dated && v.KnownAt != nil && !v.KnownAt.After(s.RecordedAt(s.Seq())) {
		return readPast
	}
	return readPresent
}

// Pinned reports whether neither a later commit nor a later day can change the answer that the
// session has given: all its views have a date and a record time in the past.
func (s *Session) Pinned() bool {
	// The schema changes with the program. A name in a text is taken for the field, which is safe.
	return s.reads == readPast && !strings.Contains(strings.ReplaceAll(s.executing.Query, "__typename", ""), "__")
}
