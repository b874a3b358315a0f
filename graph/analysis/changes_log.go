package analysis

import (
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// LogEntry is what the store recorded at one sequence number.
type LogEntry struct {
	Seq graph.Seq
	// Added are the recorded claims, and Withdrawn the retracted or superseded ones, each in record order.
	Added, Withdrawn []uint32
}

// Log returns the commits after a sequence number, at most first of them, in order. It reads the snapshot
// without a view.
func Log(ctx context.Context, s *snapshot.Snapshot, since graph.Seq, first int) ([]LogEntry, error) {
	if since >= s.Seq() || first <= 0 {
		return nil, nil
	}
	last := s.Seq()
	if uint64(last-since) > uint64(first) {
		last = since + graph.Seq(first)
	}
	entries := make([]LogEntry, last-since)
	for i := range entries {
		entries[i].Seq = since + graph.Seq(i) + 1
	}
	err := question.Learned(ctx, s, since, last, func(n uint32, seq graph.Seq, withdrawn bool) {
		entries[seq-since-1].add(n, withdrawn)
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

func (e *LogEntry) add(n uint32, withdrawn bool) {
	if withdrawn {
		e.Withdrawn = append(e.Withdrawn, n)
	} else {
		e.Added = append(e.Added, n)
	}
}

// Entities returns the entities that are subjects or objects of the entry's claims, in the order of their ids.
func (e *LogEntry) Entities(s *snapshot.Snapshot) []uint32 {
	seen := map[uint32]bool{}
	for _, n := range slices.Concat(e.Added, e.Withdrawn) {
		seen[s.Subject(n)] = true
		if x := s.Object(n); x != snapshot.None {
			seen[x] = true
		}
	}
	return s.InOrder(seen)
}
