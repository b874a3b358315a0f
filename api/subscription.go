package api

import (
	"context"
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// subscription is the root of following.
func (b *builder) subscription() *graphql.Object {
	return b.object("Subscription", "Everything that can be followed.", func() []field {
		return []field{{
			name: "changes", typ: must(b.logEntryType()),
			about: "What the store learns, entry by entry, without gap or repeat: first what it learned behind sinceSequence, then each commit once it is durable. Entries are those of the query log.",
			args: graphql.FieldConfigArgument{
				"sinceSequence": {Type: graphql.Int, Description: "Begin behind this number: 0 is the empty store, and the last entry's sequence goes on from there. From now on where it is absent."},
				"where":         {Type: b.changesFilterType(), Description: "Only entries with a claim that it keeps, and of their claims only those."},
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
	where *changesFilter
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
		if a.where, err = b.changesFilter(in); err != nil {
			return nil, &gql.ArgumentError{Argument: "where", Err: err}
		}
	}
	return a, nil
}

func (b *builder) changesFilterType() *graphql.InputObject {
	return b.input("ChangesFilter", "Which claims to hear of; all that is given must hold of one claim.", func() []inputField {
		self := b.changesFilterType()
		id, text := b.testType(schema.String, nil, true), b.testType(schema.String, nil, false)
		return []inputField{
			{"and", "All of them must hold.", graphql.NewList(must(self))},
			{"or", "At least one must hold.", graphql.NewList(must(self))},
			{"not", "It must not hold.", self},
			{"subject", "The entity that the claim is about.", id},
			{"object", "The entity that the claim states.", id},
			{"entity", "Its subject or its object.", id},
			{"type", "The name of the subject's type.", text},
			{"predicate", "The field that the claim states.", text},
			{"source", "Who says so.", id},
			{"confidence", "", b.testType(schema.Float, nil, false)},
		}
	})
}

// changesFilter tells which claims a follower hears of; all that is set must hold.
type changesFilter struct {
	and, or []*changesFilter // or: nil is not asked
	not     *changesFilter
	edge    filter.Edge // of the edge from the claim to its subject
	entity  *filter.Test
}

func (b *builder) changesFilter(in map[string]any) (*changesFilter, error) {
	if err := refuseNulls(in); err != nil {
		return nil, err
	}
	f := &changesFilter{}
	for _, key := range sortedKeys(in) {
		val := in[key]
		m, _ := val.(map[string]any)
		var err error
		switch key {
		case "and":
			f.and, err = each(val, b.changesFilter)
		case "or":
			f.or, err = each(val, b.changesFilter)
		case "not":
			f.not, err = b.changesFilter(m)
		case "entity":
			f.entity, err = b.test(codeTest, m)
		case "type":
			f.edge.Node = &filter.Node{}
			if f.edge.Node.Type, err = b.test(codeTest, m); err == nil {
				err = named(m, "where.type: the ontology has no type", func(name string) bool { return b.o.Type(name) != nil })
			}
		default:
			t := filter.Claim{Field: filter.ClaimField(key)}
			t.Test, err = b.test(codeTest, m)
			if err == nil && key == "predicate" {
				err = named(m, "where.predicate: the ontology has no stored field", func(name string) bool { return b.o.Predicate(name) != nil })
			}
			f.edge.Claims = append(f.edge.Claims, t)
		}
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

// named refuses a name that the ontology does not have: who waits for it would
// wait for ever.
func named(test map[string]any, missing string, known func(string) bool) error {
	names, _ := test["in"].([]any)
	if name, ok := test["eq"].(string); ok {
		names = append(slices.Clone(names), name)
	}
	for _, x := range names {
		if name, ok := x.(string); ok && !known(name) {
			return graph.Errorf(graph.UnknownName, "%s %q, so that nothing would ever come", missing, name)
		}
	}
	return nil
}

// keeps tells whether the follower hears of the claim.
func (f *changesFilter) keeps(v *snapshot.View, n uint32) bool {
	if f == nil {
		return true
	}
	for _, g := range f.and {
		if !g.keeps(v, n) {
			return false
		}
	}
	if f.or != nil && !slices.ContainsFunc(f.or, func(g *changesFilter) bool { return g.keeps(v, n) }) {
		return false
	}
	if f.not != nil && f.not.keeps(v, n) {
		return false
	}
	s := v.Snapshot()
	if f.entity != nil {
		passes := func(e uint32) bool {
			return e != snapshot.None && f.entity.Passes(s.Ontology(), graph.StringValue(string(s.ID(e))))
		}
		if !passes(s.Subject(n)) && !passes(s.Object(n)) {
			return false
		}
	}
	return v.KeepsEdge(&f.edge, snapshot.Edge{Node: s.Subject(n), Claim: n})
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
