package server

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/internal/content"
	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// Server-sent events, by the GraphQL over SSE protocol in its distinct
// connections mode: one operation a request, its results as events named next,
// then one named complete. The other mode is in reservation.go.

const streamType = content.Stream

// graphqlStream answers at /graphql/stream.
func (s *Server) graphqlStream(w http.ResponseWriter, r *http.Request) {
	if options(w, r) {
		return
	}
	token := r.Header.Get(tokenHeader)
	if token == "" && r.URL.RawQuery != "" {
		token = r.URL.Query().Get(tokenParam)
	}
	if token != "" || r.Method == http.MethodPut {
		s.single(w, r, token)
		return
	}
	accept := r.Header.Values("Accept")
	if len(accept) > 0 && !content.AcceptsStream(accept) && !strings.Contains(strings.Join(accept, ","), "*/*") {
		writeError(w, http.StatusNotAcceptable, jsonType, codes.NotAcceptable, "/graphql/stream answers as text/event-stream; accept that, or ask at /graphql")
		return
	}
	s.stream(w, r)
}

// stream answers a request with an event stream, whatever its operation.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	b := s.backend.Load()
	if b == nil {
		s.unavailable(w)
		return
	}
	if r.Method == http.MethodGet && hasBody(r) {
		s.refuseBody(w, r)
		return
	}
	req, list, bad := s.read(w, r)
	switch {
	case bad != nil && bad.soft:
		s.metrics.Refused(bad.code)
		e := newEvents(w, s.opts.Live.WriteTimeout)
		if e.write("event: next\ndata: {\"errors\":"+string(errorList(bad.code, bad.message))+"}\n\n") == nil {
			_ = e.complete() // a client that has gone needs none
		}
	case bad != nil:
		s.refuse(w, r, jsonType, bad)
	case list != nil:
		writeError(w, http.StatusBadRequest, jsonType, codes.BatchingNotSupported, "a stream answers one request; send one")
	default:
		s.streamTo(w, r, b, req)
	}
}

// streamTo runs the operation and sends its results as events. What is wrong
// with the document is reported in an event too, since a browser's EventSource
// shows its page nothing of an answer with another status.
func (s *Server) streamTo(w http.ResponseWriter, r *http.Request, b *Backend, req *api.Request) {
	if r.Method == http.MethodHead {
		allow(w.Header(), "/graphql/stream") // without HEAD
		writeError(w, http.StatusMethodNotAllowed, jsonType, codes.MethodNotAllowed, "an event stream is requested with POST or GET, not HEAD")
		return
	}
	if r.Method == http.MethodGet && hasBody(r) { // asked for at /graphql
		s.refuseBody(w, r)
		return
	}
	f := api.Follow{MaxBehind: s.opts.Live.MaxBehind}
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		n, err := strconv.ParseUint(last, 10, 63)
		if err != nil {
			writeError(w, http.StatusBadRequest, jsonType, codes.BadRequest, "Last-Event-ID is the sequence number of the last event that was read, not "+strconv.Quote(last))
			return
		}
		after := graph.Seq(n)
		f.After = &after
	}
	if err := s.followers.enter(s.opts.Live.MaxSubscribers); err != nil {
		s.noPlace(w, err)
		return
	}
	defer s.followers.leave()
	ctx, cancel := s.followers.joined(r.Context())
	defer cancel()
	slot := &w.(*responseRecorder).slot
	if err := slot.Enter(ctx, s.lane(req)); err != nil {
		s.shed(w, jsonType, err)
		return
	}
	start, done := context.WithTimeout(ctx, s.opts.Timeout)
	session := b.Begin()
	seq := session.Seq()
	sub, res := s.subscribe(start, slot, session, req, f)
	done()
	slot.Leave()
	if sub == nil && res.Code == codes.Overloaded {
		defer res.Release()
		s.answer(w, r, jsonType, session, "", res)
		return
	}
	if sub == nil {
		seq = session.Seq() // a mutation reads what it wrote
	}
	w.Header().Set(SequenceHeader, strconv.FormatUint(uint64(seq), 10))
	e := newEvents(w, s.opts.Live.WriteTimeout)
	if sub == nil {
		defer res.Release()
		e.id = false
		if e.next(res, 0) == nil {
			_ = e.complete() // a client that has gone needs none
		}
		return
	}
	s.metrics.Subscribers[metrics.SSE].Inc()
	defer s.metrics.Subscribers[metrics.SSE].Dec()
	// The first id comes before the first event: who is cut off in between
	// resumes from here as well.
	err := e.quiet(uint64(sub.After()))
	if err == nil {
		err = s.follow(ctx, sub, e)
	}
	switch {
	case err == nil:
		_ = e.complete()
	case errors.Is(err, os.ErrDeadlineExceeded):
		s.metrics.Dropped[metrics.Slow].Inc()
		s.log.Info("subscriber_dropped", "reason", "it did not read in time", "resume_from", sub.After())
	case errors.Is(err, context.Canceled):
		// No complete: clients then connect again and go on from the last id.
	default:
		s.log.Debug("stream_ended", "error", err.Error())
	}
}

// events writes an event stream.
type events struct {
	w       http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
	id      bool // results carry ids to resume from
}

// newEvents begins the stream.
func newEvents(w http.ResponseWriter, timeout time.Duration) *events {
	e := &events{w, http.NewResponseController(w), timeout, true}
	if t, ok := w.(*responseRecorder); ok {
		t.streamed = true
	}
	// The server's own limits are for requests with one answer. The request has
	// been read; a deadline that stayed would end the stream when it passes.
	_ = e.control.SetReadDeadline(time.Time{}) // a recorder in a test has none
	h := w.Header()
	h.Set("Content-Type", streamType+"; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // or nginx holds events back
	_ = e.control.SetWriteDeadline(time.Now().Add(timeout))
	w.WriteHeader(http.StatusOK)
	return e
}

func (e *events) next(res *gql.Response, after uint64) error {
	id := ""
	if e.id {
		id = "id: " + strconv.FormatUint(after, 10) + "\n"
	}
	return e.parts([]byte(id+"event: next\ndata: "), res.Body, []byte("\n\n"))
}

// parts writes the parts of an event. JSON as the engine writes it has no line breaks.
func (e *events) parts(parts ...[]byte) error {
	if err := sendAll(e.w, e.control, e.timeout, parts...); err != nil {
		return err
	}
	return e.control.Flush()
}

// comment shows that the stream lives.
func (e *events) comment() error { return e.write(": here\n\n") }

// quiet sends a comment, to show that the stream lives, and how far it has come.
func (e *events) quiet(after uint64) error {
	return e.write(": here\nid: " + strconv.FormatUint(after, 10) + "\n\n")
}

func (e *events) complete() error { return e.write("event: complete\ndata:\n\n") }

func (e *events) write(text string) error {
	return e.parts([]byte(text))
}
