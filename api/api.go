// Package api is the GraphQL API of an ontology over the live graph: it builds the schema's types
// from the ontology and binds their fields to the snapshot.
//
// Read API and Session first, then root.go for the root fields and entity.go for how a type of the ontology
// becomes a type of the API. Arguments are declared and read by api/internal/input. The package must not know
// HTTP, the store, or how package gql executes documents.
package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/lens"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/scenario"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Options configures an API. Only Graph is required.
type Options struct {
	Graph *live.Graph
	// Now is the clock; nil means the system clock.
	Now func() time.Time
	// Version is the version of the service, shown in the field graph.
	Version string
	Limits  gql.Limits
	// MinSequenceWait bounds how long a view waits for its minSequence or bookmark; 0 means live.Patience.
	MinSequenceWait time.Duration
	// Logger gets the errors that are hidden from clients; nil discards them.
	Logger *slog.Logger
}

// API answers GraphQL requests. It is safe for concurrent use.
type API struct {
	opts   Options
	engine *gql.Engine
	whole  *Reader
	totals question.Totals
	forks  *scenario.Cache
}

// New builds the API for the graph's ontology.
func New(opts Options) (*API, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.MinSequenceWait == 0 {
		opts.MinSequenceWait = live.Patience
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	a := &API{opts: opts, forks: scenario.NewCache(scenario.DefaultMemory)}
	a.whole = a.Through(nil)
	b := newBuilder(opts.Graph.Ontology())
	sch, err := graphql.NewSchema(graphql.SchemaConfig{
		Query: b.query(), Mutation: b.mutation(), Subscription: b.subscription(), Types: b.allTypes(),
	})
	if err != nil {
		return nil, fmt.Errorf("api: schema: %w", err)
	}
	a.engine, err = gql.New(gql.Config{
		Schema: sch, Workloads: b.assignWorkloads(sch.TypeMap()), Bindings: b.Bindings, Meta: *b.Meta, Limits: opts.Limits,
		TypeOf: map[string]func(gql.Ref) string{"": typeOf}, ClientError: a.clientError,
		OnPanic: func(field string, value any, stack []byte) {
			opts.Logger.Error("field_panicked", "field", field, "value", fmt.Sprint(value), "stack", string(stack))
		},
	})
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	return a, nil
}

func typeOf(r gql.Ref) string {
	return r.Obj.(*snapshot.View).Snapshot().TypeName(uint32(r.Index))
}

// SDL returns the schema in GraphQL's own language, sorted.
func (a *API) SDL() string { return a.engine.SDL() }

// Engine returns the engine that executes the documents.
func (a *API) Engine() *gql.Engine { return a.engine }

// Session is one request: it reads one snapshot, and today is fixed for it. It must not be used
// concurrently.
type Session struct {
	api      *API
	reader   *Reader
	snapshot *snapshot.Snapshot
	now      time.Time
	today    graph.Day
	view     *snapshot.View // the view of an empty view argument; nil until a field needs it
	last     lastView       // the last view of a non-empty argument: most documents use one argument for all fields
	refusal  error
	pauser   operation.Pauser
	paused   error    // the error that ended a wait, after which the request must end
	followed *Follow  // set by Subscribe
	feed     *feed    // the feed of a subscription; nil for other requests
	reads    reads    // which data the request has read, for Pinned
	supposed []string // the scenarios that the request has read

	// The state of the request being executed:
	executing gql.Request
	lists     *listPool
	listings  []*claimListing
	chosen    chosenClaims
}

// Reader answers requests of callers from whom a lens hides the same.
type Reader struct {
	api   *API
	graph *live.Through
	plain atomic.Pointer[dayView] // the last view that plainView built
}

// Through returns a reader through a lens; nil hides nothing.
func (a *API) Through(l *lens.Lens) *Reader { return &Reader{api: a, graph: a.opts.Graph.Through(l)} }

// Begin starts a session to which nothing is hidden.
func (a *API) Begin() *Session { return a.whole.Begin() }

// Begin starts a session, and fixes its snapshot and its day.
func (r *Reader) Begin() *Session {
	now := r.api.opts.Now().UTC()
	return &Session{api: r.api, reader: r, snapshot: r.graph.Snapshot(), now: now, today: graph.DayOf(now)}
}

func (a *API) today() graph.Day { return graph.DayOf(a.opts.Now()) }

// Seq returns the sequence number of the snapshot that the request reads.
func (s *Session) Seq() graph.Seq { return s.snapshot.Seq() }

// Bookmark returns the bookmark of the newest commit that the request reads.
func (s *Session) Bookmark() graph.Bookmark { return s.reader.graph.Bookmark(s.snapshot, s.Seq()) }

// ETag returns a strong validator of the answer to a document. It changes with the store, the snapshot, the
// day, the schema, the request and what a lens hides from the caller. It contains the time of the last commit, to distinguish two histories with a
// common beginning, as when a store is restored from a backup.
func (s *Session) ETag(query, operation string, variables []byte) string {
	var buffer [1024]byte // on the stack if the document is short
	b := append(append(buffer[:0], s.api.opts.Version...), 0)
	b = append(append(b, s.snapshot.Ontology().Hash()...), 0)
	of, seq := s.reader.graph.Identity(), s.snapshot.Seq()
	b = append(append(b, of.Store...), 0)
	b = append(append(b, s.reader.graph.Lens().Name()...), 0)
	for _, n := range [...]int64{int64(of.Epoch), int64(seq), s.snapshot.RecordedAt(seq).UnixMicro(), int64(s.today), int64(len(query)), int64(len(operation))} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	if now, last := s.now, s.snapshot.RecordedAt(seq); last.After(now) && asksKnownAt(query, variables) {
		b = binary.BigEndian.AppendUint64(b, uint64(now.UnixMicro())) // the last commit has a later time than now, so the present is different for each request until then
	}
	b = append(append(append(b, query...), operation...), variables...)
	sum := sha256.Sum256(b)
	tag := base64.RawURLEncoding.AppendEncode(append(buffer[:0], '"'), sum[:18])
	return string(append(tag, '"'))
}

// asksKnownAt reports whether a request may set a record time. Any backslash in the variables
// counts, because a name there may be written with escapes.
func asksKnownAt(query string, variables []byte) bool {
	return strings.Contains(query, "knownAt") || bytes.Contains(variables, []byte("knownAt")) || bytes.IndexByte(variables, '\\') >= 0
}

// Request is one GraphQL request.
type Request = operation.Request

// Execute answers the request. The caller may Release the response.
func (s *Session) Execute(ctx context.Context, r *Request) *gql.Response {
	s.refusal, s.pauser = r.WriteRefusal, r.Pauser
	// Execute returns a complete response, so the next request can reuse the lists.
	s.lists = listPools.Get().(*listPool)
	defer func() {
		s.lists.release()
		s.lists = nil
	}()
	resp := s.api.engine.Execute(ctx, s.request(r))
	if t := resp.Timing; r.SlowAfter > 0 && t != nil && t.Prepare+t.Execute >= r.SlowAfter {
		r.SlowPlan = string(s.appendPlan(nil))
	}
	return resp
}

func (s *Session) request(r *Request) *gql.Request {
	s.chosen, s.listings, s.reads, s.supposed = chosenClaims{}, nil, readNothing, nil
	s.executing = gql.Request{
		Query: r.Query, OperationName: r.OperationName, Variables: r.Variables, AllowMutation: r.AllowMutation,
		Root: gql.Ref{Obj: s}, Value: s,
		Extensions: func(resp *gql.Response, dst []byte) []byte { return s.extensions(r, resp, dst) },
		Timed:      true, // because metrics are kept by workload
	}
	return &s.executing
}

// extensions appends the extensions of a response. A refused request read nothing, so its answer
// has no sequence number.
func (s *Session) extensions(r *Request, resp *gql.Response, dst []byte) []byte {
	start := len(dst)
	open := func(key string) {
		if len(dst) == start {
			dst = append(dst, '{')
		} else {
			dst = append(dst, ',')
		}
		dst = append(gql.AppendString(dst, key), ':')
	}
	if !resp.RequestError {
		open("sequence")
		if s.feed != nil {
			dst = gql.AppendInt(dst, int64(s.feed.after)) // the sequence number of the event, from which a client resumes
		} else {
			dst = gql.AppendInt(dst, int64(s.Seq()))
		}
	}
	if s.supposed != nil {
		open("scenario")
		dst = appendTexts(dst, s.supposed)
	}
	if r.Cost {
		open("cost")
		dst = resp.AppendCost(dst)
	}
	if r.Trace {
		open("trace")
		dst = resp.AppendTrace(dst)
	}
	if r.Plan {
		open("plan")
		dst = s.appendPlan(dst)
	}
	if len(dst) > start {
		dst = append(dst, '}')
	}
	return dst
}

// Resolve builds the view of an argument. If its minSequence or bookmark is later than the snapshot of the session,
// Resolve waits for a later snapshot, which the whole request then reads. Therefore Resolve must be called before the
// request reads anything else.
func (s *Session) Resolve(ctx context.Context, a input.View) (*snapshot.View, error) {
	if s.paused != nil {
		return nil, s.paused
	}
	if err := s.reach(ctx, a); err != nil {
		return nil, err
	}
	if a.Plain && s.view != nil {
		s.reads = readPresent
		return s.view, nil
	}
	// From here on the request reads, so its snapshot must not change. A request runs on one
	// goroutine, and its iterations end with it.
	if s.view == nil {
		v, err := s.reader.plainView(s.snapshot, s.today)
		if err != nil {
			return nil, err
		}
		s.view = v.WithDone(ctx.Done())
	}
	if a.Plain {
		s.reads = readPresent
		return s.view, nil
	}
	if t := a.View.KnownAt; t != nil && isPresent(s.snapshot, *t, s.now) {
		a.View.KnownAt = nil
	}
	s.reads = max(s.reads, readsOf(s.snapshot, &a))
	if a.MinSeq, a.Bookmark = 0, (graph.Bookmark{}); s.last.view != nil && reflect.DeepEqual(s.last.asked, a) {
		return s.last.view, nil
	}
	of := s.snapshot
	if !a.Supposed.Empty() {
		var err error
		if of, err = s.suppose(ctx, a); err != nil {
			return nil, err
		}
	}
	v, err := of.View(a.View, s.today)
	if err != nil {
		return nil, err
	}
	s.last = lastView{a, v.WithDone(ctx.Done())}
	return s.last.view, nil
}

// reach waits until the store has the commit that the argument names, and changes the session's snapshot if
// necessary.
func (s *Session) reach(ctx context.Context, a input.View) error {
	of, marked := s.reader.graph.Identity(), a.Bookmark != graph.Bookmark{}
	if marked {
		if err := a.Bookmark.Of(of); err != nil {
			return err
		}
	}
	if a.MinSeq > s.snapshot.Seq() {
		if s.view != nil {
			return graph.Errorf(graph.BadInput, "view.minSequence: a request reads one snapshot; give minSequence or bookmark on its first field")
		}
		next, err := s.await(ctx, a.MinSeq)
		if s.paused != nil {
			return s.paused
		}
		if err != nil {
			return forClients{graph.Errorf(graph.Unavailable, "view.minSequence: the store is at %d and did not reach %d in time; try again", s.snapshot.Seq(), a.MinSeq)}
		}
		s.snapshot = next
	}
	if marked {
		return a.Bookmark.Names(of, s.snapshot.RecordedAt(a.Bookmark.Seq))
	}
	return nil
}

// await waits for a snapshot that has the sequence number.
func (s *Session) await(ctx context.Context, seq graph.Seq) (next *snapshot.Snapshot, err error) {
	wait := func() {
		ctx, cancel := context.WithTimeout(ctx, s.api.opts.MinSequenceWait)
		defer cancel()
		next, err = s.reader.graph.Wait(ctx, seq)
	}
	if s.pauser == nil {
		wait()
	} else {
		s.paused = s.pauser.Pause(ctx, wait)
	}
	return next, err
}

// plainView returns the view of an empty argument. All requests of a day share it, so only the
// first request after a write builds it.
func (r *Reader) plainView(s *snapshot.Snapshot, today graph.Day) (*snapshot.View, error) {
	if p := r.plain.Load(); p != nil && p.view.Snapshot() == s && p.today == today {
		return p.view, nil
	}
	v, err := s.View(graph.View{}, today)
	if err == nil {
		r.plain.Store(&dayView{today, v})
	}
	return v, err
}

// lastView is the view that was built last, and the argument that it was built from.
type lastView struct {
	asked input.View
	view  *snapshot.View
}

type dayView struct {
	today graph.Day
	view  *snapshot.View
}
