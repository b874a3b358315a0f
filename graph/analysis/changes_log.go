package analysis

import (
	"cmp"
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// LogEntry is what the store learned at one sequence number.
type LogEntry struct {
	Seq graph.Seq
	// Added are the claims recorded, Withdrawn those retracted or superseded,
	// each in record order.
	Added, Withdrawn []uint32
}

// Log returns the commits after a sequence number, at most first entries, in order.
// It reads the snapshot without a view.
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
		e := &entries[seq-since-1]
		if withdrawn {
			e.Withdrawn = append(e.Withdrawn, n)
		} else {
			e.Added = append(e.Added, n)
		}
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

// Entities are the entities that the claims of the entry are about, as
// subjects or objects, in the order of their ids.
func (e *LogEntry) Entities(s *snapshot.Snapshot) []uint32 {
	seen := map[uint32]bool{}
	var list []uint32
	for _, claims := range [...][]uint32{e.Added, e.Withdrawn} {
		for _, n := range claims {
			for _, x := range [...]uint32{s.Subject(n), s.Object(n)} {
				if x != snapshot.None && !seen[x] {
					seen[x] = true
					list = append(list, x)
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b uint32) int { return cmp.Compare(s.ID(a), s.ID(b)) })
	return list
}
