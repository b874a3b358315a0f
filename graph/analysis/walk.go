package analysis

import (
	"context"

	"github.com/caspian-kg/caspian/graph/question"
)

// walk counts what an analysis looks at, such as claims, and stops the analysis at a limit or when the context ends.
type walk struct {
	ctx    context.Context
	work   int // the limit; 0 means none
	looked int
	spent  bool  // whether the limit was exceeded
	err    error // the context's error, once it has ended
}

// tick counts a claim. It returns false when the analysis must stop.
func (w *walk) tick() bool {
	w.looked++
	if w.work > 0 && w.looked > w.work {
		w.spent = true
	}
	if w.looked%question.CheckEvery == 0 && w.err == nil {
		w.err = w.ctx.Err()
	}
	return !w.spent && w.err == nil
}
