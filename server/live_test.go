package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// learn makes one commit: the first brings a source and a country, the others a
// population each.
func learn(t testing.TB, s *Server) graph.Seq {
	t.Helper()
	g := s.backend.Load().Graph
	seq := g.Snapshot().Seq()
	ch := &graph.Change{}
	add := func(op graph.Op) { ch.Ops = append(ch.Ops, op) }
	if seq == 0 {
		add(graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: "src", Type: "Source"}})
		add(graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: "src", Predicate: "title", Value: graph.StringValue("A source"), Source: "src", Confidence: 1}})
		add(graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: "KAZ", Type: "Country"}})
	} else {
		add(graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: "KAZ", Predicate: "population", Value: graph.IntValue(int64(seq)), Source: "src", Confidence: 1}})
	}
	r, err := g.Commit(context.Background(), ch)
	if err != nil {
		t.Fatal(err)
	}
	return r.Seq
}

// overHTTP serves over TCP.
func overHTTP(t testing.TB, o Options) (*Server, *httptest.Server) {
	t.Helper()
	return over(t, o, func(o Options) *Server { return started(t, o) })
}

func over(t testing.TB, o Options, make func(Options) *Server) (*Server, *httptest.Server) {
	t.Helper()
	s := make(o)
	ts := httptest.NewUnstartedServer(s)
	// The timeouts that Serve sets would end streams that do not extend their deadlines.
	ts.Config.ReadTimeout, ts.Config.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	ts.Start()
	t.Cleanup(func() {
		s.streams.End()
		s.streams.Wait(context.Background())
		ts.Close()
	})
	return s, ts
}

// event is one event of a stream; comments and ids without an event have no name.
type event struct{ name, id, data string }

// streamed reads an event stream.
type streamed struct {
	t    testing.TB
	resp *http.Response
	r    *bufio.Reader
	stop context.CancelFunc
}

func open(t testing.TB, ts *httptest.Server, query string, headers ...string) *streamed {
	t.Helper()
	return openAt(t, ts, "/graphql/stream", query, headers...)
}

func openAt(t testing.TB, ts *httptest.Server, path, query string, headers ...string) *streamed {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	return openBody(t, ts, path, string(body), headers...)
}

func openBody(t testing.TB, ts *httptest.Server, path, body string, headers ...string) *streamed {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "POST", ts.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	s := &streamed{t, resp, bufio.NewReader(resp.Body), stop}
	t.Cleanup(s.close)
	return s
}

func (s *streamed) close() { s.stop(); _ = s.resp.Body.Close() }

// read returns the next block; an error where the stream has ended.
func (s *streamed) read() (event, error) {
	var e event
	for {
		line, err := s.r.ReadString('\n')
		if err != nil {
			return e, err
		}
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			return e, nil
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data = value
		}
	}
}

// next returns the next event, and skips heartbeats.
func (s *streamed) next() event {
	s.t.Helper()
	for {
		e, err := s.read()
		if err != nil {
			s.t.Fatalf("the stream ended: %v", err)
		}
		if e.name != "" {
			return e
		}
	}
}

func (s *streamed) want(name, id, data string) {
	s.t.Helper()
	if got := s.next(); got != (event{name, id, data}) {
		s.t.Fatalf("got %+v, want %+v", got, event{name, id, data})
	}
}

func sequence(n int) string {
	return fmt.Sprintf(`{"data":{"changes":{"sequence":%d}},"extensions":{"sequence":%d}}`, n, n)
}

const follow = `subscription { changes(sinceSequence: 0) { sequence } }`

func TestStream(t *testing.T) {
	s, ts := overHTTP(t, Options{})
	learn(t, s)
	learn(t, s)
	es := open(t, ts, follow)
	if es.resp.StatusCode != 200 || es.resp.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" || es.resp.Header.Get(SequenceHeader) != "2" {
		t.Fatal(es.resp.Status, es.resp.Header)
	}
	for i := 1; i <= 5; i++ {
		es.want("next", fmt.Sprint(i), sequence(i))
		if i >= 2 {
			learn(t, s)
		}
		if i == 3 {
			time.Sleep(300 * time.Millisecond) // beyond the read and write timeouts of requests
		}
	}
	// Missed events come first, wherever the subscription began.
	again := open(t, ts, follow, "Last-Event-ID", "4")
	again.want("next", "5", sequence(5))
	now := open(t, ts, `subscription { changes { sequence } }`)
	if e, err := now.read(); err != nil || e.id != fmt.Sprint(s.backend.Load().Graph.Snapshot().Seq()) {
		t.Errorf("the stream begins with %+v, %v", e, err)
	}
	learn(t, s)
	if e := now.next(); e.id != fmt.Sprint(s.backend.Load().Graph.Snapshot().Seq()) {
		t.Errorf("from now on: %+v", e)
	}
}

