package pgtest

import (
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy passes connections on to a server, and breaks them as a test wants. It runs until the test ends.
type Proxy struct {
	// Address is the address of the database through the proxy.
	Address string

	server  string
	decide  func(b []byte, answer bool) Fate
	running sync.WaitGroup

	mu   sync.Mutex // guards what follows
	open map[net.Conn]bool
	away bool // refuses connections
}

// Fate is what happens to bytes that a Proxy has received.
type Fate int

// The fates: the bytes are passed on, are lost, or are passed on before the connection is cut.
const (
	Passed Fate = iota
	Lost
	LastPassed
)

// NewProxy starts a proxy to the server of an address. decide is called for all bytes; answer is true for those of the
// server.
func NewProxy(t testing.TB, address string, decide func(b []byte, answer bool) Fate) *Proxy {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{server: u.Host, decide: decide, open: map[net.Conn]bool{}}
	u.Host = l.Addr().String()
	p.Address = u.String()
	p.running.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.running.Go(func() { p.connect(client) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); p.Cut(true); p.running.Wait() })
	return p
}

// Cut closes all connections, and then refuses new ones if away is true.
func (p *Proxy) Cut(away bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = away
	for conn := range p.open {
		_ = conn.Close()
	}
}

// connect passes on what a client and the server send to each other, until one of them ends.
func (p *Proxy) connect(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	away := p.away
	if !away {
		p.open[client], p.open[server] = true, true
	}
	p.mu.Unlock()
	if away {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.pass(client, server, false) })
	both.Go(func() { p.pass(server, client, true) })
	both.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, client)
	delete(p.open, server)
}

// pass passes on what one side sends. In the end, it closes both.
func (p *Proxy) pass(from, to net.Conn, answer bool) {
	defer from.Close()
	defer to.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		fate := p.decide(b[:n], answer)
		if fate == Lost {
			continue
		}
		if _, err := to.Write(b[:n]); err != nil || fate == LastPassed {
			return
		}
	}
}
