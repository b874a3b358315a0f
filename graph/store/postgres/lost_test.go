package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/graph/store/postgres/pgtest"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// calls are the methods that ask the database something.
var calls = map[string]func(ctx context.Context, l *database) error{
	"Refresh": func(ctx context.Context, l *database) error { _, err := l.Refresh(ctx); return err },
	"Seal":    func(ctx context.Context, l *database) error { _, _, err := l.Seal(ctx, 1); return err },
	"Key":     func(ctx context.Context, l *database) error { _, err := l.Key(ctx, "a"); return err },
	"Replay": func(ctx context.Context, l *database) error {
		return l.Replay(ctx, 0, func(*graph.Commit) error { return nil })
	},
	"page":           func(ctx context.Context, l *database) error { _, err := l.page(ctx, 0, 1); return explain(err) },
	"Ontologies":     func(_ context.Context, l *database) error { _, _, err := l.Ontologies(); return err },
	"AcceptOntology": func(_ context.Context, l *database) error { return l.AcceptOntology("aa", "text") },
	"Append":         func(ctx context.Context, l *database) error { return l.Append(ctx, storetest.Sample(l.Head()+1, 1)) },
}

func unavailable(err error) bool {
	var ge *graph.Error
	return errors.As(err, &ge) && ge.Code == graph.Unavailable
}

// TestCutOff: connections that the server ends cost no more than one call, which says that the database is unavailable.
func TestCutOff(t *testing.T) {
	ctx := context.Background()
	address := schemaFor(t, t.Name()) + "&application_name=" + t.Name()
	l := openURL(t, address).(*database)
	if err := l.Append(ctx, storetest.Sample(1, 1)); err != nil {
		t.Fatal(err)
	}
	admin, err := pgx.Connect(ctx, pgtest.Get(t).Address)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(ctx)
	for name, call := range calls {
		if err := call(ctx, l); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := admin.Exec(ctx, `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = $1`, t.Name()); err != nil {
			t.Fatal(err)
		}
		for range 2 * l.pool.Config().MaxConns { // each connection fails once at most
			if err = call(ctx, l); err == nil || !unavailable(err) {
				break
			}
		}
		if err != nil {
			t.Errorf("%s after the end of its connections: %v", name, err)
		}
	}
}

// TestFrozen: no call waits longer than it may for a server that does not answer any more.
func TestFrozen(t *testing.T) {
	through, freeze := proxyOf(t, schemaFor(t, t.Name()), func([]byte) bool { return false })
	l := openURL(t, through).(*database)
	if err := l.Append(context.Background(), storetest.Sample(1, 1)); err != nil {
		t.Fatal(err)
	}
	l.opts.Wait = 200 * time.Millisecond
	t.Cleanup(freeze()) // before the pool is closed, which would wait for the server
	ended := make(chan error)
	for name, call := range calls {
		go func() {
			err := call(context.Background(), l)
			if unavailable(err) && !errors.Is(err, store.ErrInDoubt) {
				err = nil
			} else {
				err = fmt.Errorf("%s: %v", name, err)
			}
			ended <- err
		}()
	}
	late := time.After(20 * time.Second)
	for range calls {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-late:
			t.Fatal("a call waits longer than it may")
		}
	}
}

// TestLostEnd: a transaction whose connection is lost at its end is found out to be made.
func TestLostEnd(t *testing.T) {
	var armed atomic.Bool
	through, freeze := proxyOf(t, schemaFor(t, t.Name()), func(b []byte) bool {
		return bytes.Contains(b, []byte("commit\x00")) && armed.CompareAndSwap(true, false)
	})
	l := openURL(t, through)
	defer func() { freeze()() }()
	want := []*graph.Commit{storetest.Sample(1, 2), storetest.Sample(2, 2), storetest.Sample(3, 2)}
	for i, write := range []func() error{
		func() error { return storetest.Fill(l, want[:2]...) },
		func() error { return l.Append(context.Background(), want[2]) },
	} {
		armed.Store(true)
		if err := write(); err != nil || armed.Load() || l.Head() != graph.Seq(i)+2 {
			t.Errorf("%d: %v; the head is %d, and it has not ended: %v", i, err, l.Head(), armed.Load())
		}
	}
	storetest.Equal(t, storetest.All(t, l, 0), want)
}

// proxy passes bytes on until it is frozen, and closes a connection after bytes that cut reports.
type proxy struct {
	frozen atomic.Bool
	cut    func(b []byte) bool
	mu     sync.Mutex
	open   []io.Closer
}

func (p *proxy) pass(from, to net.Conn) {
	defer to.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if err == nil && !p.frozen.Load() {
			_, err = to.Write(b[:n])
		}
		if err != nil {
			return
		}
		if p.cut(b[:n]) {
			from.Close()
			return
		}
	}
}

// serve passes what comes to the listener on to a server.
func (p *proxy) serve(l net.Listener, server string) {
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", server)
		if err != nil {
			in.Close()
			continue
		}
		p.mu.Lock()
		p.open = append(p.open, in, out)
		p.mu.Unlock()
		go p.pass(in, out)
		go p.pass(out, in)
	}
}

// proxyOf returns an address that leads to another through a proxy. After freeze nothing passes it, and its
// connections remain open until they are closed by the function that freeze returns.
func proxyOf(t *testing.T, address string, cut func(b []byte) bool) (through string, freeze func() (end func())) {
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{cut: cut, open: []io.Closer{l}}
	go p.serve(l, u.Host)
	u.Host = l.Addr().String()
	return u.String(), func() func() {
		p.frozen.Store(true)
		return func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			for _, c := range p.open {
				c.Close()
			}
		}
	}
}
