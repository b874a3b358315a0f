package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/gql"
)

// SequenceHeader carries the sequence number of the snapshot that answered.
const SequenceHeader = "Caspian-Sequence"

// graphql answers POST and GET at /graphql, and upgrades to WebSockets.
func (s *Server) graphql(w http.ResponseWriter, r *http.Request) {
	if wantsSocket(r) {
		s.socket(w, r)
		return
	}
	h := w.Header()
	h.Add("Vary", "Accept")
	media, streamed := negotiate(r.Header.Values("Accept")), acceptsStream(r.Header.Values("Accept"))
	if media == "" && streamed {
		s.stream(w, r)
		return
	}
	if media == "" {
		writeError(w, http.StatusNotAcceptable, jsonType, codeAccept,
			"answers come as application/graphql-response+json or application/json; accept one of them")
		return
	}
	b := s.backend.Load()
	if b == nil {
		s.unavailable(w)
		return
	}
	req := s.accept(w, r, media)
	if req == nil {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.opts.Timeout)
	defer cancel()

	session := b.Begin()
	etag := ""
	if !waits(req) {
		etag = session.ETag(req.Query, req.OperationName, req.Variables)
	}
	if r.Method != http.MethodPost && etag != "" && matches(r.Header.Values("If-None-Match"), etag) {
		// Only an answer without errors ever had this validator.
		s.metrics.notModified.Add(1)
		h.Set("ETag", etag)
		h.Set("Cache-Control", "no-cache")
		h.Set(SequenceHeader, strconv.FormatUint(uint64(session.Seq()), 10))
		w.WriteHeader(http.StatusNotModified)
		return
	}
	res := session.Execute(ctx, req)
	if res.Code == gql.CodeSubscription && streamed {
		res.Release()
		s.streamTo(w, r, b, req)
		return
	}
	defer res.Release()
	s.metrics.executed(res)
	s.answer(w, r, media, session, etag, res)
}

// accept reads a request and tells whether its caller may write. It returns nil
// where it has refused the request.
func (s *Server) accept(w http.ResponseWriter, r *http.Request, media string) *api.Request {
	h := w.Header()
	var req *api.Request
	var bad *malformed
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		req, bad = fromURL(r)
	case http.MethodPost:
		req, bad = s.fromBody(w, r)
	default:
		h.Set("Allow", "GET, HEAD, POST")
		bad = &malformed{http.StatusMethodNotAllowed, codeMethod, "GraphQL is asked with POST, or GET for queries, not " + r.Method}
	}
	if bad == nil {
		bad, req.WriteRefusal = s.writeRefusal(r)
	}
	if bad != nil {
		if bad.status == http.StatusUnauthorized {
			h.Set("WWW-Authenticate", "Bearer")
		}
		writeError(w, bad.status, media, bad.code, bad.message)
		return nil
	}
	return req
}

// answer writes what the engine made of a request.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, media string, session Session, etag string, res *gql.Response) {
	h := w.Header()
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(res.Body)))
	status := statusOf(res, media)
	if status == http.StatusMethodNotAllowed {
		h.Set("Allow", "POST")
	}
	if res.HasData {
		h.Set(SequenceHeader, strconv.FormatUint(uint64(session.Seq()), 10))
	}
	if etag != "" && res.Errors == 0 && res.Operation == "query" {
		h.Set("ETag", etag)
		h.Set("Cache-Control", "no-cache")
	} else {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	if _, err := w.Write(res.Body); err != nil {
		s.log.Debug("answer_not_sent", "error", err.Error())
	}
}

// waits tells whether the answer may come from a later snapshot than the
// session's: the view asks for a sequence number.
func waits(req *api.Request) bool {
	const name = "minSequence"
	vars := string(req.Variables)
	// A name in the variables may be written with escapes.
	return strings.Contains(req.Query, name) || strings.Contains(vars, name) || strings.Contains(vars, `\u`)
}

// matches tells whether If-None-Match names the validator.
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

// statusOf is the draft's status code of an answer.
func statusOf(res *gql.Response, media string) int {
	switch {
	case res.Code == gql.CodeMutation:
		return http.StatusMethodNotAllowed // whatever the media type
	case res.HasData || media == jsonType:
		return http.StatusOK
	case res.Code == gql.CodeTimeout || res.Code == gql.CodeCancelled:
		return http.StatusServiceUnavailable
	case res.Code == gql.CodeInternal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}
