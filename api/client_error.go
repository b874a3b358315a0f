package api

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"syscall"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// forClients is an error about the service's own state whose text was written for clients.
type forClients struct{ err *graph.Error }

func (f forClients) Error() string { return f.err.Message }
func (f forClients) Unwrap() error { return f.err }

// clientError is the error that a client gets of a reader's: what it can act on, without what is for
// the operator, which is logged. Every error on its way to a client passes through here.
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
		return clean(problems)
	case errors.As(err, &known) && (known.Code == graph.Unavailable || known.Code == graph.Internal):
		// Its text is mostly about the store and the machine.
		a.opts.Logger.Error("field_failed", "code", string(known.Code), "error", err.Error())
		if known.Code == graph.Unavailable {
			return graph.Errorf(graph.Unavailable, "the service cannot do that at present; try again later")
		}
		return errInternal
	case errors.As(err, &known):
		return graph.Errorf(known.Code, "%s", withoutMachine(known.Message))
	case errors.As(err, &about):
		return &gql.ArgumentError{Argument: about.Argument, Err: graph.Errorf(graph.BadInput, "%s", withoutMachine(about.Err.Error()))}
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return graph.Errorf(graph.Unavailable, "the request ended before it was answered")
	}
	a.opts.Logger.Error("field_failed", "error", err.Error())
	return errInternal
}

var errInternal = graph.Errorf(graph.Internal, "something went wrong on our side; it has been noted")

// clean returns problems without what is about the machine.
func clean(ps graph.Problems) graph.Problems {
	out := make(graph.Problems, len(ps))
	for i, p := range ps {
		p.Message = withoutMachine(p.Message)
		out[i] = p
	}
	return out
}

// machinePath matches an absolute path of at least two parts where a text can have one. URLs have a
// colon or another slash before their paths.
var machinePath = regexp.MustCompile(`(^|[\s"'(=\[<,;])((?:/[\w.@~+%-]+){2,}/?|[A-Za-z]:\\[^\s"']+)`)

// systemTexts matches the texts of the system's errors, after the colon that Go puts before them.
var systemTexts = sync.OnceValue(func() *regexp.Regexp {
	var texts []string
	for n := 1; n < 134; n++ {
		if text := syscall.Errno(n).Error(); text != "" && !strings.HasPrefix(text, "errno") {
			texts = append(texts, regexp.QuoteMeta(text))
		}
	}
	return regexp.MustCompile(`(?:[a-z]+ \S+: )?(^|: )(` + strings.Join(texts, "|") + `)\b`)
})

// withoutMachine removes paths of the machine and texts of the system from a text for clients.
func withoutMachine(text string) string {
	if strings.Contains(text, ": ") || strings.ContainsAny(text, `/\`) {
		text = systemTexts().ReplaceAllString(text, "$1…")
		text = machinePath.ReplaceAllString(text, "$1…")
	}
	return text
}
