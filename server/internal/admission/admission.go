// Package admission bounds the resources of all requests together: slots to run in, waits for
// slots, the memory of bodies, and connections. Requests beyond a limit are refused early.
//
// Read admission.go first, then queue.go, which decides which requests run, wait or are shed. The
// package must not know GraphQL, nor how a refusal is answered.
package admission

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Admission bounds the requests that run at once, the requests that wait, and the bytes of their bodies; a running
// request takes many times the memory of its body. Reads and writes have separate lanes, so that a flood of one does
// not affect the other; health and metrics use neither. A request holds a slot from when its body has arrived until its
// answer is ready. It holds none while the answer is sent, so that a slow client delays nobody else.
type Admission struct {
	Reads, Writes Lane
	// Events limits how many events of subscriptions are answered at the same time. Events wait for
	// it without a limit: a subscription waits for one answer at a time, and later reads what it
	// missed.
	Events chan struct{}
	// paused counts the requests that wait for a snapshot and hold no slot.
	paused    atomic.Int64
	bodies    atomic.Int64 // bytes in use
	refusals  atomic.Int64 // for RetryAfter
	maxPaused int64
	maxBodies int64
}

// Options configures an Admission.
type Options struct {
	// Reads and Writes are the numbers of slots in the lanes.
	Reads, Writes int
	// Queue bounds the requests that wait in a lane. Patience bounds the time that each waits.
	Queue    int
	Patience time.Duration
	// Paused bounds the requests that wait for a snapshot and hold no slot.
	Paused int
	// Bodies bounds the bytes of all bodies together.
	Bodies int64
	// Waited returns the observer of the waits in a lane, in seconds. If Waited is nil, waits are
	// not observed.
	Waited func(lane string) prometheus.Observer
}

const (
	queueTarget   = 50 * time.Millisecond
	queueInterval = 100 * time.Millisecond
)

// New returns an Admission whose slots are all free.
func New(o Options) *Admission {
	a := &Admission{Events: make(chan struct{}, runtime.GOMAXPROCS(0)), maxPaused: int64(o.Paused), maxBodies: o.Bodies}
	limits := queueLimits{length: o.Queue, patience: o.Patience, target: min(queueTarget, o.Patience), interval: queueInterval}
	for _, l := range []struct {
		lane  *Lane
		name  string
		slots int
	}{{&a.Reads, "read", o.Reads}, {&a.Writes, "write", o.Writes}} {
		limits.slots = l.slots
		l.lane.Name, l.lane.q.queueLimits = l.name, limits
		if o.Waited != nil {
			l.lane.waited = o.Waited(l.name)
		}
	}
	return a
}

// Paused returns how many requests wait for a snapshot and hold no slot.
func (a *Admission) Paused() int64 { return a.paused.Load() }

// Bodies returns how many bytes the bodies of requests take.
func (a *Admission) Bodies() int64 { return a.bodies.Load() }

// RetryAfter returns how many seconds a client should wait. It varies, so that clients refused at
// the same time do not all return at the same time.
func (a *Admission) RetryAfter() string { return strconv.FormatInt(1+a.refusals.Add(1)%3, 10) }

// Slot is the right of one request, or of one operation on a connection, to run.
type Slot struct {
	of   *Admission
	lane *Lane // nil if the slot is not held
	// Refused is true if too many requests were paused for this one to pause, or if it got no slot after its
	// pause. The server then sends OVERLOADED instead of what the execution returned.
	Refused bool
}

// Slot returns a slot that is not held; Enter takes it.
func (a *Admission) Slot() Slot { return Slot{of: a} }

// Enter waits for a slot of the lane, unless one is held already.
func (h *Slot) Enter(ctx context.Context, l *Lane) error {
	if h.lane != nil {
		return nil
	}
	if err := l.Enter(ctx); err != nil {
		return err
	}
	h.lane = l
	return nil
}

// Leave returns the slot. A second call does nothing.
func (h *Slot) Leave() {
	if l := h.lane; l != nil {
		h.lane = nil
		l.Leave()
	}
}

// Pause implements operation.Pauser: it releases the slot while a request waits for a snapshot, and takes one
// again afterwards. If the request held no slot before, it holds none afterwards.
func (h *Slot) Pause(ctx context.Context, wait func()) error {
	if h.of.paused.Add(1) > h.of.maxPaused {
		h.of.paused.Add(-1)
		h.Refused = true
		return ErrOverloaded
	}
	l := h.lane
	h.Leave()
	wait()
	h.of.paused.Add(-1)
	if l == nil { // such as that of a live query
		return nil
	}
	err := h.Enter(ctx, l)
	h.Refused = errors.Is(err, ErrOverloaded)
	return err
}

// ShortBody is the length in bytes up to which bodies are not counted, so that long bodies never
// keep short ones out.
const ShortBody = 64 << 10

// BodyQuota is the part of Options.Bodies that one body takes. It reads the body and counts the
// bytes.
type BodyQuota struct {
	src   io.Reader
	of    *Admission
	seen  int64
	taken int64
}

// BodyQuota returns an empty quota.
func (a *Admission) BodyQuota() BodyQuota { return BodyQuota{of: a} }

// Of returns a reader of the body that counts its bytes in the quota.
func (h *BodyQuota) Of(body io.Reader) io.Reader {
	h.src = body
	return h
}

// Add counts n more bytes, and reports whether Options.Bodies had room for them.
func (h *BodyQuota) Add(n int) bool {
	if h.seen += int64(n); h.seen <= ShortBody {
		return true
	}
	more := h.seen - h.taken
	if h.of.bodies.Add(more) > h.of.maxBodies {
		h.of.bodies.Add(-more)
		return false
	}
	h.taken = h.seen
	return true
}

// GiveBack returns the counted bytes.
func (h *BodyQuota) GiveBack() {
	if h.taken > 0 {
		h.of.bodies.Add(-h.taken)
		h.taken = 0
	}
}

// ErrNoRoom ends the reading of a body if the other bodies fill Options.Bodies.
var ErrNoRoom = errors.New("the bodies of the requests in progress fill their limit")

func (h *BodyQuota) Read(p []byte) (int, error) {
	n, err := h.src.Read(p)
	if !h.Add(n) {
		return 0, ErrNoRoom
	}
	return n, err
}
