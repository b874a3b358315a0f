package server

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
	"github.com/caspian-kg/caspian/server/internal/content"
	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// Server-sent events in the protocol's single connection mode, for browsers, which open few
// connections: PUT reserves a stream and gives its token, GET with the token opens it, POST
// with the token begins an operation whose results go down the stream, DELETE ends one.

const (
	tokenHeader      = "X-Graphql-Event-Stream-Token"
	tokenParam       = "token"
	operationIDParam = "operationId"
	// maxOperationID bounds what clients choose and every event repeats.
	maxOperationID = 128
)

// reservations are the reserved and the open streams, by the hashes of their tokens.
type reservations struct {
	mu        sync.Mutex // guards all below, and the claimed of each
	byToken   map[[sha256.Size]byte]*reservation
	unclaimed int
}

// reservation is one stream, from its reservation to its end. It has a place among the
// followers all that time.
type reservation struct {
	server  *Server
	key     [sha256.Size]byte
	all     *operations
	claimed bool
	expiry  *time.Timer   // ends it unclaimed
	opened  chan struct{} // closed when there are events
	release func()        // the context of all

	mu     sync.Mutex // guards events, which one at a time writes
	events *events    // nil before the stream is open and after it has ended
}

// single answers a request with a token, and PUT.
func (s *Server) single(w http.ResponseWriter, r *http.Request, token string) {
	b := s.backend.Load()
	if b == nil {
		s.unavailable(w)
		return
	}
	if r.Method != http.MethodPost && hasBody(r) {
		s.refuseBody(w, r)
		return
	}
	if r.Method == http.MethodPut {
		s.reserve(w, r)
		return
	}
	s.reservations.mu.Lock()
	v := s.reservations.byToken[sha256.Sum256([]byte(token))]
	s.reservations.mu.Unlock()
	if v == nil {
		writeError(w, http.StatusNotFound, jsonType, codes.ReservationNotFound, "no stream is reserved or open under this token; reserve one with PUT")
		return
	}
	switch r.Method {
	case http.MethodGet:
		v.stream(w, r)
	case http.MethodPost:
		v.begin(w, r, b)
	case http.MethodDelete:
		id := r.URL.Query().Get(operationIDParam)
		if id == "" {
			writeError(w, http.StatusBadRequest, jsonType, codes.BadRequest, "the parameter operationId is missing: it names the operation to end")
			return
		}
		v.all.complete(id)
		w.WriteHeader(http.StatusOK)
	default:
		allow(w.Header(), r.URL.Path)
		writeError(w, http.StatusMethodNotAllowed, jsonType, codes.MethodNotAllowed, "a reserved stream takes GET, POST and DELETE, not "+r.Method)
	}
}

// reserve answers PUT with a token.
func (s *Server) reserve(w http.ResponseWriter, r *http.Request) {
	o := s.opts.Live
	all := &s.reservations
	all.mu.Lock()
	if all.unclaimed >= o.MaxReservations {
		all.mu.Unlock()
		s.noPlace(w, fmt.Errorf("all %d reservations for streams are taken; try again later", o.MaxReservations))
		return
	}
	all.unclaimed++
	all.mu.Unlock()
	if err := s.followers.enter(o.MaxSubscribers); err != nil {
		all.mu.Lock()
		all.unclaimed--
		all.mu.Unlock()
		s.noPlace(w, err)
		return
	}
	token := rand.Text()
	v := &reservation{server: s, key: sha256.Sum256([]byte(token)), opened: make(chan struct{})}
	// It outlives the request, and ends when the server stops.
	ctx, release := s.followers.joined(context.Background())
	v.all = newOperations(ctx, s, metrics.SSE, v)
	all.mu.Lock()
	if all.byToken == nil {
		all.byToken = map[[sha256.Size]byte]*reservation{}
	}
	all.byToken[v.key] = v
	v.expiry = time.AfterFunc(o.ReservationTimeout, v.expire)
	stop := context.AfterFunc(ctx, v.expire)
	v.release = func() { stop(); release() }
	all.mu.Unlock()

	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write([]byte(token)) // a client that has gone lets it expire
}

// expire ends a reservation that nobody has claimed.
func (v *reservation) expire() {
	if v.claim() {
		v.end()
	}
}

