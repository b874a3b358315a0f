// Package deadline bounds the time of work on a request, at no noticeable cost for short requests.
//
// Read Context first. Most requests end within microseconds. context.WithTimeout, which changes a
// timer and the parent context twice, would take longer than some of them. Here a request is
// prepared for a timeout and for its client's disconnection only when it has lasted for Young. The
// package must not know HTTP.
package deadline

import (
	"context"
	"sync"
	"time"
)

// Young is how long a request runs before its parent context is watched. A context may end this
// much later than its parent, unless Err is called.
const Young = 5 * time.Millisecond

// Context ends at its deadline, with its parent, or with End, like a context from
// context.WithDeadline. It is safe for concurrent use.
type Context struct {
	context.Context // the parent
	from, at        time.Time
	lasting         Lasting
	watch           *watch

	mu   sync.Mutex // guards everything below
	err  error
	done chan struct{} // nil until Done is called
	// leave stops watching the parent; nil while the parent is not watched.
	leave func() bool
}

// Lasting is notified of a request that lasts longer than Young. Lasts is called at most once, and
// not after End.
type Lasting interface{ Lasts() }

// Watches has the watches of one server. The zero value is ready.
type Watches struct {
	idle sync.Pool // values of type *watch
}

// Begin returns a context that ends when timeout has passed since from. Lasting may be nil. The
// caller must call End.
func (s *Watches) Begin(parent context.Context, from time.Time, timeout time.Duration, lasting Lasting) *Context {
	w, ok := s.idle.Get().(*watch)
	if !ok {
		w = &watch{all: s}
	}
	c := &Context{Context: parent, from: from, at: from.Add(timeout), lasting: lasting, watch: w}
	w.begin(c)
	return c
}

// End ends the context, like the cancel function of context.WithDeadline. It may be called twice,
// but not concurrently.
func (c *Context) End() {
	w := c.watch
	if w == nil {
		return
	}
	c.watch = nil
	w.end()
	w.all.idle.Put(w)
	c.end(context.Canceled)
	if c.leave != nil { // only the watch sets leave
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

// lasts prepares a context that has lasted for Young. The caller has locked the watch.
func (c *Context) lasts() {
	c.leave = context.AfterFunc(c.Context, func() { c.end(c.Context.Err()) })
	if c.lasting != nil {
		c.lasting.Lasts()
	}
}

// watch is a timer that serves one request after another. The timer keeps running when a request
// ends. When it fires, it checks the request of that moment, so short requests never change the
// timer.
type watch struct {
	all   *Watches
	timer *time.Timer

	mu      sync.Mutex // guards everything below; held while Lasts runs
	of      *Context   // nil between requests
	running bool       // the timer will fire
	old     bool       // of has lasted for Young
}

func (w *watch) begin(c *Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of, w.old = c, false
	if first := min(Young, c.at.Sub(c.from)); !w.running {
		w.fireIn(first)
	} else if first < Young { // the deadline is before the timer fires
		w.timer.Reset(first)
	}
}

func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of = nil
	if w.old { // the timer is set to the previous deadline, which may be far away
		w.running = !w.timer.Stop()
	}
}

// fireIn starts the timer. The caller holds mu.
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
		if c.Err() == nil { // the parent may have ended earlier
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
