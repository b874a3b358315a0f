package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/internal/content"
	"github.com/caspian-kg/caspian/server/internal/streams"
)

// Event streams. Package streams writes them.

// The names that GraphQL over SSE gives to a reserved stream and its operations.
const (
	tokenHeader      = "X-Graphql-Event-Stream-Token"
	tokenParam       = "token"
	operationIDParam = "operationId"
	// maxOperationID bounds the length of operation ids, because clients choose them and every
	// event repeats them.
	maxOperationID = 128
)

// graphqlStream serves /graphql/stream.
func (s *Server) graphqlStream(w http.ResponseWriter, r *http.Request) {
	if options(w, r) {
		return
	}
	token := r.Header.Get(tokenHeader)
	if token == "" && r.URL.RawQuery != "" {
		token = r.URL.Query().Get(tokenParam)
	}
	if token != "" || r.Method == http.MethodPut {
		s.reserved(w, r, token)
		return
	}
	accept := r.Header.Values("Accept")
	if len(accept) > 0 && !content.AcceptsStream(accept) && !strings.Contains(strings.Join(accept, ","), "*/*") {
		writeError(w, http.StatusNotAcceptable, jsonType, codes.NotAcceptable, "/graphql/stream answers as text/event-stream; accept that, or ask at /graphql")
		return
	}
	s.stream(w, r)
}

// stream answers a request with an event stream, for any kind of operation.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	b := s.backendOf(w)
	if b == nil {
		s.unavailable(w)
		return
	}
	if r.Method == http.MethodGet && hasBody(r) {
		s.refuseBody(w, r)
		return
	}
	if bad := reach(w.(*responseRecorder), r, b); bad != nil {
		s.refuse(w, r, jsonType, bad)
		return
	}
	req, list, bad := s.read(w, r)
	switch {
	case bad != nil && bad.soft:
		s.metrics.Refused(bad.code)
		w.(*responseRecorder).streamed = true
		s.streams.Fail(w, bad.code, bad.message)
	case bad != nil:
		s.refuse(w, r, jsonType, bad)
	case list != nil:
		writeError(w, http.StatusBadRequest, jsonType, codes.BatchingNotSupported, "a stream answers one request; send one")
	default:
		s.streamTo(w, r, b, req)
	}
}

// streamTo runs the operation and sends its results as events. Errors of the document are sent as
// an event too, because a browser's EventSource does not show the page the body of an answer with
// an error status.
func (s *Server) streamTo(w http.ResponseWriter, r *http.Request, b *Backend, req *operation.Request) {
	if r.Method == http.MethodHead {
		allow(w.Header(), "/graphql/stream") // the methods without HEAD
		writeError(w, http.StatusMethodNotAllowed, jsonType, codes.MethodNotAllowed, "an event stream is requested with POST or GET, not HEAD")
		return
	}
	if r.Method == http.MethodGet && hasBody(r) { // a stream requested at /graphql
		s.refuseBody(w, r)
		return
	}
	after, bad := lastEvent(r)
	if bad != nil {
		s.refuse(w, r, jsonType, bad)
		return
	}
	refuseStream(w, s.streams.Serve(w, r, func(ctx context.Context) (streams.Subscription, *gql.Response) {
		return s.startStream(ctx, w, r, b, req, after)
	}))
}

// lastEvent returns the sequence number of the last event that the client received, or nil if it
// received none.
func lastEvent(r *http.Request) (*graph.Seq, *requestError) {
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		return nil, nil
	}
	n, err := strconv.ParseUint(last, 10, 63)
	if err != nil {
		return nil, unreadable("Last-Event-ID is the sequence number of the last event that was read, not %q", last)
	}
	after := graph.Seq(n)
	return &after, nil
}

