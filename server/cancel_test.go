package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
)

// listening serves over a real connection until the test ends, and returns the address.
func listening(t *testing.T, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// huge is a query that would run for minutes over the seeds without limits.
var huge = "{countries(first:1000){nodes{name " + strings.Repeat("borders{nodes{name ", 12) + strings.Repeat("}}", 12) + "}}}"

var unlimited = gql.Limits{Cost: -1, Output: -1, Depth: -1, Fields: -1, Aliases: -1}

// stopsWithin is how soon after its client has gone a request must have ended.
const stopsWithin = 100 * time.Millisecond

// TestClientGoes drops the connection in the midst of a query without end, by GET and POST.
// Other programs may hold the cores for a moment, so one success in three tries is enough.
func TestClientGoes(t *testing.T) {
	s := seeded(t, Options{Timeout: time.Hour, Batch: 3}, unlimited)
	addr := "http://" + listening(t, s)
	for _, tc := range []struct{ name, method, target, body string }{
		{"get", "GET", "/graphql?query=" + url.QueryEscape(huge), ""},
		{"post", "POST", "/graphql", fmt.Sprintf(`{"query":%q}`, huge)},
		{"batch", "POST", "/graphql", fmt.Sprintf(`[{"query":%q},{"query":%q}]`, huge, huge)},
		{"stream", "POST", "/graphql/stream", fmt.Sprintf(`{"query":%q}`, huge)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			best := time.Hour
			for try := 0; try < 3 && best > stopsWithin; try++ {
				ctx, cancel := context.WithCancel(t.Context())
				gone := make(chan error, 1)
				go func() {
					r, err := http.NewRequestWithContext(ctx, tc.method, addr+tc.target, strings.NewReader(tc.body))
					if err == nil {
						r.Header.Set("Content-Type", "application/json")
						_, err = http.DefaultClient.Do(r)
					}
					gone <- err
				}()
				within(t, 20*time.Second, "the query runs", func() bool { working, _ := s.admission.Reads.Load(); return working == 1 })
				cancel()
				start := time.Now()
				within(t, 20*time.Second, "the query ends", func() bool { return value(s.metrics.InFlight) == 0 })
				best = min(best, time.Since(start))
				if err := <-gone; err == nil {
					t.Error("the query was answered")
				}
			}
			t.Logf("stopped after %s", best)
			if best > stopsWithin {
				t.Errorf("the work went on for %s after the client had gone", best)
			}
			res, err := http.Get(addr + "/graphql?query={graph{sequence}}")
			if err != nil || res.StatusCode != http.StatusOK {
				t.Errorf("the next query: %v %v", res, err)
			}
		})
	}
	if n := value(s.metrics.Refusals(codes.Cancelled)); n == 0 {
		t.Error("no request is counted as cancelled")
	}
}

// TestRequestTimeout: a query that would never end is answered soon after its time is over.
func TestRequestTimeout(t *testing.T) {
	s := seeded(t, Options{Timeout: 30 * time.Millisecond}, unlimited)
	start := time.Now()
	w := ask(s, "POST", "/graphql", fmt.Sprintf(`{"query":%q}`, huge))
	// A field that checks the deadline itself may report it first.
	var answer struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	reported := false
	for _, e := range answer.Errors {
		reported = reported || e.Extensions.Code == codes.Timeout
	}
	if took := time.Since(start); took > 5*time.Second || !reported {
		t.Errorf("after %s: %d %.300s", took, w.Code, w.Body)
	}
	if value(s.metrics.Refusals(codes.Timeout)) != 1 {
		t.Error("it is not counted as timed out")
	}
}

// TestSlowBody sends bodies that stop, or come in drops, and checks that they are refused in time.
func TestSlowBody(t *testing.T) {
	s := started(t, Options{BodyTimeout: 100 * time.Millisecond})
	addr := listening(t, s)
	const head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"
	for name, drip := range map[string]bool{"stops": false, "drips": true} {
		for _, packing := range []string{"", "Content-Encoding: gzip\r\n"} {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, head+packing+"\r\n"); err != nil {
				t.Fatal(err)
			}
			stop := make(chan bool)
			if drip {
				go func() {
					for {
						select {
						case <-stop:
							return
						case <-time.After(5 * time.Millisecond):
							_, _ = conn.Write([]byte("\x1f")) // refused in the end
						}
					}
				}()
			}
			_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
			answer, err := io.ReadAll(conn)
			if drip {
				close(stop)
			}
			conn.Close()
			if drip && packing != "" { // the drops are not gzip
				continue
			}
			if !strings.HasPrefix(string(answer), "HTTP/1.1 408 ") || !strings.Contains(string(answer), "REQUEST_INCOMPLETE") {
				t.Errorf("%s %s: %v %.300s", name, packing, err, answer)
			}
		}
	}
	// A client that leaves in the midst of its body.
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, head+"\r\n{"); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	within(t, 20*time.Second, "requests end", func() bool { return value(s.metrics.InFlight) == 0 })
	if res, err := http.Get("http://" + addr + "/graphql?query={__typename}"); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("the next query: %v %v", res, err)
	}
}

// TestLongWork lets a request run longer than its body may take to arrive: the deadline for
// reading must not end it.
func TestLongWork(t *testing.T) {
	s := faked(t, Options{BodyTimeout: 50 * time.Millisecond}, func(ctx context.Context) *gql.Response {
		select {
		case <-ctx.Done():
			t.Errorf("the work was ended: %v", ctx.Err())
		case <-time.After(150 * time.Millisecond):
		}
		return &gql.Response{HasData: true, Operation: "query", Body: []byte(`{"data":{}}`)}
	})
	addr := "http://" + listening(t, s) + "/graphql"
	for range 2 { // on one connection
		for _, method := range []string{"GET", "POST"} {
			target, body := addr, `{"query":"{a}"}`
			if method == "GET" {
				target, body = addr+"?query={a}", ""
			}
			r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil || string(text) != `{"data":{}}` {
				t.Errorf("%s: %v %s", method, err, text)
			}
		}
	}
}
