package analysis

import (
	"context"

	"github.com/caspian-kg/caspian/graph/question"
)

// walk counts the claims that an analysis reads, and ends with its context.
type walk struct {
	ctx    context.Context
	looked int
	err    error // the context's, once it has ended
}

// tick counts a claim and reports whether to go on.
func (w *walk) tick() bool {
	w.looked++
	if w.looked%question.CheckEvery == 0 && w.err == nil {
		w.err = w.ctx.Err()
	}
	return w.err == nil
}
