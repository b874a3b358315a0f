package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func shown(s otlpSpan) string {
	out := fmt.Sprintf("%s kind %d", s.Name, s.Kind)
	for _, a := range s.Attributes {
		out += " " + a.Key + "=" + a.Value.String + a.Value.Int
	}
	if s.Status != nil {
		out += " error " + s.Status.Message
	}
	return out
}

// TestTrace lets a collector take the spans of a few requests and looks at what it got.
func TestTrace(t *testing.T) {
	got := make(chan otlpExport, 10)
	path := make(chan string, 10)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e otlpExport
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%v %v", err, r.Header)
		}
		path <- r.URL.Path
		got <- e
	}))
	defer collector.Close()
	tracer, err := NewTracer(TracerOptions{URL: collector.URL, Version: "1.2.3", Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := started(t, Options{Tracer: tracer})
	const trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	ask(s, "POST", "/graphql", `{"query":"query Map($v: ID!){country(id:$v){id}}","variables":{"w":"variable-secret"}}`, "Traceparent", "00-"+trace+"-"+parent+"-01")
	ask(s, "POST", "/graphql", `{"query":"query Map{graph{sequence}}"}`, "Traceparent", "00-"+trace+"-"+parent+"-01")
	ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, "Traceparent", "00-"+trace+"-"+parent+"-00") // not sampled
	ask(s, "POST", "/graphql", `{"query":"{"}`)
	ask(s, "GET", "/healthz", "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tracer.Run(ctx) // sends what is left
	if p := <-path; p != "/v1/traces" {
		t.Errorf("sent to %s", p)
	}
	e := <-got
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "secret") {
		t.Errorf("the spans tell a value: %s", text)
	}
	spans := e.Resources[0].Scopes[0].Spans
	want := []string{
		"query kind 1 graphql.operation.type=query graphql.operation.name=Map graphql.document=query Map($v:ID!){country(id:$v){id}} caspian.cost=0 caspian.sequence=0 caspian.errors=1 error.type=BAD_USER_INPUT error BAD_USER_INPUT",
		"POST /graphql kind 2 http.request.method=POST http.route=/graphql url.path=/graphql network.protocol.version=1.1 http.response.status_code=200",
		"query kind 1 graphql.operation.type=query graphql.operation.name=Map graphql.document=query Map{graph{sequence}} caspian.cost=2 caspian.sequence=0 caspian.errors=0",
		"POST /graphql kind 2 http.request.method=POST http.route=/graphql url.path=/graphql network.protocol.version=1.1 http.response.status_code=200",
		"GraphQL Operation kind 1 graphql.document={ caspian.cost=0 caspian.sequence=0 caspian.errors=1 error.type=GRAPHQL_PARSE_FAILED error GRAPHQL_PARSE_FAILED",
		"POST /graphql kind 2 http.request.method=POST http.route=/graphql url.path=/graphql network.protocol.version=1.1 http.response.status_code=200",
	}
	if len(spans) != len(want) {
		t.Fatalf("%d spans, want %d: %s", len(spans), len(want), text)
	}
	for i, s := range spans {
		if shown(s) != want[i] {
			t.Errorf("span %d is\n%s, want\n%s", i, shown(s), want[i])
		}
		if s.Start > s.End || len(s.Start) != len("1700000000000000000") {
			t.Errorf("span %d lasts from %s to %s", i, s.Start, s.End)
		}
	}
	if spans[0].TraceID != trace || spans[1].TraceID != trace || spans[1].Parent != parent || spans[0].Parent != spans[1].SpanID || spans[5].Parent != "" || spans[4].TraceID == trace {
		t.Errorf("the spans hang together wrongly: %s", text)
	}
	if resource := fmt.Sprint(e.Resources[0].Resource["attributes"]); resource != "[{service.name {caspian }} {service.version {1.2.3 }}]" {
		t.Errorf("the resource is %s", resource)
	}
	if m := ask(s, "GET", "/metrics", "").Body.String(); !strings.Contains(m, `caspian_trace_spans_total{result="sent"} 6`) {
		t.Error("the spans are not counted")
	}
}

