package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/server/internal/metrics"
	"github.com/caspian-kg/caspian/server/tokens"
)

// socketProtocol is the subprotocol by its public name.
const socketProtocol = "graphql-transport-ws"

// dialed is a client's end of a socket.
type dialed struct {
	t    testing.TB
	conn *websocket.Conn
}

func dial(t testing.TB, ts *httptest.Server, headers ...string) *dialed {
	t.Helper()
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	conn, _, err := websocket.Dial(t.Context(), ts.URL+"/graphql", &websocket.DialOptions{
		HTTPClient:   ts.Client(), // the default one may have a connection to an earlier server at the same port
		Subprotocols: []string{socketProtocol}, HTTPHeader: h})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &dialed{t, conn}
}

// begun returns a socket that may subscribe.
func begun(t testing.TB, ts *httptest.Server, headers ...string) *dialed {
	t.Helper()
	d := dial(t, ts, headers...)
	d.say(`{"type":"connection_init"}`)
	d.hear(`{"type":"connection_ack"}`)
	return d
}

func (d *dialed) say(text string) {
	d.t.Helper()
	if err := d.conn.Write(d.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		d.t.Fatal(err)
	}
}

func (d *dialed) listen() (string, error) {
	ctx, cancel := context.WithTimeout(d.t.Context(), 10*time.Second)
	defer cancel()
	_, text, err := d.conn.Read(ctx)
	return string(text), err
}

func (d *dialed) hear(want string) {
	d.t.Helper()
	got, err := d.listen()
	if err != nil || got != want {
		d.t.Fatalf("heard %s (%v)\n want %s", got, err, want)
	}
}

// closed waits for the end of the connection and returns its code and reason.
func (d *dialed) closed() (websocket.StatusCode, string) {
	d.t.Helper()
	for {
		_, err := d.listen()
		var end websocket.CloseError
		switch {
		case errors.As(err, &end):
			return end.Code, end.Reason
		case err != nil:
			d.t.Fatalf("the connection ended without a word: %v", err)
		}
	}
}

