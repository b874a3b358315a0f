package server

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/admission"
)

const (
	// SequenceHeader is the response header with the sequence number of the snapshot that answered.
	SequenceHeader = "Caspian-Sequence"
	// BookmarkHeader is the response header with the bookmark of the snapshot that answered. If a request has this
	// header, it reads a snapshot that has the commit of the bookmark.
	BookmarkHeader = "Caspian-Bookmark"
)

// isGraphQL reports whether the function graphql serves the path.
func isGraphQL(path string) bool { return path == "/graphql" || path == csvPath }

// graphql answers POST, GET and QUERY at /graphql, and upgrades to WebSockets.
func (s *Server) graphql(w *responseRecorder, r *http.Request) {
	switch {
	case options(w, r):
		return
	case wantsSocket(r):
		s.socket(w, r)
		return
	}
	varies(w.Header(), false)
	as := s.formOf(w, r)
	if as.media == "" {
		if as.streamed {
			s.stream(w, r)
		}
		return
	}
	b := s.backendOf(w)
	if b == nil {
		s.unavailable(w)
		return
	}
	w.watched = true
	defer s.giveBackBody(w)
	req, list := s.acceptList(w, r, as, b)
	if req == nil && list == nil {
		return
	}
	if list != nil {
		s.answerBatch(w, r, as.media, b, list)
		return
	}
	s.answerOne(w, r, b, req, as)
}

// answerOne answers one request, from the response cache if possible.
func (s *Server) answerOne(w *responseRecorder, r *http.Request, b *Backend, req *operation.Request, as form) {
	table, media := as.table, as.media
	session := b.Begin()
	if as.streamed && s.startsLive(session, req) {
		w.body = nil // which is kept as long as the query
		s.streamTo(w, r, b, req)
		return
	}
	valid := validity{tag: validator(session, req, table)}
	if held := r.Header["If-None-Match"]; len(held) > 0 && r.Method != http.MethodPost {
		if wait := waitOf(r); wait > 0 && table == noTable && s.lane(req) == &s.admission.Reads {
			if s.awaitChange(w, r, b, req, held, wait) {
				return
			}
			session = b.Begin()
			valid.tag = validator(session, req, table)
		}
		if s.unchanged(w, session, valid.tag, held) {
			return
		}
	}
	making, answered := s.kept(w, r, media, session, req, valid.tag, table)
	if answered {
		return
	}
	defer making.leave()
	slot := &w.slot
	// The request takes a slot only after its body has arrived, so that slow senders occupy none.
	if err := slot.Enter(r.Context(), s.lane(req)); err != nil {
		s.shed(w, media, err)
		return
	}
	begun := time.Now()
	ctx := s.deadlines.Begin(r.Context(), begun, s.opts.Timeout, w)
	defer ctx.End()
	res := s.execute(ctx, slot, session, req, begun)
	valid.pinned = session.Pinned()
	if making.finish(res, valid.pinned) {
		w.Header()[cacheStatus] = cacheStored
	}
	slot.Leave() // so that sending the answer occupies no slot
	if res.Code == codes.SubscriptionNotSupported && as.streamed {
		res.Release()
		ctx.End()
		w.Lasts()
		w.body = nil // because the subscription keeps the variables
		s.streamTo(w, r, b, req)
		return
	}
	defer res.Release()
	if table != noTable {
		s.answerTable(w, r, table, session, valid, res)
		return
	}
	s.answer(w, r, media, statusOf(res, media), session, valid, res)
}

// validity says whether and for how long an answer may be reused.
type validity struct {
	tag    string // the ETag from validator
	pinned bool   // see Session.Pinned
}

// validator returns the ETag of the answer to a request, or "" if the answer has no ETag.
func validator(session Session, req *operation.Request, table table) string {
	if waits(req) || req.Cost || req.Trace || req.Plan { // their answers differ each time
		return ""
	}
	return table.tag(session.ETag(req.Query, req.OperationName, req.Variables))
}

// unchanged answers with status 304 if the client already has the answer. This takes no slot.
func (s *Server) unchanged(w http.ResponseWriter, session Session, etag string, held []string) bool {
	if etag == "" || !matches(held, etag) {
		return false
	}
	s.notModified(w, session, etag)
	return true
}

