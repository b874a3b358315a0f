package server

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/caspian-kg/caspian/codes"
)

// connections bounds the open connections of all listeners below the limit of open files, so
// that neither the store nor the next connection finds none left. Where all are taken, one
// that is idle makes room, the longest idle first: whoever holds connections and asks nothing
// keeps nobody out. Where none is idle, spare ones remain, over which probes are answered and
// nothing else.
type connections struct {
	most   int
	start  time.Time
	made   atomic.Int64 // connections closed to make room
	spares atomic.Int64 // open connections that are spare

	mu   sync.Mutex // guards what is below
	open map[*conn]struct{}
	// looked is when none was found that could be closed; looking again soon would only take
	// time from those at work.
	looked time.Time
}

const (
	// spareConnections are those that --max-connections does not count.
	spareConnections = 16
	// makeRoom is how many idle connections are closed at once, since finding them takes a
	// look at all.
	makeRoom = 64
	// idleAtLeast is how long a connection must have been idle to be closed for another: a
	// request may be on its way.
	idleAtLeast = 100 * time.Millisecond
	lookAgain   = 20 * time.Millisecond
	// filesOfStore are the open files that connections leave to the store and the rest.
	filesOfStore = 600
	// manyConnections is the most by default where the limit of open files allows more: they
	// take some 20 KB of memory each.
	manyConnections = 30_000
)

// DefaultMaxConnections is what the process' limit of open files leaves, which is read now.
func DefaultMaxConnections() int {
	return connectionsOf(openFiles())
}

// connectionsOf is how many connections a limit of open files allows; at least half of it,
// since a store that is open has its files.
func connectionsOf(files uint64) int {
	left := max(files/2, files-min(files, filesOfStore+spareConnections))
	return int(max(1, min(left, manyConnections)))
}

func newConnections(most int) *connections {
	return &connections{most: most, start: time.Now(), open: map[*conn]struct{}{}}
}

// conn is a connection that is counted until it is closed.
type conn struct {
	net.Conn
	all   *connections
	spare bool
	// idle is since when, as of connections.now, no request has been under way; 0 while one is.
	idle atomic.Int64
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

// now is the time since the start, at least 1.
func (a *connections) now() int64 { return int64(time.Since(a.start)) | 1 }

func (a *connections) forget(c *conn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.open[c]; !ok {
		return
	}
	delete(a.open, c)
	if c.spare {
		a.spares.Add(-1)
	}
}

// add counts a new connection, and makes room for it where there is none. It returns nil where
// there is not even a spare place.
func (a *connections) add(nc net.Conn) *conn {
	c := &conn{Conn: nc, all: a}
	c.idle.Store(a.now())
	a.mu.Lock()
	full := len(a.open) >= a.most
	barren := time.Since(a.looked) < lookAgain
	a.mu.Unlock()
	if full && !barren {
		a.closeIdle()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch n := len(a.open); {
	case n >= a.most+spareConnections:
		return nil
	case n >= a.most:
		c.spare = true
		a.spares.Add(1)
	}
	a.open[c] = struct{}{}
	return c
}

// closeIdle closes the longest idle connections, and tells how many.
func (a *connections) closeIdle() int {
	type idle struct {
		c     *conn
		since int64
	}
	var list []idle
	now := a.now()
	a.mu.Lock()
	for c := range a.open {
		if since := c.idle.Load(); since > 0 && now-since >= int64(idleAtLeast) {
			list = append(list, idle{c, since})
		}
	}
	if len(list) == 0 {
		a.looked = time.Now()
	}
	a.mu.Unlock()
	slices.SortFunc(list, func(a, b idle) int { return cmp.Compare(a.since, b.since) })
	list = list[:min(len(list), makeRoom)]
	for _, i := range list {
		_ = i.c.Close() // its goroutine hears of it
	}
	a.made.Add(int64(len(list)))
	return len(list)
}

// state hears from net/http what a connection does.
func (a *connections) state(nc net.Conn, state http.ConnState) {
	c, ok := nc.(*conn)
	if !ok {
		return
	}
	switch state {
	case http.StateActive, http.StateHijacked:
		c.idle.Store(0)
	case http.StateIdle:
		c.idle.Store(a.now())
	}
}

// countedListener is a listener whose connections are counted.
type countedListener struct {
	net.Listener
	all *connections
}

func (l *countedListener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			// Somebody else has the files. Where no connection can be spared, net/http waits
			// before it tries again.
			if l.all.closeIdle() > 0 {
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

// connKey is where the context of a request has its *conn.
type connKey struct{}

func withConn(ctx context.Context, nc net.Conn) context.Context {
	if c, ok := nc.(*conn); ok && c.spare {
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

// turnAwaySpare refuses what comes over a spare connection and is no probe, and lets the
// connection end in either case.
func (s *Server) turnAwaySpare(w http.ResponseWriter, r *http.Request) bool {
	if s.connections.spares.Load() == 0 || r.Context().Value(connKey{}) == nil {
		return false
	}
	w.Header().Set("Connection", "close")
	switch r.URL.Path {
	case "/healthz", "/readyz", "/metrics":
		return false
	}
	w.Header().Set("Retry-After", s.admission.retryAfter())
	writeError(w, http.StatusServiceUnavailable, jsonType, codes.Overloaded, "all connections of the service are taken; try again later")
	return true
}
