// Package streams keeps the connections over which results come for as long as the client
// likes: WebSockets by the protocol graphql-transport-ws, and event streams by GraphQL over
// SSE, in both of its modes.
//
// Read Streams first, then follow.go, which sends the events of a subscription. The server
// reads a request and hands in a Start, which begins its operation. The package must not
// know how requests are read, who may send them, how operations run, or how a Refusal is
// answered.
package streams

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/internal/admission"
	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// Limits are how changes are followed, over any transport. Streams takes them as they are;
// the server gives each its default.
type Limits struct {
	// MaxSubscribers bounds the subscriptions and sockets open at once; 0 is 20,000.
	MaxSubscribers int
	// MaxBehind ends a subscription that was up to date and then lags by more entries than
	// this; 0 is 20,000, above what one publication brings.
	MaxBehind int
	// Heartbeat is how often a quiet stream shows that it lives; 0 is 15 seconds.
	Heartbeat time.Duration
	// WriteTimeout is how long a client may leave what was sent to it unread
	// before its connection is cut; 0 is 10 seconds.
	WriteTimeout time.Duration
	// InitTimeout is how long a socket may take to begin; 0 is 5 seconds.
	InitTimeout time.Duration
	// MaxOperations bounds the operations of one socket, or of one reserved stream, at
	// once; 0 is 100.
	MaxOperations int
	// MaxReservations bounds the streams that are reserved and not yet open; 0 is 1,000.
	MaxReservations int
	// ReservationTimeout is how long a reserved stream may take to be opened; 0 is 10
	// seconds.
	ReservationTimeout time.Duration
}

// Options are what Streams works with; all are needed.
type Options struct {
	Limits
	// MaxMessage bounds a message that a client sends on a socket, in bytes.
	MaxMessage int64
	// Timeout bounds the work on one event.
	Timeout   time.Duration
	Admission *admission.Admission
	Metrics   *metrics.Metrics
	Logger    *slog.Logger
}

// Subscription is a subscription that has begun. It is for one goroutine at a time.
type Subscription interface {
	// Wait returns nil once there is an event to answer, and io.EOF at the end.
	Wait(ctx context.Context) error
	// Answer makes the next event. It returns nil if ctx ended before.
	Answer(ctx context.Context) *gql.Response
	// After is the sequence number of the last entry that was answered or passed over.
	After() graph.Seq
	// Lagged reports whether the last answer ended it because it lagged too far.
	Lagged() bool
	// Ended is called once, after the last event. It gets the number of events sent, and a
	// code if the subscription failed.
	Ended(events int, code string)
}

// Start begins an operation, until ctx is done at the latest. It returns a subscription, or,
// for an operation with a single response, that response, which the caller releases.
type Start func(ctx context.Context) (Subscription, *gql.Response)

// Refusal says why an operation or a stream is refused. Its code gives the status.
type Refusal struct {
	Code, Message string
	// RetryAfter is in seconds; 0 for none.
	RetryAfter int
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// AppendErrors appends the errors of a response with one error, a JSON list.
func AppendErrors(dst []byte, code, message string) []byte {
	dst = gql.AppendString(append(dst, `[{"message":`...), message)
	return append(gql.AppendString(append(dst, `,"extensions":{"code":`...), code), `}}]`...)
}

// Streams are the open streams and sockets of a server. It is safe for concurrent use.
type Streams struct {
	opts         Options
	places       *places
	reservations reservations
}

// New makes a Streams with nothing open.
func New(o Options) *Streams { return &Streams{opts: o, places: newPlaces(o.MaxSubscribers)} }

// End ends all streams and sockets, and refuses new ones from now on.
func (s *Streams) End() { s.places.end() }

// Wait waits until all streams and sockets are gone, or ctx is done.
func (s *Streams) Wait(ctx context.Context) { s.places.wait(ctx) }

// Places returns how many of MaxSubscribers are taken.
func (s *Streams) Places() int { return s.places.taken() }

// slow counts and logs a client that is cut off because it did not read.
func (s *Streams) slow(attrs ...any) {
	s.opts.Metrics.Dropped[metrics.Slow].Inc()
	s.opts.Logger.Info("subscriber_dropped", append([]any{"reason", "it did not read in time"}, attrs...)...)
}

// places are what open streams, sockets, reservations and operations take, up to a limit.
type places struct {
	limit   int
	closing context.Context // done when the server stops
	stop    context.CancelFunc
	open    sync.WaitGroup

	mu sync.Mutex // guards n
	n  int
}

func newPlaces(limit int) *places {
	p := &places{limit: limit}
	p.closing, p.stop = context.WithCancel(context.Background())
	return p
}

// enter takes a place. If that is refused, leave must not be called.
func (p *places) enter() *Refusal {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closing.Err() != nil:
		return &Refusal{codes.Unavailable, "the service is stopping; connect again in a moment", 1}
	case p.n >= p.limit:
		return full("all %d places for subscriptions are taken; try again later", p.limit)
	}
	p.n++
	p.open.Add(1)
	return nil
}

func full(format string, a ...any) *Refusal {
	return &Refusal{codes.TooManySubscribers, fmt.Sprintf(format, a...), 5}
}

func (p *places) leave() {
	p.mu.Lock()
	p.n--
	p.mu.Unlock()
	p.open.Done()
}

func (p *places) taken() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.n
}

func (p *places) end() {
	p.mu.Lock() // so that none enters meanwhile
	defer p.mu.Unlock()
	p.stop()
}

func (p *places) wait(ctx context.Context) {
	gone := make(chan struct{})
	go func() { p.open.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-ctx.Done():
	}
}

// joined returns a context that ends with the request and when the server stops.
func (p *places) joined(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	release := context.AfterFunc(p.closing, cancel)
	return ctx, func() { release(); cancel() }
}
