package graph

import (
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/codes"
)

// Code is an error code on which a caller can act, one of package codes; it is part of the API.
type Code string

// The codes of the domain.
const (
	BadInput        Code = codes.BadUserInput
	UnknownID       Code = codes.UnknownID
	UnknownName     Code = codes.UnknownName
	WrongType       Code = codes.WrongType
	NoSource        Code = codes.NoSource
	Duplicate       Code = codes.Duplicate
	Cycle           Code = codes.Cycle
	SeqMismatch     Code = codes.SeqMismatch
	KeyReused       Code = codes.KeyReused
	HistoryReplaced Code = codes.HistoryReplaced
	Internal        Code = codes.Internal
	Unavailable     Code = codes.Unavailable
	LimitWork       Code = codes.LimitWork
	ReadOnly        Code = codes.ReadOnly
)

// Error is an error on which a caller can act.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return e.Message }

// Extensions returns what a GraphQL error has besides its message.
func (e *Error) Extensions() map[string]any { return map[string]any{"code": string(e.Code)} }

// Errorf returns an Error.
func Errorf(code Code, format string, a ...any) *Error {
	return &Error{code, fmt.Sprintf(format, a...)}
}

// Problem is one fault of an input, with its position.
type Problem struct {
	Position Position
	Code     Code
	Message  string
	// More is the number of unlisted problems that this entry replaces; 0 for an ordinary problem.
	More int
}

// MoreProblems returns the entry that ends a list from which n problems are left out.
func MoreProblems(n int) Problem {
	return Problem{Code: BadInput, Message: fmt.Sprintf("and %d more problems", n), More: n}
}

func (p Problem) String() string {
	if at := p.Position.String(); at != "" {
		return at + ": " + p.Message
	}
	return p.Message
}

// Problems are all faults of an input, in the order of the input.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Extensions returns what a GraphQL error has besides its message.
func (ps Problems) Extensions() map[string]any {
	list := make([]map[string]any, len(ps))
	for i, p := range ps {
		list[i] = map[string]any{"code": string(p.Code), "message": p.Message, "place": p.Position.String()}
	}
	code := string(BadInput)
	if len(ps) > 0 {
		code = string(ps[0].Code)
	}
	return map[string]any{"code": code, "problems": list}
}
