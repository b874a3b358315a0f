package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
)

// full is a server whose lanes have all slots taken and let nobody wait, until the test frees
// them. It runs documents on an empty graph.
func full(t *testing.T, o Options) (s *Server, free func()) {
	t.Helper()
	o.MaxRequests, o.MaxWrites, o.MaxQueue, o.QueueTime = 1, 1, 1, time.Nanosecond
	s = started(t, o)
	lanes := []*lane{&s.admission.reads, &s.admission.writes}
	for _, l := range lanes {
		if err := l.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return s, func() {
		for _, l := range lanes {
			l.leave()
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
			return ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, "Accept", streamType)
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
	for _, l := range []*lane{&s.admission.reads, &s.admission.writes} {
		if working, waiting := l.load(); working+waiting > 0 {
			t.Errorf("%s: %d work and %d wait after the last", l.name, working, waiting)
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

// TestLanesArePartedByRight: a flood of reads leaves writes alone, and the other way round;
// and only those who may write get among the writes.
func TestLanesArePartedByRight(t *testing.T) {
	a := &admission{}
	for _, tc := range []struct {
		name, query, operation string
		mutation               bool
		refusal                error
		want                   *lane
	}{
		{"query", "{a}", "", true, nil, &a.reads},
		{"mutation", "mutation M {a}", "", true, nil, &a.writes},
		{"by name", "query Q {a} mutation M {a}", "M", true, nil, &a.writes},
		{"by the other's name", "query Q {a} mutation M {a}", "Q", true, nil, &a.reads},
		{"without the right", "mutation {a}", "", true, errors.New("no"), &a.reads},
		{"by GET", "mutation {a}", "", false, nil, &a.reads},
		{"a field", "{mutation {mutation}}", "", true, nil, &a.reads},
		{"a comment", "#mutation M{a}\n{a}", "", true, nil, &a.reads},
		{"a string", `{a(b: "mutation {a}")}`, "", true, nil, &a.reads},
		{"part of a name", "query xmutation {a}", "", true, nil, &a.reads},
		{"a comment in between", "mutation #x\n{a}", "", true, nil, &a.writes},
	} {
		got := a.lane(&api.Request{Query: tc.query, OperationName: tc.operation, AllowMutation: tc.mutation, WriteRefusal: tc.refusal})
		if got != tc.want {
			t.Errorf("%s is in the wrong lane", tc.name)
		}
	}
	s := started(t, Options{MaxRequests: 1, MaxWrites: 1, QueueTime: time.Nanosecond})
	for _, l := range []struct {
		taken        *lane
		read, writes int
	}{{&s.admission.reads, 503, 200}, {&s.admission.writes, 200, 503}} {
		if err := l.taken.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		if w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`); w.Code != l.read {
			t.Errorf("a read: %d %s", w.Code, w.Body)
		}
		if w := ask(s, "POST", "/graphql", `{"query":"`+aWrite+`"}`); w.Code != l.writes {
			t.Errorf("a write: %d %s", w.Code, w.Body)
		}
		l.taken.leave()
	}
}

// TestPausedHoldNoSlot lets many wait for a sequence number that does not come: others are
// answered, and one more than may wait is refused.
func TestPausedHoldNoSlot(t *testing.T) {
	s := started(t, Options{MaxRequests: 1, MaxPaused: 3})
	const query = `{"query":"{country(id:\"KAZ\",view:{minSequence:1000000}){id}}"}`
	done := make(chan *httptest.ResponseRecorder)
	for range 3 {
		go func() { done <- ask(s, "POST", "/graphql", query) }()
	}
	until(t, "three wait", func() bool { return s.admission.paused.Load() == 3 })
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
	if working, waiting := s.admission.reads.load(); working+waiting > 0 || s.admission.paused.Load() > 0 {
		t.Errorf("%d work, %d wait and %d pause after the last", working, waiting, s.admission.paused.Load())
	}
}

// TestSlotIsNotHeldWhileSending: clients that do not read what they asked for hold up nobody.
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

// unread is a client that takes nothing until it is freed.
type unread struct {
	*httptest.ResponseRecorder
	writing, freed chan bool
}

func (u *unread) Write(b []byte) (int, error) {
	close(u.writing)
	<-u.freed
	return u.ResponseRecorder.Write(b)
}

// TestLaneWaits holds the goroutines around the queue to its decisions, on a clock that the
// test owns.
func TestLaneWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lane{q: queue{queueLimits: standard()}}
		l.q.slots = 1
		if err := l.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := l.enter(t.Context()); !errors.Is(err, errOverloaded) || time.Since(start) != DefaultQueueTime {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		start = time.Now()
		if err := l.enter(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Millisecond {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		got := make(chan error)
		go func() { got <- l.enter(t.Context()) }()
		time.Sleep(20 * time.Millisecond)
		l.leave()
		if err := <-got; err != nil {
			t.Error(err)
		}
		l.leave()
		if working, waiting := l.load(); working+waiting > 0 || l.shed.Load() != 1 {
			t.Errorf("%d work, %d wait, %d were shed", working, waiting, l.shed.Load())
		}
	})
}

// TestLaneRace has many goroutines come, wait, give up and leave; no slot may be lost.
func TestLaneRace(t *testing.T) {
	l := &lane{q: queue{queueLimits: queueLimits{slots: 3, length: 20, patience: 2 * time.Millisecond, target: time.Millisecond, interval: time.Millisecond}}}
	done := make(chan bool)
	for i := range 50 {
		go func() {
			defer func() { done <- true }()
			for range 200 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%5)*time.Millisecond)
				if l.enter(ctx) == nil {
					if working, _ := l.load(); working > 3 {
						t.Errorf("%d are at work", working)
					}
					l.leave()
				}
				cancel()
			}
		}()
	}
	for range 50 {
		<-done
	}
	if working, waiting := l.load(); working+waiting > 0 || l.q.oldest != nil || l.q.newest != nil || l.q.overloaded {
		t.Errorf("%d work and %d wait after the last", working, waiting)
	}
}

// TestLaneIsFree: where slots are free, entering and leaving allocates nothing.
func TestLaneIsFree(t *testing.T) {
	l := &lane{q: queue{queueLimits: standard()}}
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() {
		if l.enter(ctx) == nil {
			l.leave()
		}
	}); n > 0 {
		t.Errorf("%g allocations", n)
	}
}
