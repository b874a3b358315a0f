package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/caspian-kg/caspian/api"
)

// malformed is a request that is no GraphQL-over-HTTP request.
type malformed struct {
	status        int
	code, message string
}

func (m *malformed) Error() string { return m.message }

func badRequest(format string, a ...any) *malformed {
	return &malformed{http.StatusBadRequest, codeRequest, fmt.Sprintf(format, a...)}
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
func fromURL(r *http.Request) (*api.Request, *malformed) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("the query string cannot be read: %v", err)
	}
	for _, name := range []string{"query", "operationName", "variables", "extensions"} {
		for _, v := range q[name] {
			if !utf8.ValidString(v) {
				return nil, badRequest("the parameter %s is not valid UTF-8", name)
			}
		}
		if len(q[name]) > 1 {
			return nil, badRequest("the parameter %s is given %d times; give it once", name, len(q[name]))
		}
	}
	if !q.Has("query") {
		return nil, badRequest("the parameter query is missing: /graphql?query={graph{sequence}}, or POST a JSON object with query")
	}
	req := &api.Request{Query: q.Get("query"), OperationName: q.Get("operationName")}
	var bad *malformed
	if req.Variables, bad = object("variables", []byte(q.Get("variables"))); bad != nil {
		return nil, bad
	}
	_, bad = object("extensions", []byte(q.Get("extensions")))
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

// fromBody reads the JSON of a POST.
func (s *Server) fromBody(w http.ResponseWriter, r *http.Request) (*api.Request, *malformed) {
	if bad := checkContentType(r.Header); bad != nil {
		return nil, bad
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.opts.MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &malformed{http.StatusRequestEntityTooLarge, codeTooLarge,
			fmt.Sprintf("the body is larger than the limit of %d bytes; send less in one request", s.opts.MaxBody)}
	case err != nil:
		return nil, &malformed{http.StatusBadRequest, codeIncomplete, "the body ended too soon or came too slowly"}
	}
	return parseBody(body)
}

func checkContentType(h http.Header) *malformed {
	unsupported := func(format string, a ...any) *malformed {
		return &malformed{http.StatusUnsupportedMediaType, codeMediaType, fmt.Sprintf(format, a...)}
	}
	text := h.Get("Content-Type")
	if text == "" {
		return unsupported("the request has no Content-Type; send application/json")
	}
	typ, params, err := mime.ParseMediaType(text)
	switch {
	case err != nil || typ != jsonType:
		// Forms and plain text are refused: a page of another site could send
		// them in its visitor's name without asking.
		return unsupported("the Content-Type %q is not supported; send application/json", text)
	case params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8"):
		return unsupported("the charset %q is not supported; send UTF-8", params["charset"])
	}
	if enc := h.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return unsupported("the Content-Encoding %q is not supported; send the body as it is", enc)
	}
	return nil
}

// parseBody reads the request's object. Unknown members are reserved by the
// draft and ignored; a known one given twice or of another type is refused.
func parseBody(body []byte) (*api.Request, *malformed) {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return nil, badRequest(`the body is empty; send a JSON object such as {"query":"{graph{sequence}}"}`)
	case !utf8.Valid(body):
		return nil, badRequest("the body is not valid UTF-8")
	case body[0] == '[':
		return nil, &malformed{http.StatusBadRequest, codeBatch, "batches of requests are not supported; send one request a time, or several fields in one"}
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
	return fromMembers(members)
}

func fromMembers(members map[string]json.RawMessage) (*api.Request, *malformed) {
	req := &api.Request{AllowMutation: true}
	var bad *malformed
	if members["query"] == nil {
		return nil, badRequest("query is missing: the body must be a JSON object with the document as its member query")
	}
	if req.Query, bad = text("query", members["query"]); bad != nil {
		return nil, bad
	}
	if raw := members["operationName"]; raw != nil && string(raw) != "null" {
		if req.OperationName, bad = text("operationName", raw); bad != nil {
			return nil, bad
		}
	}
	if req.Variables, bad = object("variables", members["variables"]); bad != nil {
		return nil, bad
	}
	if _, bad = object("extensions", members["extensions"]); bad != nil {
		return nil, bad
	}
	return req, nil
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
