package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// narrow serves on connections with small send buffers.
func narrow(t testing.TB, o Options) (*Server, *httptest.Server) {
	s := started(t, o)
	return s, narrowed(t, s)
}

func narrowed(t testing.TB, s *Server) *httptest.Server {
	ts := httptest.NewUnstartedServer(s)
	ts.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if err := c.(*net.TCPConn).SetWriteBuffer(4 << 10); err != nil {
			t.Error(err)
		}
		return ctx
	}
	ts.Start()
	t.Cleanup(func() {
		s.streams.End()
		s.streams.Wait(context.Background())
		ts.Close()
	})
	return ts
}

// learnMuch makes commits whose events are of some 20 KB each.
func learnMuch(t testing.TB, s *Server, commits int) {
	t.Helper()
	g := s.backend.Load().Graph
	for range commits {
		ch := &graph.Change{}
		base := int64(g.Snapshot().Seq()) * 1000
		for i := range int64(100) {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: "KAZ", Predicate: "population",
				Value: graph.IntValue(base + i), Source: "src", Confidence: 1, Note: strings.Repeat("n", 150)}})
		}
		if _, err := g.Commit(context.Background(), ch); err != nil {
			t.Fatal(err)
		}
	}
}

const followMuch = `subscription { changes(sinceSequence: 0) { sequence added { nodes { note } } } }`

// TestSlowStream checks that a client that does not read is cut off, that nothing is kept
// for it, and that it misses nothing when it returns.
func TestSlowStream(t *testing.T) {
	s, ts := narrow(t, Options{Live: Live{WriteTimeout: 200 * time.Millisecond}})
	learn(t, s)
	conn, err := net.Dial("tcp", ts.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]string{"query": followMuch})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /graphql/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	within(t, time.Second, "the stream begins", func() bool { return value(s.metrics.Subscribers[metrics.SSE]) == 1 })
	const commits = 100
	learnMuch(t, s, commits)
	within(t, 3*time.Second, "the client is dropped", func() bool { return value(s.metrics.Dropped[metrics.Slow]) == 1 })
	within(t, time.Second, "its place is free", func() bool { return value(s.metrics.Subscribers[metrics.SSE]) == 0 })

	// Only whole events count.
	last, id, whole := 0, 0, false
	sc := bufio.NewScanner(conn)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		switch line := sc.Text(); {
		case strings.HasPrefix(line, "id: "):
			_, _ = fmt.Sscanf(line, "id: %d", &id)
		case strings.HasPrefix(line, "data: "):
			whole = json.Valid([]byte(line[len("data: "):]))
		case line == "" && whole:
			last, whole = id, false
		}
	}
	if last == 0 || last > commits {
		t.Fatalf("%d events arrived", last)
	}
	es := open(t, ts, followMuch, "Last-Event-ID", fmt.Sprint(last))
	for n := last + 1; n <= commits+1; n++ {
		if e := es.next(); e.id != fmt.Sprint(n) {
			t.Fatalf("event %s after %d", e.id, n-1)
		}
	}
}

// TestSlowSocket checks the same over a socket.
func TestSlowSocket(t *testing.T) {
	s, ts := narrow(t, Options{Live: Live{WriteTimeout: 200 * time.Millisecond}})
	learn(t, s)
	d := begun(t, ts)
	d.say(subscribing("1", followMuch))
	d.say(subscribing("2", followMuch))
	within(t, time.Second, "the subscriptions begin", func() bool { return value(s.metrics.Subscribers[metrics.WebSocket]) == 2 })
	learnMuch(t, s, 400) // the client's end holds some
	within(t, 3*time.Second, "the client is dropped", func() bool { return value(s.metrics.Dropped[metrics.Slow]) == 1 })
	within(t, time.Second, "its places are free", func() bool { return value(s.metrics.Subscribers[metrics.WebSocket]) == 0 })
	for n := 1; ; n++ {
		if _, err := d.listen(); err != nil {
			if websocket.CloseStatus(err) != -1 {
				t.Errorf("the server could still say %v", err)
			}
			break
		}
	}
}

// TestBehind checks that a client that reads too slowly learns from where to go on.
func TestBehind(t *testing.T) {
	s, ts := narrow(t, Options{Live: Live{MaxBehind: 10}})
	learn(t, s)
	es := open(t, ts, followMuch)
	es.next()
	d := begun(t, ts)
	d.say(subscribing("1", followMuch))
	if _, err := d.listen(); err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, "both are up to date", func() bool { return value(s.metrics.Events) == 2 })
	learnMuch(t, s, 600)
	seen := 1
	for {
		e := es.next()
		if strings.Contains(e.data, `"code":"SUBSCRIPTION_BEHIND"`) {
			if want := fmt.Sprintf(`"resumeFrom":%d`, seen); !strings.Contains(e.data, want) || e.id != fmt.Sprint(seen) {
				t.Errorf("after %d events: %s", seen, e.data)
			}
			break
		}
		if seen++; e.id != fmt.Sprint(seen) {
			t.Fatalf("event %s after %d", e.id, seen-1)
		}
	}
	es.want("complete", "", "")
	for {
		text, err := d.listen()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, `"code":"SUBSCRIPTION_BEHIND"`) {
			break
		}
	}
	d.hear(`{"type":"complete","id":"1"}`)
	if n := value(s.metrics.Dropped[metrics.Lagged]); n != 2 {
		t.Errorf("%d were dropped", n)
	}
}
