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

// Defaults that follow from the number of cores. Work is bound by the processor: more slots than
// cores only let short requests pass long ones, and each takes memory.
var (
	DefaultMaxRequests = 4 * runtime.GOMAXPROCS(0)
	// Writes are made durable in groups, and wait for the disk meanwhile.
	DefaultMaxWrites = 8 * runtime.GOMAXPROCS(0)
)

// DefaultMaxConnections returns how many connections the process's limit of open files
// leaves. It reads the limit at each call.
func DefaultMaxConnections() int { return admission.DefaultMaxConnections() }

// lane returns the lane of a request. A mutation that may not write is refused soon, so it
// counts as a read, and only callers with the right to write enter the lane of writes.
func (s *Server) lane(req *operation.Request) *admission.Lane {
	if req.AllowMutation && req.WriteRefusal == nil && gql.Mutates(req.Query, req.OperationName) {
		return &s.admission.Writes
	}
	return &s.admission.Reads
}

// refuseEarly refuses a request before it is read, where it would get no slot. A request
// that may be answered without a slot, or that may be a write, is read first.
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

// overloaded returns the refusal of a request that was shed.
func overloaded() *requestError {
	return &requestError{status: http.StatusServiceUnavailable, code: codes.Overloaded, message: admission.ErrOverloaded.Error()}
}

// shed answers a request that got no slot. Its body has been read, so that the connection
// may go on.
func (s *Server) shed(w http.ResponseWriter, media string, err error) {
	if !errors.Is(err, admission.ErrOverloaded) {
		return // the client has gone
	}
	bad := overloaded()
	w.Header().Set("Retry-After", s.admission.RetryAfter())
	writeError(w, bad.status, media, bad.code, bad.message)
}

// shedResponse is shed as a response, for callers that write it themselves.
func shedResponse() *gql.Response {
	bad := overloaded()
	return &gql.Response{RequestError: true, Errors: 1, Code: bad.code, Body: errorBody(bad.code, bad.message)}
}

// refuseSpare refuses a request on a spare connection unless it is a probe, and ends the
// connection in either case.
func (s *Server) refuseSpare(w http.ResponseWriter, r *http.Request) bool {
	if !s.connections.Spare(r.Context()) {
		return false
	}
	w.Header().Set("Connection", "close")
	// net/http would wait for the rest of a body, and the connection with it.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now()) // a recorder in a test has none
	switch r.URL.Path {
	case "/healthz", "/readyz", "/metrics":
		return false
	}
	w.Header().Set("Retry-After", s.admission.RetryAfter())
	writeError(w, http.StatusServiceUnavailable, jsonType, codes.Overloaded, "all connections of the service are taken; try again later")
	return true
}
