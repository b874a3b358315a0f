package scenario

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// DefaultMemory bounds the forks that are kept, in bytes.
const DefaultMemory = 64 << 20

// The memory of a fork is estimated: the last chunks of the columns, and what each operation copies of tables and
// lists. BenchmarkFork measures it: 0.7 MB with ten operations, over a million claims.
const (
	bytesOfFork = 1 << 20
	bytesOfOp   = 24 << 10
)

// Cache keeps the forks that views asked for, within a limit of memory. A fork is found by its snapshot and by what
// was asked, so it is never stale; forks of earlier snapshots are dropped. It is safe for concurrent use.
type Cache struct {
	limit int
	mu    sync.Mutex // guards the rest; not held while a fork is made
	items []*item    // the most recently used first
	stats Stats
}

// Stats are what a cache has done so far, and what it has now.
type Stats struct {
	Forks, Bytes int // now
	Hits, Built  int
	Dropped      int
}

// item is a fork, or one in the making.
type item struct {
	base  *snapshot.Snapshot
	asked string
	bytes int
	ready chan struct{} // closed when fork and err are set
	fork  *snapshot.Snapshot
	err   error
}

// NewCache returns a cache that keeps at most limit bytes, but always the last fork.
func NewCache(limit int) *Cache { return &Cache{limit: limit} }

// Stats returns the present statistics.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	st := c.stats
	for _, x := range c.items {
		st.Forks++
		st.Bytes += x.bytes
	}
	return st
}

// Fork returns the snapshot with what is asked for. Several requests for the same share one fork.
func (c *Cache) Fork(ctx context.Context, s *snapshot.Snapshot, a Asked) (*snapshot.Snapshot, error) {
	key, err := keyOf(s, a)
	if err != nil {
		return nil, err
	}
	x, mine := c.item(s, key, a)
	if mine {
		c.fill(ctx, x, a)
		return x.fork, x.err
	}
	select {
	case <-x.ready:
	case <-ctx.Done():
		return nil, graph.Errorf(graph.Unavailable, "the request ended before its scenarios were applied")
	}
	if x.err != nil && ctx.Err() == nil { // the request that made it may have ended
		return Build(ctx, s, a)
	}
	return x.fork, x.err
}

// fill makes a fork. If that fails or panics, the item is dropped.
func (c *Cache) fill(ctx context.Context, x *item, a Asked) {
	done := false
	defer func() {
		if x.err != nil || !done {
			c.drop(x)
		}
		close(x.ready)
	}()
	x.err = context.Canceled
	x.fork, x.err = Build(ctx, x.base, a)
	done = true
}

// keyOf returns a text that distinguishes what is asked for of one snapshot.
func keyOf(s *snapshot.Snapshot, a Asked) (string, error) {
	key := strings.Join(a.Names, ",")
	if len(a.Ops) == 0 {
		return key, nil
	}
	if _, err := a.layers(s); err != nil { // before the operations are encoded, because there may be too many
		return "", err
	}
	lines, err := codec.EncodeScenario(s.Ontology(), a.Ops)
	return key + "\n" + lines, err
}

// item returns the item of a fork; mine is true if the caller must make the fork.
func (c *Cache) item(s *snapshot.Snapshot, key string, a Asked) (x *item, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, x := range c.items {
		if x.base.Graph == s.Graph && x.asked == key {
			c.items = slices.Insert(slices.Delete(c.items, i, i+1), 0, x)
			c.stats.Hits++
			return x, false
		}
	}
	x = &item{base: s, asked: key, bytes: bytesOfFork + bytesOfOp*(len(a.Ops)+linesOf(s, a.Names)), ready: make(chan struct{})}
	kept, total := []*item{x}, x.bytes
	for _, old := range c.items {
		if total += old.bytes; total > c.limit || old.base.Seq() < s.Seq() {
			total -= old.bytes
			c.stats.Dropped++
			continue
		}
		kept = append(kept, old)
	}
	c.items = kept
	c.stats.Built++
	return x, true
}

// linesOf returns how many operations scenarios have.
func linesOf(s *snapshot.Snapshot, names []string) (n int) {
	for _, name := range names {
		sc, _ := s.Scenario(name)
		n += strings.Count(sc.Lines, "\n")
	}
	return n
}

func (c *Cache) drop(x *item) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.items, x); i >= 0 {
		c.items = slices.Delete(c.items, i, i+1)
	}
}
