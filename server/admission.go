package server

import (
	"errors"
	"net/http"
	"runtime"
	"time"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/admission"
)

// Defaults that depend on the number of cores. Requests are bound by the processor: more slots than
// cores only let short requests overtake long ones, and each slot takes memory.
var (
	DefaultMaxRequests = 4 * runtime.GOMAXPROCS(0)
	// Writes wait for the disk, and are made durable in groups.
	DefaultMaxWrites = 8 * runtime.GOMAXPROCS(0)
)

// DefaultMaxConnections returns how many connections the process's limit of open files permits.
// Each call reads the limit.
func DefaultMaxConnections() int { return admission.DefaultMaxConnections() }

// lane returns the lane of a request. A mutation by a caller who may not write is refused soon, so
// it counts as a read.
func (s *Server) lane(req *operation.Request) *admission.Lane {
	if req.AllowMutation && req.WriteRefusal == nil && gql.Mutates(req.Query, req.OperationName) {
		return &s.admission.Writes
	}
	return &s.admission.Reads
}

// refuseEarly returns a refusal, before the request is read, if no slot is available. It returns
// nil for a request that may be answered without a slot, or that may be a write, because the server
// must read those first.
func (s *Server) refuseEarly(r *http.Request, mayWrite bool) *requestError {
	a := s.admission
	if !a.Reads.Shut() || r.Header.Get("If-None-Match") != "" {
		return nil
	}
	if mayWrite && r.Method == http.MethodPost && !a.Writes.Shut() {
		return nil
	}
	a.Reads.Shed()
	return overloaded()
}

// overloaded returns the refusal of a request that the service sheds.
func overloaded() *requestError {
	return &requestError{status: http.StatusServiceUnavailable, code: codes.Overloaded, message: admission.ErrOverloaded.Error()}
}

// shed answers a request that got no slot. The body of the request must have been read, so that the
// connection can be used again.
func (s *Server) shed(w http.ResponseWriter, media string, err error) {
	if !errors.Is(err, admission.ErrOverloaded) {
		return // the client has disconnected
	}
	bad := overloaded()
	w.Header().Set("Retry-After", s.admission.RetryAfter())
	writeError(w, bad.status, media, bad.code, bad.message)
}

// responseOf returns a refusal in the form of an answer by the engine.
func responseOf(bad *requestError) *gql.Response {
	return &gql.Response{RequestError: true, Errors: 1, Code: bad.code, Body: errorBody(bad.code, bad.message)}
}

// shedResponse returns the answer of shed, for callers that write it themselves.
func shedResponse() *gql.Response {
	return responseOf(overloaded())
}

// refuseSpare reports whether the request came over a spare connection and is not a probe; it then
// refuses the request. It closes a spare connection in either case.
func (s *Server) refuseSpare(w http.ResponseWriter, r *http.Request) bool {
	if !s.connections.Spare(r.Context()) {
		return false
	}
	w.Header().Set("Connection", "close")
	// Without a deadline, net/http would wait for the rest of a body, and keep the connection open.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now()) // fails only for a recorder in a test
	switch r.URL.Path {
	case "/healthz", "/readyz", "/metrics":
		return false
	}
	w.Header().Set("Retry-After", s.admission.RetryAfter())
	writeError(w, http.StatusServiceUnavailable, jsonType, codes.Overloaded, "all connections of the service are taken; try again later")
	return true
}
