package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/server/tokens"
)

const (
	declareKAZ = `{"query":"mutation{transact(input:{operations:[{declare:{id:\"KAZ\",type:\"Country\"}},{declare:{id:\"src\",type:\"Source\"}},{assert:{subject:\"KAZ\",predicate:\"name\",value:\"Kazakhstan\",source:\"src\"}}]}){sequence}}"}`
	renameKAZ  = `{"query":"mutation{transact(input:{operations:[{assert:{subject:\"KAZ\",predicate:\"population\",value:%d,source:\"src\"}}]}){sequence}}"}`
)

// TestKept follows the header Cache-Status through requests, each compared with a service without a
// cache.
func TestKept(t *testing.T) {
	now := time.Date(2026, 1, 15, 23, 0, 0, 0, time.UTC)
	start := func(cache int) *Server {
		clock := func() time.Time { return now }
		g, err := live.Open(t.Context(), &live.Unkept{}, schema.MustDefault(), live.Options{Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		a, err := api.New(api.Options{Graph: g, Version: "test", Now: clock, Limits: gql.Limits{}})
		if err != nil {
			t.Fatal(err)
		}
		s := New(withKey(Options{ResponseCache: cache, CompressAbove: 100, Now: clock}))
		s.Publish(&Backend{Graph: g.Through(nil), Begin: func() Session { return a.Begin() }})
		return s
	}
	s, plain := start(0), start(-1)
	name := `{"query":"query($id:ID!){country(id:$id){id name population}}","variables":{"id":"KAZ"}}`
	get := "/graphql?query=" + url.QueryEscape("query($id:ID!){country(id:$id){id name population}}") + "&variables=" + url.QueryEscape(`{"id":"KAZ"}`)
	pinned := `{"query":"{country(id:\"KAZ\",view:{asOf:\"2025\",knownAt:\"2026-01-15T23:00:00Z\"}){id name}}"}`
	for i, step := range []struct {
		method, target, body, accept, want string
	}{
		{"POST", "/graphql", declareKAZ, "", "bypass"},
		{"POST", "/graphql", name, "", "miss"},
		{"POST", "/graphql", name, "", "miss; stored"},
		{"POST", "/graphql", name, "", "hit"},
		{"POST", "/graphql", name, graphqlResponse, "hit"},
		{"GET", get, "", "", "hit"},
		{"HEAD", get, "", "", "hit"},
		{"GET", get, "", "text/csv", "bypass"},
		{"POST", "/graphql", strings.Replace(name, "KAZ", "UZB", 1), "", "miss"},
		{"POST", "/graphql", fmt.Sprintf(renameKAZ, 20), "", "bypass"},
		{"POST", "/graphql", name, "", "miss; stored"},
		{"POST", "/graphql", name, "", "hit"},
		{"clock", "", "2h", "", ""}, // past midnight
		{"POST", "/graphql", name, "", "miss; stored"},
		{"POST", "/graphql", `{"query":"{country(id:\"KAZ\"){id}}","extensions":{"cost":true}}`, "", "bypass"},
		{"POST", "/graphql", `{"query":"{country(id:\"KAZ\",view:{minSequence:2}){id}}"}`, "", "bypass"},
		{"POST", "/graphql", `{"query":"{country{id}}"}`, "", "miss"}, // an error
		{"POST", "/graphql", `{"query":"{country{id}}"}`, "", "miss"},
		{"POST", "/graphql", `{"query":"{country{id}}"}`, "", "miss"},
		{"POST", "/graphql", `{"query":"subscription{changes{sequence}}"}`, "", "miss"},
		{"POST", "/graphql", pinned, "", "miss"},
		{"POST", "/graphql", pinned, "", "miss; stored"},
		{"POST", "/graphql", pinned, "", "hit"},
	} {
		if step.method == "clock" {
			d, _ := time.ParseDuration(step.body)
			now = now.Add(d)
			continue
		}
		headers := []string{"Accept-Encoding", "gzip"}
		if step.accept != "" {
			headers = append(headers, "Accept", step.accept)
		}
		got, want := ask(s, step.method, step.target, step.body, headers...), ask(plain, step.method, step.target, step.body, headers...)
		if have := got.Header().Get("Cache-Status"); strings.TrimPrefix(strings.TrimPrefix(have, "Caspian; "), "fwd=") != step.want {
			t.Errorf("%d: Cache-Status %q, want %s", i, have, step.want)
		}
		got.Header().Del("Cache-Status")
		if got.Body.String() != want.Body.String() || got.Code != want.Code {
			t.Errorf("%d: %d %s\nwithout a cache %d %s", i, got.Code, got.Body, want.Code, want.Body)
		}
		for _, name := range []string{"Content-Type", "Content-Encoding", "Cache-Control", "Caspian-Sequence", "Vary"} {
			if g, w := got.Header().Get(name), want.Header().Get(name); g != w {
				t.Errorf("%d: %s is %q, without a cache %q", i, name, g, w)
			}
		}
		if strings.Contains(step.body, "knownAt") != strings.Contains(got.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%d: Cache-Control is %q", i, got.Header().Get("Cache-Control"))
		}
	}
	metrics := ask(s, "GET", "/metrics", "").Body.String()
	for _, want := range []string{`caspian_response_cache_requests_total{result="hit"} 6`, `caspian_response_cache_answers 4`} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("no %s in the metrics", want)
		}
	}
}

