package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// start returns the snapshot after which the log is replayed: from the cache, if that can be used, or one from
// elsewhere.
func (g *Graph) start(ctx context.Context, o Options) *snapshot.Snapshot {
	if o.Cache == nil {
		return snapshot.Empty(g.o)
	}
	if err := o.Cache.Clean(); err != nil {
		g.note.Warn("snapshot_leftovers_not_removed", "error", err.Error())
	}
	s := g.cached(ctx, o.Cache)
	if s == nil && o.Bootstrap != nil {
		if err := o.Bootstrap(ctx); err != nil {
			g.note.Warn("snapshot_not_fetched", "error", err.Error(), "effect", "the whole log is read")
		} else {
			g.refresh(ctx)
			s = g.cached(ctx, o.Cache)
		}
	}
	if s == nil {
		s = snapshot.Empty(g.o)
	}
	return s
}

// cached returns the snapshot in the cache, or nil if it cannot be used.
func (g *Graph) cached(ctx context.Context, cache Cache) *snapshot.Snapshot {
	s, of, err := cache.Load(g.o)
	if err != nil {
		g.note.Info("snapshot_file_unused", "reason", err.Error())
		return nil
	}
	if err := g.guard("reading the log", func() error { return Belongs(ctx, g.log, s, of) }); err != nil {
		g.note.Warn("snapshot_file_unused", "reason", err.Error())
		return nil
	}
	return s
}

// refresh has the log read its head again, because others may have appended since it was opened, and a snapshot from
// elsewhere may have their commits. If refresh fails, the snapshot may be refused, and the replay reports why.
func (g *Graph) refresh(ctx context.Context) {
	if log, ok := g.log.(Shared); ok {
		_, _ = log.Refresh(ctx)
	}
}

// Belongs returns an error if a stored snapshot does not belong to this log: it is from another store or from a
// replaced history, or its last commit differs from the commit with that number in the log.
func Belongs(ctx context.Context, log Log, s *snapshot.Snapshot, of graph.Identity) error {
	switch is := log.Identity(); {
	case of.Store != is.Store:
		return fmt.Errorf("it is of the store %q, and this store is %q", of.Store, is.Store)
	case of.Epoch != is.Epoch:
		return fmt.Errorf("it is of epoch %d of the store, whose history was replaced since; this is epoch %d", of.Epoch, is.Epoch)
	case s.Seq() > log.Head():
		return fmt.Errorf("it ends with commit %d, and the log with commit %d", s.Seq(), log.Head())
	case s.Seq() == 0:
		return nil
	}
	at, digest, err := sealOf(ctx, log, s.Seq())
	switch {
	case err != nil:
		return err
	case digest != "" && digest != s.Digest():
		return fmt.Errorf("its digest at commit %d is %s, and the log's is %s", s.Seq(), s.Digest(), digest)
	case !at.Equal(s.RecordedAt(s.Seq())):
		return fmt.Errorf("its commit %d is of %s, and the log's of %s", s.Seq(), s.RecordedAt(s.Seq()), at)
	}
	return nil
}

// sealer is a log that can read when a commit was made, and the digest of the graph after it, without reading
// the whole commit. The first commit may have all claims of an import.
type sealer interface {
	Seal(ctx context.Context, seq graph.Seq) (at time.Time, digest string, err error)
}

func sealOf(ctx context.Context, log Log, seq graph.Seq) (at time.Time, digest string, err error) {
	if l, ok := log.(sealer); ok {
		return l.Seal(ctx, seq)
	}
	c, err := commitAt(ctx, log, seq)
	if err != nil {
		return time.Time{}, "", err
	}
	return c.At, c.Digest, nil
}

var errFound = errors.New("found")

// commitAt reads one commit from the log.
func commitAt(ctx context.Context, log Log, seq graph.Seq) (*graph.Commit, error) {
	var found *graph.Commit
	err := log.Replay(ctx, seq-1, func(c *graph.Commit) error {
		found = c
		return errFound
	})
	if !errors.Is(err, errFound) {
		return nil, errors.Join(err, fmt.Errorf("commit %d cannot be read from the log", seq))
	}
	return found, nil
}