// startStream is the streams.Start of a request. If the request gets no slot, startStream answers
// it with a status that clients and proxies understand, and returns nil twice.
func (s *Server) startStream(ctx context.Context, w http.ResponseWriter, r *http.Request, b *Backend, req *operation.Request, after *graph.Seq) (streams.Subscription, *gql.Response) {
	recorder := w.(*responseRecorder)
	if err := recorder.slot.Enter(ctx, s.lane(req)); err != nil {
		s.shed(w, jsonType, err)
		return nil, nil
	}
	session := b.Begin()
	at := s.locationOf(session)
	sub, res := s.begin(ctx, &recorder.slot, b, session, req, after)
	recorder.slot.Leave() // so that sending results occupies no slot
	if sub == nil {
		if res.Code == codes.Overloaded {
			defer res.Release()
			s.answer(w, r, jsonType, statusOf(res, jsonType), session, validity{}, res)
			return nil, nil
		}
		at = s.locationOf(session) // a mutation reads its own write, so the location has changed
	}
	at.label(w)
	recorder.streamed = true
	return sub, res
}

// reserved answers a request that has the token of a reserved stream, and PUT, which reserves a
// stream.
func (s *Server) reserved(w http.ResponseWriter, r *http.Request, token string) {
	b := s.backendOf(w)
	if b == nil {
		s.unavailable(w)
		return
	}
	if r.Method != http.MethodPost && hasBody(r) {
		s.refuseBody(w, r)
		return
	}
	if r.Method == http.MethodPut {
		refuseStream(w, s.streams.Reserve(w))
		return
	}
	v := s.streams.Reserved(token)
	if v == nil {
		writeError(w, http.StatusNotFound, jsonType, codes.ReservationNotFound, "no stream is reserved or open under this token; reserve one with PUT")
		return
	}
	switch r.Method {
	case http.MethodGet:
		refuseStream(w, v.Serve(w, r))
	case http.MethodPost:
		s.beginReserved(w, r, b, v)
	case http.MethodDelete:
		id := r.URL.Query().Get(operationIDParam)
		if id == "" {
			writeError(w, http.StatusBadRequest, jsonType, codes.BadRequest, "the parameter operationId is missing: it names the operation to end")
			return
		}
		v.Complete(id)
		w.WriteHeader(http.StatusOK)
	default:
		allow(w.Header(), r.URL.Path)
		writeError(w, http.StatusMethodNotAllowed, jsonType, codes.MethodNotAllowed, "a reserved stream takes GET, POST and DELETE, not "+r.Method)
	}
}

// beginReserved answers a POST to a reserved stream. It accepts the operation with 202 and sends
// the results down the stream. Errors of the request are the answer to the POST.
func (s *Server) beginReserved(w http.ResponseWriter, r *http.Request, b *Backend, v *streams.Reservation) {
	bad := reach(w.(*responseRecorder), r, b)
	var req *operation.Request
	var id string
	if bad == nil {
		req, id, bad = s.operationOf(w, r)
	}
	if bad != nil {
		bad.soft = false // a status of success would be misleading here, because acceptance is 202
		s.refuse(w, r, jsonType, bad)
		return
	}
	res, refusal := v.Begin(r.Context(), id, s.starter(b, req))
	switch {
	case refusal != nil:
		refuseStream(w, refusal)
	case res == nil:
		w.WriteHeader(http.StatusAccepted)
	default:
		defer res.Release()
		h := w.Header()
		h.Set("Content-Type", jsonType+"; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		// The protocol requires 400 for an operation that cannot run.
		status := (&requestError{status: statusOf(res, content.Response)}).statusAs(jsonType)
		if res.Code == codes.Overloaded {
			h.Set("Retry-After", s.admission.RetryAfter())
		}
		s.send(w, r, status, res.Body)
	}
}

// hasBody reports whether a request announces a body where none is allowed. A body that never
// arrives would keep the connection's goroutine waiting after the answer.
func hasBody(r *http.Request) bool { return r.ContentLength != 0 }

func (s *Server) refuseBody(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close") // else the answer would wait for the body
	s.refuse(w, r, jsonType, badRequest("%s takes no body here, and the request has one; leave it out", r.Method))
}
