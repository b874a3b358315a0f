package analysis

import (
	"context"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// DegreesOf are the degrees that a search in the view uses.
func DegreesOf(ctx context.Context, k *Degrees, v *snapshot.View) ([]uint32, error) {
	return k.of(ctx, v)
}

// CountedAnew are the degrees as a walk over all claims gives them.
func CountedAnew(ctx context.Context, v *snapshot.View) ([]uint32, error) { return countLinks(ctx, v) }
