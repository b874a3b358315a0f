package answers

import (
	"bytes"
	"context"
	"hash/maphash"
)

// Request identifies what a client asks, in any state of the graph.
type Request struct {
	Query, Operation string
	Variables        []byte
}

func (c *Cache) hash(r *Request) uint64 {
	h := maphash.String(c.seed, r.Query)
	h = h*31 + maphash.String(c.seed, r.Operation)
	return h*31 + maphash.Bytes(c.seed, r.Variables)
}

// Making is an answer in the making. Its maker must call Done or Fail, once.
type Making struct {
	of   *Cache
	key  string
	keep bool
	done chan struct{} // closed at the end, after answer and again are set

	waiting int // guarded by Cache.mu
	answer  *Answer
	again   bool
}

// Get returns a kept answer, waits for one in the making, or lets the caller make it: then it
// returns a Making. It returns nil twice where the answer of another cannot be shared, as one with
// errors: the caller makes its own. It fails only with the context's error. The caller must Release
// an answer.
func (c *Cache) Get(ctx context.Context, key string, r *Request) (*Answer, *Making, error) {
	for {
		a, m, first := c.join(key, r)
		if a != nil || first {
			return a, m, nil
		}
		var err error
		select {
		case <-m.done:
		case <-ctx.Done():
			err = ctx.Err()
		}
		if a, again := c.part(m); err != nil {
			if a != nil {
				c.Release(a)
			}
			return nil, nil, err
		} else if !again {
			return a, nil, nil
		}
	}
}

// join returns a kept answer, or one in the making, which the first caller makes.
func (c *Cache) join(key string, r *Request) (a *Answer, m *Making, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a := c.find(key); a != nil {
		return a, nil, false
	}
	if m := c.making[key]; m != nil {
		m.waiting++
		return nil, m, false
	}
	h := c.hash(r)
	at := &c.seen[h%uint64(len(c.seen))]
	m = &Making{of: c, key: key, keep: *at == h, done: make(chan struct{})}
	*at = h
	c.making[key] = m
	c.stats.Misses++
	return nil, m, true
}

// part ends a wait. It returns the answer, if there is one, of which the caller is a user by now.
func (c *Cache) part(m *Making) (a *Answer, again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m.waiting--
	if m.answer != nil {
		c.stats.Shared++
	}
	return m.answer, m.again
}

// Done ends the making with an answer of a copy of the body, for all that wait for it. It reports
// whether the cache keeps the answer.
func (m *Making) Done(body []byte, pinned bool) (kept bool) {
	c := m.of
	c.mu.Lock()
	wanted := (m.keep || m.waiting > 0) && c.reserve(len(body)+overhead)
	if !wanted {
		m.end()
	}
	c.mu.Unlock()
	if !wanted {
		return false
	}
	a := &Answer{Body: bytes.Clone(body), Pinned: pinned, key: m.key} // which may take long
	c.mu.Lock()
	defer c.mu.Unlock()
	a.users = m.waiting
	if m.keep {
		a.place = c.recent.PushFront(a)
		c.kept[a.key] = a
	} else if a.users == 0 { // they have left meanwhile
		c.stats.Bytes -= a.size()
	}
	m.answer = a
	m.end()
	return m.keep
}

// Fail ends the making of an answer that cannot be shared. again reports that another may succeed
// where this one did not, because its client has gone.
func (m *Making) Fail(again bool) {
	m.of.mu.Lock()
	defer m.of.mu.Unlock()
	m.again = again
	m.end()
}

func (m *Making) end() {
	delete(m.of.making, m.key)
	close(m.done)
}

// Waiting returns how many requests wait for answers in the making.
func (c *Cache) Waiting() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.making {
		n += m.waiting
	}
	return n
}