// TestPinnedForReaders: where reading needs a token, proxies must not keep what it gave.
func TestPinnedForReaders(t *testing.T) {
	s := started(t, Options{Keys: Keys{Writers: []*tokens.Tokens{tokenOf(testToken)}, Readers: tokenOf("9kL3nRt8-a-reader-token-Qw52")}})
	ask(s, "POST", "/graphql", declareKAZ)
	body := `{"query":"{country(id:\"KAZ\",view:{asOf:\"2025\",knownAt:\"2020-01-01T00:00:00Z\"}){id}}"}`
	if got := ask(s, "POST", "/graphql", body).Header().Get("Cache-Control"); got != immutableForOne[0] {
		t.Errorf("Cache-Control: %s", got)
	}
}

// counted is a session that a test controls, with the validator of the request.
type counted struct{ fake }

func (counted) ETag(query, _ string, _ []byte) string { return `"` + query + `"` }

// TestSharedMaking sends many equal requests at once, whose first client leaves: another one makes
// the answer for all.
func TestSharedMaking(t *testing.T) {
	s := started(t, Options{MaxRequests: 2})
	b := *s.backend.Load()
	executions := make(chan context.Context, 100)
	proceed := make(chan struct{})
	b.Begin = func() Session {
		return counted{fake{func(ctx context.Context) *gql.Response {
			executions <- ctx
			select {
			case <-proceed:
				return &gql.Response{Body: []byte(`{"data":{}}`), HasData: true, Operation: "query"}
			case <-ctx.Done():
				return &gql.Response{Body: []byte(`{"errors":[]}`), Errors: 1, Code: "TIMEOUT", Operation: "query"}
			}
		}}}
	}
	s.Publish(&b)
	send := func(ctx context.Context) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(ctx, "GET", "/graphql?query={x}", nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	leaving, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { send(leaving) })
	<-executions
	hits := make(chan string, 50)
	for range cap(hits) {
		all.Go(func() {
			w := send(t.Context())
			if w.Code != http.StatusOK || w.Body.String() != `{"data":{}}` {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			hits <- w.Header().Get("Cache-Status")
		})
	}
	within(t, 5*time.Second, "all wait", func() bool { return s.answers.Waiting() == cap(hits) })
	leave()
	<-executions // of the next one
	close(proceed)
	all.Wait()
	if len(executions) > 0 {
		t.Errorf("%d more executions", len(executions))
	}
	made := 0
	for range cap(hits) {
		if <-hits == cacheStored[0] {
			made++
		}
	}
	if made != 1 {
		t.Errorf("%d requests say that they made the answer", made)
	}
}

// BenchmarkKept measures a query that comes again over HTTP, with and without the response cache,
// beside a constant of the same length.
func BenchmarkKept(b *testing.B) {
	const query = `{"query":"query Q($id: ID!) { country(id: $id) { id name population } }","variables":{"id":"KAZ"}}`
	started := func(cache int) *Server {
		s := started(b, Options{ResponseCache: cache})
		ask(s, "POST", "/graphql", declareKAZ)
		return s
	}
	constant := ask(started(0), "POST", "/graphql", query).Body.Bytes()
	for _, bc := range []struct {
		name    string
		handler http.Handler
	}{
		{"constant", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header()["Content-Type"] = typeOf[jsonType]
			_, _ = w.Write(constant)
		})},
		{"kept", started(0)}, {"executed", started(-1)},
	} {
		b.Run(bc.name, func(b *testing.B) {
			hs := httptest.NewServer(bc.handler)
			defer hs.Close()
			conn, err := net.Dial("tcp", hs.Listener.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			request := fmt.Appendf(nil, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(query), query)
			buf := make([]byte, 8<<10)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := conn.Write(request); err != nil {
					b.Fatal(err)
				}
				// The answer is short, so that it arrives as one piece.
				if n, err := conn.Read(buf); err != nil || !bytes.HasSuffix(buf[:n], constant) {
					b.Fatalf("%v: %s", err, buf[:n])
				}
			}
		})
	}
}
