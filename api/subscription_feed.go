package api

import (
	"cmp"
	"context"
	"io"
	"slices"
	"sort"
	"sync"

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
	withdrawn *withdrawals
	where     *changesFilter
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
func (s *Session) follow(a *followArgs, w *withdrawals) (<-chan gql.Ref, error) {
	if s.followed == nil {
		return nil, graph.Errorf(graph.BadInput, "changes is followed through a session")
	}
	f := &feed{
		api: s.api, withdrawn: w, where: a.where, maxBehind: s.followed.MaxBehind,
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
	list := f.withdrawn.of(s)
	for seen := 1; f.after < s.Seq(); seen++ {
		if seen%checkEntries == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		f.after++
		e := &logEntry{v, analysis.LogEntry{Seq: f.after}}
		first := sort.Search(s.ClaimCount(), func(n int) bool { return s.RecordedSeq(uint32(n)) >= f.after })
		for n := uint32(first); int(n) < s.ClaimCount() && s.RecordedSeq(n) == f.after; n++ {
			if f.where.keeps(v, n) {
				e.Added = append(e.Added, n)
			}
		}
		at, _ := slices.BinarySearchFunc(list, f.after, func(w withdrawal, seq graph.Seq) int { return cmp.Compare(w.seq, seq) })
		for ; at < len(list) && list[at].seq == f.after; at++ {
			if f.where.keeps(v, list[at].claim) {
				e.Withdrawn = append(e.Withdrawn, list[at].claim)
			}
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
	return graph.Errorf(CodeBehind, "the client reads too slowly: the store is at %d and it has read up to %d; subscribe again with sinceSequence: %d, or read anew what you keep", e.head, e.after, e.after).Error()
}

// CodeBehind is the extensions.code of the last event of a subscription whose
// client fell too far behind; extensions.resumeFrom is the number to go on from.
const CodeBehind graph.Code = "SUBSCRIPTION_BEHIND"

func (e *behindError) Extensions() map[string]any {
	return map[string]any{"code": string(CodeBehind), "resumeFrom": int(e.after)}
}

// withdrawal is one claim withdrawn by one commit.
type withdrawal struct {
	seq   graph.Seq
	claim uint32
}

// withdrawals lists what each commit withdrew, for all followers together: only
// the claims tell when they were withdrawn, so that each publication costs one
// look at every claim, however many follow.
type withdrawals struct {
	// mu guards what follows; it is held while the claims are read, since all
	// who come meanwhile wait for the same.
	mu   sync.Mutex
	upTo graph.Seq
	list []withdrawal // by sequence number, then claim; only ever appended to
}

// of returns the withdrawals that the snapshot knows; there may be later ones
// behind them. The caller must not change the list.
func (w *withdrawals) of(s *snapshot.Snapshot) []withdrawal {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s.Seq() <= w.upTo {
		return w.list
	}
	old := len(w.list)
	for n := range uint32(s.ClaimCount()) {
		if seq := s.WithdrawnSeq(n); seq > w.upTo {
			w.list = append(w.list, withdrawal{seq, n})
		}
	}
	slices.SortStableFunc(w.list[old:], func(a, b withdrawal) int { return cmp.Compare(a.seq, b.seq) })
	w.upTo = s.Seq()
	return w.list
}
