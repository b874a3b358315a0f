package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/api"
)

// malformed is a request that is no GraphQL-over-HTTP request.
type malformed struct {
	status        int
	code, message string
	// soft tells that the request as such is well-formed: under application/json
	// the draft wants 200 then.
	soft bool
}

// statusAs is the status of the refusal in an answer of the media type.
func (m *malformed) statusAs(media string) int {
	if m.soft && media == jsonType {
		return http.StatusOK
	}
	return m.status
}

func (m *malformed) Error() string { return m.message }

func badRequest(format string, a ...any) *malformed {
	return &malformed{status: http.StatusBadRequest, code: codeRequest, message: fmt.Sprintf(format, a...)}
}

// The codes of refusals before a document is looked at.
const (
	codeRequest    = "BAD_REQUEST"
	codeMethod     = "METHOD_NOT_ALLOWED"
	codeMediaType  = "UNSUPPORTED_MEDIA_TYPE"
	codeAccept     = "NOT_ACCEPTABLE"
	codeTooLarge   = "REQUEST_TOO_LARGE"
	codeNotFound   = "NOT_FOUND"
	codeToken      = "UNAUTHENTICATED"
	codeBatch      = "BATCHING_NOT_SUPPORTED"
	codeIncomplete = "REQUEST_INCOMPLETE"
)

// fromURL reads the parameters of a GET.
func (s *Server) fromURL(r *http.Request) (*api.Request, *malformed) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("the query string cannot be read: %v", err)
	}
	for _, name := range []string{"query", "documentId", "operationName", "variables", "extensions"} {
		for _, v := range q[name] {
			if !utf8.ValidString(v) {
				return nil, badRequest("the parameter %s is not valid UTF-8", name)
			}
		}
		if len(q[name]) > 1 {
			return nil, badRequest("the parameter %s is given %d times; give it once", name, len(q[name]))
		}
	}
	req := &api.Request{OperationName: q.Get("operationName")}
	var bad *malformed
	if req.Variables, bad = object("variables", []byte(q.Get("variables"))); bad != nil {
		return nil, bad
	}
	extensions, bad := object("extensions", []byte(q.Get("extensions")))
	if bad != nil {
		return nil, bad
	}
	ref, bad := readReference(q.Get("documentId"), extensions)
	if bad != nil {
		return nil, bad
	}
	if !q.Has("query") && ref.id == "" {
		return nil, badRequest("the parameter query is missing: /graphql?query={graph{sequence}}, or POST a JSON object with query")
	}
	req.Query, bad = s.persisted.document(q.Get("query"), q.Has("query"), ref)
	return req, bad
}

// object checks that a parameter is a JSON object, null or absent.
func object(name string, text []byte) (json.RawMessage, *malformed) {
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0 || string(text) == "null":
		return nil, nil
	case !json.Valid(text):
		return nil, badRequest("%s is not well-formed JSON", name)
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

// parseBody reads the request's object. Unknown members are reserved by the
// draft and ignored; a known one given twice or of another type is refused.
func (s *Server) parseBody(body []byte) (*api.Request, *malformed) {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return nil, badRequest(`the body is empty; send a JSON object such as {"query":"{graph{sequence}}"}`)
	case !utf8.Valid(body):
		return nil, badRequest("the body is not valid UTF-8")
	case body[0] == '[':
		return nil, &malformed{status: http.StatusBadRequest, code: codeBatch,
			message: "a list of requests is not taken here; send one request a time, or several fields in one"}
	case body[0] != '{':
		return nil, badRequest("the body is not a JSON object")
	}
	members := map[string]json.RawMessage{}
	dec := json.NewDecoder(bytes.NewReader(body))
	notJSON := func(err error) *malformed {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return badRequest("the body is not well-formed JSON: it ends too soon")
		}
		return badRequest("the body is not well-formed JSON: %v", err)
	}
	if _, err := dec.Token(); err != nil {
		return nil, notJSON(err)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, notJSON(err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, notJSON(err)
		}
		name := key.(string) // in an object, every other token is a key
		if _, twice := members[name]; twice {
			return nil, badRequest("the body has %q twice", name)
		}
		members[name] = raw
	}
	if _, err := dec.Token(); err != nil {
		return nil, notJSON(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, badRequest("there is more in the body behind the JSON object")
	}
	return s.fromMembers(members)
}

func (s *Server) fromMembers(members map[string]json.RawMessage) (*api.Request, *malformed) {
	req := &api.Request{AllowMutation: true}
	var bad *malformed
	var query, id string
	for _, m := range []struct {
		name string
		to   *string
	}{{"query", &query}, {"documentId", &id}, {"operationName", &req.OperationName}} {
		// A query of null is a fault, and so is one that is missing.
		if raw := members[m.name]; raw != nil && (string(raw) != "null" || m.to == &query) {
			if *m.to, bad = text(m.name, raw); bad != nil {
				return nil, bad
			}
		}
	}
	if req.Variables, bad = object("variables", members["variables"]); bad != nil {
		return nil, bad
	}
	extensions, bad := object("extensions", members["extensions"])
	if bad != nil {
		return nil, bad
	}
	ref, bad := readReference(id, extensions)
	if bad != nil {
		return nil, bad
	}
	given := members["query"] != nil
	if !given && ref.id == "" {
		return nil, badRequest("query is missing: the body must be a JSON object with the document as its member query")
	}
	req.Query, bad = s.persisted.document(query, given, ref)
	return req, bad
}

func text(name string, raw json.RawMessage) (string, *malformed) {
	if raw[0] != '"' {
		return "", badRequest("%s must be a string, not %s", name, kindOf(raw))
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", badRequest("%s is not a well-formed JSON string: %v", name, err)
	}
	return s, nil
}
