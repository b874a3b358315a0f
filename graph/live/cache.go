package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Belongs returns an error if a stored snapshot does not belong to this log: it is
// from another store or from a history that was replaced, or its last commit is not
// the commit with that number in the log.
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

// sealer is a log that reads when a commit was made, and the digest of the graph with it,
// without reading the commit: the first commit may have all claims of an import.
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
