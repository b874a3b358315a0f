// Package operation is what a transport and the API say to each other: Request and Follow are
// what the transport asks, Subscription is what it follows.
//
// The package must not know HTTP, the schema, or how documents are executed.
package operation

import (
	"context"
	"encoding/json"
	"time"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// Request is one GraphQL request.
type Request struct {
	Query, OperationName string
	// Variables is a JSON object, or nothing.
	Variables json.RawMessage
	// AllowMutation is false where the protocol forbids mutations, as HTTP GET does.
	AllowMutation bool
	// WriteRefusal, if not nil, is why this caller may not write.
	WriteRefusal error
	// Pauser, if not nil, runs the wait for a later snapshot (view.minSequence).
	Pauser Pauser
	// Cost adds the estimated and the actual cost of the request to the response's extensions, and
	// Trace the time it took by field.
	Cost, Trace bool
	// Plan adds how its lists were found to the response's extensions. If a request takes at
	// least SlowAfter, Execute sets SlowPlan to the same plan, as JSON; 0 means never.
	Plan      bool
	SlowAfter time.Duration
	SlowPlan  string
}

// Pauser lets a request wait. Pause calls wait, which returns when the wait is over, and may let
// other requests run meanwhile; its error ends the request.
type Pauser interface {
	Pause(ctx context.Context, wait func()) error
}

// Follow says how a subscription is followed. The zero value works.
type Follow struct {
	// After, if not nil, replaces the subscription's own sinceSequence: a client that lost its
	// connection resumes there.
	After *graph.Seq
	// MaxBehind ends the subscription of a client that was up to date and then fell more entries
	// behind than this; 0 means unlimited.
	MaxBehind int
}

// Subscription is a subscription that is being followed. It is for one goroutine at a time: Wait,
// then Answer, then Wait again.
type Subscription interface {
	// Operation returns the operation's name, empty if it has none, and its estimated cost for
	// each event.
	Operation() (name string, cost int)
	// After returns the sequence number of the last entry that was read, sent or not: a client
	// that subscribes again with it as sinceSequence misses nothing.
	After() graph.Seq
	// Lagged reports whether the event is the last one, since the client lagged too far.
	Lagged() bool
	// Wait waits for an event. It returns nil when there is one, io.EOF after the last, and the
	// context's error when that is done first.
	Wait(ctx context.Context) error
	// Answer runs the document on the event that Wait found. It returns nil where the context is
	// done. The response must be released before the next Wait, or left to the garbage collector.
	Answer(ctx context.Context) *gql.Response
}
