// Package live is the graph as it changes: the one writer, which checks a
// change, appends it to the log, applies it to the snapshot and publishes it.
//
// Read Graph first. Readers take Snapshot, a pointer load, and keep it for the
// whole of a request. The package must not know which store keeps the log, nor
// who asks.
package live

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Log keeps commits durably and in order; package store has implementations.
// Others may append to it as well. A graph calls one method at a time, except
// that it calls Key and Replay while an AppendGroup runs.
type Log interface {
	// Identity names the store and its history; it does not change.
	Identity() graph.Identity
	// Head returns the sequence number of the last commit, or 0 if there is none. If others
	// append, it may be outdated, which AppendGroup finds out.
	Head() graph.Seq
	// AppendGroup stores several commits with consecutive numbers durably, all of them or
	// none. The error has the code SEQ_MISMATCH where the first is not due, since others
	// appended meanwhile. After any error, and after a panic, the graph reads what the log
	// has before it appends again.
	AppendGroup(ctx context.Context, cs []*graph.Commit) error
	// Replay calls fn with every commit after the number, in order.
	Replay(ctx context.Context, after graph.Seq, fn func(*graph.Commit) error) error
	// Key is the commit that an idempotency key made, or 0 if there is none.
	Key(ctx context.Context, key string) (graph.Seq, error)
}

// Cache keeps a snapshot beside the log, so that a start need not replay all of it.
type Cache interface {
	// Clean removes what saves that were cut short left. Nobody saves meanwhile.
	Clean() error
	// Load returns the stored snapshot and the identity of its store, or an error if there
	// is none that can be used.
	Load(o *schema.Ontology) (*snapshot.Snapshot, graph.Identity, error)
	// Save replaces the stored snapshot, whole or not at all.
	Save(s *snapshot.Snapshot, of graph.Identity) error
}

// Options are the graph's surroundings; the zero value works.
type Options struct {
	// Now is the clock; nil is the system's.
	Now func() time.Time
	// Elapsed is the time since some moment, which no change of the clock affects. If it is
	// nil, it is the system's if Now is nil too, and otherwise follows Now.
	Elapsed func() time.Duration
	// Logger takes notes; nil discards them.
	Logger *slog.Logger
	// Cache may be nil.
	Cache Cache
	// Bootstrap, if not nil, puts a snapshot from elsewhere into the cache. It is called if the cache has none that can be
	// used; if it fails, the whole log is read.
	Bootstrap func(ctx context.Context) error
	// IndexMemory bounds the bytes of the indexes of values, which are built when queries
	// miss them; with 0 none are built.
	IndexMemory int
}

// DefaultIndexMemory is enough for the names and ten properties of a million entities.
const DefaultIndexMemory = 256 << 20

// Graph is the graph as it changes. It is safe for concurrent use.
type Graph struct {
	o     *schema.Ontology
	log   Log
	note  *slog.Logger
	clock *clock
	saver *saver
	index *indexer
	apply func(*snapshot.Snapshot, *graph.Commit) (*snapshot.Snapshot, error) // tests have it fail

	identity graph.Identity

	current atomic.Pointer[publication]
	fresh   atomic.Int64 // when Follow last began to ask for a head that is published, in elapsed nanoseconds

	// queued guards queue; it is held for moments only, also by who has the turn.
	queued sync.Mutex
	queue  []*request

	// arrived has a value where a change came since it was last received from.
	arrived chan struct{}

	// turn holds one value while somebody writes. It guards the log, the clock, and:
	turn      chan struct{}
	appending *group // nil for none
	decided   *group // the next one, being decided; nil for none
	closed    bool
	doubt     bool // the log may have more than the newest snapshot
}

// publication is a snapshot and the signal that another has replaced it.
type publication struct {
	snapshot *snapshot.Snapshot
	replaced chan struct{}
}

// Open makes the graph of a log: from the cache, if that can be used, and the commits of the
// log after it.
func Open(ctx context.Context, log Log, o *schema.Ontology, opts Options) (*Graph, error) {
	g := &Graph{o: o, log: log, note: opts.Logger, identity: log.Identity(), apply: (*snapshot.Snapshot).Apply,
		arrived: make(chan struct{}, 1), turn: make(chan struct{}, 1)}
	if g.note == nil {
		g.note = slog.New(slog.DiscardHandler)
	}
	g.clock = newClock(opts, g.note)
	g.saver = &saver{cache: opts.Cache, of: g.identity, note: g.note, elapsed: g.clock.elapsed}
	start := g.start(ctx, opts)
	var s *snapshot.Snapshot
	if err := g.guard("reading the log", func() (err error) { s, err = replay(ctx, log, start); return err }); err != nil {
		return nil, fmt.Errorf("replaying the log after %d: %w", start.Seq(), err)
	}
	if s.Seq() != log.Head() {
		return nil, fmt.Errorf("the log ends at %d but says %d", s.Seq(), log.Head())
	}
	g.index = &indexer{note: g.note}
	if opts.IndexMemory > 0 {
		s.IndexValues(opts.IndexMemory, g.index.start)
	}
	g.publish(s)
	g.clock.compare(s.RecordedAt(s.Seq()))
	g.saver.seq, g.saver.claims = start.Seq(), start.ClaimCount()
	g.saver.consider(s)
	return g, nil
}

