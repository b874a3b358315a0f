// Package deadline bounds the time of the work on a request at a price that short requests do
// not notice.
//
// Read Context first. Most requests end within microseconds, and preparing each for a timeout and
// for a client that leaves would take longer than some of them: context.WithTimeout changes a timer
// and its parent, twice. Here a request is prepared when it has lasted for Young. The package must
// not know HTTP.
package deadline

import (
	"context"
	"sync"
	"time"
)

// Young is how long a request runs before its parent is watched: unless Err is called, a context
// may end this much later than its parent.
const Young = 5 * time.Millisecond

// Context ends at its deadline, with its parent, or with End, as a context of
// context.WithDeadline does. It is safe for concurrent use.
type Context struct {
	context.Context // the parent
	from, at        time.Time
	lasting         Lasting
	watch           *watch

	mu   sync.Mutex // guards what is below
	err  error
	done chan struct{} // nil until somebody asks for it
	// leave stops watching the parent; nil while it is not watched.
	leave func() bool
}

// Lasting learns of a request that is no longer young. Lasts is called once at most, and not
// after End.
type Lasting interface{ Lasts() }

// Watches watch the contexts of one server. The zero value is ready.
type Watches struct {
	idle sync.Pool // of *watch
}

// Begin returns a context that ends after the timeout, from a time that has just been read.
// Lasting may be nil. The caller calls End.
func (s *Watches) Begin(parent context.Context, from time.Time, timeout time.Duration, lasting Lasting) *Context {
	w, ok := s.idle.Get().(*watch)
	if !ok {
		w = &watch{all: s}
	}
	c := &Context{Context: parent, from: from, at: from.Add(timeout), lasting: lasting, watch: w}
	w.begin(c)
	return c
}

// End ends the context, as the cancel function of context.WithDeadline does. It may be
// called twice, but not concurrently.
func (c *Context) End() {
	w := c.watch
	if w == nil {
		return
	}
	c.watch = nil
	w.end()
	w.all.idle.Put(w)
	c.end(context.Canceled)
	if c.leave != nil { // it is set by the watch only
		c.leave()
	}
}

// Deadline implements context.Context.
func (c *Context) Deadline() (time.Time, bool) {
	if at, ok := c.Context.Deadline(); ok && at.Before(c.at) {
		return at, true
	}
	return c.at, true
}

// Done implements context.Context.
func (c *Context) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.err != nil {
			close(c.done)
		}
	}
	return c.done
}

// Err implements context.Context.
func (c *Context) Err() error {
	c.mu.Lock()
	err := c.err
	c.mu.Unlock()
	if err != nil {
		return err
	}
	if err = c.Context.Err(); err != nil {
		c.end(err)
	}
	return err
}

func (c *Context) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	if c.err = err; c.done != nil {
		close(c.done)
	}
}

// lasts prepares a context that is no longer young. Its watch is locked.
func (c *Context) lasts() {
	c.leave = context.AfterFunc(c.Context, func() { c.end(c.Context.Err()) })
	if c.lasting != nil {
		c.lasting.Lasts()
	}
}

// watch is a timer for one request after another. The timer keeps running when a request
// ends. When it fires it looks at the request of that moment, so short requests never touch
// it.
type watch struct {
	all   *Watches
	timer *time.Timer

	mu      sync.Mutex // guards what is below; held while Lasts runs
	of      *Context   // nil between requests
	running bool       // the timer will fire
	old     bool       // of is no longer young
}

func (w *watch) begin(c *Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of, w.old = c, false
	if first := min(Young, c.at.Sub(c.from)); !w.running {
		w.fireIn(first)
	} else if first < Young { // before it fires by itself
		w.timer.Reset(first)
	}
}

func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of = nil
	if w.old { // the timer waits for the deadline, which may be far
		w.running = !w.timer.Stop()
	}
}

// fireIn is called with the lock.
func (w *watch) fireIn(d time.Duration) {
	w.running = true
	if w.timer == nil {
		w.timer = time.AfterFunc(d, w.fire)
	} else {
		w.timer.Reset(d)
	}
}

func (w *watch) fire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running = false
	c := w.of
	if c == nil {
		return
	}
	now := time.Now()
	if left := c.at.Sub(now); left <= 0 {
		if c.Err() == nil { // the parent may have ended before
			c.end(context.DeadlineExceeded)
		}
	} else if age := now.Sub(c.from); age < Young {
		w.fireIn(min(Young-age, left))
		return
	} else {
		w.fireIn(left)
	}
	if !w.old {
		w.old = true
		c.lasts()
	}
}
