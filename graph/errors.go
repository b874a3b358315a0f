package graph

import (
	"fmt"
	"strings"
)

// Code is what a caller can act on; it is part of the API.
type Code string

// The codes. Each maps to one HTTP status and one extensions.code at the edge.
const (
	BadInput    Code = "BAD_USER_INPUT" // the value itself is wrong
	UnknownID   Code = "UNKNOWN_ID"     // names something that is not there
	UnknownName Code = "UNKNOWN_NAME"   // names no type, field or qualifier of the ontology
	WrongType   Code = "WRONG_TYPE"     // a value or an entity of another type is needed
	NoSource    Code = "NO_SOURCE"      // a claim without a source
	Duplicate   Code = "DUPLICATE"      // the same thing twice
	Cycle       Code = "CYCLE"          // a transitive relation would lead back
	SeqMismatch Code = "SEQ_MISMATCH"   // the store is at another sequence number
	KeyReused   Code = "KEY_REUSED"     // the idempotency key belongs to another change
	Internal    Code = "INTERNAL"       // our fault; the log says more
	Unavailable Code = "UNAVAILABLE"    // try again later
	LimitWork   Code = "LIMIT_WORK"     // the work for an answer is more than a request may ask for
	ReadOnly    Code = "READ_ONLY"      // the service takes no writes, or not from here
)

// Error is what a caller can act on.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return e.Message }

// Extensions is what a GraphQL error carries besides its message.
func (e *Error) Extensions() map[string]any { return map[string]any{"code": string(e.Code)} }

// Errorf makes an Error.
func Errorf(code Code, format string, a ...any) *Error {
	return &Error{code, fmt.Sprintf(format, a...)}
}

// Problem is one fault of an input, with its place.
type Problem struct {
	Place   Place
	Code    Code
	Message string
}

func (p Problem) String() string {
	if at := p.Place.String(); at != "" {
		return at + ": " + p.Message
	}
	return p.Message
}

// Problems is every fault of an input, in its order.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Extensions is what a GraphQL error carries besides its message.
func (ps Problems) Extensions() map[string]any {
	list := make([]map[string]any, len(ps))
	for i, p := range ps {
		list[i] = map[string]any{"code": string(p.Code), "message": p.Message, "place": p.Place.String()}
	}
	code := string(BadInput)
	if len(ps) > 0 {
		code = string(ps[0].Code)
	}
	return map[string]any{"code": code, "problems": list}
}