func (g *Graph) publish(s *snapshot.Snapshot) {
	old := g.current.Swap(&publication{s, make(chan struct{})})
	if old != nil {
		close(old.replaced)
	}
}

// Snapshot returns the newest snapshot.
func (g *Graph) Snapshot() *snapshot.Snapshot { return g.current.Load().snapshot }

// Next returns the newest snapshot and a channel that is closed when another
// has replaced it.
func (g *Graph) Next() (*snapshot.Snapshot, <-chan struct{}) {
	p := g.current.Load()
	return p.snapshot, p.replaced
}

// Wait returns the first snapshot at or after the number, or the context's error if none
// comes in time.
func (g *Graph) Wait(ctx context.Context, seq graph.Seq) (*snapshot.Snapshot, error) {
	for {
		s, replaced := g.Next()
		if s.Seq() >= seq {
			return s, nil
		}
		select {
		case <-replaced:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Patience is how long a request waits for a commit by default.
const Patience = 2 * time.Second

// Reach waits as Wait does, for the commit that a bookmark names. The error has the code UNAVAILABLE where it does not come
// in time, and HISTORY_REPLACED where it never will.
func (g *Graph) Reach(ctx context.Context, b graph.Bookmark) error {
	if err := b.Of(g.identity); err != nil {
		return err
	}
	s, err := g.Wait(ctx, b.Seq)
	if err != nil {
		return graph.Errorf(graph.Unavailable, "the store is at %d and did not reach %d in time; try again", g.Snapshot().Seq(), b.Seq)
	}
	return b.Names(g.identity, s.RecordedAt(b.Seq))
}

// Bookmark names a commit that the snapshot has.
func (g *Graph) Bookmark(s *snapshot.Snapshot, seq graph.Seq) graph.Bookmark {
	return graph.NewBookmark(g.identity, seq, s.RecordedAt(seq))
}

// Identity names the store that keeps the graph, and its history.
func (g *Graph) Identity() graph.Identity { return g.identity }

// Ontology returns the graph's ontology.
func (g *Graph) Ontology() *schema.Ontology { return g.o }

// Receipt is the outcome of a change.
type Receipt struct {
	// Seq is the sequence number of the commit. If the change had no effect it is the
	// present number, and if its key was used before, that of the first change.
	Seq graph.Seq
	Counts
	// IDs are the ids of the claims asserted, in the change's order.
	IDs     []graph.ClaimID
	Notices graph.Problems
	// Import is the import that the commit is part of; 0 for none.
	Import graph.Seq
	// Replayed reports that the idempotency key was used before.
	Replayed bool
}

// Counts are how much of a change, or of several, had which effect.
type Counts struct {
	// Entities, Claims, Retractions and Reinstatements count what is new; Superseded those of the retractions
	// by which another claim took the place of the withdrawn one.
	Entities       int `json:"entities"`
	Claims         int `json:"claims"`
	Retractions    int `json:"retractions"`
	Superseded     int `json:"superseded"`
	Reinstatements int `json:"reinstatements"`
	// Known counts the operations that changed nothing.
	Known int `json:"known"`
}

// Add adds the counts of another change.
func (c *Counts) Add(d Counts) {
	c.Entities += d.Entities
	c.Claims += d.Claims
	c.Retractions += d.Retractions
	c.Superseded += d.Superseded
	c.Reinstatements += d.Reinstatements
	c.Known += d.Known
}

// Check checks a change against the present graph and commits nothing.
func (g *Graph) Check(ch *graph.Change) (*graph.Result, error) {
	res, problems := graph.Check(g.o, g.Snapshot().State(), ch)
	if problems != nil {
		return nil, problems
	}
	return res, nil
}

// Try returns the receipt that the change would get on the present graph, and commits nothing.
func (g *Graph) Try(ch *graph.Change) (*Receipt, error) {
	at := g.Snapshot()
	res, problems := graph.Check(g.o, at.State(), ch)
	if problems != nil {
		return nil, problems
	}
	r := receiptOf(res)
	r.Seq = at.Seq()
	return r, nil
}

// Save begins to write the cache, unless it is being written or up to date.
func (g *Graph) Save() { g.saver.soon(g.Snapshot()) }

// Close waits for the running change, refuses later ones and writes the cache.
// It does not close the log.
func (g *Graph) Close() error {
	g.turn <- struct{}{}
	defer func() { <-g.turn }()
	if g.closed {
		return nil
	}
	g.closed = true
	if g.appending != nil {
		g.land()
	}
	if g.decided != nil {
		g.decided.settle(errClosed())
	}
	g.index.finish()
	g.saver.finish(g.Snapshot())
	return nil
}
