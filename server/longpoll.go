package server

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/api/operation"
)

// A GET with If-None-Match and Prefer: wait=30 (RFC 7240) is answered when the answer that the client
// has changes, or with 304 after that time. It is a live query of one answer, which proxies can share.

// maxWait bounds such a wait, in seconds: the connection's own limit for the whole request is longer.
const maxWait = 45

// waitOf returns for how long the client prefers to wait; 0 for not at all.
func waitOf(r *http.Request) time.Duration {
	for _, line := range r.Header["Prefer"] {
		for part := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(part, "=")
			if !strings.EqualFold(strings.TrimSpace(name), "wait") {
				continue
			}
			if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n > 0 {
				return time.Duration(min(n, maxWait)) * time.Second
			}
		}
	}
	return 0
}

// awaitChange waits for an answer that differs from the one that the client has. It returns true
// where it has answered, since none came, or none could be awaited.
func (s *Server) awaitChange(w *responseRecorder, r *http.Request, b *Backend, req *operation.Request, held []string, wait time.Duration) bool {
	ctx, leave, bad := s.streams.Hold(r.Context())
	if bad != nil {
		refuseStream(w, bad)
		return true
	}
	defer leave()
	_, replaced := b.Graph.Next() // before the session begins
	session := b.Begin()
	tag := validator(session, req, noTable)
	if tag == "" {
		return false
	}
	if err := w.slot.Enter(ctx, &s.admission.Reads); err != nil {
		s.shed(w, jsonType, err)
		return true
	}
	now, res := s.liveAnswer(ctx, &w.slot, b, req)
	w.slot.Leave()
	if res != nil {
		res.Release()
		return false
	}
	if !matches(held, tag) { // it has an older one, perhaps of the same data
		if tag = s.sameData(held, now.Body[:now.Data]); tag == "" {
			return false
		}
	}
	v, ok := s.watchLive(b, req, now, replaced)
	if !ok {
		return false
	}
	defer v.Leave()
	w.Lasts()
	w.Header().Set("Preference-Applied", "wait="+strconv.Itoa(int(wait/time.Second)))
	waiting, done := context.WithTimeout(ctx, wait)
	defer done()
	if _, err := v.Wait(waiting); !errors.Is(err, context.DeadlineExceeded) {
		return r.Context().Err() != nil // nobody reads an answer then
	}
	s.notModified(w, session, tag)
	return true
}

// sameData returns the tag of the answer that the client has, if it is kept and has the same data as
// the newest one; "" otherwise.
func (s *Server) sameData(held []string, data []byte) string {
	if s.answers == nil || len(held) != 1 {
		return ""
	}
	tag := strings.TrimPrefix(strings.TrimSpace(held[0]), "W/")
	a := s.answers.Find(tag)
	if a == nil {
		return ""
	}
	defer s.answers.Release(a)
	if !bytes.Equal(a.Body[:dataOf(a.Body)], data) {
		return ""
	}
	return tag
}
