package live

import (
	"context"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/fit"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Misfits lists what in a log does not fit an ontology. earlier is the ontology under which the log was
// accepted, or nil if it is unknown. Misfits reads the whole log.
func Misfits(ctx context.Context, log Log, o, earlier *schema.Ontology) ([]fit.Misfit, error) {
	s, err := replay(ctx, log, snapshot.Empty(o))
	if err != nil {
		return nil, err
	}
	return fit.Misfits(s, earlier), nil
}

// replay returns the snapshot after all commits of the log that s does not have.
func replay(ctx context.Context, log Log, s *snapshot.Snapshot) (*snapshot.Snapshot, error) {
	return s.Replay(func(g graph.Growth) error { return log.Replay(ctx, s.Seq(), g.Add) })
}
