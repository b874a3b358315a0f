package live

import (
	"context"
	"github.com/caspian-kg/caspian/graph/fit"

	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Misfits lists what of a log does not fit an ontology. earlier is the one that
// the log was accepted under, nil where it is unknown. All of the log is read.
func Misfits(ctx context.Context, log Log, o, earlier *schema.Ontology) ([]fit.Misfit, error) {
	b := snapshot.NewBuilder(snapshot.Empty(o))
	if err := log.Replay(ctx, 0, b.Add); err != nil {
		return nil, err
	}
	return fit.Misfits(b.Snapshot(), earlier), nil
}
