package server

import (
	"net/http"
	"strconv"

	"github.com/caspian-kg/caspian/server/internal/content"
	"github.com/caspian-kg/caspian/server/internal/streams"
)

const jsonType = content.JSON

// errorBody returns the body of an answer with one GraphQL error and no data.
func errorBody(code, message string) []byte {
	body := make([]byte, 0, 64+len(code)+len(message)) // enough if nothing is escaped
	return append(streams.AppendErrors(append(body, `{"errors":`...), code, message), '}')
}

// writeError answers with one GraphQL error and no data.
func writeError(w http.ResponseWriter, status int, media, code, message string) {
	body := errorBody(code, message)
	if t, ok := w.(*responseRecorder); ok {
		t.refusal = code
	}
	h := w.Header()
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // fails if the client has disconnected
}

// selfCounted is the length up to which net/http adds Content-Length itself, because its buffer has
// the whole answer. That is faster than setting the header.
const selfCounted = 2000

// send writes an answer. It compresses a long answer if the client accepts it. The caller has set
// all headers except those for the encoding and the length.
func (s *Server) send(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	varies(w.Header(), true)
	if s.packs(r, body) {
		if out := s.packers.Pack(r.Context(), body); out != nil {
			defer s.packers.Give(out)
			body = out.Bytes()
			markPacked(w.Header())
		}
	}
	s.write(w, status, body)
}

// packs reports whether an answer is sent compressed.
func (s *Server) packs(r *http.Request, body []byte) bool {
	return s.opts.CompressAbove >= 0 && len(body) > s.opts.CompressAbove && content.AcceptsGzip(r.Header["Accept-Encoding"])
}

// markPacked sets the headers of a compressed answer.
func markPacked(h http.Header) {
	h.Set("Content-Encoding", "gzip")
	if tag := h.Get("ETag"); tag != "" {
		h.Set("ETag", "W/"+tag) // the compressed bytes differ, so the ETag is weak
	}
}

// write writes an answer as it is.
func (s *Server) write(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	if t, ok := w.(*responseRecorder); !ok || t.by == nil || len(body) > selfCounted {
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(status)
	var err error
	if len(body) <= streams.Piece { // short enough for the kernel's buffer, or for the deadline of the server
		_, err = w.Write(body)
	} else {
		err = streams.Write(w, http.NewResponseController(w), s.opts.Live.WriteTimeout, body)
	}
	if err != nil {
		s.log.Debug("answer_not_sent", "error", err.Error())
	}
}
