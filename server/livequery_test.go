package server

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api/operation"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/streams"
)

const (
	livePopulation = `query Q @live { country(id: "KAZ") { population } }`
	liveName       = `query Q @live { country(id: "UZB") { name } }`
)

// TestLiveQuery follows two queries over an event stream, of which a commit changes one.
func TestLiveQuery(t *testing.T) {
	s, ts := overHTTP(t, Options{})
	learn(t, s)
	name := open(t, ts, liveName)
	if e := name.next(); e.name != "next" || e.data != `{"data":{"country":null},"extensions":{"sequence":1}}` {
		t.Fatalf("%+v", e)
	}
	for _, accept := range []string{"text/event-stream", "application/json, text/event-stream"} {
		population := openAt(t, ts, "/graphql", livePopulation, "Accept", accept)
		before := population.next()
		seq := learn(t, s)
		want := fmt.Sprintf(`{"data":{"country":{"population":%d}},"extensions":{"sequence":%d}}`, seq-1, seq)
		if e := population.next(); e.data != want || e.id != fmt.Sprint(seq) || e.data == before.data {
			t.Errorf("after %s: %+v, want %s", before.data, e, want)
		}
		population.close()
	}
	if w := ask(s, "POST", "/graphql", strings.NewReplacer("KAZ", "UZB", "Kazakh", "Uzbeki").Replace(declareKAZ)); w.Code != 200 {
		t.Fatal(w.Body)
	}
	if e := name.next(); e.data != `{"data":{"country":{"name":"Uzbekistan"}},"extensions":{"sequence":4}}` {
		t.Errorf("a query that did not change before got %+v", e)
	}
	// Elsewhere, such a query has one answer.
	if w := ask(s, "POST", "/graphql", `{"query":"query @live { country(id: \"UZB\") { name } }"}`); !strings.Contains(w.Body.String(), `"Uzbekistan"`) {
		t.Error(w.Body)
	}
	if e := open(t, ts, `query Q @live { nothing }`).next(); !strings.Contains(e.data, "GRAPHQL_VALIDATION_FAILED") {
		t.Errorf("%+v", e)
	}
	long := `query Q @live { country(id: "KAZ") { population } } #` + strings.Repeat("x", 70<<10)
	if e := open(t, ts, long).next(); !strings.Contains(e.data, "LIMIT_SUBSCRIPTION") {
		t.Errorf("%.200s", e.data)
	}
	name.close()
	within(t, 5*time.Second, "no query is watched", func() bool { n, held := s.watches.Queries(); return n == 0 && held == 0 })
}

// TestLiveQueryOnSocket: a socket carries live queries as it does subscriptions.
func TestLiveQueryOnSocket(t *testing.T) {
	s, ts := overHTTP(t, Options{})
	learn(t, s)
	d := begun(t, ts)
	d.say(subscribing("1", livePopulation))
	for i, want := range []string{"null", `{"population":1}`, `{"population":2}`} {
		d.hear(fmt.Sprintf(`{"id":"1","type":"next","payload":{"data":{"country":%s},"extensions":{"sequence":%d}}}`, want, i+1))
		learn(t, s)
	}
	d.say(`{"id":"1","type":"complete"}`)
	within(t, 5*time.Second, "no query is watched", func() bool { n, _ := s.watches.Queries(); return n == 0 })
}

// TestManyLiveQueries follows writes by many viewers of some queries: all see the last state, and
// each query runs at most twice a second, however many watch it.
func TestManyLiveQueries(t *testing.T) {
	queries, viewers, writes := 4, 25, 10
	if os.Getenv("CASPIAN_SOAK") != "" {
		queries, viewers, writes = 20, 500, 100
	}
	s := started(t, Options{})
	learn(t, s)
	var executions atomic.Int64
	b := *s.backend.Load()
	begin := b.Begin
	b.Begin = func() Session { return counting{begin(), &executions} }
	s.Publish(&b)
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var done atomic.Int64
	for i := range queries {
		req := &operation.Request{Query: fmt.Sprintf(`query Q%d @live { country(id: "KAZ") { id population } }`, i)}
		for range viewers {
			slot := s.admission.Slot()
			sub, res := s.begin(ctx, &slot, s.backend.Load(), s.backend.Load().Begin(), req, nil)
			if sub == nil {
				t.Fatalf("%s", res.Body)
			}
			all.Go(func() { viewLive(ctx, t, sub, fmt.Sprintf(`"population":%d}`, writes), &done) })
		}
	}
	start, before := time.Now(), executions.Load()
	for range writes {
		learn(t, s)
		time.Sleep(100 * time.Millisecond) // the rate of writes is what is tested
	}
	within(t, 60*time.Second, "all have the last state", func() bool { return done.Load() == int64(queries*viewers) })
	took := time.Since(start)
	if runs, most := executions.Load()-before, int64(queries)*(2+int64(took/livePause)); runs > most {
		t.Errorf("%d runs of %d queries in %s, more than %d", runs, queries, took, most)
	}
	t.Logf("%d viewers of %d queries had the last of %d states after %s and %d runs", queries*viewers, queries, writes, took, executions.Load()-before)
	stop()
	all.Wait()
	s.watches.End()
}

// viewLive reads until the answer has the text.
func viewLive(ctx context.Context, t *testing.T, sub streams.Subscription, last string, done *atomic.Int64) {
	defer sub.Ended(0, "")
	for sub.Wait(ctx) == nil {
		if res := sub.Answer(ctx); strings.Contains(string(res.Body), last) {
			done.Add(1)
		}
	}
}

// counting counts the executions of sessions.
type counting struct {
	Session
	n *atomic.Int64
}

func (c counting) Execute(ctx context.Context, r *operation.Request) *gql.Response {
	c.n.Add(1)
	return c.Session.Execute(ctx, r)
}

// TestLongPoll: a GET that prefers to wait is answered when its answer changes, and with 304 where
// only others do.
func TestLongPoll(t *testing.T) {
	s := started(t, Options{})
	learn(t, s)
	learn(t, s)
	target := "/graphql?query=" + url.QueryEscape(`{ country(id: "KAZ") { population } }`)
	ask(s, "GET", target, "")
	first := ask(s, "GET", target, "")
	tag := first.Header().Get("ETag")
	poll := func(tag, prefer string) *httptest.ResponseRecorder {
		return ask(s, "GET", target, "", "If-None-Match", tag, "Prefer", prefer)
	}
	changed := make(chan *httptest.ResponseRecorder)
	go func() { changed <- poll(tag, "respond-async, wait=30") }()
	within(t, 5*time.Second, "it waits", func() bool { n, _ := s.watches.Queries(); return n == 1 })
	seq := learn(t, s)
	w := <-changed
	if want := fmt.Sprintf(`"population":%d}`, seq-1); w.Code != 200 || !strings.Contains(w.Body.String(), want) || w.Header().Get("Preference-Applied") != "wait=30" {
		t.Errorf("%d %v %s, want %s", w.Code, w.Header(), w.Body, want)
	}
	// An answer of the same data is not news, although its tag is another's.
	tag = w.Header().Get("ETag")
	ask(s, "POST", "/graphql", fmt.Sprintf(declare, "other"))
	if w := poll(tag, "wait=1"); w.Code != 304 || w.Header().Get("ETag") != tag {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := poll(first.Header().Get("ETag"), "wait=30"); w.Code != 200 {
		t.Errorf("one with an old answer gets %d", w.Code)
	}
	if n := s.streams.Places(); n != 0 {
		t.Errorf("%d places are taken", n)
	}
}
