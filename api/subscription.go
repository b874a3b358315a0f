package api

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// subscription returns the subscription root.
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
	since *graph.Seq // nil means from now on
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

// Follow configures how a subscription is followed.
type Follow = operation.Follow

// subscription implements operation.Subscription. It starts no goroutine. While it waits, it holds
// neither a snapshot nor a queue.
type subscription struct {
	session *Session
	sub     *gql.Subscription
}

// Subscribe starts a subscription, to which the session then belongs. The context is for the start
// only; Wait and Answer take their own. For a refusal, a query or a mutation, Subscribe returns a
// response instead; exactly one of the two results is not nil.
func (s *Session) Subscribe(ctx context.Context, r *Request, f Follow) (operation.Subscription, *gql.Response) {
	s.refusal, s.pauser, s.followed = r.WriteRefusal, r.Pauser, &f
	sub, res := s.api.engine.Subscribe(ctx, s.request(r))
	if sub == nil {
		return nil, res
	}
	s.snapshot, s.view, s.last = nil, nil, lastView{} // a waiting subscriber must not keep an old snapshot alive
	return &subscription{s, sub}, nil
}

// liveDirective is that of queries to be answered again whenever their answers change.
const liveDirective = "live"

// Live reports whether the request is a query to be answered again whenever its answer changes. One that is
// too long to be held meanwhile is refused with a response.
func (s *Session) Live(r *Request) (bool, *gql.Response) {
	return s.api.engine.Repeats(&gql.Request{Query: r.Query, OperationName: r.OperationName, Variables: r.Variables}, liveDirective)
}

func (s *subscription) Operation() (name string, cost int) { return s.sub.Operation() }

func (s *subscription) After() graph.Seq { return s.session.feed.after }

func (s *subscription) Lagged() bool { return s.session.feed.over }

func (s *subscription) Wait(ctx context.Context) error { return s.session.feed.wait(ctx) }

func (s *subscription) Answer(ctx context.Context) *gql.Response {
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
