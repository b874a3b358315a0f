package live

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// memory is a log that keeps its commits in memory and fails as a test wants.
type memory struct {
	identity graph.Identity

	mu      sync.Mutex
	commits []*graph.Commit
	// fail, if not nil, is the error of the next Append; doubt says that the commit is kept
	// all the same.
	fail  error
	doubt bool
	blind error // of Replay and Key
	stale bool  // Head says one less, until the next Replay
	// before, if not nil, is called by each method with its name.
	before func(method string)
	inside int // appends running
	most   int // how many ever ran at once
	groups int // appends made
}

func (m *memory) Identity() graph.Identity { return m.identity }

// hook sets before while the log may be in use.
func (m *memory) hook(before func(method string)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before = before
}

func (m *memory) call(method string) {
	m.mu.Lock()
	before := m.before
	m.mu.Unlock()
	if before != nil {
		before(method)
	}
}

func (m *memory) Head() graph.Seq {
	m.call("Head")
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stale {
		return graph.Seq(len(m.commits) - 1)
	}
	return graph.Seq(len(m.commits))
}

func (m *memory) AppendGroup(ctx context.Context, cs []*graph.Commit) error {
	m.call("AppendGroup")
	m.mu.Lock()
	m.inside++
	m.most = max(m.most, m.inside)
	m.mu.Unlock()
	defer func() { m.mu.Lock(); m.inside--; m.mu.Unlock() }()
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, c := range cs {
		if want := graph.Seq(len(m.commits)+i) + 1; c.Seq != want {
			return graph.Errorf(graph.SeqMismatch, "commit %d cannot be appended; %d is due", c.Seq, want)
		}
	}
	if err := m.fail; err != nil {
		m.fail = nil
		if m.doubt {
			m.keep(cs)
		}
		return err
	}
	m.keep(cs)
	return nil
}

func (m *memory) keep(cs []*graph.Commit) {
	for _, c := range cs {
		own := *c
		own.Entities, own.Claims, own.Retractions = slices.Clone(c.Entities), slices.Clone(c.Claims), slices.Clone(c.Retractions)
		m.commits = append(m.commits, &own)
	}
	m.groups++
}

func (m *memory) Replay(ctx context.Context, after graph.Seq, fn func(*graph.Commit) error) error {
	m.call("Replay")
	m.mu.Lock()
	commits, blind := m.commits, m.blind
	m.stale = m.stale && blind != nil
	m.mu.Unlock()
	if blind != nil {
		return blind
	}
	for _, c := range commits[min(int(after), len(commits)):] {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(c); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Key(_ context.Context, key string) (graph.Seq, error) {
	m.call("Key")
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.commits {
		if c.Key == key {
			return c.Seq, m.blind
		}
	}
	return 0, m.blind
}

// cache keeps a snapshot in memory.
type cache struct {
	kept  *snapshot.Snapshot
	of    graph.Identity
	saves int
	err   error
	// panics makes Save do so.
	panics bool
}

func (c *cache) Clean() error { return nil }

func (c *cache) Load(*schema.Ontology) (*snapshot.Snapshot, graph.Identity, error) {
	if c.kept == nil {
		return nil, graph.Identity{}, errors.New("none")
	}
	return c.kept, c.of, nil
}

func (c *cache) Save(s *snapshot.Snapshot, of graph.Identity) error {
	c.saves++
	if c.panics {
		panic("out of order")
	}
	if c.err == nil {
		c.kept, c.of = s, of
	}
	return c.err
}

var frozen = time.Date(2026, 1, 15, 12, 0, 0, 123456789, time.UTC)

func open(t testing.TB, log Log, opts Options) *Graph {
	t.Helper()
	if opts.Now == nil {
		opts.Now = func() time.Time { return frozen }
	}
	g, err := Open(t.Context(), log, schema.MustDefault(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func base() []graph.Op {
	return []graph.Op{
		{Kind: graph.Declare, Entity: graph.Entity{ID: "src", Type: "Source"}},
		{Kind: graph.Declare, Entity: graph.Entity{ID: "KAZ", Type: "Country"}},
		{Kind: graph.Declare, Entity: graph.Entity{ID: "UZB", Type: "Country"}},
	}
}

func named(name string) graph.Op {
	return graph.Op{Kind: graph.Assert, Claim: graph.Claim{
		Subject: "KAZ", Predicate: "name", Value: graph.StringValue(name), Source: "src", Confidence: 1,
	}}
}

func change(key string, ops ...graph.Op) *graph.Change { return &graph.Change{Ops: ops, Key: key} }

func commit(t testing.TB, g *Graph, ch *graph.Change) *Receipt {
	t.Helper()
	r, err := g.Commit(t.Context(), ch)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// begun returns a graph on a log in memory, with the entities of base.
func begun(t testing.TB) (*memory, *Graph) {
	t.Helper()
	log := &memory{}
	g := open(t, log, Options{})
	commit(t, g, change("", base()...))
	return log, g
}

// commitInDoubt makes the second change, with the key "k", one whose append
// fails and which the log has all the same.
func commitInDoubt(t testing.TB, log *memory, g *Graph) {
	t.Helper()
	log.fail, log.doubt = errors.New("the disk went away"), true
	if _, err := g.Commit(t.Context(), change("k", named("a"))); err == nil {
		t.Fatal("a change whose append failed was acknowledged")
	}
}

// doubtResolved expects that the change in doubt was made once, and that the
// next one follows it.
func doubtResolved(t testing.TB, log *memory, g *Graph) {
	t.Helper()
	if r := commit(t, g, change("k", named("a"))); r.Seq != 2 || !r.Replayed {
		t.Errorf("the same change again: %+v", r)
	}
	if r := commit(t, g, change("", named("b"))); r.Seq != 3 || g.Snapshot().Digest() != open(t, log, Options{}).Snapshot().Digest() {
		t.Errorf("the next change: %+v", r)
	}
}

func codeOf(err error) graph.Code {
	var ge *graph.Error
	var ps graph.Problems
	switch {
	case errors.As(err, &ge):
		return ge.Code
	case errors.As(err, &ps):
		return ps[0].Code
	}
	return ""
}
