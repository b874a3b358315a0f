package api

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// subscription is the root of following.
func (b *builder) subscription() *graphql.Object {
	return b.object("Subscription", "Everything that can be followed.", func() []field {
		return []field{{
			name: "changes", typ: must(b.logEntryType()),
			about: "What the store learns, entry by entry, without gap or repeat: first what it learned behind sinceSequence, then each commit once it is durable. Entries are those of the query log.",
			args: graphql.FieldConfigArgument{
				"sinceSequence": {Type: graphql.Int, Description: "Begin behind this number: 0 is the empty store, and the last entry's sequence goes on from there. From now on where it is absent."},
				"where":         {Type: b.ChangesFilterType(), Description: "Only entries with a claim that it keeps, and of their claims only those."},
			},
			read: gql.Binding{
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
	// After, where not nil, takes the place of the subscription's own
	// sinceSequence: a client that lost its connection goes on from there.
	After *graph.Seq
	// MaxBehind ends the subscription of a client that was up to date and then
	// fell more entries behind than this; 0 is no limit.
	MaxBehind int
}

// Subscription is a followed subscription. It starts no goroutine and, while
// it waits, holds neither a snapshot nor anything queued. One goroutine uses
// it at a time: Wait, then Answer, then Wait again.
type Subscription struct {
	session *Session
	sub     *gql.Subscription
}

// Subscribe starts a subscription. The context bounds the start, or the one
// answer; Wait and Answer have their own. What is refused, and a query or mutation, which has one answer only, comes back as a
// response; exactly one of the two is not nil. The session is then the
// subscription's own.
func (s *Session) Subscribe(ctx context.Context, r *Request, f Follow) (*Subscription, *gql.Response) {
	s.refusal, s.pauser, s.followed = r.WriteRefusal, r.Pauser, &f
	sub, res := s.api.engine.Subscribe(ctx, s.request(r))
	if sub == nil {
		return nil, res
	}
	s.snapshot, s.view = nil, nil // or a quiet follower would keep an old snapshot alive
	return &Subscription{s, sub}, nil
}

// Operation tells the operation's name, empty where it has none, and its estimated cost for
// each event.
func (s *Subscription) Operation() (name string, cost int) { return s.sub.Operation() }

// After is the sequence number of the last entry that was looked at, shown or
// not: who subscribes again with it as sinceSequence misses nothing.
func (s *Subscription) After() graph.Seq { return s.session.feed.after }

// Behind tells that the event is the last one: it says that the client fell
// too far behind.
func (s *Subscription) Behind() bool { return s.session.feed.over }

// Wait waits for an event. It returns nil when there is one, io.EOF where no
// more will come, and the context's error when that is done first.
func (s *Subscription) Wait(ctx context.Context) error { return s.session.feed.wait(ctx) }

// Answer runs the document on the event that Wait found. It returns nil where
// the context is done already. The response must be released before the next
// Wait, or left to the garbage collector.
func (s *Subscription) Answer(ctx context.Context) *gql.Response {
	f := s.session.feed
	if e, ok := f.entry.Obj.(*logEntry); ok {
		e.view = e.view.WithDone(ctx.Done())
	}
	f.events <- *f.entry
	f.entry = nil
	res, _ := s.sub.Next(ctx)
	return res
}
