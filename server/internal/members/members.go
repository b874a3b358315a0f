// Package members divides the JSON object of a request into its members, without reading them.
//
// Read Members first. The package must not know what the members mean, nor how a request is refused.
package members

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/caspian-kg/caspian/gql"
)

// Members are the members of a request's object as raw JSON; an absent member is nil.
type Members struct {
	Query, DocumentID, OperationName, Variables, Extensions json.RawMessage
}

// Fault says why a body cannot be divided. WellFormed is true if the body is JSON, but not a request.
type Fault struct {
	Message    string
	WellFormed bool
}

func malformed(format string, a ...any) *Fault { return &Fault{Message: fmt.Sprintf(format, a...)} }

// Named returns the member with a name in JSON, or nil if a request has no such member.
func (m *Members) Named(name string) *json.RawMessage {
	switch name {
	case "query":
		return &m.Query
	case "documentId":
		return &m.DocumentID
	case "operationName":
		return &m.OperationName
	case "variables":
		return &m.Variables
	case "extensions":
		return &m.Extensions
	}
	return nil
}

// bodyReader is a reusable decoder of bodies. Creating one takes longer than decoding most bodies.
type bodyReader struct {
	src bytes.Buffer // the decoder reads from src without copying
	dec jsontext.Decoder
}

var bodyReaders = sync.Pool{New: func() any { return new(bodyReader) }}

// Read finds the members of a body that begins with an object. It checks the whole body as JSON,
// except for halves of surrogate pairs; the readers of the strings report those.
func (m *Members) Read(body []byte) *Fault {
	r := bodyReaders.Get().(*bodyReader)
	r.src = *bytes.NewBuffer(body)
	r.dec.Reset(&r.src, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	bad := m.from(&r.dec, body)
	r.src = bytes.Buffer{}
	r.dec.Reset(&r.src) // so that the pool does not keep the body alive
	bodyReaders.Put(r)
	return bad
}

func (m *Members) from(d *jsontext.Decoder, body []byte) *Fault {
	if _, err := d.ReadToken(); err != nil { // the brace
		return notJSON(err)
	}
	for d.PeekKind() == '"' {
		key, err := d.ReadValue()
		if err != nil {
			return notJSON(err)
		}
		name, bad := nameOf(key)
		if bad != nil {
			return bad
		}
		value, err := d.ReadValue()
		if err != nil {
			return notJSON(err)
		}
		if to := m.Named(name); to != nil {
			if *to != nil {
				return &Fault{fmt.Sprintf("the body has %q twice", name), true}
			}
			end := int(d.InputOffset())
			*to = body[end-len(value) : end : end]
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return notJSON(err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return malformed("there is more in the body after the JSON object")
	}
	return nil
}

// nameOf reads the name of a member.
func nameOf(raw []byte) (string, *Fault) {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), nil // well-formed and without escapes
	}
	name, err := gql.ReadString(raw)
	if err != nil {
		return "", &Fault{fmt.Sprintf("a member's name is not a JSON string: %v", err), true}
	}
	return name, nil
}

// notJSON returns the refusal for a body that is not JSON.
func notJSON(err error) *Fault {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), !errors.As(err, &syntax):
		return malformed("the body is not well-formed JSON: it ends too soon")
	default:
		return malformed("the body is not well-formed JSON at byte %d: %v", syntax.ByteOffset+1, syntax.Err)
	}
}
