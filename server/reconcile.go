package server

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/reconcile"
)

// reconcilePath is the address of the reconciliation service.
const reconcilePath = "/reconcile"

// formType is the media type of forms, in which clients send reconciliation requests.
const formType = "application/x-www-form-urlencoded"

// previewPolicy lets pages of other programs embed a preview, which may have inline styles and nothing
// else.
const previewPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

// serveReconcile serves the Reconciliation Service API at /reconcile, by GET and POST. It never writes; a request
// counts as a read.
func (s *Server) serveReconcile(w http.ResponseWriter, r *http.Request, b *Backend) {
	if !byOwner(r) && s.opts.DocumentsOnly {
		writeError(w, http.StatusForbidden, jsonType, codes.DocumentNotTrusted, "the service answers only its trusted documents")
		return
	}
	t := w.(*responseRecorder)
	defer s.giveBackBody(t)
	asked, bad := s.form(w, r)
	if bad != nil {
		s.refuse(w, r, jsonType, bad)
		return
	}
	if err := t.slot.Enter(r.Context(), &s.admission.Reads); err != nil {
		s.shed(w, jsonType, err)
		return
	}
	ctx := s.deadlines.Begin(r.Context(), time.Now(), s.opts.Timeout, t)
	defer ctx.End()
	service := reconcile.Service{Snapshot: b.Graph.Snapshot(), Today: graph.DayOf(s.opts.Now()), Base: baseOf(r), Version: s.opts.Version}
	reply, err := service.Answer(ctx, strings.Trim(strings.TrimPrefix(r.URL.Path, reconcilePath), "/"), asked)
	t.slot.Leave()
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	switch {
	case err != nil:
		s.refuseReconciling(w, err)
	case reply.HTML:
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", previewPolicy)
		s.send(w, r, http.StatusOK, reply.Body)
	default:
		h.Set("Content-Type", jsonType+"; charset=utf-8")
		s.send(w, r, http.StatusOK, reply.Body)
	}
}

// form returns the parameters of a GET, or of the form in a POST.
func (s *Server) form(w http.ResponseWriter, r *http.Request) (url.Values, *requestError) {
	text := r.URL.RawQuery
	if r.Method == http.MethodPost {
		body, bad := s.body(w, r, formType)
		if bad != nil {
			return nil, bad
		}
		text += "&" + string(body)
	}
	asked, err := url.ParseQuery(text)
	if err != nil {
		return nil, unreadable("the parameters cannot be read: %v", err)
	}
	return asked, nil
}

// refuseReconciling answers with the reason why a request has no answer.
func (s *Server) refuseReconciling(w http.ResponseWriter, err error) {
	status, code := http.StatusBadRequest, codes.BadUserInput
	var known *graph.Error
	if !errors.As(err, &known) {
		s.log.Error("reconciliation_failed", "error", err.Error())
		writeError(w, http.StatusInternalServerError, jsonType, codes.Internal, "something went wrong in the service; it has been logged")
		return
	}
	switch known.Code {
	case graph.UnknownID:
		status, code = http.StatusNotFound, codes.NotFound
	case graph.LimitWork:
		status, code = http.StatusUnprocessableEntity, codes.LimitBatch
	case graph.Unavailable:
		status, code = http.StatusServiceUnavailable, codes.Unavailable
		w.Header().Set("Retry-After", s.admission.RetryAfter())
	}
	writeError(w, status, jsonType, code, known.Message)
}

// baseOf returns the address at which the client reached the service.
func baseOf(r *http.Request) string {
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
