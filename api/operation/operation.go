// Package operation is the interface between a transport and the API. A transport sends a Request,
// and a Follow to start a subscription, which it then reads as a Subscription.
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
	// Variables is a JSON object; empty means none.
	Variables json.RawMessage
	// AllowMutation is false if the protocol forbids mutations, as HTTP GET does.
	AllowMutation bool
	// WriteRefusal is the reason why this caller may not write; nil if it may.
	WriteRefusal error
	// Pauser, if not nil, runs the wait for a later snapshot (view.minSequence).
	Pauser Pauser
	// Cost adds the estimated and the actual cost of the request to the response's extensions, and
	// Trace the time it took by field.
	Cost, Trace bool
	// Plan adds to the response's extensions how the request's lists were read. If the request
	// takes at least SlowAfter, Execute sets SlowPlan to the same information, as JSON; a SlowAfter
	// of 0 means never.
	Plan      bool
	SlowAfter time.Duration
	SlowPlan  string
}

// Pauser lets a request wait. Pause calls wait, which returns when the wait is over. Meanwhile
// Pause may let other requests run. An error of Pause ends the request.
type Pauser interface {
	Pause(ctx context.Context, wait func()) error
}

// Follow configures how a subscription is followed. The zero value works.
type Follow struct {
	// After, if not nil, replaces the sinceSequence in the document: a client that lost its
	// connection resumes from After.
	After *graph.Seq
	// MaxBehind ends the subscription of a client that was up to date once and now lags by more entries than
	// this; 0 means unlimited.
	MaxBehind int
}

// Subscription is a running subscription. Only one goroutine may use it at a time: Wait, then
// Answer, then Wait again.
type Subscription interface {
	// Operation returns the name of the operation, empty if it has none, and the estimated cost of
	// each event.
	Operation() (name string, cost int)
	// After returns the sequence number of the last entry that was read, sent or not. A client that
	// subscribes again with this number as sinceSequence misses nothing.
	After() graph.Seq
	// Lagged reports whether the event ends the subscription because the client lagged too far.
	Lagged() bool
	// Wait waits for an event. It returns nil when there is one, io.EOF after the last, and the
	// context's error if the context ends first.
	Wait(ctx context.Context) error
	// Answer runs the document on the event that Wait found. It returns nil if the context has
	// ended. The caller must release the response before the next Wait, or leave it to the garbage
	// collector.
	Answer(ctx context.Context) *gql.Response
}
