package streams

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/content"
	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// Server-sent events, by the protocol GraphQL over SSE in its distinct connections mode: each
// request has one operation, whose results are events named next, followed by one named complete.
// reservation.go has the other mode.

// Fail answers with an event stream of one error, and completes it.
func (s *Streams) Fail(w http.ResponseWriter, code, message string) {
	e := newEvents(w, s.opts.WriteTimeout)
	if e.parts([]byte("event: next\ndata: {\"errors\":"), AppendErrors(nil, code, message), []byte("}\n\n")) == nil {
		_ = e.complete() // fails if the client has disconnected
	}
}

// Serve answers a request with the results of one operation, as events, and returns when the stream
// has ended. If start returns nil twice, start has answered the request itself.
func (s *Streams) Serve(w http.ResponseWriter, r *http.Request, start Start) *Refusal {
	ctx, leave, bad := s.Hold(r.Context())
	if bad != nil {
		return bad
	}
	defer leave()
	sub, res := start(ctx)
	if sub == nil && res == nil {
		return nil
	}
	e := newEvents(w, s.opts.WriteTimeout)
	if sub == nil {
		defer res.Release()
		e.id = false
		if e.next(res, 0) == nil {
			_ = e.complete() // fails if the client has disconnected
		}
		return nil
	}
	open := s.opts.Metrics.Subscribers[metrics.SSE]
	open.Inc()
	defer open.Dec()
	// The first id comes before the first event, so that a client that is disconnected in between
	// resumes from here too.
	err := e.quiet(uint64(sub.After()))
	if err == nil {
		err = s.follow(ctx, sub, e)
	} else {
		sub.Ended(0, slowReader)
	}
	switch {
	case err == nil:
		_ = e.complete()
	case errors.Is(err, os.ErrDeadlineExceeded):
		s.slow("resume_from", sub.After())
	case errors.Is(err, context.Canceled):
		// No complete is sent, so that clients connect again and resume from the last id.
	default:
		s.opts.Logger.Debug("stream_ended", "error", err.Error())
	}
	return nil
}

// events writes an event stream.
type events struct {
	w       http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
	id      bool // results have ids, from which a client can resume
}

// newEvents begins the stream.
func newEvents(w http.ResponseWriter, timeout time.Duration) *events {
	e := &events{w, http.NewResponseController(w), timeout, true}
	// The server's deadlines are for requests with one answer. The deadline for reading the request
	// would end the stream.
	_ = e.control.SetReadDeadline(time.Time{}) // fails only for a recorder in a test
	h := w.Header()
	h.Set("Content-Type", content.Stream+"; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // else nginx delays events
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

// parts writes the parts of an event. JSON from the engine has no line breaks.
func (e *events) parts(parts ...[]byte) error {
	if err := Write(e.w, e.control, e.timeout, parts...); err != nil {
		return err
	}
	return e.control.Flush()
}

// comment sends a comment, which shows that the stream is alive.
func (e *events) comment() error { return e.write(": here\n\n") }

// quiet sends a comment, which shows that the stream is alive, with the sequence number that the
// subscription has reached.
func (e *events) quiet(after uint64) error {
	return e.write(": here\nid: " + strconv.FormatUint(after, 10) + "\n\n")
}

func (e *events) complete() error { return e.write("event: complete\ndata:\n\n") }

func (e *events) write(text string) error {
	return e.parts([]byte(text))
}
