package streams

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// Server-sent events in the protocol's single connection mode, for browsers, which open few
// connections. PUT reserves a stream and returns its token, GET with the token opens the stream,
// POST with the token starts an operation whose results are sent down the stream, and DELETE ends
// an operation.

// reservations has the reserved and the open streams, by the hashes of their tokens.
type reservations struct {
	mu        sync.Mutex // guards everything below, and claimed of each Reservation
	byToken   map[[sha256.Size]byte]*Reservation
	unclaimed int
}

// Reservation is one stream, from its reservation to its end. It takes a place throughout.
type Reservation struct {
	streams *Streams
	key     [sha256.Size]byte
	all     *operations
	claimed bool
	expiry  *time.Timer   // ends the reservation if it is not claimed in time
	opened  chan struct{} // closed when events is set
	release func()        // releases the context of all

	mu     sync.Mutex // guards events, which one goroutine at a time writes
	events *events    // nil before the stream is opened and after it has ended
}

// Reserve reserves a stream and answers PUT with its token.
func (s *Streams) Reserve(w http.ResponseWriter) *Refusal {
	all := &s.reservations
	all.mu.Lock()
	if all.unclaimed >= s.opts.MaxReservations {
		all.mu.Unlock()
		return full("all %d reservations for streams are taken; try again later", s.opts.MaxReservations)
	}
	all.unclaimed++
	all.mu.Unlock()
	if bad := s.places.enter(); bad != nil {
		all.mu.Lock()
		all.unclaimed--
		all.mu.Unlock()
		return bad
	}
	token := rand.Text()
	v := &Reservation{streams: s, key: sha256.Sum256([]byte(token)), opened: make(chan struct{})}
	// The context outlives the request, and ends when the server stops.
	ctx, release := s.places.joined(context.Background())
	v.all = newOperations(ctx, s, metrics.SSE, v)
	all.mu.Lock()
	if all.byToken == nil {
		all.byToken = map[[sha256.Size]byte]*Reservation{}
	}
	all.byToken[v.key] = v
	v.expiry = time.AfterFunc(s.opts.ReservationTimeout, v.expire)
	stop := context.AfterFunc(ctx, v.expire)
	v.release = func() { stop(); release() }
	all.mu.Unlock()

	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write([]byte(token)) // if the client has disconnected, the token expires
	return nil
}

// Reserved returns the reservation of a token, or nil if no stream is reserved or open
// under it.
func (s *Streams) Reserved(token string) *Reservation {
	s.reservations.mu.Lock()
	defer s.reservations.mu.Unlock()
	return s.reservations.byToken[sha256.Sum256([]byte(token))]
}

// Reservations returns how many streams are reserved or open, and how many of them are not yet
// open.
func (s *Streams) Reservations() (all, unclaimed int) {
	s.reservations.mu.Lock()
	defer s.reservations.mu.Unlock()
	return len(s.reservations.byToken), s.reservations.unclaimed
}

// expire ends a reservation that was not claimed.
func (v *Reservation) expire() {
	if v.claim() {
		v.end()
	}
}

// claim marks the reservation as claimed. It returns true if it was unclaimed; the caller must then
// call end.
func (v *Reservation) claim() bool {
	all := &v.streams.reservations
	all.mu.Lock()
	defer all.mu.Unlock()
	if v.claimed {
		return false
	}
	v.claimed = true
	all.unclaimed--
	v.expiry.Stop()
	return true
}

// end ends the operations and frees the places.
func (v *Reservation) end() {
	all := &v.streams.reservations
	all.mu.Lock()
	delete(all.byToken, v.key)
	all.mu.Unlock()
	v.all.cancel() // first, because a write in progress would make the others wait
	v.mu.Lock()
	v.events = nil
	v.mu.Unlock()
	v.all.end()
	v.release()
	v.streams.places.leave()
}

// Complete ends the operation with an id, if there is one.
func (v *Reservation) Complete(id string) { v.all.complete(id) }

// Serve opens the stream, and returns when it has ended.
func (v *Reservation) Serve(w http.ResponseWriter, r *http.Request) *Refusal {
	if !v.claim() {
		return &Refusal{Code: codes.StreamAlreadyOpen, Message: "a token opens one stream, and this one is open; reserve another with PUT"}
	}
	defer v.end()
	e := newEvents(w, v.streams.opts.WriteTimeout)
	if e.comment() != nil {
		return nil
	}
	v.mu.Lock()
	v.events = e
	v.mu.Unlock()
	close(v.opened)
	beat := time.NewTicker(v.streams.opts.Heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			if v.write(func(e *events) error { return e.comment() }) != nil {
				return nil
			}
		case <-r.Context().Done():
			return nil
		case <-v.all.ctx.Done(): // the server is stopping, or the client did not read in time
			return nil
		}
	}
}

// Begin starts an operation under an id. Its results are sent down the stream. If the document
// cannot run, Begin returns the response that says why, which the caller must send and release.
func (v *Reservation) Begin(ctx context.Context, id string, start Start) (*gql.Response, *Refusal) {
	op, err := v.all.add(id)
	var bad *Refusal
	switch {
	case errors.Is(err, errExists):
		return nil, &Refusal{Code: codes.OperationAlreadyExists,
			Message: fmt.Sprintf("the stream has an operation %q already; end it first, or choose another operationId", id)}
	case errors.Is(err, errEnded):
		return nil, &Refusal{Code: codes.ReservationNotFound, Message: "the stream has ended; reserve one with PUT"}
	case errors.As(err, &bad):
		return nil, bad
	}
	carried := false
	defer func() {
		if !carried {
			op.done()
		}
	}()
	// If the client disconnects before it has its answer, the operation ends.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(op.ctx, cancel)()
	sub, res := start(ctx)
	if sub == nil && res.RequestError {
		return res, nil
	}
	carried = true
	go op.carry(func() (Subscription, *gql.Response) { return sub, res })
	return nil, nil
}

// write waits until the stream is open, and calls send; only one send runs at a time.
func (v *Reservation) write(send func(*events) error) error {
	select {
	case <-v.opened:
	case <-v.all.ctx.Done():
		return v.all.ctx.Err()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.events == nil {
		return errEnded
	}
	err := send(v.events)
	if err == nil {
		return nil
	}
	v.events = nil // because half an event may have been sent
	v.all.cancel()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		v.streams.slow()
	}
	return err
}

func (v *Reservation) next(id string, payload []byte) error {
	return v.write(func(e *events) error {
		return e.parts([]byte("event: next\ndata: {\"id\":"), quoted(id), []byte(`,"payload":`), payload, []byte("}\n\n"))
	})
}

func (v *Reservation) complete(id string) error {
	return v.write(func(e *events) error {
		return e.parts([]byte("event: complete\ndata: {\"id\":"), quoted(id), []byte("}\n\n"))
	})
}

// refuse sends the errors of an operation that was already accepted.
func (v *Reservation) refuse(id string, list json.RawMessage) error {
	payload := append(append([]byte(`{"errors":`), list...), '}')
	if err := v.next(id, payload); err != nil {
		return err
	}
	return v.complete(id)
}

func (v *Reservation) fail() { v.all.cancel() }

// quoted returns the text as a JSON string, which has no line breaks.
func quoted(text string) []byte { return gql.AppendString(nil, text) }
