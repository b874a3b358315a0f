// Package admission bounds what all requests take together: slots to run in, waits for them,
// the memory of bodies, and connections. Requests beyond a limit are refused early.
//
// Read admission.go first, then queue.go, which decides who works, who waits and who is shed.
// The package must not know GraphQL, nor how a refusal is answered.
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

// Admission bounds what all requests take together: how many run at once, how many wait, and
// the bytes of their bodies, each of which becomes many times as much memory while its request
// runs. Reads and writes have a lane each, so that a flood of one does not affect the other; health and metrics need neither. A request holds its slot from its first step after
// its body has arrived until its answer is made, not while it is sent: a slow client delays
// no one else.
type Admission struct {
	Reads, Writes Lane
	// Events limits how many answers of subscriptions are made at the same time. They wait
	// without a limit, since each subscription reads later what it missed, and waits for one
	// answer only.
	Events chan struct{}
	// paused counts the requests that wait for a snapshot and hold no slot.
	paused    atomic.Int64
	bodies    atomic.Int64 // bytes
	refusals  atomic.Int64 // for RetryAfter
	maxPaused int64
	maxBodies int64
}

// Options bound an Admission.
type Options struct {
	// Reads and Writes are the slots of the lanes.
	Reads, Writes int
	// Queue bounds the requests of a lane that wait for a slot, and Patience their wait.
	Queue    int
	Patience time.Duration
	// Paused bounds the requests that hold no slot while they wait for a snapshot.
	Paused int
	// Bodies bounds the bytes of all bodies.
	Bodies int64
	// Waited observes the waits of a lane in seconds; nil observes none.
	Waited func(lane string) prometheus.Observer
}

const (
	queueTarget   = 50 * time.Millisecond
	queueInterval = 100 * time.Millisecond
)

// New makes lanes of free slots.
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

// Paused returns how many requests wait for a snapshot.
func (a *Admission) Paused() int64 { return a.paused.Load() }

// Bodies returns how many bytes the bodies take.
func (a *Admission) Bodies() int64 { return a.bodies.Load() }

// RetryAfter returns how many seconds a client should wait. It varies, so that clients
// that are refused together do not return together.
func (a *Admission) RetryAfter() string { return strconv.FormatInt(1+a.refusals.Add(1)%3, 10) }

// Slot is the right of one request, or of one operation on a connection, to run.
type Slot struct {
	of   *Admission
	lane *Lane // nil where the slot is not held
	// Refused reports that the request paused and did not get a slot again. It then counts
	// as refused even if it has an answer.
	Refused bool
}

// Slot returns a slot that is not held yet.
func (a *Admission) Slot() Slot { return Slot{of: a} }

// Enter takes a slot of the lane, unless it is held already.
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

// Leave gives the slot back; it may be called twice.
func (h *Slot) Leave() {
	if l := h.lane; l != nil {
		h.lane = nil
		l.Leave()
	}
}

// Pause implements operation.Pauser: a request that waits for a snapshot holds no slot. One that held none before
// holds none afterwards.
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
	if l == nil {
		return nil
	}
	err := h.Enter(ctx, l)
	h.Refused = errors.Is(err, ErrOverloaded)
	return err
}

// ShortBody is the length up to which bodies are not counted, so that long ones never keep
// short ones out.
const ShortBody = 64 << 10

// BodyQuota is how much of the bytes for all bodies one body takes. It reads the body, and
// counts its bytes.
type BodyQuota struct {
	src   io.Reader
	of    *Admission
	seen  int64
	taken int64
}

// BodyQuota returns a quota of which nothing is taken yet.
func (a *Admission) BodyQuota() BodyQuota { return BodyQuota{of: a} }

// Of returns the quota as a reader of the body.
func (h *BodyQuota) Of(body io.Reader) io.Reader {
	h.src = body
	return h
}

// Add counts n more bytes, and reports whether there was room for them.
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

// GiveBack frees what is taken.
func (h *BodyQuota) GiveBack() {
	if h.taken > 0 {
		h.of.bodies.Add(-h.taken)
		h.taken = 0
	}
}

// ErrNoRoom ends the reading of a body if other bodies fill the limit.
var ErrNoRoom = errors.New("the bodies of the requests in progress fill their limit")

func (h *BodyQuota) Read(p []byte) (int, error) {
	n, err := h.src.Read(p)
	if !h.Add(n) {
		return 0, ErrNoRoom
	}
	return n, err
}
