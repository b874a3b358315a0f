package api

import (
	"context"
	"io"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// feed reads the log entry by entry, as far as the newest snapshot goes, and
// then waits for the next. What it has yet to tell lies in the snapshots, which
// all followers share; the feed itself is a number.
type feed struct {
	api       *API
	where     *input.ChangesFilter
	after     graph.Seq // the last entry looked at
	maxBehind int       // 0: no limit
	upToDate  bool      // it has told everything once
	over      bool      // the last event was an error
	entry     *gql.Ref  // what wait found, until it was answered

	// events hands the entry to the engine, which wants a channel. It holds one
	// event, sent only when the engine is about to take it.
	events chan gql.Ref
}

// follow opens the feed of a session that a subscription has.
func (s *Session) follow(a *followArgs) (<-chan gql.Ref, error) {
	if s.followed == nil {
		return nil, graph.Errorf(graph.BadInput, "changes is followed through a session")
	}
	f := &feed{
		api: s.api, where: a.where, maxBehind: s.followed.MaxBehind,
		after: s.snapshot.Seq(), events: make(chan gql.Ref, 1),
	}
	name, since := "sinceSequence", a.since
	if s.followed.After != nil {
		name, since = "resuming", s.followed.After
	}
	if since != nil {
		if *since > f.after {
			return nil, graph.Errorf(graph.BadInput,
				"%s: the store is at %d and knows no %d; was it replaced? Read anew what you keep, and begin at its sequence", name, f.after, *since)
		}
		f.after = *since
	}
	s.feed = f
	return f.events, nil
}

// checkEntries is how many entries are looked at between looks at the context.
const checkEntries = 1024

// wait finds the next entry to tell.
func (f *feed) wait(ctx context.Context) error {
	if f.over {
		return io.EOF
	}
	for f.entry == nil {
		s, replaced := f.api.opts.Graph.Next()
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

// sleep is apart from wait, so that who sleeps holds no snapshot.
func sleep(ctx context.Context, replaced <-chan struct{}) error {
	select {
	case <-replaced:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read looks for the next entry to tell in what the snapshot knows.
func (f *feed) read(ctx context.Context, s *snapshot.Snapshot) error {
	if f.upToDate && f.maxBehind > 0 && f.after < s.Seq() && uint64(s.Seq()-f.after) > uint64(f.maxBehind) {
		f.over, f.entry = true, &gql.Ref{Obj: &behindError{f.after, s.Seq()}}
		return nil
	}
	if f.after >= s.Seq() {
		return nil
	}
	v, err := s.View(graph.View{}, f.api.today())
	if err != nil {
		return err
	}
	v = v.WithDone(ctx.Done()) // an entry may have as many claims as an import
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
			case !f.where.Keeps(v, n):
			case withdrawn:
				e.Withdrawn = append(e.Withdrawn, n)
			default:
				e.Added = append(e.Added, n)
			}
			return v.Err() == nil
		})
		if v.Err() != nil {
			f.after-- // it was not looked at whole
			return ctx.Err()
		}
		if f.where == nil || len(e.Added)+len(e.Withdrawn) > 0 {
			f.entry = &gql.Ref{Obj: e}
			return nil
		}
	}
	return nil
}

// behindError ends the subscription of a client that reads too slowly.
type behindError struct{ after, head graph.Seq }

func (e *behindError) Error() string {
	return graph.Errorf(codes.SubscriptionBehind, "the client reads too slowly: the store is at %d and it has read up to %d; subscribe again with sinceSequence: %d, or read anew what you keep", e.head, e.after, e.after).Error()
}

func (e *behindError) Extensions() map[string]any {
	return map[string]any{"code": codes.SubscriptionBehind, "resumeFrom": int(e.after)}
}
