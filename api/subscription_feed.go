package api

import (
	"context"
	"io"
	"slices"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// feed reads the log entry by entry up to the newest snapshot, and then waits for the next
// snapshot. It queues nothing: the entries to be sent are in the snapshots, which all subscribers
// share.
type feed struct {
	reader    *Reader
	where     *input.ChangesFilter
	after     graph.Seq // the last entry read
	maxBehind int       // 0 means unlimited
	upToDate  bool      // true once the client had received every entry
	over      bool      // the last event was an error
	entry     *gql.Ref  // the event that wait found, until it is answered

	// events passes the entry to the engine, which reads from a channel. Its buffer has room for
	// the one event, sent just before the engine reads.
	events chan gql.Ref
}

// follow opens the feed of a session's subscription.
func (s *Session) follow(a *followArgs) (<-chan gql.Ref, error) {
	if s.followed == nil {
		return nil, graph.Errorf(graph.BadInput, "changes is followed through a session")
	}
	f := &feed{
		reader: s.reader, where: a.where, maxBehind: s.followed.MaxBehind,
		after: s.snapshot.Seq(), events: make(chan gql.Ref, 1),
	}
	name, since := "sinceSequence", a.since
	if s.followed.After != nil {
		name, since = "resuming", s.followed.After
	}
	if since != nil {
		if *since > f.after {
			return nil, graph.Errorf(graph.BadInput,
				"%s: the store is at %d and has no %d; it may have been replaced: read again what you keep, and start from the sequence of that answer", name, f.after, *since)
		}
		f.after = *since
	}
	s.feed = f
	return f.events, nil
}

// checkEntries is the number of entries read between checks of the context.
const checkEntries = 1024

// wait finds the next entry to send.
func (f *feed) wait(ctx context.Context) error {
	if f.over {
		return io.EOF
	}
	for f.entry == nil {
		s, replaced := f.reader.graph.Next()
		if err := f.read(ctx, s); err != nil || f.entry != nil {
			return err
		}
		f.upToDate = true
		if err := sleep(ctx, replaced); err != nil {
			return err
		}
	}
	return nil
}

// sleep is a separate function, so that no variable of wait refers to a snapshot while the goroutine sleeps.
func sleep(ctx context.Context, replaced <-chan struct{}) error {
	select {
	case <-replaced:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read looks for the next entry to send in the snapshot, and sets entry if there is one.
func (f *feed) read(ctx context.Context, s *snapshot.Snapshot) error {
	if f.upToDate && f.maxBehind > 0 && f.after < s.Seq() && uint64(s.Seq()-f.after) > uint64(f.maxBehind) {
		f.over, f.entry = true, &gql.Ref{Obj: &behindError{f.after, s.Seq()}}
		return nil
	}
	if f.after >= s.Seq() {
		return nil
	}
	v, err := s.View(graph.View{}, f.reader.api.today())
	if err != nil {
		return err
	}
	v = v.WithDone(ctx.Done()) // so that the loop stops with the context, since an entry may have as many claims as an import
	for seen := 1; f.after < s.Seq(); seen++ {
		if seen%checkEntries == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		f.after++
		e := &logEntry{v, analysis.LogEntry{Seq: f.after}}
		s.Learned(f.after-1, f.after, func(n uint32, _ graph.Seq, withdrawn bool) bool {
			switch {
			case !keeps(f.where, v, n):
			case withdrawn:
				e.Withdrawn = append(e.Withdrawn, n)
			default:
				e.Added = append(e.Added, n)
			}
			return v.Err() == nil
		})
		if v.Err() != nil {
			f.after-- // because the entry was not read to its end
			return ctx.Err()
		}
		if f.where == nil || len(e.Added)+len(e.Withdrawn) > 0 {
			f.entry = &gql.Ref{Obj: e}
			return nil
		}
	}
	return nil
}

// keeps reports whether a subscriber with the filter f receives the claim. A nil filter selects
// every claim.
func keeps(f *input.ChangesFilter, v *snapshot.View, n uint32) bool {
	if f == nil {
		return true
	}
	for _, g := range f.And {
		if !keeps(g, v, n) {
			return false
		}
	}
	if f.Or != nil && !slices.ContainsFunc(f.Or, func(g *input.ChangesFilter) bool { return keeps(g, v, n) }) {
		return false
	}
	if f.Not != nil && keeps(f.Not, v, n) {
		return false
	}
	s := v.Snapshot()
	if f.Entity != nil {
		passes := func(e uint32) bool {
			return e != snapshot.None && f.Entity.Passes(s.Ontology(), graph.StringValue(string(s.ID(e))))
		}
		if !passes(s.Subject(n)) && !passes(s.Object(n)) {
			return false
		}
	}
	return v.KeepsEdge(&f.Edge, snapshot.Edge{Node: s.Subject(n), Claim: n})
}

// A behindError ends the subscription of a client that read too slowly.
type behindError struct{ after, head graph.Seq }

func (e *behindError) Error() string {
	return graph.Errorf(codes.SubscriptionBehind, "the client reads too slowly: the store is at %d, and the client has read up to %d; subscribe again with sinceSequence: %d, or read again what you keep", e.head, e.after, e.after).Error()
}

func (e *behindError) Extensions() map[string]any {
	return map[string]any{"code": codes.SubscriptionBehind, "resumeFrom": int(e.after)}
}
