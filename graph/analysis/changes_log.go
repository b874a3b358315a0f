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

// Part is a part of the log.
type Part struct {
	// Since and Before are the sequence numbers before and after the part. Before may be 0,
	// for no end.
	Since, Before graph.Seq
	// Most is how many entries it has at most: the oldest ones, or the newest ones.
	Most   int
	Newest bool
}

// Log returns a part of the log, in the order of the sequence numbers. It reads the snapshot without a view.
func Log(ctx context.Context, s *snapshot.Snapshot, p Part) ([]LogEntry, error) {
	since, last := p.Since, s.Seq()
	if p.Before > 0 {
		last = min(last, p.Before-1)
	}
	if since >= last || p.Most <= 0 {
		return nil, nil
	}
	if uint64(last-since) > uint64(p.Most) {
		if p.Newest {
			since = last - graph.Seq(p.Most)
		} else {
			last = since + graph.Seq(p.Most)
		}
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
