package server

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/server/hosts"
)

// refuseHost answers a request for a host that is not allowed. The message repeats a well-formed
// name only.
func (s *Server) refuseHost(w http.ResponseWriter, r *http.Request) {
	what := "the request names no host"
	if host, ok := hosts.Of(r.Host); ok {
		what = fmt.Sprintf("the service does not answer for the host %s: start it with --host %s if that is its name", host, host)
	} else if r.Host != "" {
		what = "the host of the request cannot be read"
	}
	bad := &requestError{status: http.StatusMisdirectedRequest, code: codes.HostNotAllowed,
		message: what + "; on the machine of the service use localhost or 127.0.0.1, and let a proxy send a host that is allowed"}
	s.refuseCaller(w, r, bad)
}

// allowedOrigin reports whether a page of the request's origin may open a socket. The check is
// needed because a page may open a socket to another site with the visitor's rights, and browsers
// send no preflight first. Programs that are not browsers send no Origin.
func (s *Server) allowedOrigin(r *http.Request) bool {
	given := r.Header.Values("Origin")
	if len(given) == 0 {
		return true
	}
	if len(given) > 1 {
		return false
	}
	return slices.Contains(s.opts.Origins, "*") || slices.Contains(s.opts.Origins, given[0]) || hosts.SameOrigin(r)
}

// cors sets the headers that say which other sites' pages may read the answer. It returns true if
// the request was a preflight, which it has answered.
func (s *Server) cors(w http.ResponseWriter, r *http.Request) bool {
	if len(s.opts.Origins) == 0 {
		return false
	}
	h := w.Header()
	every := slices.Contains(s.opts.Origins, "*")
	if !every {
		h.Add("Vary", "Origin")
	}
	origin := r.Header.Get("Origin")
	if origin == "" || !every && !slices.Contains(s.opts.Origins, origin) {
		return false
	}
	if every {
		origin = "*"
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "ETag, Retry-After, "+cacheStatus+", "+SequenceHeader+", "+BookmarkHeader)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, QUERY, PUT, DELETE")
	// Clients name themselves in further headers, such as apollographql-client-name. The
	// star allows all headers but Authorization.
	h.Set("Access-Control-Allow-Headers", "*, Content-Type, Content-Encoding, Accept, Authorization, If-None-Match, Last-Event-ID, Traceparent, "+BookmarkHeader+", "+tokenHeader)
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}
