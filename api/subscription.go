package api

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// subscription returns the root of what can be followed.
func (b *builder) subscription() *graphql.Object {
	return b.Object("Subscription", "Everything that can be followed.", func() []output.Field {
		return []output.Field{{
			Name: "changes", Type: output.Must(b.logEntryType()),
			About: "What the store records, entry by entry, each exactly once: first what it recorded after sinceSequence, then each commit when it is durable. Entries are as those of the query log.",
			Args: graphql.FieldConfigArgument{
				"sinceSequence": {Type: graphql.Int, Description: "Starts after this sequence number: 0 for everything, or the sequence of the last entry received to resume. From now on by default."},
				"where":         {Type: b.ChangesFilterType(), Description: "Sends only claims that match, and only entries that have one; all by default."},
			},
			Read: gql.Binding{
				Prepare: b.prepareFollow,
				Stream: func(c *gql.Call, _ gql.Ref) (<-chan gql.Ref, error) {
					return c.Request.(*Session).follow(c.Args.(*followArgs))
				},
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					if err, ok := src.Obj.(error); ok {
						return gql.Ref{}, false, err
					}
					return src, true, nil
				},
			},
		}}
	})
}

// followArgs are the prepared arguments of the subscription changes.
type followArgs struct {
	since *graph.Seq // nil: from now on
	where *input.ChangesFilter
}

func (b *builder) prepareFollow(args map[string]any) (any, error) {
	a := &followArgs{}
	if n, ok := args["sinceSequence"].(int); ok {
		if n < 0 {
			return nil, &gql.ArgumentError{Argument: "sinceSequence", Err: graph.Errorf(graph.BadInput, "sinceSequence: %d is below 0", n)}
		}
		since := graph.Seq(n)
		a.since = &since
	}
	if in, ok := args["where"].(map[string]any); ok {
		var err error
		if a.where, err = b.ReadChangesFilter(in); err != nil {
			return nil, &gql.ArgumentError{Argument: "where", Err: err}
		}
	}
	return a, nil
}

// Follow says how a subscription is followed. The zero value works.
type Follow struct {
	// After, where not nil, replaces the subscription's own sinceSequence: a client that lost its
	// connection resumes there.
	After *graph.Seq
	// MaxBehind ends the subscription of a client that was up to date and then fell more entries
	// behind than this; 0 means unlimited.
	MaxBehind int
}

// Subscription is a subscription that is being followed. It starts no goroutine and, while
// it waits, holds neither a snapshot nor a queue. It is for one goroutine at a time: Wait,
// then Answer, then Wait again.
type Subscription struct {
	session *Session
	sub     *gql.Subscription
}

// Subscribe starts a subscription. The context is for the start only; Wait and Answer have
// contexts of their calls. A refusal, and the answer to a query or mutation, is returned as
// a response; exactly one of the two results is not nil. From then on the session belongs to
// the subscription.
func (s *Session) Subscribe(ctx context.Context, r *Request, f Follow) (*Subscription, *gql.Response) {
	s.refusal, s.pauser, s.followed = r.WriteRefusal, r.Pauser, &f
	sub, res := s.api.engine.Subscribe(ctx, s.request(r))
	if sub == nil {
		return nil, res
	}
	s.snapshot, s.view, s.last = nil, nil, lastView{} // a waiting follower must not keep an old snapshot alive
	return &Subscription{s, sub}, nil
}

// Operation returns the operation's name, empty if it has none, and its estimated cost for each
// event.
func (s *Subscription) Operation() (name string, cost int) { return s.sub.Operation() }

// After returns the sequence number of the last entry that was read, sent or not: a client that
// subscribes again with it as sinceSequence misses nothing.
func (s *Subscription) After() graph.Seq { return s.session.feed.after }

// Lagged reports whether the event is the last one, since the client lagged too far.
func (s *Subscription) Lagged() bool { return s.session.feed.over }

// Wait waits for an event. It returns nil when there is one, io.EOF after the last, and the
// context's error when that is done first.
func (s *Subscription) Wait(ctx context.Context) error { return s.session.feed.wait(ctx) }

// Answer runs the document on the event that Wait found. It returns nil where the context is done.
// The response must be released before the next Wait, or left to the garbage collector.
func (s *Subscription) Answer(ctx context.Context) *gql.Response {
	f := s.session.feed
	if e, ok := f.entry.Obj.(*logEntry); ok {
		e.view = e.view.WithDone(ctx.Done())
	}
	f.events <- *f.entry
	f.entry = nil
	res, _ := s.sub.Next(ctx)
	s.session.chosen = chosenClaims{}
	return res
}
