package server

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/admission"
	"github.com/caspian-kg/caspian/server/internal/answers"
)

// The response cache stores an answer under its validator. The validator depends on the store, its epoch and
// sequence number, the day, the schema and the request. So the cache returns an answer only if executing the
// request again would give the same one. An answer without a validator is never stored.

// cacheStatus is the header that says how the response cache was used for an answer (RFC 9211).
const cacheStatus = "Cache-Status"

var (
	cacheHit    = []string{"Caspian; hit"}
	cacheShared = []string{"Caspian; fwd=miss; collapsed"}
	cacheMiss   = []string{"Caspian; fwd=miss"}
	cacheStored = []string{"Caspian; fwd=miss; stored"}
	cacheBypass = []string{"Caspian; fwd=bypass"}
)

// The values let clients and proxies cache an answer that cannot change for thirty days. They do not cache it
// forever, because a newer version of the program may correct it.
var (
	immutable = []string{"max-age=2592000, immutable"}
	// If reading needs a token, a proxy must not give one reader's answer to another.
	immutableForOne = []string{"private, max-age=2592000, immutable"}
)

// lifetime returns the value of the header Cache-Control for an answer that has a validator.
func (s *Server) lifetime(t *responseRecorder, valid validity) []string {
	switch {
	case !valid.pinned:
		return noCache
	case s.keys.Load().Closed() || t.caller.bearer != "" || t.caller.lens != nil:
		return immutableForOne
	}
	return immutable
}

// shareable reports whether every request for the same data gets this answer. An answer with errors is not
// shareable, because errors may depend on limits and on time.
func shareable(res *gql.Response) bool {
	return res.HasData && res.Errors == 0 && res.Operation == "query"
}

func requestOf(req *operation.Request) *answers.Request {
	return &answers.Request{Query: req.Query, Operation: req.OperationName, Variables: req.Variables}
}

// making is an answer that this request makes for itself and for waiting requests. It is nil if no other
// request may share the answer.
type making struct {
	*answers.Making
	ctx   context.Context // the context of the request
	ended bool
}

// kept answers from the response cache, or with the answer that another request is making. If it returns false,
// the caller makes the answer.
func (s *Server) kept(w *responseRecorder, r *http.Request, media string, session Session, req *operation.Request, etag string, form table) (*making, bool) {
	if s.answers == nil {
		return nil, false
	}
	h := w.Header()
	if etag == "" || form != noTable || s.lane(req) == &s.admission.Writes {
		h[cacheStatus] = cacheBypass
		return nil, false
	}
	if a := s.answers.Find(etag); a != nil {
		h[cacheStatus] = cacheHit
		s.sendKept(w, r, media, session, etag, a)
		return nil, true
	}
	ctx := s.deadlines.Begin(r.Context(), time.Now(), s.opts.QueueTime+s.opts.Timeout, w)
	defer ctx.End()
	a, m, err := s.answers.Get(ctx, etag, requestOf(req))
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		s.shed(w, media, admission.ErrOverloaded)
	case err != nil: // the client has disconnected
	case a != nil:
		h[cacheStatus] = cacheShared
		s.sendKept(w, r, media, session, etag, a)
	default:
		h[cacheStatus] = cacheMiss
		if m == nil {
			return nil, false
		}
		return &making{Making: m, ctx: r.Context()}, false
	}
	return nil, true
}

// finish gives the answer to those that wait for it, and reports whether the cache keeps it.
func (m *making) finish(res *gql.Response, pinned bool) (kept bool) {
	switch {
	case m == nil:
	case !shareable(res):
		m.leave()
	default:
		m.ended = true
		return m.Done(res.Body, pinned)
	}
	return false
}

// leave ends the making if finish did not. The waiting requests then make separate answers. But if the client
// of this request has disconnected, one of them makes the answer for all.
func (m *making) leave() {
	if m != nil && !m.ended {
		m.ended = true
		m.Fail(errors.Is(m.ctx.Err(), context.Canceled))
	}
}

// sendKept sends an answer from the cache, or one that another request made.
func (s *Server) sendKept(w *responseRecorder, r *http.Request, media string, session Session, etag string, a *answers.Answer) {
	defer s.answers.Release(a)
	s.metrics.Kept()
	h := w.Header()
	h["Content-Type"] = typeOf[media]
	res := gql.Response{Body: a.Body, HasData: true, Operation: "query"}
	s.label(w, r, session, validity{etag, a.Pinned}, &res)
	varies(h, true)
	body := a.Body
	if s.packs(r, body) {
		if short := s.packKept(r, a); short != nil {
			body = short
			markPacked(h)
		}
	}
	s.write(w, http.StatusOK, body)
}

// packKept returns a cached answer compressed, or nil if no packer is free. An answer is compressed only once.
func (s *Server) packKept(r *http.Request, a *answers.Answer) []byte {
	if b := s.answers.Packed(a); b != nil {
		return b
	}
	out := s.packers.Pack(r.Context(), a.Body)
	if out == nil {
		return nil
	}
	defer s.packers.Give(out)
	b := bytes.Clone(out.Bytes())
	if r.Context().Err() == nil { // otherwise b may be incomplete
		s.answers.Pack(a, b)
	}
	return b
}
