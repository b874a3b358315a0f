package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/documents"
	"github.com/caspian-kg/caspian/server/internal/members"
)

// requestError is the reason why a request is refused before it runs, with the HTTP status.
type requestError struct {
	status        int
	code, message string
	// soft is true if the request is well-formed as HTTP, so that the answer has a status of
	// success if the media type requires one, see statusAs.
	soft bool
	// retry is the value of Retry-After, in seconds; 0 means no header.
	retry int
}

func (m *requestError) Error() string { return m.message }

// unreadable returns the error for a request that cannot be parsed, because of its JSON, UTF-8 or
// URL encoding.
func unreadable(format string, a ...any) *requestError {
	return &requestError{status: http.StatusBadRequest, code: codes.BadRequest, message: fmt.Sprintf(format, a...)}
}

// badRequest returns the error for a request that can be parsed but has wrong members.
func badRequest(format string, a ...any) *requestError {
	return &requestError{status: http.StatusUnprocessableEntity, code: codes.BadRequest, message: fmt.Sprintf(format, a...)}
}

// fromURL reads a request from the parameters of a GET.
func (s *Server) fromURL(r *http.Request) (*operation.Request, *requestError) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, unreadable("the query string cannot be read: %v", err)
	}
	for _, name := range []string{"query", "documentId", "operationName", "variables", "extensions"} {
		for _, v := range q[name] {
			if !utf8.ValidString(v) {
				return nil, unreadable("the parameter %s is not valid UTF-8", name)
			}
		}
		if len(q[name]) > 1 {
			return nil, badRequest("the parameter %s is given %d times; give it once", name, len(q[name]))
		}
	}
	req := &operation.Request{OperationName: q.Get("operationName")}
	var bad *requestError
	if req.Variables, bad = object("variables", []byte(q.Get("variables"))); bad != nil {
		return nil, bad
	}
	extensions, bad := object("extensions", []byte(q.Get("extensions")))
	if bad != nil {
		return nil, bad
	}
	x, bad := readExtensions(q.Get("documentId"), extensions)
	if bad != nil {
		return nil, bad
	}
	if !q.Has("query") && x.ID == "" {
		return nil, badRequest("the parameter query is missing: /graphql?query={graph{sequence}}, or POST a JSON object with query")
	}
	req.Cost, req.Trace, req.Plan = x.cost, x.trace, x.plan
	req.Query, bad = s.document(q.Get("query"), q.Has("query"), x.Reference)
	return req, bad
}

// object checks that a parameter in the URL is a JSON object, null or absent.
func object(name string, text []byte) (json.RawMessage, *requestError) {
	text = bytes.TrimSpace(text)
	if len(text) > 0 && !json.Valid(text) {
		return nil, badRequest("%s is not well-formed JSON", name)
	}
	return objectOf(name, text)
}

// objectOf is like object, for JSON that is known to be well-formed.
func objectOf(name string, text json.RawMessage) (json.RawMessage, *requestError) {
	switch {
	case len(text) == 0 || string(text) == "null":
		return nil, nil
	case text[0] != '{':
		return nil, badRequest("%s must be a JSON object, not %s", name, kindOf(text))
	}
	return text, nil
}

