package answers

import (
	"bytes"
	"context"
	"hash/maphash"
)

// Request identifies a request, whatever the state of the graph.
type Request struct {
	Query, Operation string
	Variables        []byte
}

func (c *Cache) hash(r *Request) uint64 {
	h := maphash.String(c.seed, r.Query)
	h = h*31 + maphash.String(c.seed, r.Operation)
	return h*31 + maphash.Bytes(c.seed, r.Variables)
}

// Making is an answer that is being made. The caller that makes it must call Done or Fail once.
type Making struct {
	of   *Cache
	key  string
	keep bool
	done chan struct{} // closed when answer and again are set

	waiting int // how many requests wait; Cache.mu guards it
	answer  *Answer
	again   bool
}

// Get returns a cached answer, or waits for another caller that is making the answer. If neither exists, it
// returns a Making, and the caller must make the answer. If the other caller's answer cannot be shared, for
// example because it has errors, Get returns nil twice, and the caller makes an answer only for itself. The
// error is that of the context. The caller must Release an answer.
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

// join returns a cached answer, or else the Making of the key. first is true if join created the Making.
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

// part ends the wait of a caller for m. It returns the answer, which the caller must Release, or nil if there
// is none.
func (c *Cache) part(m *Making) (a *Answer, again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m.waiting--
	if m.answer != nil {
		c.stats.Shared++
	}
	return m.answer, m.again
}

// Done ends the making with an answer, which has a copy of body, and gives it to the waiting callers. It
// reports whether the answer is cached.
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
	a := &Answer{Body: bytes.Clone(body), Pinned: pinned, key: m.key} // copied without the lock, because it may take long
	c.mu.Lock()
	defer c.mu.Unlock()
	a.users = m.waiting
	if m.keep {
		a.place = c.recent.PushFront(a)
		c.kept[a.key] = a
	} else if a.users == 0 { // nobody waits any more
		c.stats.Bytes -= a.size()
	}
	m.answer = a
	m.end()
	return m.keep
}

// Fail ends the making without an answer to share. If again is true, one of the waiting callers makes the
// answer for all, because this one failed only when its client disconnected.
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

// Waiting returns how many callers wait for answers of others.
func (c *Cache) Waiting() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.making {
		n += m.waiting
	}
	return n
}