func subscribing(id, query string) string {
	text, err := json.Marshal(map[string]any{"id": id, "type": "subscribe", "payload": map[string]string{"query": query}})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func nextOf(id string, n int) string {
	return fmt.Sprintf(`{"id":%q,"type":"next","payload":%s}`, id, sequence(n))
}

func TestSocket(t *testing.T) {
	s, ts := overHTTP(t, Options{})
	learn(t, s)
	d := begun(t, ts, "Authorization", "Bearer "+testToken)
	d.say(`{"type":"ping","payload":{"a":1}}`)
	d.hear(`{"type":"pong","payload":{"a":1}}`)
	d.say(`{"type":"pong"}`)

	d.say(subscribing("1", `{ graph { sequence } }`))
	d.hear(`{"id":"1","type":"next","payload":{"data":{"graph":{"sequence":1}},"extensions":{"sequence":1}}}`)
	d.hear(`{"type":"complete","id":"1"}`)
	d.say(subscribing("1", `{ nothing }`))
	d.hear(`{"type":"error","id":"1","payload":[{"message":"Cannot query field \"nothing\" on type \"Query\".","locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`)
	d.say(subscribing("1", `mutation { transact(input: {operations: [{declare: {id: "JPN", type: "Country"}}]}) { sequence } }`))
	d.hear(`{"id":"1","type":"next","payload":{"data":{"transact":{"sequence":2}},"extensions":{"sequence":2}}}`)
	d.hear(`{"type":"complete","id":"1"}`)

	d.say(`{"type":"subscribe","id":"1","payload":{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("0", 64) + `"}}}}`)
	if got, err := d.listen(); err != nil || got != `{"type":"error","id":"1","payload":[{"message":"PersistedQueryNotFound","extensions":{"code":"PERSISTED_QUERY_NOT_FOUND"}}]}` {
		t.Errorf("%s (%v)", got, err)
	}

	d.say(subscribing("ü\"", follow))
	for i := 1; i <= 4; i++ {
		d.hear(nextOf(`ü"`, i))
		if i >= 2 {
			learn(t, s)
			time.Sleep(150 * time.Millisecond) // beyond the timeouts of requests
		}
	}
	d.hear(nextOf(`ü"`, 5))
	d.say(`{"type":"complete","id":"ü\""}`)
	d.say(`{"type":"complete","id":"never"}`)
	within(t, 100*time.Millisecond, "the subscription ends", func() bool { return value(s.metrics.Subscribers[metrics.WebSocket]) == 0 })
	d.say(subscribing("ü\"", `subscription { changes(sinceSequence: 4) { sequence } }`)) // the id is free again
	d.hear(nextOf(`ü"`, 5))
	if err := d.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
	within(t, 100*time.Millisecond, "the subscription ends with its socket", func() bool { return value(s.metrics.Subscribers[metrics.WebSocket]) == 0 })
}

// within waits for a state whose arrival nothing reports.
func within(t testing.TB, d time.Duration, what string, done func() bool) {
	t.Helper()
	if raced {
		d *= 10
	}
	if !waitFor(d, time.Millisecond, done) {
		t.Fatalf("not within %s: %s", d, what)
	}
}

// waitFor asks again and again, and reports whether done became true in time.
func waitFor(d, every time.Duration, done func() bool) bool {
	end := time.NewTimer(d)
	defer end.Stop()
	again := time.NewTicker(every)
	defer again.Stop()
	for !done() {
		select {
		case <-again.C:
		case <-end.C:
			return done()
		}
	}
	return true
}

func TestSocketViolations(t *testing.T) {
	_, ts := overHTTP(t, Options{})
	_, hasty := overHTTP(t, Options{Live: Live{InitTimeout: 50 * time.Millisecond}})
	const begin = `{"type":"connection_init"}`
	long := strings.Repeat("ü", 200)
	for _, tc := range []struct {
		name   string
		says   []string
		code   websocket.StatusCode
		reason string
	}{
		{"silence", nil, 4408, "Connection initialisation timeout"},
		{"pings do not begin", []string{`{"type":"ping"}`}, 4408, "Connection initialisation timeout"},
		{"twice", []string{begin, begin}, 4429, "Too many initialisation requests"},
		{"too early", []string{subscribing("1", follow)}, 4401, "Unauthorized"},
		{"the same id", []string{begin, subscribing("1", follow), subscribing("1", follow)}, 4409, "Subscriber for 1 already exists"},
		{"the same long id", []string{begin, subscribing(long, follow), subscribing(long, follow)}, 4409, "Subscriber for " + strings.Repeat("ü", 52) + "…"},
		{"not JSON", []string{`{"type":`}, 4400, "a message is a JSON object with type, id and payload"},
		{"a list", []string{`[]`}, 4400, "a message is a JSON object with type, id and payload"},
		{"null", []string{`null`}, 4400, "a message has no type"},
		{"no text", []string{``}, 4400, "a message is a JSON object with type, id and payload"},
		{"type a number", []string{`{"type":1}`}, 4400, "a message is a JSON object with type, id and payload"},
		{"other type", []string{begin, `{"type":"start"}`}, 4400, `there is no message of type "start"`},
		{"init with a list", []string{`{"type":"connection_init","payload":[]}`}, 4400, "the payload of connection_init must be an object"},
		{"no id", []string{begin, `{"type":"subscribe","payload":{"query":"{x}"}}`}, 4400, "subscribe has no id"},
		{"complete without id", []string{begin, `{"type":"complete"}`}, 4400, "complete has no id"},
		{"no payload", []string{begin, `{"type":"subscribe","id":"1"}`}, 4400, ""},
		{"variables a list", []string{begin, `{"type":"subscribe","id":"1","payload":{"query":"{x}","variables":[]}}`}, 4400, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := dial(t, map[bool]*httptest.Server{false: ts, true: hasty}[tc.code == 4408])
			for _, text := range tc.says {
				d.say(text)
			}
			code, reason := d.closed()
			if code != tc.code || tc.reason != "" && reason != tc.reason {
				t.Errorf("%d %q", code, reason)
			}
		})
	}
	t.Run("binary", func(t *testing.T) {
		d := dial(t, ts)
		if err := d.conn.Write(t.Context(), websocket.MessageBinary, []byte(begin)); err != nil {
			t.Fatal(err)
		}
		if code, _ := d.closed(); code != 4400 {
			t.Error(code)
		}
	})
	t.Run("too large", func(t *testing.T) {
		d := dial(t, ts)
		_ = d.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"`+strings.Repeat("x", 1<<20)+`"}`)) // may be cut off
		if code, _ := d.closed(); code != websocket.StatusMessageTooBig {
			t.Error(code)
		}
	})
	t.Run("other protocol", func(t *testing.T) {
		conn, _, err := websocket.Dial(t.Context(), ts.URL+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-ws"}})
		if err != nil {
			t.Fatal(err)
		}
		if code, _ := (&dialed{t, conn}).closed(); code != 4406 {
			t.Error(code)
		}
	})
}

// TestSocketOrigin checks that a page of another site cannot open a socket.
func TestSocketOrigin(t *testing.T) {
	for _, tc := range []struct {
		allowed []string
		origin  string
		ok      bool
	}{
		{nil, "", true},
		{nil, "same", true},
		{nil, "https://elsewhere.example", false},
		{nil, "null", false},
		{nil, "file://", false},
		{[]string{"https://elsewhere.example"}, "https://elsewhere.example", true},
		{[]string{"https://elsewhere.example"}, "http://elsewhere.example", false},
		{[]string{"https://elsewhere.example"}, "https://elsewhere.example.evil.example", false},
		{[]string{"*"}, "https://elsewhere.example", true},
	} {
		_, ts := overHTTP(t, Options{Origins: tc.allowed})
		h := http.Header{}
		switch tc.origin {
		case "":
		case "same":
			h.Set("Origin", ts.URL)
		default:
			h.Set("Origin", tc.origin)
		}
		conn, resp, err := websocket.Dial(t.Context(), ts.URL+"/graphql", &websocket.DialOptions{
			HTTPClient:   ts.Client(), // the default one may have a connection to an earlier server at the same port
			Subprotocols: []string{socketProtocol}, HTTPHeader: h})
		if (err == nil) != tc.ok {
			t.Errorf("%v %s: %v", tc.allowed, tc.origin, err)
		}
		if err != nil && resp.StatusCode != http.StatusForbidden {
			t.Errorf("%v %s: %s", tc.allowed, tc.origin, resp.Status)
		}
		if conn != nil {
			_ = conn.CloseNow()
		}
	}
}

// TestSocketWrites checks that the rule for writes is that of requests, and that the token
// may come in the first message, since browsers cannot set headers of sockets.
func TestSocketWrites(t *testing.T) {
	const token = writerToken
	guarded := Options{Keys: Keys{Writers: []*tokens.Tokens{tokenOf(writerToken)}}}
	closed := Options{Keys: Keys{Writers: guarded.Keys.Writers, Readers: tokenOf(readerToken)}}
	declare := subscribing("1", `mutation { transact(input: {operations: [{declare: {id: "JPN", type: "Country"}}]}) { sequence } }`)
	for _, tc := range []struct {
		name    string
		o       Options
		headers []string
		init    string
		want    string // part of the answer; empty: the socket is closed with 4403
	}{
		{"from here", Options{}, nil, `{}`, `"READ_ONLY"`},
		{"open, from here", Options{OpenWrites: true}, nil, `{}`, `"sequence":1`},
		{"open, from a proxy", Options{OpenWrites: true}, []string{"X-Forwarded-For", "203.0.113.7"}, `{}`, `"READ_ONLY"`},
		{"open, from another page", Options{OpenWrites: true, Origins: []string{"*"}}, []string{"Origin", "https://elsewhere.example"}, `{}`, `"READ_ONLY"`},
		{"read-only", Options{ReadOnly: true}, nil, `{}`, `"READ_ONLY"`},
		{"without a token", guarded, nil, `{}`, `"READ_ONLY"`},
		{"token in the header", guarded, []string{"Authorization", "Bearer " + token}, `{}`, `"sequence":1`},
		{"token in the message", guarded, nil, `{"authorization":"Bearer ` + token + `"}`, `"sequence":1`},
		{"wrong token", guarded, nil, `{"Authorization":"Bearer nobody-knows-this-one"}`, ``},
		{"reading closed, no token", closed, nil, `{}`, ``},
		{"reading closed, another name", closed, nil, `{"Authorization":"Basic ` + readerToken + `"}`, ``},
		{"reading closed, a reader", closed, nil, `{"Authorization":"Bearer ` + readerToken + `"}`, `"READ_ONLY"`},
		{"reading closed, a writer", closed, nil, `{"Authorization":"Bearer ` + token + `"}`, `"sequence":1`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, ts := overHTTP(t, tc.o)
			d := dial(t, ts, tc.headers...)
			d.say(`{"type":"connection_init","payload":` + tc.init + `}`)
			if tc.want == "" {
				if code, reason := d.closed(); code != 4403 {
					t.Errorf("%d %s", code, reason)
				}
				return
			}
			d.hear(`{"type":"connection_ack"}`)
			d.say(declare)
			if got, err := d.listen(); err != nil || !strings.Contains(got, tc.want) {
				t.Errorf("%s (%v)", got, err)
			}
		})
	}
}

// TestPlaces checks that subscriptions beyond the limit are refused, and that freed places
// are reused.
func TestPlaces(t *testing.T) {
	s, ts := overHTTP(t, Options{Live: Live{MaxSubscribers: 3, MaxOperations: 2}})
	learn(t, s)
	d := begun(t, ts) // a place, for its first operation as well
	d.say(subscribing("1", follow))
	d.hear(nextOf("1", 1))
	d.say(subscribing("2", follow)) // a place
	d.hear(nextOf("2", 1))
	d.say(subscribing("3", follow))
	if got, _ := d.listen(); !strings.Contains(got, `"type":"error","id":"3"`) || !strings.Contains(got, "at most 2 operations") {
		t.Error(got)
	}
	es := open(t, ts, follow) // the last place
	es.want("next", "1", sequence(1))
	refused := open(t, ts, follow)
	if text, _ := io.ReadAll(refused.resp.Body); refused.resp.StatusCode != 503 || !strings.Contains(string(text), codes.TooManySubscribers) || refused.resp.Header.Get("Retry-After") == "" {
		t.Errorf("%s %s", refused.resp.Status, text)
	}
	_, resp, err := websocket.Dial(t.Context(), ts.URL+"/graphql", &websocket.DialOptions{Subprotocols: []string{socketProtocol}})
	if err == nil || resp.StatusCode != 503 {
		t.Error("a socket more than there are places")
	}
	es.close()
	within(t, 100*time.Millisecond, "the stream's place is free", func() bool { return value(s.metrics.Subscribers[metrics.SSE]) == 0 })
	open(t, ts, follow).want("next", "1", sequence(1))
	_ = d.conn.Close(websocket.StatusNormalClosure, "")
	within(t, time.Second, "the socket's places are free", func() bool { return s.streams.Places() == 1 })
}

// TestHeartbeat checks that quiet streams send heartbeats, and that sockets whose client is
// gone are cut.
func TestHeartbeat(t *testing.T) {
	s, ts := overHTTP(t, Options{Live: Live{Heartbeat: 20 * time.Millisecond, WriteTimeout: 50 * time.Millisecond}})
	es := open(t, ts, `subscription { changes(where: {predicate: {eq: "capital"}}) { sequence } }`)
	for range 3 {
		if e, err := es.read(); err != nil || e != (event{id: "0"}) {
			t.Fatalf("%+v %v", e, err)
		}
	}
	learn(t, s) // nothing that the filter keeps, but one need not look at it again
	within(t, time.Second, "the position is sent", func() bool {
		e, err := es.read()
		return err != nil || e == event{id: "1"}
	})
	d := begun(t, ts)
	d.say(subscribing("1", `subscription { changes { sequence } }`))
	within(t, time.Second, "the subscription begins", func() bool { return value(s.metrics.Subscribers[metrics.WebSocket]) == 1 })
	// A client that does not read answers no ping.
	within(t, time.Second, "the socket is cut", func() bool { return value(s.metrics.Subscribers[metrics.WebSocket]) == 0 })
	alive := begun(t, ts)
	alive.say(subscribing("1", `subscription { changes { sequence } }`))
	go func() {
		time.Sleep(200 * time.Millisecond) // beyond some heartbeats and the time for a write
		learn(t, s)
	}()
	alive.hear(nextOf("1", 2))
}

// TestShutdown checks that streams end without complete, so that clients connect again, and
// that sockets end with the code for going away.
func TestShutdown(t *testing.T) {
	s := started(t, Options{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	ts := &httptest.Server{URL: "http://" + l.Addr().String()}
	learn(t, s)
	es := open(t, ts, follow)
	es.want("next", "1", sequence(1))
	d := begun(t, ts)
	d.say(subscribing("1", follow))
	d.hear(nextOf("1", 1))
	stop()
	if e, err := es.read(); err == nil {
		t.Errorf("the stream goes on with %+v", e)
	}
	if code, _ := d.closed(); code != websocket.StatusGoingAway {
		t.Error(code)
	}
	select {
	case err := <-served:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Error("followers remain")
	}
	w := ask(s, "POST", "/graphql/stream", `{"query":"subscription { changes { sequence } }"}`)
	if w.Code != http.StatusServiceUnavailable || code(t, w) != "UNAVAILABLE" {
		t.Errorf("afterwards: %d %s", w.Code, w.Body)
	}
}
