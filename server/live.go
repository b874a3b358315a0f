package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// Live is how changes are followed, over any transport. The zero value works.
type Live struct {
	// MaxSubscribers bounds the subscriptions and sockets open at once; 0 is 20,000.
	MaxSubscribers int
	// MaxBehind ends a subscription that was up to date and then fell more
	// entries behind; 0 is 20,000, above what one publication brings.
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

// Defaults of Live.
const (
	DefaultMaxSubscribers     = 20_000
	DefaultMaxBehind          = 20_000
	DefaultHeartbeat          = 15 * time.Second
	DefaultWriteTimeout       = 10 * time.Second
	DefaultInitTimeout        = 5 * time.Second
	DefaultMaxOperations      = 100
	DefaultMaxReservations    = 1000
	DefaultReservationTimeout = 10 * time.Second
)

func (l Live) withDefaults() Live {
	set(&l.MaxSubscribers, DefaultMaxSubscribers)
	set(&l.MaxBehind, DefaultMaxBehind)
	set(&l.MaxOperations, DefaultMaxOperations)
	set(&l.Heartbeat, DefaultHeartbeat)
	set(&l.WriteTimeout, DefaultWriteTimeout)
	set(&l.InitTimeout, DefaultInitTimeout)
	set(&l.MaxReservations, DefaultMaxReservations)
	set(&l.ReservationTimeout, DefaultReservationTimeout)
	return l
}

// slowReader is what traces call the end of a subscription whose client did not read.
const slowReader = "slow_reader"

var errStopping = errors.New("the service is stopping; connect again in a moment")

// followers are the open streams and sockets of a server.
type followers struct {
	closing context.Context // done when the server stops
	stop    context.CancelFunc
	open    sync.WaitGroup

	mu sync.Mutex // guards n
	n  int
}

func newFollowers() *followers {
	f := &followers{}
	f.closing, f.stop = context.WithCancel(context.Background())
	return f
}

// enter makes room for one more; where that is refused, nothing must leave.
func (f *followers) enter(limit int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closing.Err() != nil:
		return errStopping
	case f.n >= limit:
		return fmt.Errorf("all %d places for subscriptions are taken; try again later", limit)
	}
	f.n++
	f.open.Add(1)
	return nil
}

func (f *followers) leave() {
	f.mu.Lock()
	f.n--
	f.mu.Unlock()
	f.open.Done()
}

// end ends all streams and sockets and refuses new ones from now on.
func (f *followers) end() {
	f.mu.Lock() // so that none enters meanwhile
	defer f.mu.Unlock()
	f.stop()
}

// wait waits until all are gone, or ctx is done.
func (f *followers) wait(ctx context.Context) {
	gone := make(chan struct{})
	go func() { f.open.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-ctx.Done():
	}
}

// joined is a context that ends with the request and when the server stops.
func (f *followers) joined(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	release := context.AfterFunc(f.closing, cancel)
	return ctx, func() { release(); cancel() }
}

// eventSink is where the events of one subscription go.
type eventSink interface {
	// next sends the answer to one event.
	next(res *gql.Response, after uint64) error
	// quiet is called when nothing happened for a while.
	quiet(after uint64) error
}

// follow sends the events of a subscription until it ends, which returns nil,
// until the context is done, or until the client takes no more.
func (s *Server) follow(ctx context.Context, sub *subscription, to eventSink) (err error) {
	events, code := 0, ""
	defer func() {
		if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
			code = slowReader
		}
		sub.span.Followed(events, code, time.Now())
	}()
	for {
		wait, cancel := context.WithTimeout(ctx, s.opts.Live.Heartbeat)
		err := sub.Wait(wait)
		cancel()
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, context.DeadlineExceeded):
			if err := to.quiet(uint64(sub.After())); err != nil {
				return err
			}
			continue
		case errors.Is(err, io.EOF):
			return nil
		default:
			return err
		}
		select {
		case s.admission.Events <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		run, cancel := context.WithTimeout(ctx, s.opts.Timeout)
		res := s.answerEvent(run, sub)
		cancel()
		if res == nil {
			return ctx.Err()
		}
		s.metrics.Fields(res)
		behind := sub.Behind()
		err = to.next(res, uint64(sub.After()))
		res.Release()
		if err != nil {
			return err
		}
		events++
		s.metrics.Events.Inc()
		if behind {
			code = string(codes.SubscriptionBehind)
			s.metrics.Dropped[metrics.Behind].Inc()
		}
	}
}

// answerEvent answers the next event, and frees its room among the events.
func (s *Server) answerEvent(ctx context.Context, sub *subscription) *gql.Response {
	defer func() { <-s.admission.Events }() // in a panic too
	return sub.Answer(ctx)
}

// noPlace answers where enter refused.
func (s *Server) noPlace(w http.ResponseWriter, err error) {
	if errors.Is(err, errStopping) {
		s.unavailable(w)
		return
	}
	w.Header().Set("Retry-After", "5")
	writeError(w, http.StatusServiceUnavailable, jsonType, codes.TooManySubscribers, err.Error())
}