func TestStreamOfOneAnswer(t *testing.T) {
	_, ts := overHTTP(t, Options{})
	for _, tc := range []struct{ query, data string }{
		{`{ graph { sequence } }`, `{"data":{"graph":{"sequence":0}},"extensions":{"sequence":0}}`},
		{`{ nothing }`, `{"errors":[{"message":"Cannot query field \"nothing\" on type \"Query\".","locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`},
		{`subscription { changes(sinceSequence: 1) { sequence } }`, `{"errors":[{"message":"sinceSequence: the store is at 0 and has no 1; it may have been replaced: read again what you keep, and start from the sequence of that answer","locations":[{"line":1,"column":16}],"path":["changes"],"extensions":{"code":"BAD_USER_INPUT"}}]}`},
		{`subscription { changes(sinceSequence: -1) { sequence } }`, `{"errors":[{"message":"sinceSequence: -1 is below 0","locations":[{"line":1,"column":39}],"path":["changes"],"extensions":{"code":"BAD_USER_INPUT"}}]}`},
	} {
		es := open(t, ts, tc.query)
		es.want("next", "", tc.data)
		es.want("complete", "", "")
		if _, err := es.read(); err != io.EOF {
			t.Errorf("%s: after complete: %v", tc.query, err)
		}
	}
	unknown := openBody(t, ts, "/graphql/stream", `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"`+strings.Repeat("0", 64)+`"}}}`)
	if e := unknown.next(); !strings.Contains(e.data, `"code":"PERSISTED_QUERY_NOT_FOUND"`) {
		t.Errorf("%+v", e)
	}
	unknown.want("complete", "", "")
	if list := openBody(t, ts, "/graphql/stream", `[{"query":"{graph{sequence}}"}]`); list.resp.StatusCode != 400 {
		t.Error(list.resp.Status)
	}
	es := open(t, ts, `mutation { transact(input: {operations: [{declare: {id: "JPN", type: "Country"}}]}) { sequence } }`, "Authorization", "Bearer "+testToken)
	es.want("next", "", `{"data":{"transact":{"sequence":1}},"extensions":{"sequence":1}}`)
}

// TestStreamNegotiation: at /graphql the Accept header decides.
func TestStreamNegotiation(t *testing.T) {
	s, ts := overHTTP(t, Options{})
	learn(t, s)
	openAt(t, ts, "/graphql", follow).want("next", "1", sequence(1))
	openAt(t, ts, "/graphql", follow, "Accept", "application/graphql-response+json, text/event-stream;q=0.5").want("next", "1", sequence(1))
	es := openAt(t, ts, "/graphql", `{graph{sequence}}`, "Accept", "application/json, text/event-stream")
	if got := es.resp.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("a query comes as %s", got)
	}
	for _, tc := range []struct {
		method, target, body string
		headers              []string
		status               int
		code                 string
	}{
		{"POST", "/graphql", `{"query":"subscription{changes{sequence}}"}`, nil, 200, "SUBSCRIPTION_NOT_SUPPORTED"},
		{"POST", "/graphql", `{"query":"subscription{changes{sequence}}"}`, []string{"Accept", "text/event-stream;q=0, application/json"}, 200, "SUBSCRIPTION_NOT_SUPPORTED"},
		{"POST", "/graphql/stream", `{"query":"{x}"}`, []string{"Accept", "application/json"}, 406, "NOT_ACCEPTABLE"},
		{"POST", "/graphql/stream", `{"query":`, nil, 400, "BAD_REQUEST"},
		{"PATCH", "/graphql/stream", ``, nil, 405, "METHOD_NOT_ALLOWED"},
		{"HEAD", "/graphql/stream?query={graph{sequence}}", ``, nil, 405, "METHOD_NOT_ALLOWED"},
		{"GET", "/graphql/stream", ``, nil, 400, "BAD_REQUEST"},
		{"GET", "/graphql/stream?query={graph{sequence}}", ``, []string{"Last-Event-ID", "x"}, 400, "BAD_REQUEST"},
	} {
		w := ask(s, tc.method, tc.target, tc.body, tc.headers...)
		if w.Code != tc.status || code(t, w) != tc.code {
			t.Errorf("%s %s: %d %s", tc.method, tc.target, w.Code, w.Body)
		}
	}
	w := ask(s, "GET", "/graphql/stream?query={graph{sequence}}", "", "Accept", "text/event-stream")
	if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "event: next\ndata: {") || !strings.HasSuffix(w.Body.String(), "event: complete\ndata:\n\n") {
		t.Errorf("by GET: %d %s", w.Code, w.Body)
	}
	w = ask(s, "GET", `/graphql/stream?query=mutation{transact(input:{operations:[]}){sequence}}`, "")
	if !strings.Contains(w.Body.String(), "MUTATION_NOT_ALLOWED") {
		t.Errorf("a mutation by GET: %s", w.Body)
	}
}

var curl = regexp.MustCompile(`(?s)curl -N http://[^/]+(/\S+) -H 'content-type: application/json' \\\n\s+-d '([^']+)'`)

// TestGuide follows changes as docs/querying.md shows.
func TestGuide(t *testing.T) {
	text, err := os.ReadFile("../docs/querying.md")
	if err != nil {
		t.Fatal(err)
	}
	m := curl.FindStringSubmatch(string(text))
	if m == nil {
		t.Fatal("docs/querying.md follows nothing with curl")
	}
	s, ts := overHTTP(t, Options{})
	learn(t, s)
	es := openBody(t, ts, m[1], m[2], "Accept", "*/*")
	es.want("next", "1", `{"data":{"changes":{"sequence":1,"entities":[{"id":"src"}]}},"extensions":{"sequence":1}}`)
	learn(t, s)
	es.want("next", "2", `{"data":{"changes":{"sequence":2,"entities":[{"id":"KAZ"}]}},"extensions":{"sequence":2}}`)
}
