package api

import (
	"context"
	"errors"

	"github.com/caspian-kg/caspian/api/internal/redact"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// forClients is an error about the service's state whose text was written for clients.
type forClients struct{ err *graph.Error }

func (f forClients) Error() string { return f.err.Message }
func (f forClients) Unwrap() error { return f.err }

// clientError converts an error of a reader into the one that the client gets: it has what the
// client can act on. The rest is for the operator and is logged. Every error passes through
// clientError on its way to a client.
func (a *API) clientError(err error) error {
	var ready forClients
	var problems graph.Problems
	var known *graph.Error
	var about *gql.ArgumentError
	var behind *behindError
	switch {
	case errors.As(err, &ready):
		return ready.err
	case errors.As(err, &behind):
		return behind
	case errors.As(err, &problems):
		return redact.Problems(problems)
	case errors.As(err, &known) && (known.Code == graph.Unavailable || known.Code == graph.Internal):
		// The text of such an error is usually about the store and the machine.
		a.opts.Logger.Error("field_failed", "code", string(known.Code), "error", err.Error())
		if known.Code == graph.Unavailable {
			return graph.Errorf(graph.Unavailable, "the service cannot do that at present; try again later")
		}
		return errInternal
	case errors.As(err, &known):
		return graph.Errorf(known.Code, "%s", redact.Text(known.Message))
	case errors.As(err, &about):
		return &gql.ArgumentError{Argument: about.Argument, Err: graph.Errorf(graph.BadInput, "%s", redact.Text(about.Err.Error()))}
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return graph.Errorf(graph.Unavailable, "the request ended before it was answered")
	}
	a.opts.Logger.Error("field_failed", "error", err.Error())
	return errInternal
}

var errInternal = graph.Errorf(graph.Internal, "something went wrong in the service; it has been logged")
