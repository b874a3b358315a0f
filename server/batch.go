package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/admission"
)

// A batch is a list of requests in one body. The answer is a list in the same order. The requests
// run one after the other, each in a separate session: a query after a mutation reads what the
// mutation wrote, and each answer has its own sequence number. One time limit applies to the whole
// batch, the other limits to each request.

// split returns the requests of a batch.
func (s *Server) split(body []byte) ([]json.RawMessage, *requestError) {
	refuse := func(code, format string, a ...any) ([]json.RawMessage, *requestError) {
		return nil, &requestError{status: http.StatusUnprocessableEntity, code: code, message: fmt.Sprintf(format, a...)}
	}
	if s.opts.Batch == 0 {
		return refuse(codes.BatchingNotSupported, "batches are not accepted; send one request at a time, or several fields in one (the owner of the service can permit batches with --batch)")
	}
	if !utf8.Valid(body) {
		return nil, unreadable("the body is not valid UTF-8")
	}
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, unreadable("the body is not well-formed JSON: %v", err)
	}
	switch {
	case len(list) == 0:
		return nil, badRequest("the list of requests is empty")
	case len(list) > s.opts.Batch:
		return refuse(codes.LimitBatch, "the batch has %d requests, above the limit of %d; send fewer at once", len(list), s.opts.Batch)
	}
	return list, nil
}

// answerBatch runs the requests of a batch.
func (s *Server) answerBatch(w http.ResponseWriter, r *http.Request, media string, b *Backend, list []json.RawMessage) {
	reqs, refused := s.parseBatch(list, callerOf(w).refusal, r.Method == http.MethodPost)
	t := w.(*responseRecorder)
	slot := &t.slot
	in := s.batchLane(reqs)
	if err := slot.Enter(r.Context(), in); err != nil {
		s.shed(w, media, err)
		return
	}
	ctx := s.deadlines.Begin(r.Context(), time.Now(), s.opts.Timeout, t)
	defer ctx.End()
	out := []byte{'['}
	var answered []*gql.Response // released after the whole answer has been sent
	defer func() {
		for _, res := range answered {
			res.Release()
		}
	}()
	for i, req := range reqs {
		if i > 0 {
			out = append(out, ',')
		}
		bad := refused[i]
		if bad == nil && len(out) > s.opts.MaxAnswer {
			bad = &requestError{code: codes.LimitOutput, message: fmt.Sprintf("the answers before this one have filled the limit of %d bytes: ask for less in one batch", s.opts.MaxAnswer)}
		}
		if bad != nil {
			s.metrics.Refused(bad.code)
			out = append(out, errorBody(bad.code, bad.message)...)
			continue
		}
		if slot.Enter(ctx, in) != nil { // an earlier request paused and got no slot again
			s.metrics.Refused(codes.Overloaded)
			out = append(out, shedResponse().Body...)
			continue
		}
		res := s.execute(ctx, slot, b.Begin(), req, time.Now())
		slot.Refused = false
		out = append(out, res.Body...)
		answered = append(answered, res)
		if r.Context().Err() != nil {
			return // the client has disconnected
		}
	}
	slot.Leave()
	h := w.Header()
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	status := http.StatusOK
	if !slices.ContainsFunc(answered, func(res *gql.Response) bool { return res.Code != codes.Overloaded }) && len(answered) == len(list) {
		status = http.StatusServiceUnavailable
		h.Set("Retry-After", s.admission.RetryAfter())
	}
	s.send(w, r, status, append(out, ']'))
}

// parseBatch reads the requests of a list. For each request that cannot be read it returns the
// reason.
func (s *Server) parseBatch(list []json.RawMessage, refusal error, mutations bool) ([]*operation.Request, []*requestError) {
	reqs, bad := make([]*operation.Request, len(list)), make([]*requestError, len(list))
	for i, raw := range list {
		if reqs[i], bad[i] = s.parseBody(raw); bad[i] == nil {
			reqs[i].WriteRefusal, reqs[i].AllowMutation = refusal, mutations
		}
	}
	return reqs, bad
}

// batchLane returns the lane of a batch: the lane of writes if one of its requests is a write.
func (s *Server) batchLane(reqs []*operation.Request) *admission.Lane {
	for _, req := range reqs {
		if req != nil && s.lane(req) == &s.admission.Writes {
			return &s.admission.Writes
		}
	}
	return &s.admission.Reads
}

// isBatch reports whether a body is a list of requests.
func isBatch(body []byte) bool {
	body = bytes.TrimLeft(body, " \t\r\n")
	return len(body) > 0 && body[0] == '['
}
