package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
)

// admission bounds what all requests take together: how many are worked at at once, and the
// bytes of their bodies, each of which becomes many times as much memory while it is worked
// at. Streams and sockets are bounded by Live.MaxSubscribers instead, since they last.
type admission struct {
	requests atomic.Int64
	bodies   atomic.Int64
}

// codeBusy refuses a request; it is worth trying again.
const codeBusy = "TOO_MANY_REQUESTS"

// shortBody is the length up to which bodies are not counted, so that long ones never keep
// short ones out.
const shortBody = 64 << 10

// enter makes room for one more request; where that is refused, nothing must leave.
func (a *admission) enter(most int) bool {
	if a.requests.Add(1) <= int64(most) {
		return true
	}
	a.requests.Add(-1)
	return false
}

func (a *admission) leave() { a.requests.Add(-1) }

// share is what one body has of the bytes for bodies. It reads the body, counting.
type share struct {
	src   io.Reader
	of    *admission
	most  int64 // for all bodies together
	seen  int64
	taken int64
}

func (s *Server) share() share { return share{of: &s.admission, most: s.opts.MaxBodies} }

// add counts n more bytes, and tells whether there was room for them.
func (h *share) add(n int) bool {
	if h.seen += int64(n); h.seen <= shortBody {
		return true
	}
	more := h.seen - h.taken
	if h.of.bodies.Add(more) > h.most {
		h.of.bodies.Add(-more)
		return false
	}
	h.taken = h.seen
	return true
}

// giveBack frees the share.
func (h *share) giveBack() {
	if h.taken > 0 {
		h.of.bodies.Add(-h.taken)
		h.taken = 0
	}
}

// errNoRoom ends the reading of a body that others leave no room for.
var errNoRoom = errors.New("the bodies under way are as long together as they may be")

func (h *share) Read(p []byte) (int, error) {
	n, err := h.src.Read(p)
	if !h.add(n) {
		return 0, errNoRoom
	}
	return n, err
}

// busy answers where a request found no room.
func (s *Server) busy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	writeError(w, http.StatusServiceUnavailable, jsonType, codeBusy, fmt.Sprintf("%d requests are worked at already, which is the limit; try again in a second", s.opts.MaxRequests))
}
