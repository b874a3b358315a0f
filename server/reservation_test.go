package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/server/internal/metrics"
)

// demand sends one request and returns its status and body.
func demand(t testing.TB, ts *httptest.Server, method, path, token, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, ts.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set(tokenHeader, token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func reserved(t testing.TB, ts *httptest.Server) string {
	t.Helper()
	status, token := demand(t, ts, "PUT", "/graphql/stream", "", "")
	if status != http.StatusCreated || len(token) < 26 {
		t.Fatalf("%d %s", status, token)
	}
	return token
}

// claim opens the stream of a token.
func claim(t testing.TB, ts *httptest.Server, target string) *streamed {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", ts.URL+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	s := &streamed{t, resp, bufio.NewReader(resp.Body), stop}
	t.Cleanup(s.close)
	return s
}

func operationBody(id, query string) string {
	return fmt.Sprintf(`{"query":%q,"extensions":{"operationId":%q}}`, query, id)
}

const singlePath = "/graphql/stream"

// heard returns the next event that has a name, and skips comments.
func (s *streamed) heard() string {
	s.t.Helper()
	for {
		e, err := s.read()
		if err != nil {
			s.t.Fatal(err)
		}
		if e.name != "" {
			return e.name + " " + e.data
		}
	}
}

func TestSingleConnection(t *testing.T) {
	s, ts := overHTTP(t, Options{})
	learn(t, s)
	learn(t, s)
	token := reserved(t, ts)
	// Operations accepted before the stream is open wait for it.
	if status, body := demand(t, ts, "POST", singlePath, token, operationBody("early", `{graph{sequence}}`)); status != http.StatusAccepted || body != "" {
		t.Errorf("%d %s", status, body)
	}
	es := claim(t, ts, singlePath+"?token="+token)
	hear := func(want string) {
		t.Helper()
		if got := es.heard(); got != want {
			t.Fatalf("heard %s, want %s", got, want)
		}
	}
	hear(`next {"id":"early","payload":{"data":{"graph":{"sequence":2}},"extensions":{"sequence":2}}}`)
	hear(`complete {"id":"early"}`)
	next := func(id string, n int) string { return fmt.Sprintf(`next {"id":%q,"payload":%s}`, id, sequence(n)) }
	begin := func(id, query string) {
		t.Helper()
		if status, body := demand(t, ts, "POST", singlePath, token, operationBody(id, query)); status != http.StatusAccepted {
			t.Errorf("%d %s", status, body)
		}
	}
	begin("a", `subscription{changes(sinceSequence:0){sequence}}`)
	hear(next("a", 1))
	hear(next("a", 2))
	begin("b", `subscription{changes(sinceSequence:1){sequence}}`)
	hear(next("b", 2))
	if status, _ := demand(t, ts, "DELETE", singlePath+"?operationId=a", token, ""); status != http.StatusOK {
		t.Errorf("%d", status)
	}
	learn(t, s)
	hear(next("b", 3))
	within(t, 5*time.Second, "one of the two has ended", func() bool { return value(s.metrics.Subscribers[metrics.SSE]) == 1 })

	refusesOnStream(t, ts, token)
	begin("c", `{graph{sequence}}`) // the id of a refused operation is free
	hear(`next {"id":"c","payload":{"data":{"graph":{"sequence":3}},"extensions":{"sequence":3}}}`)
	hear(`complete {"id":"c"}`)

	// The end of the stream ends all of its operations.
	es.close()
	within(t, 5*time.Second, "all places are free", func() bool { return s.streams.Places() == 0 && value(s.metrics.Subscribers[metrics.SSE]) == 0 })
	if status, _ := demand(t, ts, "POST", singlePath, token, operationBody("d", `{graph{sequence}}`)); status != 404 {
		t.Errorf("the token is good for %d", status)
	}
}

// refusesOnStream sends what an open stream with an operation b refuses.
func refusesOnStream(t *testing.T, ts *httptest.Server, token string) {
	t.Helper()
	for _, c := range []struct {
		method, path, token, body string
		status                    int
		code                      string
	}{
		{"POST", singlePath, token, operationBody("b", `{graph{sequence}}`), 409, "OPERATION_ALREADY_EXISTS"},
		{"POST", singlePath, token, operationBody("c", `{nothing}`), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"POST", singlePath, token, `{"query":"{graph{sequence}}"}`, 400, "BAD_REQUEST"},
		{"POST", singlePath, token, `{"query":"{graph{sequence}}","extensions":{"operationId":7}}`, 400, "BAD_REQUEST"},
		{"POST", singlePath, token, `{"query":"{graph{sequence}}","Extensions":{"operationId":"c"}}`, 400, "BAD_REQUEST"},
		{"POST", singlePath, token, `{"query":"{graph{sequence}}","extensions":null}`, 400, "BAD_REQUEST"},
		{"POST", singlePath, token, ` [{}]`, 400, "BATCHING_NOT_SUPPORTED"},
		{"POST", singlePath, token, ``, 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"POST", singlePath, token, operationBody(strings.Repeat("x", 200), `{graph{sequence}}`), 400, "BAD_REQUEST"},
		{"POST", singlePath, token, `{"documentId":"unknown","extensions":{"operationId":"c"}}`, 400, "PERSISTED_QUERY_NOT_FOUND"},
		{"POST", singlePath, "other", operationBody("c", `{graph{sequence}}`), 404, "RESERVATION_NOT_FOUND"},
		{"GET", singlePath, "other", "", 404, "RESERVATION_NOT_FOUND"},
		{"GET", singlePath, token, "", 409, "STREAM_ALREADY_OPEN"},
		{"DELETE", singlePath, token, "", 400, "BAD_REQUEST"},
		{"DELETE", singlePath + "?operationId=a", "other", "", 404, "RESERVATION_NOT_FOUND"},
		{"DELETE", singlePath + "?operationId=nothing", token, "", 200, ""},
		{"PATCH", singlePath, token, "", 405, "METHOD_NOT_ALLOWED"},
		{"PUT", singlePath, "", "a body", 400, "BAD_REQUEST"},
		{"GET", singlePath, token, "a body", 400, "BAD_REQUEST"},
	} {
		if status, body := demand(t, ts, c.method, c.path, c.token, c.body); status != c.status || c.code != "" && !strings.Contains(body, `"code":"`+c.code+`"`) {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.path, c.body, status, body, c.status, c.code)
		}
	}
}

// TestReservationLimits checks that the number of reservations and their time
// are limited.
func TestReservationLimits(t *testing.T) {
	s, ts := overHTTP(t, Options{Live: Live{MaxReservations: 2, ReservationTimeout: 150 * time.Millisecond, MaxOperations: 2}})
	learn(t, s)
	first, second := reserved(t, ts), reserved(t, ts)
	if first == second {
		t.Error("two streams have one token")
	}
	if status, body := demand(t, ts, "PUT", singlePath, "", ""); status != 503 || !strings.Contains(body, "TOO_MANY_SUBSCRIBERS") {
		t.Errorf("%d %s", status, body)
	}
	es := claim(t, ts, singlePath+"?token="+first)
	third := reserved(t, ts) // the open one no longer counts
	// A result that waits for its stream ends with the reservation.
	if status, _ := demand(t, ts, "POST", singlePath, third, operationBody("a", `{graph{sequence}}`)); status != http.StatusAccepted {
		t.Errorf("%d", status)
	}
	within(t, 5*time.Second, "the others expire", func() bool {
		all, unclaimed := s.streams.Reservations()
		return all == 1 && unclaimed == 0
	})
	if status, _ := demand(t, ts, "GET", singlePath, third, ""); status != 404 {
		t.Errorf("%d", status)
	}
	const follow = `subscription{changes{sequence}}`
	for i, want := range []int{202, 202, 503} {
		if status, body := demand(t, ts, "POST", singlePath, first, operationBody(fmt.Sprint(i), follow)); status != want {
			t.Errorf("operation %d: %d %s", i, status, body)
		}
	}
	es.close()
	within(t, 5*time.Second, "all places are free", func() bool { return s.streams.Places() == 0 })
	// A server that stops ends unclaimed reservations.
	reserved(t, ts)
	s.streams.End()
	s.streams.Wait(t.Context())
	if status, _ := demand(t, ts, "PUT", singlePath, "", ""); status != 503 {
		t.Errorf("%d", status)
	}
}

// TestSlowSingleConnection cuts off a client that does not read its stream.
func TestSlowSingleConnection(t *testing.T) {
	s, ts := narrow(t, Options{Live: Live{WriteTimeout: 200 * time.Millisecond}})
	learn(t, s)
	token := reserved(t, ts)
	es := claim(t, ts, singlePath+"?token="+token)
	for _, id := range []string{"1", "2"} {
		if status, body := demand(t, ts, "POST", singlePath, token, operationBody(id, followMuch)); status != 202 {
			t.Fatalf("%d %s", status, body)
		}
	}
	learnMuch(t, s, 600)
	within(t, 5*time.Second, "the client is dropped", func() bool { return value(s.metrics.Dropped[metrics.Slow]) == 1 })
	within(t, 5*time.Second, "its places are free", func() bool { return s.streams.Places() == 0 })
	es.close()
}
