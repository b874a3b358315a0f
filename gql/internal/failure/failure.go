// Package failure has the errors that clients receive: an error in an answer, or the refusal of a
// whole request before execution.
//
// Read first: [Error] and [Refusal]. The package must not know the schema, how documents are
// read, or how an answer is written.
package failure

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/codes"
)

// Position is a position in a document, counted from 1, columns in runes.
type Position struct{ Line, Column int }

// PathElem is a step of a response path: a response name, or an index of a list.
type PathElem struct {
	Name  string
	Index int // -1 if the step is a name
}

// Error is one entry of a response's errors.
type Error struct {
	Message    string
	Rule       string // the validation rule that the document breaks, for tests
	Locations  []Position
	Path       []PathElem
	Extensions map[string]any
}

// Refusal refuses a request before execution.
type Refusal struct {
	Code   string
	Errors []Error
}

// Error returns the first message.
func (e *Refusal) Error() string { return e.Errors[0].Message }

// Refuse makes a refusal of one error.
func Refuse(code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Errors: []Error{{Message: fmt.Sprintf(format, args...)}}}
}

// OverLimit returns the refusal of a request that exceeds a limit. The argument what begins the
// message and names the counted thing.
func OverLimit(code, what string, limit, actual int) *Refusal {
	e := Refuse(code, "%s is %d, above the limit of %d: ask for less in one request.", strings.ToUpper(what[:1])+what[1:], actual, limit)
	e.Errors[0].Extensions = map[string]any{"limit": limit, "actual": actual}
	return e
}

// At converts a position of gqlparser into the form that errors have; nil becomes nil.
func At(p *ast.Position) []Position {
	if p == nil {
		return nil
	}
	return []Position{{p.Line, p.Column}}
}

// Ended returns the refusal for a request whose context ended with err.
func Ended(err error) *Refusal {
	if errors.Is(err, context.DeadlineExceeded) {
		return Refuse(codes.Timeout, "The request ran out of time: ask for less, or page through it.")
	}
	return Refuse(codes.Cancelled, "The request was cancelled.")
}
