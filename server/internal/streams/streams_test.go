package streams

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/server/internal/admission"
	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// counting is a subscription whose events are numbers up to the last.
type counting struct {
	at, last int
	ended    chan string
}

func (c *counting) Wait(ctx context.Context) error {
	switch {
	case c.at < c.last:
		c.at++
		return nil
	case c.last > 0:
		return io.EOF
	}
	<-ctx.Done() // one without events
	return ctx.Err()
}

func (c *counting) Answer(context.Context) *gql.Response {
	return &gql.Response{Body: fmt.Appendf(nil, "%d", c.at)}
}

func (c *counting) After() graph.Seq { return graph.Seq(c.at) }
func (c *counting) Lagged() bool     { return false }
func (c *counting) Ended(events int, code string) {
	c.ended <- fmt.Sprint(events, code)
}

func follows(last int) (Start, chan string) {
	ended := make(chan string, 1)
	return func(context.Context) (Subscription, *gql.Response) { return &counting{last: last, ended: ended}, nil }, ended
}

func answers(body string, requestError bool) Start {
	return func(context.Context) (Subscription, *gql.Response) {
		return nil, &gql.Response{Body: []byte(body), RequestError: requestError}
	}
}

func testStreams(change func(*Options)) *Streams {
	o := Options{Limits: Limits{MaxSubscribers: 3, Heartbeat: time.Minute, WriteTimeout: time.Second, InitTimeout: time.Second, MaxOperations: 2,
		MaxReservations: 1, ReservationTimeout: time.Minute}, MaxMessage: 1 << 10, Timeout: time.Second,
		Admission: admission.New(admission.Options{Reads: 1, Writes: 1, Bodies: 1 << 20}), Metrics: metrics.New(""), Logger: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&o)
	}
	return New(o)
}

// TestServe checks that what a Start begins is sent as events, and that a request which
// Start answers itself is left alone.
func TestServe(t *testing.T) {
	three, ended := follows(3)
	for name, tc := range map[string]struct {
		start Start
		want  string
	}{
		"a subscription": {three, ": here\nid: 0\n\n" +
			"id: 1\nevent: next\ndata: 1\n\nid: 2\nevent: next\ndata: 2\n\nid: 3\nevent: next\ndata: 3\n\nevent: complete\ndata:\n\n"},
		"one answer":      {answers(`{}`, false), "event: next\ndata: {}\n\nevent: complete\ndata:\n\n"},
		"answered itself": {func(context.Context) (Subscription, *gql.Response) { return nil, nil }, ""},
	} {
		s, w := testStreams(nil), httptest.NewRecorder()
		if bad := s.Serve(w, httptest.NewRequest("GET", "/", nil), tc.start); bad != nil || w.Body.String() != tc.want {
			t.Errorf("%s: %v\n%s", name, bad, w.Body)
		}
		if n := s.Places(); n != 0 {
			t.Errorf("%s: %d places are taken", name, n)
		}
	}
	if got := <-ended; got != "3" {
		t.Errorf("the subscription ended with %s", got)
	}
}

// TestPlaces checks that streams beyond the limit are refused, and that a server that stops
// refuses all and ends those that are open.
func TestPlaces(t *testing.T) {
	s := testStreams(func(o *Options) { o.MaxSubscribers = 1 })
	quiet, ended := follows(0)
	served := make(chan *Refusal)
	opened := make(chan struct{})
	go func() {
		served <- s.Serve(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), func(ctx context.Context) (Subscription, *gql.Response) {
			close(opened)
			return quiet(ctx)
		})
	}()
	<-opened
	refuse := func(code string) {
		t.Helper()
		w := httptest.NewRecorder()
		if bad := s.Serve(w, httptest.NewRequest("GET", "/", nil), quiet); bad == nil || bad.Code != code || bad.RetryAfter == 0 || w.Body.Len() > 0 {
			t.Errorf("a stream: %+v", bad)
		}
		if bad := s.Reserve(w); bad == nil || bad.Code != code || w.Body.Len() > 0 {
			t.Errorf("a reservation: %+v", bad)
		}
	}
	refuse(codes.TooManySubscribers)
	s.End()
	refuse(codes.Unavailable)
	if bad := <-served; bad != nil {
		t.Error(bad)
	}
	s.Wait(t.Context())
	if got := <-ended; got != "0" || s.Places() != 0 {
		t.Errorf("ended with %s, %d places are taken", got, s.Places())
	}
}

