package live

import (
	"context"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/fit"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Misfits lists what of a log does not fit an ontology. earlier is the one that
// the log was accepted under, or nil if it is unknown. All of the log is read.
func Misfits(ctx context.Context, log Log, o, earlier *schema.Ontology) ([]fit.Misfit, error) {
	s, err := replay(ctx, log, snapshot.Empty(o))
	if err != nil {
		return nil, err
	}
	return fit.Misfits(s, earlier), nil
}

// replay returns the snapshot after all that the log has beyond it.
func replay(ctx context.Context, log Log, s *snapshot.Snapshot) (*snapshot.Snapshot, error) {
	return s.Replay(func(g graph.Growth) error { return log.Replay(ctx, s.Seq(), g.Add) })
}