// notModified answers with 304. Only answers without errors have ETags, so that this answer
// counts as one without errors.
func (s *Server) notModified(w http.ResponseWriter, session Session, etag string) {
	s.metrics.NotModified.Inc()
	h := w.Header()
	h.Set("ETag", etag)
	h.Add("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	s.locate(w, session)
	w.WriteHeader(http.StatusNotModified)
}

// acceptList reads a request, or the list of a batch, and waits for the commit of its bookmark. If it has answered with
// a refusal, both results are nil.
func (s *Server) acceptList(w *responseRecorder, r *http.Request, as form, b *Backend) (*operation.Request, []json.RawMessage) {
	req, list, bad := s.read(w, r)
	switch {
	case bad != nil:
	case list != nil && as.table != noTable:
		bad = &requestError{status: http.StatusNotAcceptable, code: codes.NotAcceptable, message: "a list of requests is answered as JSON; accept application/json"}
	case as.table != noTable:
		req.AllowMutation = false // else a mutation would be executed and its answer refused
	}
	if bad == nil {
		bad = reach(w, r, b)
	}
	if bad != nil {
		s.refuse(w, r, as.media, bad)
		return nil, nil
	}
	return req, list
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, media string, bad *requestError) {
	switch bad.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusMethodNotAllowed:
		allow(w.Header(), r.URL.Path)
	case http.StatusUnsupportedMediaType:
		acceptQuery(w.Header())
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", s.admission.RetryAfter())
		if r.ContentLength < 0 || r.ContentLength > admission.ShortBody {
			w.Header().Set("Connection", "close") // because the rest of the body is not read
		}
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", strconv.Itoa(bad.retry))
		w.Header().Set("Connection", "close") // so that each guess costs a connection
	case http.StatusRequestTimeout:
		w.Header().Set("Connection", "close")
	}
	writeError(w, bad.statusAs(media), media, bad.code, bad.message)
}

// read reads one request, or the list of a batch.
func (s *Server) read(w http.ResponseWriter, r *http.Request) (req *operation.Request, list []json.RawMessage, bad *requestError) {
	if bad = s.refuseEarly(r, callerOf(w).refusal == nil); bad != nil {
		return nil, nil, bad
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		if r.ContentLength == 0 {
			s.endReading(w.(*responseRecorder), false)
		}
		req, bad = s.fromURL(r)
	case http.MethodPost, methodQuery:
		var body []byte
		if body, bad = s.body(w, r, jsonType); bad != nil {
			break
		}
		if isBatch(body) {
			list, bad = s.split(body)
			return nil, list, bad
		}
		if req, bad = s.parseBody(body); bad == nil {
			req.AllowMutation = r.Method == http.MethodPost
		}
	default:
		bad = &requestError{status: http.StatusMethodNotAllowed, code: codes.MethodNotAllowed, message: "send GraphQL with POST, or queries with GET or QUERY, not with " + r.Method}
	}
	if bad == nil {
		req.WriteRefusal = callerOf(w).refusal
	}
	return req, nil, bad
}

// answer writes the engine's result of a request.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, media string, status int, session Session, valid validity, res *gql.Response) {
	h := w.Header()
	h["Content-Type"] = typeOf[media]
	switch {
	case status == http.StatusMethodNotAllowed:
		h.Set("Allow", "POST")
	case res.Code == codes.Overloaded: // not after a timeout, because a retry would time out again
		h.Set("Retry-After", s.admission.RetryAfter())
	}
	s.label(w, r, session, valid, res)
	s.send(w, r, status, res.Body)
}

// label sets the headers that say which snapshot the answer comes from, and how long the answer may be cached.
func (s *Server) label(w http.ResponseWriter, r *http.Request, session Session, valid validity, res *gql.Response) {
	t := w.(*responseRecorder)
	h := w.Header()
	if r.Method == methodQuery {
		acceptQuery(h)
	}
	if res.HasData {
		s.locate(t, session)
	}
	if valid.tag != "" && shareable(res) {
		t.header("Etag", valid.tag)
		h["Cache-Control"] = s.lifetime(t, valid)
	} else {
		h["Cache-Control"] = noStore
	}
}

// waits reports whether the request may wait for a later snapshot than the session's, because a view may have a
// minSequence or a bookmark.
func waits(req *operation.Request) bool {
	vars := string(req.Variables)
	for _, name := range [...]string{"minSequence", "bookmark"} {
		if strings.Contains(req.Query, name) || strings.Contains(vars, name) {
			return true
		}
	}
	return strings.Contains(vars, `\u`) // the names may be written with escapes in the variables
}

// matches reports whether If-None-Match contains the ETag.
func matches(header []string, etag string) bool {
	for _, line := range header {
		for _, tag := range strings.Split(line, ",") {
			if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == etag {
				return true
			}
		}
	}
	return false
}
