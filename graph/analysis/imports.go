package analysis

import (
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// ImportEntry is an import with the changes of all its commits.
type ImportEntry struct {
	*snapshot.Imported
	// UndoneBy is the last undo of the import that is not undone itself, or 0 if there is none.
	UndoneBy graph.Seq
}

// Imports returns at most first imports that began before a sequence number, the newest first; a before of 0
// means no limit. It reads the snapshot without a view.
func Imports(ctx context.Context, s *snapshot.Snapshot, before graph.Seq, first int) (list []*ImportEntry, err error) {
	undoneBy := map[graph.Seq]graph.Seq{}
	seen := 0
	s.Imports(func(i *snapshot.Imported) bool {
		if seen++; seen%question.CheckEvery == 0 {
			err = ctx.Err()
		}
		if err != nil || len(list) >= first {
			return false
		}
		by := undoneBy[i.Import.First]
		if undone := i.Import.Undid; by == 0 && undone != 0 && undoneBy[undone] == 0 {
			undoneBy[undone] = i.Import.First
		}
		if before == 0 || i.Import.First < before {
			list = append(list, &ImportEntry{i, by})
		}
		return true
	})
	return list, err
}

// Log returns what all commits of the import recorded, under the number of the last one.
func (i *ImportEntry) Log(ctx context.Context, s *snapshot.Snapshot) (LogEntry, error) {
	e := LogEntry{Seq: i.Seq}
	for _, seq := range s.Commits(i.Import.First) {
		err := question.Learned(ctx, s, seq-1, seq, func(n uint32, _ graph.Seq, withdrawn bool) { e.add(n, withdrawn) })
		if err != nil {
			return e, err
		}
	}
	return e, nil
}

// Sources returns the sources of an entry's claims, by id.
func (e *LogEntry) Sources(s *snapshot.Snapshot) []uint32 {
	seen := map[uint32]bool{}
	for _, n := range slices.Concat(e.Added, e.Withdrawn) {
		seen[s.Source(n)] = true
	}
	return s.InOrder(seen)
}
