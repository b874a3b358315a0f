package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/internal/admission"
	"github.com/caspian-kg/caspian/server/internal/streams"
	"github.com/caspian-kg/caspian/server/internal/watch"
)

// Live queries: package watch repeats them, the response cache and its waits serve them as they do
// all others, and package streams sends their answers as those of subscriptions.

const (
	// livePause makes at most two runs of a live query a second.
	livePause = 500 * time.Millisecond
	// liveRetry is when a run is repeated that ended at a limit.
	liveRetry = 5 * time.Second
)

func (s *Server) newWatches() *watch.Watches {
	return watch.New(watch.Options{
		Next: func() <-chan struct{} { _, replaced := s.backend.Load().Graph.Next(); return replaced },
		Now:  s.opts.Now, Pause: livePause, Retry: liveRetry, MaxBytes: s.opts.Live.MaxLive,
		Full: func() watch.Answer {
			body := noRoomForLive().Body
			return watch.Answer{Body: body, Data: len(body), Failed: true}
		},
	})
}

func noRoomForLive() *gql.Response {
	return responseOf(&requestError{code: codes.Overloaded,
		message: "the answers of live queries fill the limit of the service (--max-live-total); ask for less, or try again later"})
}

// liveQuery is one viewer of a live query. It implements streams.Subscription.
type liveQuery struct {
	watcher *watch.Watcher
	next    *watch.Answer // to be sent
	seq     uint64        // of the last answer
}

// startsLive reports whether a stream answers the request better than one answer does.
func (s *Server) startsLive(session Session, req *operation.Request) bool {
	live, refusal := session.Live(req)
	if refusal != nil {
		refusal.Release() // the stream sends it
	}
	return live || refusal != nil
}

// beginLive begins a live query with its first answer, unless that is a refusal.
func (s *Server) beginLive(ctx context.Context, slot *admission.Slot, b *Backend, req *operation.Request, refusal *gql.Response) (streams.Subscription, *gql.Response) {
	if refusal != nil {
		s.record(ctx, 0, req, refusal, 0)
		return nil, refusal
	}
	_, replaced := b.Graph.Next() // before the first answer is begun
	first, res := s.liveAnswer(ctx, slot, b, req)
	if res != nil {
		return nil, res
	}
	v, ok := s.watchLive(b, req, first, replaced)
	if !ok {
		s.metrics.Refused(codes.Overloaded)
		return nil, noRoomForLive()
	}
	return &liveQuery{watcher: v, next: &first, seq: first.Seq}, nil
}

// watchLive watches a query whose client has an answer. See watch.Watches.Watch for replaced and for the results.
func (s *Server) watchLive(b *Backend, req *operation.Request, has watch.Answer, replaced <-chan struct{}) (*watch.Watcher, bool) {
	kept := *req // because the Pauser of req is that of one request
	return s.watches.Watch(keyOf(b, req), has, replaced, func(ctx context.Context) watch.Answer { return s.repeatLive(ctx, b, kept) })
}

func keyOf(of *Backend, req *operation.Request) watch.Key {
	b := append([]byte(of.Graph.Lens().Name()), 0)
	b = binary.BigEndian.AppendUint64(b, uint64(len(req.Query)))
	b = binary.BigEndian.AppendUint64(b, uint64(len(req.OperationName)))
	b = append(append(append(b, req.Query...), req.OperationName...), req.Variables...)
	return sha256.Sum256(b)
}

// repeatLive answers the query again. It waits for its turn among the events of subscriptions.
func (s *Server) repeatLive(ctx context.Context, b *Backend, req operation.Request) watch.Answer {
	select {
	case s.admission.Events <- struct{}{}:
	case <-ctx.Done():
		return watch.Answer{}
	}
	defer func() { <-s.admission.Events }() // in a panic too
	ctx, done := context.WithTimeout(ctx, s.opts.Timeout)
	defer done()
	slot := s.admission.Slot()
	a, res := s.liveAnswer(ctx, &slot, b, &req)
	if res != nil {
		defer res.Release()
		a.Body, a.Data, a.Failed = bytes.Clone(res.Body), len(res.Body), true
	}
	return a
}

// liveAnswer answers a query at the newest state, through the response cache. A refusal is returned as
// a response, which the caller releases.
func (s *Server) liveAnswer(ctx context.Context, slot *admission.Slot, b *Backend, req *operation.Request) (watch.Answer, *gql.Response) {
	begun := time.Now()
	session := b.Begin()
	answer := func(body []byte, failed bool) watch.Answer {
		return watch.Answer{Begun: begun, Seq: uint64(session.Seq()), Body: bytes.Clone(body), Data: dataOf(body), Failed: failed}
	}
	var m *making
	if etag := validator(session, req, noTable); s.answers != nil && etag != "" {
		a, mine, err := s.answers.Get(ctx, etag, requestOf(req))
		switch {
		case err != nil:
			return watch.Answer{Begun: begun}, shedResponse()
		case a != nil:
			defer s.answers.Release(a)
			s.metrics.Kept()
			return answer(a.Body, false), nil
		case mine != nil:
			m = &making{Making: mine, ctx: ctx}
			defer m.leave()
		}
	}
	res := s.execute(ctx, slot, session, req, begun)
	m.finish(res, session.Pinned())
	if res.RequestError {
		return watch.Answer{Begun: begun}, res
	}
	defer res.Release()
	return answer(res.Body, res.Code != ""), nil
}

// dataOf returns the length of an answer without its extensions, which have the sequence number. A
// text in the data cannot have their beginning, since its quotes are escaped.
func dataOf(body []byte) int {
	if i := bytes.LastIndex(body, []byte(`,"extensions":{`)); i >= 0 && !bytes.Contains(body[i:], []byte("]")) {
		return i
	}
	return len(body)
}

// Wait implements streams.Subscription.
func (q *liveQuery) Wait(ctx context.Context) error {
	if q.next != nil {
		return nil
	}
	a, err := q.watcher.Wait(ctx)
	if err == nil {
		q.next, q.seq = &a, max(q.seq, a.Seq)
	}
	return err
}

// Answer implements streams.Subscription.
func (q *liveQuery) Answer(context.Context) *gql.Response {
	a := q.next
	q.next = nil
	return &gql.Response{Body: a.Body, HasData: true, Operation: "query"}
}

// After implements streams.Subscription.
func (q *liveQuery) After() graph.Seq { return graph.Seq(q.seq) }

// Lagged implements streams.Subscription: one who reads slowly gets the last state only.
func (q *liveQuery) Lagged() bool { return false }

// Ended implements streams.Subscription.
func (q *liveQuery) Ended(int, string) { q.watcher.Leave() }
