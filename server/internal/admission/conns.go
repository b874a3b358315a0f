package admission

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Connections bounds the open connections of all listeners below the limit of open files, so
// that some files are left for the store and for the next connection. If all connections are
// taken, the one that has been idle longest is closed, so that a client that holds
// connections and sends nothing does not keep others out. If none is idle, a few spare
// connections remain, over which only probes are answered.
type Connections struct {
	most   int
	made   atomic.Int64 // connections closed to make room
	spares atomic.Int64 // open connections that are spare

	mu   sync.Mutex // guards what is below, and the links of each conn
	open int
	// oldest and newest are the ends of the list of idle connections.
	oldest, newest *conn
}

const (
	// SpareConnections are those that --max-connections does not count.
	SpareConnections = 16
	// idleAtLeast is how long a connection must have been idle to be closed before spare ones
	// are used: a request may be on its way.
	idleAtLeast = 100 * time.Millisecond
	// filesOfStore are the open files that connections leave to the store and the rest.
	filesOfStore = 600
	// manyConnections is the default limit if the limit of open files allows more: each
	// takes some 20 KB of memory.
	manyConnections = 30_000
)

// DefaultMaxConnections returns how many connections the process's limit of open files
// leaves. It reads the limit at each call.
func DefaultMaxConnections() int {
	return connectionsOf(openFiles())
}

// connectionsOf returns how many connections a limit of open files allows; at least half
// of it, since a store that is open has its files.
func connectionsOf(files uint64) int {
	left := max(files/2, files-min(files, filesOfStore+SpareConnections))
	return int(max(1, min(left, manyConnections)))
}

// NewConnections bounds the connections of the listeners that Listener wraps.
func NewConnections(most int) *Connections { return &Connections{most: most} }

// conn is a connection that is counted until it is closed.
type conn struct {
	deadlines
	all          *Connections
	spare        bool
	closed       bool
	idle         bool // no request is under way
	since        time.Time
	older, newer *conn // where it is idle
}

func (c *conn) Close() error {
	c.all.forget(c)
	return c.Conn.Close()
}

// CloseWrite lets net/http end a connection so that the client reads the last answer.
func (c *conn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}

// setIdle puts a connection at the end of the list, or takes it out. The caller holds mu.
func (a *Connections) setIdle(c *conn, idle bool) {
	if c.idle == idle {
		return
	}
	if c.idle = idle; idle {
		c.since, c.older = time.Now(), a.newest
		if a.newest == nil {
			a.oldest = c
		} else {
			a.newest.newer = c
		}
		a.newest = c
		return
	}
	if c.older == nil {
		a.oldest = c.newer
	} else {
		c.older.newer = c.newer
	}
	if c.newer == nil {
		a.newest = c.older
	} else {
		c.newer.older = c.older
	}
	c.older, c.newer = nil, nil
}

func (a *Connections) forget(c *conn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(c)
}

// drop stops counting a connection. The caller holds mu.
func (a *Connections) drop(c *conn) {
	if c.closed {
		return
	}
	c.closed = true
	a.setIdle(c, false)
	if a.open--; c.spare {
		a.spares.Add(-1)
	}
}

// add counts a new connection, and makes room for it if there is none. It returns nil if not
// even a spare connection is left.
func (a *Connections) add(nc net.Conn) *conn {
	c := &conn{deadlines: deadlines{Conn: nc}, all: a}
	a.mu.Lock()
	var out *conn
	if a.open-int(a.spares.Load()) >= a.most {
		// Closing a spare connection would make room only for another spare one.
		for out = a.oldest; out != nil && out.spare; out = out.newer {
		}
		if out != nil && time.Since(out.since) < idleAtLeast {
			out = nil
		}
	}
	if out == nil && a.open >= a.most+SpareConnections {
		out = a.oldest
	}
	if out != nil {
		a.drop(out)
	}
	if a.open >= a.most+SpareConnections {
		a.mu.Unlock()
		return nil
	}
	if c.spare = a.open-int(a.spares.Load()) >= a.most; c.spare {
		a.spares.Add(1)
	}
	a.open++
	a.setIdle(c, true)
	a.mu.Unlock()
	if out != nil {
		a.made.Add(1)
		_ = out.Conn.Close() // its goroutine gets an error
	}
	return c
}

// closeIdle closes the connection that has been idle for longest, and reports whether there was one.
func (a *Connections) closeIdle() bool {
	a.mu.Lock()
	c := a.oldest
	if c != nil {
		a.drop(c)
	}
	a.mu.Unlock()
	if c == nil {
		return false
	}
	a.made.Add(1)
	_ = c.Conn.Close() // its goroutine gets an error
	return true
}

// State is http.Server.ConnState: net/http reports what a connection does.
func (a *Connections) State(nc net.Conn, state http.ConnState) {
	c, ok := nc.(*conn)
	if !ok || state == http.StateNew || state == http.StateClosed {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !c.closed {
		a.setIdle(c, state == http.StateIdle)
	}
}

// Count returns how many connections are open.
func (a *Connections) Count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.open
}

// countedListener is a listener whose connections are counted.
type countedListener struct {
	net.Listener
	all *Connections
}

func (l *countedListener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			// Other parts of the process hold the open files. If no connection can be
			// closed, net/http waits before it tries again.
			if l.all.closeIdle() {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		if c := l.all.add(nc); c != nil {
			return c, nil
		}
		_ = nc.Close() // a client without an answer tries again
	}
}

// connKey is the key of the request's *conn in its context.
type connKey struct{}

// WithConn is for http.Server.ConnContext: it puts the connection into the context, for
// Spare.
func WithConn(ctx context.Context, nc net.Conn) context.Context {
	if c, ok := nc.(*conn); ok && c.spare {
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

// Spare reports whether the context is of a request over a spare connection, which should end
// with it.
func (a *Connections) Spare(ctx context.Context) bool {
	return a.spares.Load() > 0 && ctx.Value(connKey{}) != nil
}

// Listener is l with its connections counted.
func (a *Connections) Listener(l net.Listener) net.Listener { return &countedListener{l, a} }

// Spares returns how many spare connections are open.
func (a *Connections) Spares() int64 { return a.spares.Load() }

// Closed returns how many connections were closed to make room.
func (a *Connections) Closed() int64 { return a.made.Load() }