func kindOf(text []byte) string {
	switch text[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// parseBody reads a request from the object in a body. Unknown members are ignored, because the
// specification reserves them. A known member that occurs twice or has a wrong type is refused.
func (s *Server) parseBody(body []byte) (*operation.Request, *requestError) {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	switch {
	case len(trimmed) == 0:
		return nil, unreadable(`the body is empty; send a JSON object such as {"query":"{graph{sequence}}"}`)
	case !utf8.Valid(body):
		return nil, unreadable("the body is not valid UTF-8")
	case trimmed[0] == '[':
		return nil, &requestError{status: http.StatusUnprocessableEntity, code: codes.BatchingNotSupported,
			message: "a list of requests is not accepted here; send one request at a time, or several fields in one"}
	case trimmed[0] != '{':
		return nil, badRequest("the body is not a JSON object")
	}
	var m members.Members
	if bad := divide(body, &m); bad != nil {
		return nil, bad
	}
	return s.fromMembers(&m)
}

// divide divides a body that begins with an object into its members, which the caller provides so that they need no
// allocation.
func divide(body []byte, m *members.Members) *requestError {
	switch bad := m.Read(body); {
	case bad == nil:
		return nil
	case bad.WellFormed:
		return badRequest("%s", bad.Message)
	default:
		return unreadable("%s", bad.Message)
	}
}

// operationOf reads a POST to a reserved stream, and returns the request and its
// extensions.operationId.
func (s *Server) operationOf(w http.ResponseWriter, r *http.Request) (*operation.Request, string, *requestError) {
	if bad := s.refuseEarly(r, callerOf(w).refusal == nil); bad != nil {
		return nil, "", bad
	}
	body, bad := s.body(w, r, jsonType)
	if bad != nil {
		return nil, "", bad
	}
	req, bad := s.parseBody(body)
	if bad != nil {
		return nil, "", bad
	}
	id, bad := operationID(body)
	switch {
	case bad != nil:
		return nil, "", bad
	case id == "":
		return nil, "", badRequest("extensions.operationId is missing: choose a string, which the operation's events will carry")
	case len(id) > maxOperationID:
		return nil, "", badRequest("extensions.operationId has %d bytes; use at most %d", len(id), maxOperationID)
	default:
		req.WriteRefusal = callerOf(w).refusal
		return req, id, nil
	}
}

// operationID returns extensions.operationId of a well-formed body, or "" if there is none.
func operationID(body []byte) (string, *requestError) {
	var m members.Members
	if bad := divide(body, &m); bad != nil || m.Extensions == nil {
		return "", bad
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(m.Extensions, &given); err != nil {
		return "", badRequest("extensions cannot be read: %v", err)
	}
	return optional("extensions.operationId", given["operationId"])
}

func (s *Server) fromMembers(m *members.Members) (*operation.Request, *requestError) {
	req := &operation.Request{AllowMutation: true}
	var bad *requestError
	query, id := "", ""
	if m.Query != nil { // query must not be null, unlike the other members
		if query, bad = text("query", m.Query); bad != nil {
			return nil, bad
		}
	}
	if id, bad = optional("documentId", m.DocumentID); bad != nil {
		return nil, bad
	}
	if req.OperationName, bad = optional("operationName", m.OperationName); bad != nil {
		return nil, bad
	}
	if req.Variables, bad = objectOf("variables", m.Variables); bad != nil {
		return nil, bad
	}
	extensions, bad := objectOf("extensions", m.Extensions)
	if bad != nil {
		return nil, bad
	}
	x, bad := readExtensions(id, extensions)
	if bad != nil {
		return nil, bad
	}
	if m.Query == nil && x.ID == "" {
		return nil, badRequest("query is missing: the body must be a JSON object with the document as its member query")
	}
	req.Cost, req.Trace, req.Plan = x.cost, x.trace, x.plan
	req.Query, bad = s.document(query, m.Query != nil, x.Reference)
	return req, bad
}

// optional reads a member that is a string, null or absent.
func optional(name string, raw json.RawMessage) (string, *requestError) {
	if raw == nil || string(raw) == "null" {
		return "", nil
	}
	return text(name, raw)
}

func text(name string, raw json.RawMessage) (string, *requestError) {
	if raw[0] != '"' {
		return "", badRequest("%s must be a string, not %s", name, kindOf(raw))
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), nil // well-formed and without escapes
	}
	s, err := gql.ReadString(raw)
	if err != nil {
		return "", badRequest("%s is not a JSON string: %v", name, err)
	}
	return s, nil
}

// document finds the document of a request that has a text, a reference or both.
func (s *Server) document(text string, given bool, ref documents.Reference) (string, *requestError) {
	doc, bad := s.persisted.Find(text, given, ref)
	switch {
	case bad == nil:
		return doc, nil
	case bad.Code == codes.BadRequest:
		return "", badRequest("%s", bad.Message)
	}
	return "", &requestError{status: usualStatus(bad.Code), soft: true, code: bad.Code, message: bad.Message}
}
