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
// connections: PUT reserves a stream and gives its token, GET with the token opens it, POST
// with the token begins an operation whose results go down the stream, DELETE ends one.

// reservations are the reserved and the open streams, by the hashes of their tokens.
type reservations struct {
	mu        sync.Mutex // guards all below, and the claimed of each
	byToken   map[[sha256.Size]byte]*Reservation
	unclaimed int
}

// Reservation is one stream, from its reservation to its end. It takes a place all that
// time.
type Reservation struct {
	streams *Streams
	key     [sha256.Size]byte
	all     *operations
	claimed bool
	expiry  *time.Timer   // ends it unclaimed
	opened  chan struct{} // closed when there are events
	release func()        // the context of all

	mu     sync.Mutex // guards events, which one at a time writes
	events *events    // nil before the stream is open and after it has ended
}

// Reserve answers PUT with the token of a stream that it reserves.
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
	// It outlives the request, and ends when the server stops.
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

// Reservations returns how many streams are reserved, and how many of them are not
// open.
func (s *Streams) Reservations() (all, unclaimed int) {
	s.reservations.mu.Lock()
	defer s.reservations.mu.Unlock()
	return len(s.reservations.byToken), s.reservations.unclaimed
}

// expire ends a reservation that nobody has claimed.
func (v *Reservation) expire() {
	if v.claim() {
		v.end()
	}
}

// claim reports whether it was unclaimed; then its caller must call end.
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
	v.all.cancel() // first, or a write in progress would keep the others waiting
	v.mu.Lock()
	v.events = nil
	v.mu.Unlock()
	v.all.end()
	v.release()
	v.streams.places.leave()
}

// Complete ends the operation of an id, if there is one.
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
		case <-v.all.ctx.Done(): // the server stops, or the client did not read
			return nil
		}
	}
}

// Begin begins an operation under an id; its results go down the stream. Where the document
// cannot run, the response says why, and its caller sends and releases it.
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
	// A client that leaves before it has its answer ends the operation.
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

// write lets one at a time write to the stream, when it is open.
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
	v.events = nil // half an event may have been sent
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

// refuse sends the refusal of an operation that had been accepted.
func (v *Reservation) refuse(id string, list json.RawMessage) error {
	payload := append(append([]byte(`{"errors":`), list...), '}')
	if err := v.next(id, payload); err != nil {
		return err
	}
	return v.complete(id)
}

func (v *Reservation) fail() { v.all.cancel() }

// quoted returns a JSON string on one line.
func quoted(text string) []byte { return gql.AppendString(nil, text) }
