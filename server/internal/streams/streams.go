// Package streams serves the connections that stay open and receive results: WebSockets by the
// protocol graphql-transport-ws, and event streams by GraphQL over SSE, in both of its modes.
//
// Read Streams first, then follow.go, which sends the events of a subscription. The server reads a
// request and passes a Start, which starts the operation. The package must not know how requests
// are read, who may send them, how operations run, or how a Refusal is answered.
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

// Limits configures how changes are followed, over any transport. Streams uses the values as they
// are; the server replaces zeros by the defaults.
type Limits struct {
	// MaxSubscribers bounds the subscriptions and sockets open at once; 0 means 20,000.
	MaxSubscribers int
	// MaxBehind ends a subscription that was up to date and then lags by more entries than this; 0
	// means 20,000, which is more than one publication adds.
	MaxBehind int
	// Heartbeat is the time after which a stream without events shows that it is alive; 0 means 15
	// seconds.
	Heartbeat time.Duration
	// WriteTimeout is how long a client may leave sent data unread before it is disconnected; 0
	// means 10 seconds.
	WriteTimeout time.Duration
	// InitTimeout is how long a socket may take to send connection_init; 0 means 5 seconds.
	InitTimeout time.Duration
	// MaxOperations bounds the operations that one socket or reserved stream has at once; 0 means
	// 100.
	MaxOperations int
	// MaxReservations bounds the streams that are reserved but not yet open; 0 means 1,000.
	MaxReservations int
	// MaxLive bounds the last answers of all live queries together, in bytes; 0 is 64 MiB.
	MaxLive int
	// ReservationTimeout is how long a reserved stream may remain unopened; 0 means 10 seconds.
	ReservationTimeout time.Duration
}

// Options configures Streams; all fields are required.
type Options struct {
	Limits
	// MaxMessage bounds a message from a client on a socket, in bytes.
	MaxMessage int64
	// Timeout bounds the time of work on one event.
	Timeout   time.Duration
	Admission *admission.Admission
	Metrics   *metrics.Metrics
	Logger    *slog.Logger
}

// Subscription is a running subscription. Only one goroutine may use it at a time.
type Subscription interface {
	// Wait waits for an event. It returns nil when there is one, and io.EOF at the end.
	Wait(ctx context.Context) error
	// Answer returns the response to the next event, or nil if ctx ended first.
	Answer(ctx context.Context) *gql.Response
	// After returns the sequence number of the last entry that was answered or skipped.
	After() graph.Seq
	// Lagged reports whether the last answer ended the subscription because it lagged too far.
	Lagged() bool
	// Ended is called once, after the last event. events is the number of events sent; code says
	// why the subscription failed, or is empty.
	Ended(events int, code string)
}

// Start starts an operation, which ends with ctx at the latest. It returns a subscription or, for
// an operation with a single response, that response, which the caller must release.
type Start func(ctx context.Context) (Subscription, *gql.Response)

// Refusal says why an operation or a stream is refused. Its code determines the HTTP status.
type Refusal struct {
	Code, Message string
	// RetryAfter is in seconds; 0 means none.
	RetryAfter int
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// AppendErrors appends a JSON list with one error, the errors of a response.
func AppendErrors(dst []byte, code, message string) []byte {
	dst = gql.AppendString(append(dst, `[{"message":`...), message)
	return append(gql.AppendString(append(dst, `,"extensions":{"code":`...), code), `}}]`...)
}

// Streams has the open streams and sockets of a server. It is safe for concurrent use.
type Streams struct {
	opts         Options
	places       *places
	reservations reservations
}

// New returns a Streams without open streams.
func New(o Options) *Streams { return &Streams{opts: o, places: newPlaces(o.MaxSubscribers)} }

// End ends all streams and sockets, and refuses new ones.
func (s *Streams) End() { s.places.end() }

// Restart ends all streams and sockets, whose clients may connect again at once.
func (s *Streams) Restart() { s.places.restart() }

// Wait waits until all streams and sockets have ended, or ctx ends.
func (s *Streams) Wait(ctx context.Context) { s.places.wait(ctx) }

// Hold takes a place for a request that waits, until leave is called. The context ends with the request's
// and when the server stops.
func (s *Streams) Hold(ctx context.Context) (joined context.Context, leave func(), bad *Refusal) {
	if bad := s.places.enter(); bad != nil {
		return nil, nil, bad
	}
	joined, cancel := s.places.joined(ctx)
	return joined, func() { cancel(); s.places.leave() }, nil
}

// Places returns how many places of MaxSubscribers are in use.
func (s *Streams) Places() int { return s.places.taken() }

// slow counts and logs a client that is disconnected because it did not read in time.
func (s *Streams) slow(attrs ...any) {
	s.opts.Metrics.Dropped[metrics.Slow].Inc()
	s.opts.Logger.Info("subscriber_dropped", append([]any{"reason", "it did not read in time"}, attrs...)...)
}

// places counts what open streams, sockets, reservations and operations take, up to a limit.
type places struct {
	limit int
	open  sync.WaitGroup

	mu      sync.Mutex // guards the following
	n       int
	closing context.Context // ends when the server stops, or when all clients must connect again
	stop    context.CancelFunc
}

func newPlaces(limit int) *places {
	p := &places{limit: limit}
	p.closing, p.stop = context.WithCancel(context.Background())
	return p
}

// enter takes a place. If it returns a refusal, leave must not be called.
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
	p.mu.Lock() // so that nobody enters meanwhile
	defer p.mu.Unlock()
	p.stop()
}

func (p *places) restart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing.Err() == nil { // else the server is stopping
		p.stop()
		p.closing, p.stop = context.WithCancel(context.Background())
	}
}

// ends returns the context that ends with all that is open now.
func (p *places) ends() context.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closing
}

func (p *places) wait(ctx context.Context) {
	gone := make(chan struct{})
	go func() { p.open.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-ctx.Done():
	}
}

// joined returns a context that ends with ctx, when the server stops, or with Restart.
func (p *places) joined(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	release := context.AfterFunc(p.ends(), cancel)
	return ctx, func() { release(); cancel() }
}
