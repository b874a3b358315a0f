// Package answers caches answers to queries, up to a number of bytes. If several requests need the same answer,
// one makes it and the others wait for it.
//
// Read Cache first, then making.go. A key must identify everything that an answer depends on. Then a cached
// answer never becomes wrong, and is removed only to make room. The package must not know what is in an answer,
// nor how it is made.
package answers

import (
	"container/list"
	"hash/maphash"
	"sync"
)

// Answer is an answer that many requests share. Its bytes must not be modified.
type Answer struct {
	Body []byte
	// Pinned is true if no later commit and no later day can change the answer.
	Pinned bool

	// Cache.mu guards all fields below.
	key    string
	packed []byte
	users  int           // how many requests are sending the answer
	place  *list.Element // the element of Cache.recent; nil if the answer is not cached
}

// overhead is the approximate memory of a cached answer besides its bytes.
const overhead = 400

func (a *Answer) size() int { return len(a.Body) + len(a.packed) + overhead }

// Stats has the counts of a cache since it was created.
type Stats struct {
	// Hits counts calls that found a cached answer, Shared calls that waited for the answer of another, and
	// Misses calls that had to make the answer.
	Hits, Shared, Misses int64
	// Answers is the number of cached answers. Bytes is their memory, plus that of removed answers that are
	// still being sent.
	Answers, Bytes int
}

// Cache has the cached answers and the answers that are being made. It is safe for concurrent use.
type Cache struct {
	limit int
	seed  maphash.Seed

	mu     sync.Mutex // guards everything below
	kept   map[string]*Answer
	recent list.List // values of type *Answer, the last used first
	making map[string]*Making
	// seen has hashes of recent requests. An answer is cached only if an equal request came before, even when
	// the graph had another state: in some workloads most requests never come again.
	seen  [1 << 12]uint64
	stats Stats
}

// New returns a cache of at most limit bytes.
func New(limit int) *Cache {
	return &Cache{limit: limit, seed: maphash.MakeSeed(), kept: map[string]*Answer{}, making: map[string]*Making{}}
}

// Find returns the cached answer with a key, or nil. The caller must Release it.
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

// Release ends the use of an answer by the caller.
func (c *Cache) Release(a *Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.users--; a.users == 0 && a.place == nil {
		c.stats.Bytes -= a.size()
	}
}

// reserve makes room for bytes by removing answers. It returns false if bytes is more than a quarter of the
// limit, or if answers that are being sent take too much.
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

// Packed returns the compressed body from Pack, or nil if there is none.
func (c *Cache) Packed(a *Answer) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return a.packed
}

// Pack adds the compressed body to a cached answer. The caller must not modify packed afterwards.
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

// Stats returns the counts of the cache.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Answers = len(c.kept)
	return s
}