// claim reports whether it was unclaimed; then its caller must call end.
func (v *reservation) claim() bool {
	all := &v.server.reservations
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
func (v *reservation) end() {
	all := &v.server.reservations
	all.mu.Lock()
	delete(all.byToken, v.key)
	all.mu.Unlock()
	v.all.cancel() // first, or a write under way would keep the others at work
	v.mu.Lock()
	v.events = nil
	v.mu.Unlock()
	v.all.end()
	v.release()
	v.server.followers.leave()
}

// stream opens the stream, and returns when it has ended.
func (v *reservation) stream(w http.ResponseWriter, r *http.Request) {
	if !v.claim() {
		writeError(w, http.StatusConflict, jsonType, codes.StreamAlreadyOpen, "a token opens one stream, and this one is open; reserve another with PUT")
		return
	}
	defer v.end()
	e := newEvents(w, v.server.opts.Live.WriteTimeout)
	if e.comment() != nil {
		return
	}
	v.mu.Lock()
	v.events = e
	v.mu.Unlock()
	close(v.opened)
	beat := time.NewTicker(v.server.opts.Live.Heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			if v.write(func(e *events) error { return e.comment() }) != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-v.all.ctx.Done(): // the server stops, or the client did not read
			return
		}
	}
}

// begin answers a POST: the operation is accepted with 202, and its results go down the
// stream; faults of the request are answered here.
func (v *reservation) begin(w http.ResponseWriter, r *http.Request, b *Backend) {
	s := v.server
	req, id, bad := s.operationOf(w, r)
	if bad != nil {
		bad.soft = false // 200 would say less than nothing here: accepted is 202
		s.refuse(w, r, jsonType, bad)
		return
	}
	op, err := v.all.add(id)
	switch {
	case errors.Is(err, errExists):
		writeError(w, http.StatusConflict, jsonType, codes.OperationAlreadyExists, fmt.Sprintf("the stream has an operation %q already; end it first, or choose another operationId", id))
		return
	case errors.Is(err, errEnded):
		writeError(w, http.StatusNotFound, jsonType, codes.ReservationNotFound, "the stream has ended; reserve one with PUT")
		return
	case err != nil:
		s.noPlace(w, err)
		return
	}
	carried := false
	defer func() {
		if !carried {
			op.done()
		}
	}()
	// A client that leaves before it has its answer ends the operation.
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(op.ctx, cancel)()
	sub, res := op.start(ctx, b, req)
	if sub == nil && res.RequestError {
		defer res.Release()
		h := w.Header()
		h.Set("Content-Type", jsonType+"; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		// The protocol has 400 for what cannot run.
		status := (&malformed{status: statusOf(res, content.Response)}).statusAs(jsonType)
		if res.Code == codes.Overloaded {
			h.Set("Retry-After", s.admission.RetryAfter())
		}
		s.send(w, r, status, res.Body)
		return
	}
	carried = true
	go op.carry(func() (*subscription, *gql.Response) { return sub, res })
	w.WriteHeader(http.StatusAccepted)
}

// write lets one at a time write to the stream, when it is open.
func (v *reservation) write(send func(*events) error) error {
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
		v.server.metrics.Dropped[metrics.Slow].Inc()
		v.server.log.Info("subscriber_dropped", "reason", "it did not read in time")
	}
	return err
}

func (v *reservation) next(id string, payload []byte) error {
	return v.write(func(e *events) error {
		return e.parts([]byte("event: next\ndata: {\"id\":"), quoted(id), []byte(`,"payload":`), payload, []byte("}\n\n"))
	})
}

func (v *reservation) complete(id string) error {
	return v.write(func(e *events) error {
		return e.parts([]byte("event: complete\ndata: {\"id\":"), quoted(id), []byte("}\n\n"))
	})
}

// refuse is for what was accepted and then came to nothing.
func (v *reservation) refuse(id string, list json.RawMessage) error {
	payload := append(append([]byte(`{"errors":`), list...), '}')
	if err := v.next(id, payload); err != nil {
		return err
	}
	return v.complete(id)
}

func (v *reservation) fail() { v.all.cancel() }

// quoted is a JSON string on one line.
func quoted(text string) []byte { return gql.AppendString(nil, text) }

// hasBody reports whether a request brings a body where none belongs. One that never arrives
// would keep the connection's goroutine after the answer, waiting for its end.
func hasBody(r *http.Request) bool { return r.ContentLength != 0 }

func (s *Server) refuseBody(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close") // or the answer would wait for the body
	s.refuse(w, r, jsonType, badRequest("%s takes no body here, and the request has one; leave it out", r.Method))
}
