// Package live has the graph that changes. Its one writer checks a change, appends it to the log, applies it to
// the snapshot and publishes the new snapshot.
//
// Read Graph first. Readers call Snapshot, a pointer load, and use the result for the whole request. The
// package must not know which store has the log, nor who its callers are.
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

// Log stores commits durably and in order. Package store has implementations. Others may append to a log too. A
// graph calls one method at a time, except that it may call Key and Replay while an AppendGroup runs.
type Log interface {
	// Identity identifies the store and its history; it does not change.
	Identity() graph.Identity
	// Head returns the sequence number of the last commit, or 0 if there is none. If others append, the number
	// may be outdated; AppendGroup detects that.
	Head() graph.Seq
	// AppendGroup stores several commits with consecutive numbers durably, all or none. The error has the code
	// SEQ_MISMATCH if others appended in the meantime, so that the first number is not the next one. After any
	// error or panic, the graph reads the log before it appends again.
	AppendGroup(ctx context.Context, cs []*graph.Commit) error
	// Replay calls fn with every commit after the number, in order.
	Replay(ctx context.Context, after graph.Seq, fn func(*graph.Commit) error) error
	// Key returns the sequence number of the commit made with an idempotency key, or 0 if there is none.
	Key(ctx context.Context, key string) (graph.Seq, error)
}

// Cache stores a snapshot, so that a start need not replay the whole log.
type Cache interface {
	// Clean removes the remains of interrupted saves. No save may run at the same time.
	Clean() error
	// Load returns the stored snapshot and the identity of its store, or an error if there is no usable one.
	Load(o *schema.Ontology) (*snapshot.Snapshot, graph.Identity, error)
	// Save replaces the stored snapshot as a whole or not at all.
	Save(s *snapshot.Snapshot, of graph.Identity) error
}

// Options configures a graph; the zero value works.
type Options struct {
	// Now is the clock; nil means the system clock.
	Now func() time.Time
	// Elapsed returns the time since some moment, independent of changes of the clock. If it is nil, the
	// system's is used if Now is nil too; otherwise it follows Now.
	Elapsed func() time.Duration
	// Logger gets warnings and notices; nil discards them.
	Logger *slog.Logger
	// Cache may be nil.
	Cache Cache
	// Bootstrap, if not nil, puts a snapshot from elsewhere into the cache. It is called if the cache has no usable
	// one. If it fails, the whole log is read.
	Bootstrap func(ctx context.Context) error
	// IndexMemory bounds the memory, in bytes, of the indexes of values, which are built when queries miss
	// them; with 0 none are built.
	IndexMemory int
}

// DefaultIndexMemory is enough for the names and ten properties of a million entities.
const DefaultIndexMemory = 256 << 20

// Graph is the graph that changes. It is safe for concurrent use.
type Graph struct {
	o     *schema.Ontology
	log   Log
	note  *slog.Logger
	clock *clock
	saver *saver
	index *indexer
	// indexMemory is that of Options.
	indexMemory int
	apply       func(*snapshot.Snapshot, *graph.Commit) (*snapshot.Snapshot, error) // a variable, so that tests can make it fail

	identity graph.Identity

	current atomic.Pointer[publication]
	fresh   atomic.Int64 // when Follow last began to read a head that is published now, in elapsed nanoseconds

	// queued guards queue. It is held only briefly, also by the goroutine that has the turn.
	queued sync.Mutex
	queue  []*request

	// arrived has a value if a change came since the last receive.
	arrived chan struct{}

	// turn has a value while a goroutine writes. It guards the log, the clock, and:
	turn      chan struct{}
	appending *group // nil if none
	decided   *group // the next group, being decided; nil if none
	closed    bool
	doubt     bool // the log may have more than the newest snapshot
}

// publication is a snapshot and the channel that is closed when another replaces it.
type publication struct {
	snapshot *snapshot.Snapshot
	replaced chan struct{}
}

// Open returns the graph of a log: from the cache, if it can be used, and the commits after it.
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
	g.index, g.indexMemory = &indexer{note: g.note}, opts.IndexMemory
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

// Next returns the newest snapshot and a channel that is closed when another has replaced it.
func (g *Graph) Next() (*snapshot.Snapshot, <-chan struct{}) {
	p := g.current.Load()
	return p.snapshot, p.replaced
}

// Wait returns the first snapshot at or after the number, or the context's error if the context ends first.
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

// Reach waits like Wait, for the commit that a bookmark names. The error has the code UNAVAILABLE if the commit does
// not come in time, and HISTORY_REPLACED if it can never come.
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

// Bookmark returns a bookmark for a commit that the snapshot has.
func (g *Graph) Bookmark(s *snapshot.Snapshot, seq graph.Seq) graph.Bookmark {
	return graph.NewBookmark(g.identity, seq, s.RecordedAt(seq))
}

// Identity identifies the store of the graph, and its history.
func (g *Graph) Identity() graph.Identity { return g.identity }

// Ontology returns the graph's ontology.
func (g *Graph) Ontology() *schema.Ontology { return g.o }

// Receipt is the outcome of a change.
type Receipt struct {
	// Seq is the sequence number of the commit. If the change had no effect, it is the present number. If the
	// key was used before, it is that of the first change.
	Seq graph.Seq
	Counts
	// IDs are the ids of the asserted claims, in the order of the change.
	IDs     []graph.ClaimID
	Notices graph.Problems
	// Import is the import of the commit, or 0 if it has none.
	Import graph.Seq
	// Replayed is true if the idempotency key was used before.
	Replayed bool
}

// Counts are the numbers of operations in one change or several, by effect.
type Counts struct {
	// Entities, Claims, Retractions and Reinstatements count what is new. Superseded counts those of the
	// Retractions in which another claim replaced the withdrawn one. Merges also counts merges taken back.
	Entities       int `json:"entities"`
	Claims         int `json:"claims"`
	Retractions    int `json:"retractions"`
	Superseded     int `json:"superseded"`
	Reinstatements int `json:"reinstatements"`
	Merges         int `json:"merges,omitempty"`
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
	c.Merges += d.Merges
	c.Known += d.Known
}

// Check checks a change against the present graph and commits nothing.
func (g *Graph) Check(ch *graph.Change) (*graph.Result, error) { return checked(g.Snapshot(), ch) }

func checked(at *snapshot.Snapshot, ch *graph.Change) (*graph.Result, error) {
	res, problems := check(at, ch)
	if problems != nil {
		return nil, problems
	}
	return res, nil
}

// Try returns the receipt that the change would get on the present graph, and commits nothing.
func (g *Graph) Try(ch *graph.Change) (*Receipt, error) { return try(g.Snapshot(), ch) }

func try(at *snapshot.Snapshot, ch *graph.Change) (*Receipt, error) {
	res, problems := check(at, ch)
	if problems != nil {
		return nil, problems
	}
	r := receiptOf(res)
	r.Seq = at.Seq()
	return r, nil
}

// Save starts to write the cache, unless it is being written or up to date.
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
