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

// forClients is an error of the service's own state whose text was written for clients.
type forClients struct{ told *graph.Error }

func (f forClients) Error() string { return f.told.Message }
func (f forClients) Unwrap() error { return f.told }

// tell is what a client learns of a reader's error: all of what it can act on, and nothing of
// what only the operator can, which is logged instead. Every error on its way to a client
// comes by here, whatever it was made of.
func (a *API) tell(err error) error {
	var ready forClients
	var problems graph.Problems
	var known *graph.Error
	var about *gql.ArgumentError
	var behind *behindError
	switch {
	case errors.As(err, &ready):
		return ready.told
	case errors.As(err, &behind):
		return behind
	case errors.As(err, &problems):
		return clean(problems)
	case errors.As(err, &known) && (known.Code == graph.Unavailable || known.Code == graph.Internal):
		// Its text is of the store and of the machine, more often than not.
		a.opts.Logger.Error("field_failed", "code", string(known.Code), "error", err.Error())
		if known.Code == graph.Unavailable {
			return graph.Errorf(graph.Unavailable, "the service cannot do that at the moment; try again in a while")
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

// clean is a list of faults without what is of the machine.
func clean(ps graph.Problems) graph.Problems {
	out := make(graph.Problems, len(ps))
	for i, p := range ps {
		p.Message = withoutMachine(p.Message)
		out[i] = p
	}
	return out
}

// machinePath is an absolute path of at least two parts, where a text can have one. Addresses of
// the web have a colon or another slash before their paths.
var machinePath = regexp.MustCompile(`(^|[\s"'(=\[<,;])((?:/[\w.@~+%-]+){2,}/?|[A-Za-z]:\\[^\s"']+)`)

// systemTexts are what the system calls its errors, after the colon that Go puts before them.
var systemTexts = sync.OnceValue(func() *regexp.Regexp {
	var texts []string
	for n := 1; n < 134; n++ {
		if text := syscall.Errno(n).Error(); text != "" && !strings.HasPrefix(text, "errno") {
			texts = append(texts, regexp.QuoteMeta(text))
		}
	}
	return regexp.MustCompile(`(?:[a-z]+ \S+: )?(^|: )(` + strings.Join(texts, "|") + `)\b`)
})

// withoutMachine takes paths of the machine, and what the system said, out of a text for clients.
func withoutMachine(text string) string {
	if strings.Contains(text, ": ") || strings.ContainsAny(text, `/\`) {
		text = systemTexts().ReplaceAllString(text, "$1…")
		text = machinePath.ReplaceAllString(text, "$1…")
	}
	return text
}
