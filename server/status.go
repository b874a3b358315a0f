package server

import (
	"net/http"
	"strings"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/agents"
)

// The statuses of GraphQL over HTTP, edition of September 2026
// (https://http-spec.graphql.org/September2026/#sec-Status-Codes), for
// application/graphql-response+json. Clients that accept only application/json are older than that
// media type, and read only bodies with status 200. Therefore they get 200 for every answer to a
// well-formed request.

// methodQuery is the method of RFC 10008: safe like GET, with a body like POST.
const methodQuery = "QUERY"

// The methods of the addresses, for the header Allow.
const (
	graphqlMethods = "GET, HEAD, POST, QUERY, OPTIONS"
	streamMethods  = "GET, POST, QUERY, PUT, DELETE, OPTIONS"
	readMethods    = "GET, HEAD, OPTIONS"
	importMethods  = "POST, OPTIONS"
	// Reconciliation sends long batches by POST, but never writes.
	reconcileMethods = "GET, HEAD, POST, OPTIONS"
	agentMethods     = "POST, OPTIONS"
)

// methodsOf returns the methods of an address.
func methodsOf(path string) string {
	switch path {
	case "/graphql", csvPath:
		return graphqlMethods
	case "/graphql/stream":
		return streamMethods
	case agents.Path:
		return agentMethods
	case importPath:
		return importMethods
	}
	if path == reconcilePath || strings.HasPrefix(path, reconcilePath+"/") {
		return reconcileMethods
	}
	return readMethods
}

// allow sets the headers for the methods of an address, and for the bodies of QUERY.
func allow(h http.Header, path string) {
	methods := methodsOf(path)
	h.Set("Allow", methods)
	if strings.Contains(methods, methodQuery) {
		acceptQuery(h)
	}
}

// acceptQuery sets Accept-Query to the media types that a QUERY may have, as a list of structured
// fields.
func acceptQuery(h http.Header) { h.Set("Accept-Query", `"`+jsonType+`"`) }

// options answers OPTIONS and returns true. cors has already answered preflights.
func options(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodOptions {
		return false
	}
	allow(w.Header(), r.URL.Path)
	w.WriteHeader(http.StatusNoContent)
	return true
}

// statusOf returns the HTTP status for the engine's response to a request.
func statusOf(res *gql.Response, media string) int {
	switch {
	case res.Code == codes.MutationNotAllowed:
		return http.StatusMethodNotAllowed // for every media type
	case res.Code == codes.Overloaded:
		return http.StatusServiceUnavailable // else clients and proxies would take it for a valid answer
	case media == jsonType:
		return http.StatusOK
	case res.HasData && res.Errors > 0:
		return codes.Partial // even if data is null, because the request was executed
	case res.HasData:
		return http.StatusOK
	}
	return usualStatus(res.Code)
}

// usualStatus returns the status of an answer without data whose first error has the code.
func usualStatus(code string) int {
	if e, ok := codes.Find(code); ok && e.Status[0] != codes.Partial {
		return e.Status[0]
	}
	return http.StatusInternalServerError // the code of an error beside data, but data is absent
}

// statusAs returns the status of a refusal that is answered in the media type.
func (m *requestError) statusAs(media string) int {
	switch {
	case media != jsonType:
		return m.status
	case m.soft:
		return http.StatusOK
	case m.status == http.StatusUnprocessableEntity:
		return http.StatusBadRequest // the status that clients of application/json expect
	}
	return m.status
}
