package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// knock opens a connection with a small receive buffer, and sends a request.
func knock(t *testing.T, at net.Addr, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", at.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

func post(path, body string, headers string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s", path, len(body), headers, body)
}

// TestUnreadAnswer checks that, on every path, the connection of an unread answer is cut
// soon, and that an answer that is read slowly arrives.
func TestUnreadAnswer(t *testing.T) {
	big := []byte(`{"data":{"x":"` + strings.Repeat("x", 8<<20) + `"}}`)
	s := faked(t, Options{CompressAbove: -1, Batch: 2, Live: Live{WriteTimeout: 300 * time.Millisecond}}, func(context.Context) *gql.Response {
		return &gql.Response{HasData: true, Operation: "query", Body: big}
	})
	ts := narrowed(t, s)
	at := ts.Listener.Addr()
	const query = `{"query":"{x}"}`
	for name, text := range map[string]string{
		"plain":  post("/graphql", query, ""),
		"batch":  post("/graphql", "["+query+","+query+"]", ""),
		"stream": post("/graphql/stream", query, "Accept: text/event-stream\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			knock(t, at, text)
			within(t, 2*time.Second, "it begins", func() bool { return value(s.metrics.InFlight) == 1 })
			within(t, 2*time.Second, "it is cut off", func() bool { return value(s.metrics.InFlight) == 0 })
		})
	}
	t.Run("socket", func(t *testing.T) {
		d := begun(t, ts)
		d.say(subscribing("1", "{x}"))
		within(t, 3*time.Second, "it is cut off", func() bool { return value(s.metrics.Dropped[metrics.Slow]) == 1 })
		within(t, 2*time.Second, "its place is free", func() bool { return s.streams.Places() == 0 })
	})
	conn, err := net.Dial("tcp", at.String()) // with buffers as usual: tiny ones stall TCP
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, post("/graphql", query, "Connection: close\r\n")); err != nil {
		t.Fatal(err)
	}
	started, got := time.Now(), 0
	buf := make([]byte, 32<<10)
	for {
		n, err := conn.Read(buf)
		if got += n; err != nil {
			break
		}
		if time.Since(started) < time.Second {
			time.Sleep(10 * time.Millisecond) // a client that reads slowly, for longer than one piece may take
		}
	}
	if got < len(big) {
		t.Errorf("%d of %d bytes arrived", got, len(big))
	}
}

// TestStalledBody checks that a request for a stream whose body never arrives holds no
// place.
func TestStalledBody(t *testing.T) {
	s, ts := overHTTP(t, Options{BodyTimeout: 200 * time.Millisecond})
	learn(t, s)
	token := reserved(t, ts)
	const follow = "query=subscription%7Bchanges%7Bsequence%7D%7D"
	for _, target := range []string{"/graphql/stream?" + follow, "/graphql?" + follow, "/graphql/stream?token=" + token} {
		for _, stalled := range []string{"Content-Length: 10\r\n\r\n123", "Transfer-Encoding: chunked\r\n\r\n3\r\n123"} {
			for _, method := range []string{"GET", "PUT", "DELETE"} {
				if method != "GET" && !strings.Contains(target, "token") {
					continue
				}
				conn := knock(t, ts.Listener.Addr(), method+" "+target+" HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream, application/json\r\n"+stalled)
				if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(conn) // the server closes it
				if err != nil || !bytes.HasPrefix(text, []byte("HTTP/1.1 400 ")) {
					t.Errorf("%s %s %q: %v %s", method, target, stalled, err, text)
				}
			}
		}
	}
	if n := value(s.metrics.Subscribers[metrics.SSE]); n != 0 {
		t.Errorf("%d streams are open", n)
	}
}
