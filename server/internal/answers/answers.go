// Package answers keeps answers to queries, bounded by their bytes, and lets all requests for the
// same answer wait for the one request that makes it.
//
// Read Cache first, then making.go. A key must name everything that an answer depends on, so that a
// kept answer never becomes wrong, and none has to be removed except to make room. The package must
// not know what is in an answer, nor how it is made.
package answers

import (
	"container/list"
	"hash/maphash"
	"sync"
)

// Answer is an answer that many requests share. Nobody may write into its bytes.
type Answer struct {
	Body []byte
	// Pinned reports that later commits and days cannot change the answer.
	Pinned bool

	// All below is guarded by Cache.mu.
	key    string
	packed []byte
	users  int           // requests that are sending it
	place  *list.Element // in Cache.recent; nil where it is not kept
}

// overhead is about what a kept answer takes besides its bytes.
const overhead = 400

func (a *Answer) size() int { return len(a.Body) + len(a.packed) + overhead }

// Stats are the counts of a cache since its start.
type Stats struct {
	// Hits found an answer, Shared waited for one in the making, and Misses made it themselves.
	Hits, Shared, Misses int64
	// Answers are kept. Bytes are theirs, and of those no longer kept that are still being sent.
	Answers, Bytes int
}

// Cache keeps answers, and knows those in the making. It is safe for concurrent use.
type Cache struct {
	limit int
	seed  maphash.Seed

	mu     sync.Mutex // guards everything below
	kept   map[string]*Answer
	recent list.List // of *Answer, the last used first
	making map[string]*Making
	// seen has hashes of requests. An answer is kept only if its request came before, in
	// whichever state of the graph: most requests of some workloads never come again.
	seen  [1 << 12]uint64
	stats Stats
}

// New returns a cache of this many bytes.
func New(limit int) *Cache {
	return &Cache{limit: limit, seed: maphash.MakeSeed(), kept: map[string]*Answer{}, making: map[string]*Making{}}
}

// Find returns the kept answer, which the caller must Release, or nil.
func (c *Cache) Find(key string) *Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.find(key)
}

func (c *Cache) find(key string) *Answer {
	a := c.kept[key]
	if a == nil {
		return nil
	}
	c.stats.Hits++
	a.users++
	c.recent.MoveToFront(a.place)
	return a
}

// Release ends the use of an answer.
func (c *Cache) Release(a *Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.users--; a.users == 0 && a.place == nil {
		c.stats.Bytes -= a.size()
	}
}

// reserve makes room for this many bytes by dropping answers. It fails where too much is in use, and
// for answers that would replace most others.
func (c *Cache) reserve(bytes int) bool {
	if bytes > c.limit/4 {
		return false
	}
	for c.stats.Bytes+bytes > c.limit && c.recent.Len() > 0 {
		c.drop(c.recent.Back().Value.(*Answer))
	}
	if c.stats.Bytes+bytes > c.limit {
		return false
	}
	c.stats.Bytes += bytes
	return true
}

func (c *Cache) drop(a *Answer) {
	c.recent.Remove(a.place)
	delete(c.kept, a.key)
	if a.place = nil; a.users == 0 {
		c.stats.Bytes -= a.size()
	}
}

// Packed returns the compressed body that Pack kept, or nil.
func (c *Cache) Packed(a *Answer) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return a.packed
}

// Pack keeps the compressed body beside an answer that is kept. It takes over the bytes.
func (c *Cache) Pack(a *Answer, packed []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.place == nil || a.packed != nil {
		return
	}
	c.recent.MoveToFront(a.place)
	if c.reserve(len(packed)) {
		a.packed = packed
	}
}

// Stats returns the counts.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Answers = len(c.kept)
	return s
}
