package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// admission bounds what all requests take together: how many are worked at at once, how many
// wait, and the bytes of their bodies, each of which becomes many times as much memory while
// it is worked at. Reads and writes have a lane each, so that a flood of one leaves the other
// alone; health and metrics need neither. A request holds its slot from its first step after
// its body has come until its answer is made, not while it is sent: a slow client holds up
// nobody.
type admission struct {
	reads, writes lane
	// events has room for the answers of subscriptions. They wait as long as they must, since
	// what they missed they read later, and they are bounded by Live.MaxSubscribers.
	events chan struct{}
	// paused counts the requests that wait for a snapshot and hold no slot.
	paused atomic.Int64
	bodies atomic.Int64
	shed   atomic.Int64 // for retryAfter
}

// Defaults that follow from the cores. Work is bound by the processor: more slots than cores
// only let short requests pass long ones, and each takes memory.
var (
	DefaultMaxRequests = 4 * runtime.GOMAXPROCS(0)
	// Writes are made durable in groups, and wait for the disk meanwhile.
	DefaultMaxWrites = 8 * runtime.GOMAXPROCS(0)
)

const (
	queueTarget   = 50 * time.Millisecond
	queueInterval = 100 * time.Millisecond
)

func (a *admission) init(o *Options, m *metrics.Metrics) {
	limits := queueLimits{length: o.MaxQueue, patience: o.QueueTime, target: min(queueTarget, o.QueueTime), interval: queueInterval}
	limits.slots = o.MaxRequests
	a.reads.name, a.reads.q.queueLimits, a.reads.waited = "read", limits, m.Wait("read")
	limits.slots = o.MaxWrites
	a.writes.name, a.writes.q.queueLimits, a.writes.waited = "write", limits, m.Wait("write")
	a.events = make(chan struct{}, runtime.GOMAXPROCS(0))
}

// lane is where a request belongs. What may not write is refused soon, so it is a read, and
// nobody without the right to write gets into the lane of writes.
func (a *admission) lane(req *api.Request) *lane {
	if req.AllowMutation && req.WriteRefusal == nil && gql.Mutates(req.Query, req.OperationName) {
		return &a.writes
	}
	return &a.reads
}

// retryAfter is how many seconds a client is asked to wait. It varies, so that those who are
// refused together do not come again together.
func (a *admission) retryAfter() string { return strconv.FormatInt(1+a.shed.Add(1)%3, 10) }

// slot is the right of one request, or of one operation on a connection, to be worked at.
type slot struct {
	of   *admission
	lane *lane // nil where the slot is not held
	// refused tells that the request paused and did not get a slot again: whatever its answer
	// says, it was refused.
	refused bool
	most    int64 // requests that pause
}

func (s *Server) slot() slot { return slot{of: &s.admission, most: int64(s.opts.MaxPaused)} }

// enter takes a slot of the lane, unless it is held already.
func (h *slot) enter(ctx context.Context, l *lane) error {
	if h.lane != nil {
		return nil
	}
	if err := l.enter(ctx); err != nil {
		return err
	}
	h.lane = l
	return nil
}

// leave gives the slot back; it may be called twice.
func (h *slot) leave() {
	if l := h.lane; l != nil {
		h.lane = nil
		l.leave()
	}
}

// Pause implements api.Pauser: who waits for a snapshot holds no slot.
func (h *slot) Pause(ctx context.Context, wait func()) error {
	if h.of.paused.Add(1) > h.most {
		h.of.paused.Add(-1)
		h.refused = true
		return errOverloaded
	}
	l := h.lane
	h.leave()
	wait()
	h.of.paused.Add(-1)
	err := h.enter(ctx, l)
	h.refused = errors.Is(err, errOverloaded)
	return err
}

// shortBody is the length up to which bodies are not counted, so that long ones never keep
// short ones out.
const shortBody = 64 << 10

// turnAwayEarly refuses a request before it is read, where it would get no slot. What may be
// answered without one, or be a write, is read first.
func (s *Server) turnAwayEarly(r *http.Request, mayWrite bool) *malformed {
	a := &s.admission
	if !a.reads.shut.Load() || r.Header.Get("If-None-Match") != "" {
		return nil
	}
	if mayWrite && r.Method == http.MethodPost && !a.writes.shut.Load() {
		return nil
	}
	a.reads.shed.Add(1)
	return overloaded()
}

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

// overloaded is the refusal of a request that was shed.
func overloaded() *malformed {
	return &malformed{status: http.StatusServiceUnavailable, code: codes.Overloaded, message: errOverloaded.Error()}
}

// shed answers a request that got no slot. Its body has been read, so that the connection
// may go on.
func (s *Server) shed(w http.ResponseWriter, media string, err error) {
	if !errors.Is(err, errOverloaded) {
		return // the client has gone
	}
	bad := overloaded()
	w.Header().Set("Retry-After", s.admission.retryAfter())
	writeError(w, bad.status, media, bad.code, bad.message)
}

// shedResponse is shed where the answer is written by somebody else.
func shedResponse() *gql.Response {
	bad := overloaded()
	return &gql.Response{RequestError: true, Errors: 1, Code: bad.code, Body: errorBody(bad.code, bad.message)}
}
