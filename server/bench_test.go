package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"github.com/caspian-kg/caspian/server/internal/members"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

var sample = regexp.MustCompile(`^([a-z_]+)(?:\{(?:[a-z]+="(?:[^"\\]|\\.)*",?)+\})? ([0-9.e+-]+|\+Inf)$`)

// sink is a ResponseWriter that keeps nothing.
type sink struct {
	h      http.Header
	status int
	n      int
}

func (s *sink) Header() http.Header  { return s.h }
func (s *sink) WriteHeader(code int) { s.status = code }
func (s *sink) Write(b []byte) (int, error) {
	s.n += len(b)
	return len(b), nil
}

// BenchmarkTransport measures what the server adds to a small query: reading
// the request, negotiation, validators, headers.
func BenchmarkTransport(b *testing.B) {
	s := started(b, Options{})
	const body = `{"query":"query Q($id: ID!) { country(id: $id) { id name } }","variables":{"id":"KAZ"},"operationName":"Q"}`
	for _, bc := range []struct{ name, method, target, body string }{
		{"post", "POST", "/graphql", body},
		{"get", "GET", "/graphql?operationName=Q&query=query%20Q%28%24id%3A%20ID%21%29%20%7B%20country%28id%3A%20%24id%29%20%7B%20id%20name%20%7D%20%7D&variables=%7B%22id%22%3A%22KAZ%22%7D", ""},
	} {
		b.Run(bc.name, func(b *testing.B) {
			r := httptest.NewRequest(bc.method, bc.target, nil)
			r.Host = "127.0.0.1:8080"
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", "application/graphql-response+json, application/json;q=0.9")
			w := &sink{h: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.h)
				if bc.body != "" {
					r.Body = io.NopCloser(strings.NewReader(bc.body))
				}
				s.ServeHTTP(w, r)
				if w.status != http.StatusOK {
					b.Fatal(w.status)
				}
			}
		})
	}
}

// TestMetricsFormat checks that every line is in Prometheus' text format.
func TestMetricsFormat(t *testing.T) {
	s := started(t, Options{Version: `1"x`})
	for range 3 {
		ask(s, "POST", "/graphql", `{"query":"{graph{sequence}}"}`)
	}
	ask(s, "POST", "/graphql", `{"query":"{nothing}"}`)
	w := ask(s, "GET", "/metrics", "")
	declared := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSuffix(w.Body.String(), "\n"), "\n") {
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			declared[strings.Fields(rest)[0]] = true
			continue
		}
		if strings.HasPrefix(line, "# HELP ") {
			continue
		}
		m := sample.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("%q is not a sample", line)
			continue
		}
		name := m[1]
		for _, end := range []string{"_bucket", "_sum", "_count"} {
			if base, ok := strings.CutSuffix(name, end); ok && declared[base] {
				name = base
			}
		}
		if !declared[name] {
			t.Errorf("%s has no type", m[1])
		}
	}
	for _, want := range []string{
		"caspian_graphql_requests_total{operation=\"query\",outcome=\"ok\"} 3\n", "caspian_graphql_requests_total{operation=\"none\",outcome=\"refused\"} 1\n",
		"caspian_graphql_refused_total{code=\"GRAPHQL_VALIDATION_FAILED\"} 1\n",
		"caspian_graphql_duration_seconds_count 4\n", "caspian_graphql_duration_seconds_bucket{le=\"+Inf\"} 4\n",
		"caspian_http_responses_total{class=\"2xx\"} 4\n", "caspian_http_requests_in_flight 1\n",
	} {
		if !bytes.Contains(w.Body.Bytes(), []byte(want)) {
			t.Errorf("no %q in\n%s", want, w.Body)
		}
	}
}

// BenchmarkShed measures what refusing a request costs: at ten times the capacity nine of ten
// are refused, so that this decides how much is left for the others.
func BenchmarkShed(b *testing.B) {
	s := started(b, Options{MaxRequests: 1, MaxQueue: 1, QueueTime: time.Hour})
	l := &s.admission.Reads
	if err := l.Enter(b.Context()); err != nil {
		b.Fatal(err)
	}
	waiting, stop := context.WithCancel(b.Context())
	defer stop()
	go func() { _ = l.Enter(waiting) }() // so that the lane is overloaded
	within(b, 5*time.Second, "somebody waits", func() bool { _, n := l.Load(); return n == 1 })
	within(b, 5*time.Second, "the lane is shut", func() bool {
		ctx, cancel := context.WithTimeout(waiting, 10*time.Millisecond)
		defer cancel()
		return l.Enter(ctx) != nil && l.Shut()
	})
	r := httptest.NewRequest("GET", "/graphql?query={__typename}", nil)
	r.Host = "127.0.0.1:8080"
	w := &sink{h: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.h)
		s.ServeHTTP(w, r)
		if w.status != http.StatusServiceUnavailable {
			b.Fatal(w.status)
		}
	}
}

// BenchmarkMembers measures how long dividing a body into its members takes, and how long
// encoding/json takes for the same result.
func BenchmarkMembers(b *testing.B) {
	bodies := []string{`{"query":"query Q($id: ID!) { country(id: $id) { id name } }","variables":{"id":"KAZ"},"operationName":"Q"}`}
	for _, n := range []int{10, 4000} {
		op := `{"assert":{"subject":"KAZ","predicate":"population","value":"some text","confidence":0.9,"source":"factbook"}}`
		bodies = append(bodies, `{"query":"mutation M($in: In!) { transact(input: $in) { sequence } }","variables":{"in":{"operations":[`+
			strings.Repeat(op+",", n-1)+op+`]}}}`)
	}
	for _, text := range bodies {
		body := []byte(text)
		b.Run(fmt.Sprintf("ours/%d", len(body)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var m members.Members
				if bad := m.Read(body); bad != nil {
					b.Fatal(bad)
				}
			}
		})
		b.Run(fmt.Sprintf("encoding-json/%d", len(body)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var m map[string]json.RawMessage
				if err := json.Unmarshal(body, &m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