// TestTraceStreams wants the operations of streams and sockets traced, a subscription by one
// span from its beginning to its end.
func TestTraceStreams(t *testing.T) {
	tracer, err := NewTracer(TracerOptions{URL: "http://127.0.0.1:1", Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	s, ts := overHTTP(t, Options{Tracer: tracer})
	learn(t, s)
	learn(t, s)
	spans := func(n int) (texts []string, list []*span) {
		t.Helper()
		for range n {
			select {
			case sp := <-tracer.queue:
				list = append(list, sp)
				texts = append(texts, shown(tracer.export([]*span{sp}).Resources[0].Scopes[0].Spans[0]))
			case <-time.After(5 * time.Second):
				t.Fatalf("%d spans came, want %d: %v", len(list), n, texts)
			}
		}
		return texts, list
	}
	check := func(texts []string, want ...string) {
		t.Helper()
		for i := range want {
			if !strings.HasPrefix(texts[i], want[i]) && !strings.HasSuffix(texts[i], want[i]) {
				t.Errorf("span %d is\n%s, want\n%s", i, texts[i], want[i])
			}
		}
	}
	const followed = `subscription Feed { changes(sinceSequence: 0) { sequence } }`
	const operation = "subscription kind %d graphql.operation.type=subscription graphql.operation.name=Feed graphql.document=subscription Feed{changes(sinceSequence:0){sequence}} caspian.cost=2 caspian.sequence=2 caspian.events=2"
	const trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

	es := open(t, ts, followed, "Traceparent", "00-"+trace+"-"+parent+"-01")
	es.next()
	es.next()
	es.close()
	texts, list := spans(2)
	check(texts, fmt.Sprintf(operation, 1), "http.response.status_code=200")
	if list[0].parent != list[1].id || fmt.Sprintf("%x", list[1].trace) != trace || !strings.HasPrefix(texts[1], "POST /graphql/stream kind 2 http.request.method=POST http.route=/graphql/stream") {
		t.Errorf("the stream's spans: %v", texts)
	}
	es = open(t, ts, `{graph{sequence}}`)
	es.next()
	texts, _ = spans(2)
	check(texts, "query kind 1 graphql.operation.type=query", "http.response.status_code=200")

	// A socket's operations begin traces of their own, unless its client has one.
	d := begun(t, ts)
	texts, _ = spans(1)
	check(texts, "http.response.status_code=101")
	d.say(subscribing("1", followed))
	d.hear(nextOf("1", 1))
	d.hear(nextOf("1", 2))
	d.say(`{"type":"complete","id":"1"}`)
	texts, first := spans(1)
	check(texts, fmt.Sprintf(operation, 2))
	d.say(subscribing("2", `{nothing}`))
	texts, second := spans(1)
	check(texts, "error GRAPHQL_VALIDATION_FAILED")
	if first[0].trace == second[0].trace || first[0].parent != [8]byte{} {
		t.Errorf("the operations of a socket share a trace")
	}
	d = begun(t, ts, "Traceparent", "00-"+trace+"-"+parent+"-01")
	_, list = spans(1)
	d.say(subscribing("1", `{graph{sequence}}`))
	_, first = spans(1)
	if first[0].trace != list[0].trace || first[0].parent != list[0].id {
		t.Errorf("the operation is not of its client's trace")
	}
	metrics := ask(s, "GET", "/metrics", "").Body.String()
	for _, want := range []string{
		`caspian_graphql_requests_total{operation="subscription",outcome="ok"} 2`,
		`caspian_graphql_requests_total{operation="query",outcome="ok"} 2`,
		`caspian_graphql_root_field_seconds_count{class="subscription"} 4`,
		`caspian_graphql_root_field_seconds_count{class="fields"} 2`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s", want)
		}
	}
}

// TestTraceNeverWaits wants spans dropped, and counted, where nobody takes them.
func TestTraceNeverWaits(t *testing.T) {
	collector := httptest.NewServer(http.NotFoundHandler())
	defer collector.Close()
	tracer, err := NewTracer(TracerOptions{URL: collector.URL + "/x", Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := started(t, Options{Tracer: tracer})
	for range traceQueue/2 + 5 {
		ask(s, "POST", "/graphql", `{"query":"{__typename}"}`)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tracer.Run(ctx)
	if got := tracer.dropped.Load(); got != traceQueue+10 || tracer.sent.Load() != 0 {
		t.Errorf("%d dropped, %d sent", got, tracer.sent.Load())
	}
}

func TestTracerOptions(t *testing.T) {
	for _, o := range []TracerOptions{{URL: "", Ratio: 1}, {URL: "127.0.0.1:4318", Ratio: 1}, {URL: "ftp://x", Ratio: 1}, {URL: "http://x", Ratio: 2}, {URL: "http://x", Ratio: -1}} {
		if _, err := NewTracer(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	// A quarter of the requests.
	n := uint64(0)
	tracer, err := NewTracer(TracerOptions{URL: "http://x", Ratio: 0.25, Random: func() uint64 { n += 1 << 60; return n }})
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for range 1600 {
		if s, _ := tracer.begin(httptest.NewRequest("GET", "/graphql", nil), time.Time{}); s != nil {
			taken++
		}
	}
	if taken < 300 || taken > 500 {
		t.Errorf("%d of 1600 are traced", taken)
	}
}

func TestTraceparent(t *testing.T) {
	const good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for header, want := range map[string]bool{
		good: true, " " + good + " ": true, "01" + good[2:] + "-more": true, "": false, "00": false, good + "-more": false, strings.ToUpper(good): false,
		"ff" + good[2:]: false, strings.Replace(good, "0af7651916cd43dd8448eb211c80319c", strings.Repeat("0", 32), 1): false,
		strings.Replace(good, "b7ad6b7169203331", strings.Repeat("0", 16), 1): false, good[:50]: false, "00-" + strings.Repeat("g", 32) + good[35:]: false,
	} {
		if _, _, sampled, ok := parseTraceparent(header); ok != want || sampled != want {
			t.Errorf("%q: %t %t", header, ok, sampled)
		}
	}
}
