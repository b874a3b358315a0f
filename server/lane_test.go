package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/admission"
	"github.com/caspian-kg/caspian/server/internal/content"
)

// full returns a server whose lanes have all slots taken and let nobody wait, until the test
// frees them. It runs documents on an empty graph.
func full(t *testing.T, o Options) (s *Server, free func()) {
	t.Helper()
	o.MaxRequests, o.MaxWrites, o.MaxQueue, o.QueueTime = 1, 1, 1, time.Nanosecond
	s = started(t, o)
	lanes := []*admission.Lane{&s.admission.Reads, &s.admission.Writes}
	for _, l := range lanes {
		if err := l.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return s, func() {
		for _, l := range lanes {
			l.Leave()
		}
	}
}

const aWrite = `mutation{transact(input:{operations:[]}){sequence}}`

// TestShed refuses requests over every transport with 503 and Retry-After, and never with 200.
func TestShed(t *testing.T) {
	s, free := full(t, Options{Batch: 5})
	long := strings.Repeat(" ", 100<<10) + `{"query":"{a}"}`
	requests := map[string]func() *httptest.ResponseRecorder{
		"post":  func() *httptest.ResponseRecorder { return ask(s, "POST", "/graphql", `{"query":"{__typename}"}`) },
		"write": func() *httptest.ResponseRecorder { return ask(s, "POST", "/graphql", `{"query":"`+aWrite+`"}`) },
		"json": func() *httptest.ResponseRecorder {
			return ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, "Accept", jsonType)
		},
		"long":   func() *httptest.ResponseRecorder { return ask(s, "POST", "/graphql", long) },
		"get":    func() *httptest.ResponseRecorder { return ask(s, "GET", "/graphql?query={__typename}", "") },
		"batch":  func() *httptest.ResponseRecorder { return ask(s, "POST", "/graphql", `[{"query":"{__typename}"}]`) },
		"writes": func() *httptest.ResponseRecorder { return ask(s, "POST", "/graphql", `[{"query":"`+aWrite+`"}]`) },
		"stream": func() *httptest.ResponseRecorder {
			return ask(s, "POST", "/graphql/stream", `{"query":"{__typename}"}`)
		},
		"negotiated": func() *httptest.ResponseRecorder {
			return ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, "Accept", content.Stream)
		},
	}
	for name, send := range requests {
		if w := send(); w.Code != http.StatusServiceUnavailable || code(t, w) != codes.Overloaded || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %v %s", name, w.Code, w.Header(), w.Body)
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if w := ask(s, "GET", path, ""); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if m := ask(s, "GET", "/metrics", "").Body.String(); !strings.Contains(m, "caspian_requests_working{lane=\"read\"} 1\n") ||
		!strings.Contains(m, "caspian_requests_shed_total{lane=\"read\"} 7\n") || !strings.Contains(m, "caspian_requests_shed_total{lane=\"write\"} 2\n") ||
		!strings.Contains(m, `caspian_graphql_refused_total{code="OVERLOADED"} 9`) {
		t.Error("the metrics do not say so:\n" + m)
	}
	free()
	for name, send := range requests {
		if w := send(); name != "long" && w.Code >= 400 {
			t.Errorf("afterwards, %s: %d %s", name, w.Code, w.Body)
		}
	}
	for _, l := range []*admission.Lane{&s.admission.Reads, &s.admission.Writes} {
		if working, waiting := l.Load(); working+waiting > 0 {
			t.Errorf("%s: %d work and %d wait after the last", l.Name, working, waiting)
		}
	}
}

// TestShedOperations refuses operations of sockets and of reserved streams one by one, and
// the connection goes on.
func TestShedOperations(t *testing.T) {
	s, free := full(t, Options{})
	ts := httptest.NewServer(s)
	defer ts.Close()
	d := begun(t, ts)
	const subscribe = `{"id":"1","type":"subscribe","payload":{"query":"{__typename}"}}`
	d.say(subscribe)
	if text, err := d.listen(); err != nil || !strings.Contains(text, `"OVERLOADED"`) || !strings.Contains(text, `"type":"error"`) {
		t.Errorf("%v %s", err, text)
	}
	token := ask(s, "PUT", "/graphql/stream", "").Body.String()
	const operation = `{"query":"{__typename}","extensions":{"operationId":"a"}}`
	w := ask(s, "POST", "/graphql/stream", operation, tokenHeader, token)
	if w.Code != http.StatusServiceUnavailable || code(t, w) != codes.Overloaded || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	free()
	d.say(subscribe)
	d.hear(`{"id":"1","type":"next","payload":{"data":{"__typename":"Query"},"extensions":{"sequence":0}}}`)
	d.hear(`{"type":"complete","id":"1"}`)
	if w := ask(s, "POST", "/graphql/stream", operation, tokenHeader, token); w.Code != http.StatusAccepted {
		t.Errorf("afterwards: %d %s", w.Code, w.Body)
	}
}

