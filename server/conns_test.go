package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caspian-kg/caspian/server/internal/admission"
)

// pipes is a listener of connections in memory.
type pipes struct {
	next chan net.Conn
	fail chan error
	done chan bool
}

func newPipes() *pipes {
	return &pipes{make(chan net.Conn), make(chan error, 10), make(chan bool)}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.next:
		return c, nil
	case err := <-p.fail:
		return nil, err
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// dial connects and returns the client's end.
func (p *pipes) dial() *piped {
	ours, theirs := net.Pipe()
	p.next <- theirs
	return &piped{ours, bufio.NewReader(ours)}
}

type piped struct {
	net.Conn
	in *bufio.Reader
}

// status asks for a path and returns the status of the answer, or 0 if the connection is cut.
func (c *piped) status(path string) int {
	if _, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		return 0
	}
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, res.Body) // what matters is its end
	return res.StatusCode
}

// cut reports whether the server has closed the connection.
func (c *piped) cut() bool {
	_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.in.ReadByte()
	return err != nil && !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err)
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// served runs a server in a bubble of synctest, with at most this many connections.
func served(t *testing.T, most int, test func(p *pipes, s *Server)) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{MaxConnections: most})
		ctx, stop := context.WithCancel(t.Context())
		p := newPipes()
		done := make(chan error)
		go func() { done <- s.Serve(ctx, p) }()
		test(p, s)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if n := s.connections.Count(); n > 0 || s.connections.Spares() > 0 {
			t.Errorf("%d connections are open after the end, %d spare", n, s.connections.Spares())
		}
	})
}

// TestIdleConnectionsMakeRoom floods a server with connections that send nothing: the newest
// are answered, and the longest idle are closed.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	served(t, 8, func(p *pipes, s *Server) {
		var all []*piped
		for range 100 {
			all = append(all, p.dial())
			time.Sleep(time.Second) // on the clock of the bubble
		}
		if got := all[99].status("/healthz"); got != 200 {
			t.Errorf("the newest gets %d", got)
		}
		if !all[0].cut() {
			t.Error("the oldest is open")
		}
		if n := s.connections.Count(); n > 8 {
			t.Errorf("%d are open", n)
		}
	})
}

// TestFloodOfConnections opens many connections at once: the newest is answered all the
// same.
func TestFloodOfConnections(t *testing.T) {
	served(t, 8, func(p *pipes, s *Server) {
		for range 500 {
			p.dial()
		}
		if got := p.dial().status("/healthz"); got != 200 {
			t.Errorf("the newest gets %d", got)
		}
		if n := s.connections.Count(); n > 8+admission.SpareConnections {
			t.Errorf("%d are open", n)
		}
		time.Sleep(time.Second) // on the clock of the bubble
		s.Publish(&Backend{})
		if got := p.dial().status("/schema.graphql"); got == 503 {
			t.Errorf("a request that is not a probe gets %d", got)
		}
	})
}

// TestSpareConnections fills all connections with requests that do not end: probes are still
// answered, and other requests are refused.
func TestSpareConnections(t *testing.T) {
	served(t, 4, func(p *pipes, s *Server) {
		var slow []*piped
		for range 4 {
			c := p.dial()
			if _, err := io.WriteString(c, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"); err != nil {
				t.Fatal(err)
			}
			slow = append(slow, c)
		}
		s.Publish(&Backend{})
		time.Sleep(time.Second) // on the clock of the bubble
		for range 3 * admission.SpareConnections {
			c := p.dial()
			if got := c.status("/healthz"); got != 200 || !c.cut() {
				t.Fatalf("a probe gets %d", got)
			}
			time.Sleep(10 * time.Millisecond) // on the clock of the bubble
		}
		if got := p.dial().status("/graphql?query={__typename}"); got != 503 {
			t.Errorf("a query gets %d", got)
		}
		// A body that does not arrive occupies a spare connection no longer than any other.
		for range 3 * admission.SpareConnections {
			c := p.dial()
			go func() { // the server may close what is too many before all is written
				if _, err := io.WriteString(c, "POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"); err == nil {
					_, _ = io.Copy(io.Discard, c)
				}
			}()
		}
		time.Sleep(time.Second) // on the clock of the bubble
		if got := p.dial().status("/healthz"); got != 200 {
			t.Errorf("a probe gets %d after bodies that did not come", got)
		}
		for _, c := range slow {
			_ = c.Close() // the test's own end
		}
		synctest.Wait()
		if got := p.dial().status("/graphql"); got == 503 {
			t.Error("a query is refused afterwards")
		}
	})
}

// TestNoFilesLeft: where the process has no file left for a connection, an idle one is closed
// for the next.
func TestNoFilesLeft(t *testing.T) {
	served(t, 100, func(p *pipes, s *Server) {
		idle := p.dial()
		time.Sleep(time.Second) // on the clock of the bubble
		p.fail <- &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
		synctest.Wait()
		if !idle.cut() {
			t.Error("the idle connection is open")
		}
		if got := p.dial().status("/healthz"); got != 200 {
			t.Errorf("the next gets %d", got)
		}
	})
}

func TestMostSubscribers(t *testing.T) {
	if s := New(Options{MaxConnections: 100}); s.opts.Live.MaxSubscribers != 90 {
		t.Errorf("%d subscribers", s.opts.Live.MaxSubscribers)
	}
}