// visitor is a client whose payloads are the names of operations.
type visitor map[string]Start

func (visitor) Opened() context.Context { return context.Background() }

func (visitor) Identify(_ context.Context, authorization string) error {
	if authorization != "" {
		return Forbidden("not with " + authorization)
	}
	return nil
}

func (v visitor) Operation(payload []byte) (Start, error) {
	switch name := strings.Trim(string(payload), `"`); {
	case v[name] != nil:
		return v[name], nil
	case name == "refused":
		return nil, &Refusal{Code: "NO", Message: "no"}
	default:
		return nil, errors.New("it is nothing")
	}
}

// TestSocketClient lets a socket's client decide who may read and what an operation is.
func TestSocketClient(t *testing.T) {
	one, _ := follows(1)
	client := visitor{"one": one, "answer": answers(`{"data":1}`, false), "wrong": answers(`{"errors":[2]}`, true),
		"panics": func(context.Context) (Subscription, *gql.Response) { panic("planted") }}
	const begin = `{"type":"connection_init"}`
	for name, tc := range map[string]struct {
		say  []string
		hear []string
		code websocket.StatusCode
	}{
		"forbidden": {say: []string{`{"type":"connection_init","payload":{"authorization":"x"}}`}, code: 4403},
		"nothing":   {[]string{begin, `{"type":"subscribe","id":"1","payload":"else"}`}, []string{`{"type":"connection_ack"}`}, 4400},
		"panic":     {[]string{begin, `{"type":"subscribe","id":"1","payload":"panics"}`}, []string{`{"type":"connection_ack"}`}, 4500},
		"refused": {[]string{begin, `{"type":"subscribe","id":"1","payload":"refused"}`, "x"}, []string{`{"type":"connection_ack"}`,
			`{"type":"error","id":"1","payload":[{"message":"no","extensions":{"code":"NO"}}]}`}, 4400},
		"one answer": {[]string{begin, `{"type":"subscribe","id":"1","payload":"answer"}`}, []string{`{"type":"connection_ack"}`,
			`{"id":"1","type":"next","payload":{"data":1}}`, `{"type":"complete","id":"1"}`}, 0},
		"errors": {[]string{begin, `{"type":"subscribe","id":"1","payload":"wrong"}`}, []string{`{"type":"connection_ack"}`,
			`{"type":"error","id":"1","payload":[2]}`}, 0},
		"a subscription": {[]string{begin, `{"type":"subscribe","id":"1","payload":"one"}`}, []string{`{"type":"connection_ack"}`,
			`{"id":"1","type":"next","payload":1}`, `{"type":"complete","id":"1"}`}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := testStreams(nil)
			ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if bad := s.Socket(w, r, client); bad != nil {
					t.Error(bad)
				}
			}))
			defer ts.Close()
			conn, _, err := websocket.Dial(t.Context(), ts.URL, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range tc.say {
				if err := conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			for _, want := range tc.hear {
				if _, got, err := conn.Read(t.Context()); string(got) != want {
					t.Errorf("%s (%v), not %s", got, err, want)
				}
			}
			if tc.code == 0 {
				_ = conn.Close(websocket.StatusNormalClosure, "")
			} else if _, got, err := conn.Read(t.Context()); websocket.CloseStatus(err) != tc.code {
				t.Errorf("%s %v", got, err)
			}
			s.Wait(t.Context())
			if n := s.Places(); n != 0 {
				t.Errorf("%d places are taken", n)
			}
		})
	}
}