// TestLanesArePartedByRight checks that a flood of reads does not affect writes, nor the
// reverse, and that only callers who may write enter the lane of writes.
func TestLanesArePartedByRight(t *testing.T) {
	s := started(t, Options{})
	a := s.admission
	for _, tc := range []struct {
		name, query, operation string
		mutation               bool
		refusal                error
		want                   *admission.Lane
	}{
		{"query", "{a}", "", true, nil, &a.Reads},
		{"mutation", "mutation M {a}", "", true, nil, &a.Writes},
		{"by name", "query Q {a} mutation M {a}", "M", true, nil, &a.Writes},
		{"by the other's name", "query Q {a} mutation M {a}", "Q", true, nil, &a.Reads},
		{"without the right", "mutation {a}", "", true, errors.New("no"), &a.Reads},
		{"by GET", "mutation {a}", "", false, nil, &a.Reads},
		{"a field", "{mutation {mutation}}", "", true, nil, &a.Reads},
		{"a comment", "#mutation M{a}\n{a}", "", true, nil, &a.Reads},
		{"a string", `{a(b: "mutation {a}")}`, "", true, nil, &a.Reads},
		{"part of a name", "query xmutation {a}", "", true, nil, &a.Reads},
		{"a comment in between", "mutation #x\n{a}", "", true, nil, &a.Writes},
	} {
		got := s.lane(&api.Request{Query: tc.query, OperationName: tc.operation, AllowMutation: tc.mutation, WriteRefusal: tc.refusal})
		if got != tc.want {
			t.Errorf("%s is in the wrong lane", tc.name)
		}
	}
	s = started(t, Options{MaxRequests: 1, MaxWrites: 1, QueueTime: time.Nanosecond})
	for _, l := range []struct {
		taken        *admission.Lane
		read, writes int
	}{{&s.admission.Reads, 503, 200}, {&s.admission.Writes, 200, 503}} {
		if err := l.taken.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		if w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`); w.Code != l.read {
			t.Errorf("a read: %d %s", w.Code, w.Body)
		}
		if w := ask(s, "POST", "/graphql", `{"query":"`+aWrite+`"}`); w.Code != l.writes {
			t.Errorf("a write: %d %s", w.Code, w.Body)
		}
		l.taken.Leave()
	}
}

// TestPausedHoldNoSlot lets as many requests as allowed wait for a sequence number that does
// not come. Other requests are answered, and one more that waits is refused.
func TestPausedHoldNoSlot(t *testing.T) {
	s := started(t, Options{MaxRequests: 1, MaxPaused: 3})
	const query = `{"query":"{country(id:\"KAZ\",view:{minSequence:1000000}){id}}"}`
	done := make(chan *httptest.ResponseRecorder)
	for range 3 {
		go func() { done <- ask(s, "POST", "/graphql", query) }()
	}
	within(t, 20*time.Second, "three wait", func() bool { return s.admission.Paused() == 3 })
	if w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`); w.Code != http.StatusOK {
		t.Errorf("another: %d %s", w.Code, w.Body)
	}
	if w := ask(s, "POST", "/graphql", query); w.Code != http.StatusServiceUnavailable || code(t, w) != codes.Overloaded {
		t.Errorf("one more: %d %s", w.Code, w.Body)
	}
	for range 3 {
		if w := <-done; code(t, w) != "UNAVAILABLE" {
			t.Errorf("one that waited: %d %s", w.Code, w.Body)
		}
	}
	if working, waiting := s.admission.Reads.Load(); working+waiting > 0 || s.admission.Paused() > 0 {
		t.Errorf("%d work, %d wait and %d pause after the last", working, waiting, s.admission.Paused())
	}
}

// TestSlotIsNotHeldWhileSending checks that clients that do not read their answers delay
// nobody.
func TestSlotIsNotHeldWhileSending(t *testing.T) {
	s := faked(t, Options{MaxRequests: 1, CompressAbove: -1}, func(context.Context) *gql.Response {
		return &gql.Response{HasData: true, Operation: "query", Body: []byte(`{"data":{}}`)}
	})
	stuck := make(chan bool)
	r := httptest.NewRequest("GET", "/graphql?query={a}", nil)
	r.Host = "localhost"
	w := &unread{httptest.NewRecorder(), make(chan bool), stuck}
	gone := make(chan bool)
	go func() { defer close(gone); s.ServeHTTP(w, r) }()
	<-w.writing
	if w := ask(s, "POST", "/graphql", `{"query":"{a}"}`); w.Code != http.StatusOK {
		t.Errorf("another: %d %s", w.Code, w.Body)
	}
	close(stuck)
	<-gone
}

// unread is a client that reads nothing until it is freed.
type unread struct {
	*httptest.ResponseRecorder
	writing, freed chan bool
}

func (u *unread) Write(b []byte) (int, error) {
	close(u.writing)
	<-u.freed
	return u.ResponseRecorder.Write(b)
}
