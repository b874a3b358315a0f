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

// The response cache. An answer is kept under its validator, which names the store, its epoch and
// sequence number, the day, the schema and the request: so nothing is ever taken from the cache
// that a new execution would answer otherwise. What has no validator is never kept.

// cacheStatus says in each answer how the response cache took part in it (RFC 9211).
const cacheStatus = "Cache-Status"

var (
	cacheHit    = []string{"Caspian; hit"}
	cacheShared = []string{"Caspian; fwd=miss; collapsed"}
	cacheMiss   = []string{"Caspian; fwd=miss"}
	cacheStored = []string{"Caspian; fwd=miss; stored"}
	cacheBypass = []string{"Caspian; fwd=bypass"}
)

// How long clients and proxies may keep an answer that cannot change: thirty days, since a newer
// version of the program may correct what an older one answered.
var (
	immutable = []string{"max-age=2592000, immutable"}
	// Where reading needs a token, a proxy must not give one reader's answer to another.
	immutableForOne = []string{"private, max-age=2592000, immutable"}
)

// lifetime returns the header Cache-Control of an answer that has a validator.
func (s *Server) lifetime(t *responseRecorder, valid validity) []string {
	switch {
	case !valid.pinned:
		return noCache
	case s.keys.Load().Readers != nil || t.caller.bearer != "":
		return immutableForOne
	}
	return immutable
}

// shareable reports whether an answer is the same for all who ask for it at the same sequence
// number and on the same day. Errors may depend on limits and on time.
func shareable(res *gql.Response) bool {
	return res.HasData && res.Errors == 0 && res.Operation == "query"
}

// making is an answer that a request makes, for itself and others. Nil is for itself only.
type making struct {
	*answers.Making
	ctx   context.Context // of its request
	ended bool
}

// kept answers from the response cache, or with what another request is making. Where it returns
// false, the caller makes the answer.
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
	a, m, err := s.answers.Get(ctx, etag, &answers.Request{Query: req.Query, Operation: req.OperationName, Variables: req.Variables})
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		s.shed(w, media, admission.ErrOverloaded)
	case err != nil: // the client has gone
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

// finish gives the answer to those that wait for it, and to the cache.
func (m *making) finish(w http.ResponseWriter, res *gql.Response, pinned bool) {
	switch {
	case m == nil:
	case !shareable(res):
		m.leave()
	default:
		m.ended = true
		if m.Done(res.Body, pinned) {
			w.Header()[cacheStatus] = cacheStored
		}
	}
}

// leave ends the making, if finish did not. Those that wait make their own answers, or one of them
// does for all where the client of this request has gone.
func (m *making) leave() {
	if m != nil && !m.ended {
		m.ended = true
		m.Fail(m.ctx.Err() != nil)
	}
}

// sendKept answers with an answer that was made before, or for another request.
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

// packKept returns a kept answer compressed, which is done once; nil where no packer is free.
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
	if r.Context().Err() == nil { // or it may be a part only
		s.answers.Pack(a, b)
	}
	return b
}
