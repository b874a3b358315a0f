package analysis

import (
	"context"

	"github.com/caspian-kg/caspian/graph/question"
)

// walk counts the claims that an analysis reads, and stops the analysis when the context ends.
type walk struct {
	ctx    context.Context
	looked int
	err    error // the context's error, once it has ended
}

// tick counts a claim. It returns false when the analysis must stop.
func (w *walk) tick() bool {
	w.looked++
	if w.looked%question.CheckEvery == 0 && w.err == nil {
		w.err = w.ctx.Err()
	}
	return w.err == nil
}
