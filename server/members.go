package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// members are the members of a request's object as raw JSON; an absent member is nil.
type members struct {
	query, documentID, operationName, variables, extensions json.RawMessage
}

func (m *members) named(name string) *json.RawMessage {
	switch name {
	case "query":
		return &m.query
	case "documentId":
		return &m.documentID
	case "operationName":
		return &m.operationName
	case "variables":
		return &m.variables
	case "extensions":
		return &m.extensions
	}
	return nil
}

// bodyReader is a reusable decoder of bodies. Creating one takes longer than decoding most bodies.
type bodyReader struct {
	src bytes.Buffer // the decoder reads from src without copying
	dec jsontext.Decoder
}

var bodyReaders = sync.Pool{New: func() any { return new(bodyReader) }}

// read finds the members of a body that begins with an object. It checks the whole body as JSON,
// except for halves of surrogate pairs; the readers of the strings report those.
func (m *members) read(body []byte) *requestError {
	r := bodyReaders.Get().(*bodyReader)
	r.src = *bytes.NewBuffer(body)
	r.dec.Reset(&r.src, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	bad := m.from(&r.dec, body)
	r.src = bytes.Buffer{}
	r.dec.Reset(&r.src) // so that the pool does not keep the body alive
	bodyReaders.Put(r)
	return bad
}

func (m *members) from(d *jsontext.Decoder, body []byte) *requestError {
	if _, err := d.ReadToken(); err != nil { // the brace
		return notJSON(err)
	}
	for d.PeekKind() == '"' {
		key, err := d.ReadValue()
		if err != nil {
			return notJSON(err)
		}
		name, bad := text("a member's name", json.RawMessage(key))
		if bad != nil {
			return bad
		}
		value, err := d.ReadValue()
		if err != nil {
			return notJSON(err)
		}
		if to := m.named(name); to != nil {
			if *to != nil {
				return badRequest("the body has %q twice", name)
			}
			end := int(d.InputOffset())
			*to = body[end-len(value) : end : end]
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return notJSON(err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return unreadable("there is more in the body after the JSON object")
	}
	return nil
}

// notJSON returns the refusal for a body that is not JSON.
func notJSON(err error) *requestError {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), !errors.As(err, &syntax):
		return unreadable("the body is not well-formed JSON: it ends too soon")
	default:
		return unreadable("the body is not well-formed JSON at byte %d: %v", syntax.ByteOffset+1, syntax.Err)
	}
}
