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

// Connections bounds the open connections of all listeners below the limit of open files, so that
// some files remain for the store and for the next connection. If the bound is reached, the
// connection that has been idle longest is closed, so that clients that hold connections and send
// nothing do not keep others out. If no connection is idle, a few spare connections may still be
// opened; only probes are answered on them.
type Connections struct {
	most   int
	made   atomic.Int64 // how many connections were closed to make room
	spares atomic.Int64 // how many spare connections are open

	mu   sync.Mutex // guards everything below, and the links of each conn
	open int
	// oldest and newest are the ends of the list of idle connections.
	oldest, newest *conn
}

const (
	// SpareConnections is the number of connections that --max-connections does not count.
	SpareConnections = 16
	// idleAtLeast is how long a connection must have been idle to be closed in favour of a new one.
	// A shorter time would risk a request on its way, so spare connections are used first.
	idleAtLeast = 100 * time.Millisecond
	// filesOfStore is the number of open files that connections leave to the store and the rest of
	// the process.
	filesOfStore = 600
	// manyConnections is the highest default limit, even if the limit of open files allows more:
	// each connection takes some 20 KB of memory.
	manyConnections = 30_000
)

// DefaultMaxConnections returns how many connections the process's limit of open files permits.
// Each call reads the limit.
func DefaultMaxConnections() int {
	return connectionsOf(openFiles())
}

// connectionsOf returns how many connections a limit of open files permits. It is at least half of
// the limit, because the files of an open store are already open.
func connectionsOf(files uint64) int {
	left := max(files/2, files-min(files, filesOfStore+SpareConnections))
	return int(max(1, min(left, manyConnections)))
}

// NewConnections returns a bound of most connections for the listeners that Listener wraps.
func NewConnections(most int) *Connections { return &Connections{most: most} }

// conn is a connection that is counted until it is closed.
type conn struct {
	deadlines
	all          *Connections
	spare        bool
	closed       bool
	idle         bool // no request is in progress
	since        time.Time
	older, newer *conn // neighbours in the list of idle connections
}

func (c *conn) Close() error {
	c.all.forget(c)
	return c.Conn.Close()
}

// CloseWrite lets net/http close a connection so that the client can still read the last answer.
func (c *conn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}

// setIdle adds a connection at the end of the idle list, or removes it from the list. The caller
// holds mu.
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

// add counts a new connection, after making room for it if necessary. It returns nil if not even a
// spare connection is free.
func (a *Connections) add(nc net.Conn) *conn {
	c := &conn{deadlines: deadlines{Conn: nc}, all: a}
	a.mu.Lock()
	var out *conn
	if a.open-int(a.spares.Load()) >= a.most {
		// Closing a spare connection would only make room for another spare one.
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
		_ = out.Conn.Close() // the goroutine of the connection gets an error
	}
	return c
}

// closeIdle closes the connection that has been idle longest. It returns false if none is idle.
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
	_ = c.Conn.Close() // the goroutine of the connection gets an error
	return true
}

// State is the http.Server.ConnState by which net/http reports whether a connection is idle.
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

// countedListener is a listener that counts its connections.
type countedListener struct {
	net.Listener
	all *Connections
}

func (l *countedListener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			// The limit of open files is reached, although the connections are below their bound.
			// If no connection can be closed, net/http waits before it tries again.
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
		_ = nc.Close() // closed without an answer, so the client tries again
	}
}

// connKey is the context key of the request's *conn.
type connKey struct{}

// WithConn is an http.Server.ConnContext. It adds a spare connection to the context, for Spare.
func WithConn(ctx context.Context, nc net.Conn) context.Context {
	if c, ok := nc.(*conn); ok && c.spare {
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

// Spare reports whether the context belongs to a request over a spare connection. The caller should
// close that connection after the request.
func (a *Connections) Spare(ctx context.Context) bool {
	return a.spares.Load() > 0 && ctx.Value(connKey{}) != nil
}

// Listener returns l with its connections counted.
func (a *Connections) Listener(l net.Listener) net.Listener { return &countedListener{l, a} }

// Spares returns how many spare connections are open.
func (a *Connections) Spares() int64 { return a.spares.Load() }

// Closed returns how many connections were closed to make room.
func (a *Connections) Closed() int64 { return a.made.Load() }
