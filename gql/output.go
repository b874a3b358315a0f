package gql

import (
	"runtime"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/failure"
)

// held counts the bytes of a long answer against Limits.OutputTotal, until its response is released
// or garbage-collected. The capacity of the answer may be up to twice its length.
type held struct {
	e       *Engine
	bytes   int64
	cleanup runtime.Cleanup
}

// uncounted is the length up to which answers are not counted against Limits.OutputTotal, so a
// connection may hold one such answer that its client does not read.
const uncounted = 64 << 10

func (e *Engine) shortAnswer() int { return min(uncounted, e.limits.Output) }

// room is called when the length of the answer exceeds mark. It checks the answer against the
// limits and sets mark to twice the length. If it returns false, the request ends.
func (r *run) room() bool {
	n := len(r.buf)
	if n > r.e.limits.Output {
		r.tooLong()
		return false
	}
	if r.held == nil {
		r.held = &held{e: r.e}
		// Release is optional, so the garbage collector must return the bytes too.
		r.held.cleanup = runtime.AddCleanup(r, (*held).free, r.held)
	}
	next := min(2*n, r.e.limits.Output)
	more := int64(next) - r.held.bytes
	if r.e.output.Add(more) > int64(r.e.limits.OutputTotal) {
		r.e.output.Add(-more)
		if r.abort == nil {
			r.abort = failure.Refuse(codes.Overloaded, "Too many long answers are under way: try again later, or ask for less.")
		}
		return false
	}
	r.held.bytes += more
	r.mark = next
	return true
}

func (h *held) free() { h.e.output.Add(-h.bytes) }

// giveBack subtracts the bytes of a released response from Limits.OutputTotal.
func (h *held) giveBack() {
	if h != nil {
		h.cleanup.Stop()
		h.free()
	}
}
