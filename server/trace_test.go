package server

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/caspian-kg/caspian/server/tracing"
)

// traceCollector takes spans as a collector does.
type traceCollector struct {
	*httptest.Server
	mu      sync.Mutex // guards what follows
	paths   []string
	batches []*otlp.ResourceSpans
	spans   []*otlp.Span
}

func newTraceCollector(t *testing.T) *traceCollector {
	c := &traceCollector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var export collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &export)
		}
		if err != nil || r.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("%v %v", err, r.Header)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.paths = append(c.paths, r.URL.Path)
		for _, b := range export.ResourceSpans {
			c.batches = append(c.batches, b)
			for _, s := range b.ScopeSpans {
				c.spans = append(c.spans, s.Spans...)
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// take flushes the tracer until n spans have come, and takes them.
func (c *traceCollector) take(t *testing.T, tracer *tracing.Tracer, n int) []*otlp.Span {
	t.Helper()
	var got []*otlp.Span
	within(t, 5*time.Second, fmt.Sprintf("%d spans come", n), func() bool {
		if err := tracer.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.spans) < n {
			return false
		}
		got, c.spans = c.spans, nil
		return true
	})
	if len(got) != n {
		t.Fatalf("%d spans came, want %d: %v", len(got), n, got)
	}
	return got
}

func newTracer(t *testing.T, o tracing.Options) *tracing.Tracer {
	t.Helper()
	tracer, err := tracing.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tracer.Close)
	return tracer
}

func shownAttributes(list []*common.KeyValue) (out string) {
	for _, a := range list {
		switch v := a.Value.Value.(type) {
		case *common.AnyValue_StringValue:
			out += " " + a.Key + "=" + v.StringValue
		case *common.AnyValue_IntValue:
			out += fmt.Sprintf(" %s=%d", a.Key, v.IntValue)
		default:
			out += " " + a.String()
		}
	}
	return out
}

func shown(s *otlp.Span) string {
	out := fmt.Sprintf("%s kind %d", s.Name, s.Kind) + shownAttributes(s.Attributes)
	if s.Status.GetCode() == otlp.Status_STATUS_CODE_ERROR {
		out += " error " + s.Status.Message
	}
	return out
}

// TestTrace checks the spans that a collector receives for a few requests.
func TestTrace(t *testing.T) {
	c := newTraceCollector(t)
	tracer := newTracer(t, tracing.Options{Endpoint: c.URL, Version: "1.2.3"})
	s := started(t, Options{Tracer: tracer})
	const trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	ask(s, "POST", "/graphql", `{"query":"query Map($v: ID!){country(id:$v){id}}","variables":{"w":"variable-secret"}}`, "Traceparent", "00-"+trace+"-"+parent+"-01")
	ask(s, "POST", "/graphql", `{"query":"query Map{graph{sequence}}"}`, "Traceparent", "00-"+trace+"-"+parent+"-01")
	ask(s, "POST", "/graphql", `{"query":"{__typename}"}`, "Traceparent", "00-"+trace+"-"+parent+"-00") // not sampled
	ask(s, "POST", "/graphql", `{"query":"{"}`)
	ask(s, "GET", "/healthz", "")
	tracer.Close() // sends what is left
	text := fmt.Sprint(c.batches)
	if strings.Contains(text, "secret") {
		t.Errorf("the spans have a value: %s", text)
	}
	if len(c.paths) != 1 || c.paths[0] != "/v1/traces" {
		t.Errorf("sent to %v", c.paths)
	}
	want := []string{
		"query kind 1 graphql.operation.type=query graphql.operation.name=Map graphql.document=query Map($v:ID!){country(id:$v){id}} caspian.cost=0 caspian.sequence=0 caspian.errors=1 error.type=BAD_USER_INPUT error BAD_USER_INPUT",
		"POST /graphql kind 2 http.request.method=POST http.route=/graphql url.path=/graphql network.protocol.version=1.1 http.response.status_code=200",
		"query kind 1 graphql.operation.type=query graphql.operation.name=Map graphql.document=query Map{graph{sequence}} caspian.cost=2 caspian.sequence=0 caspian.errors=0",
		"POST /graphql kind 2 http.request.method=POST http.route=/graphql url.path=/graphql network.protocol.version=1.1 http.response.status_code=200",
		"GraphQL Operation kind 1 graphql.document={ caspian.cost=0 caspian.sequence=0 caspian.errors=1 error.type=GRAPHQL_PARSE_FAILED error GRAPHQL_PARSE_FAILED",
		"POST /graphql kind 2 http.request.method=POST http.route=/graphql url.path=/graphql network.protocol.version=1.1 http.response.status_code=200",
	}
	spans := c.spans
	if len(spans) != len(want) {
		t.Fatalf("%d spans, want %d: %s", len(spans), len(want), text)
	}
	for i, s := range spans {
		if shown(s) != want[i] {
			t.Errorf("span %d is\n%s, want\n%s", i, shown(s), want[i])
		}
		if age := time.Since(time.Unix(0, int64(s.StartTimeUnixNano))); s.StartTimeUnixNano > s.EndTimeUnixNano || age < 0 || age > time.Minute {
			t.Errorf("span %d lasts from %d to %d", i, s.StartTimeUnixNano, s.EndTimeUnixNano)
		}
	}
	hex := func(id []byte) string { return fmt.Sprintf("%x", id) }
	if hex(spans[0].TraceId) != trace || hex(spans[1].TraceId) != trace || hex(spans[1].ParentSpanId) != parent ||
		hex(spans[0].ParentSpanId) != hex(spans[1].SpanId) || len(spans[5].ParentSpanId) > 0 || hex(spans[4].TraceId) == trace {
		t.Errorf("the spans hang together wrongly: %s", text)
	}
	if resource := shownAttributes(c.batches[0].Resource.Attributes); !strings.Contains(resource, " service.name=caspian service.version=1.2.3") {
		t.Errorf("the resource is %s", resource)
	}
	if m := ask(s, "GET", "/metrics", "").Body.String(); !strings.Contains(m, `caspian_trace_spans_total{result="sent"} 6`) {
		t.Error("the spans are not counted")
	}
}

// TestTraceStreams: the operations of streams and sockets are traced, a subscription by one
// span from its beginning to its end.
func TestTraceStreams(t *testing.T) {
	c := newTraceCollector(t)
	tracer := newTracer(t, tracing.Options{Endpoint: c.URL})
	s, ts := overHTTP(t, Options{Tracer: tracer})
	learn(t, s)
	learn(t, s)
	spans := func(want ...string) []*otlp.Span {
		t.Helper()
		list := c.take(t, tracer, len(want))
		for i, s := range list {
			if text := shown(s); !strings.HasPrefix(text, want[i]) && !strings.HasSuffix(text, want[i]) {
				t.Errorf("span %d is\n%s, want\n%s", i, text, want[i])
			}
		}
		return list
	}
	const followed = `subscription Feed { changes(sinceSequence: 0) { sequence } }`
	const operation = "subscription kind %d graphql.operation.type=subscription graphql.operation.name=Feed graphql.document=subscription Feed{changes(sinceSequence:0){sequence}} caspian.cost=2 caspian.sequence=2 caspian.events=2"
	const trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

	es := open(t, ts, followed, "Traceparent", "00-"+trace+"-"+parent+"-01")
	es.next()
	es.next()
	es.close()
	list := spans(fmt.Sprintf(operation, 1), "http.response.status_code=200")
	if string(list[0].ParentSpanId) != string(list[1].SpanId) || fmt.Sprintf("%x", list[1].TraceId) != trace ||
		!strings.HasPrefix(shown(list[1]), "POST /graphql/stream kind 2 http.request.method=POST http.route=/graphql/stream") {
		t.Errorf("the stream's spans: %v", list)
	}
	es = open(t, ts, `{graph{sequence}}`)
	es.next()
	spans("query kind 1 graphql.operation.type=query", "http.response.status_code=200")

	// A socket's operations begin separate traces, unless its client has one.
	d := begun(t, ts)
	spans("http.response.status_code=101")
	d.say(subscribing("1", followed))
	d.hear(nextOf("1", 1))
	d.hear(nextOf("1", 2))
	d.say(`{"type":"complete","id":"1"}`)
	first := spans(fmt.Sprintf(operation, 2))
	d.say(subscribing("2", `{nothing}`))
	second := spans("error GRAPHQL_VALIDATION_FAILED")
	if string(first[0].TraceId) == string(second[0].TraceId) || len(first[0].ParentSpanId) > 0 {
		t.Errorf("the operations of a socket share a trace")
	}
	d = begun(t, ts, "Traceparent", "00-"+trace+"-"+parent+"-01")
	list = spans("http.response.status_code=101")
	d.say(subscribing("1", `{graph{sequence}}`))
	first = spans("query kind 1 ")
	if fmt.Sprintf("%x", first[0].TraceId) != trace || string(first[0].ParentSpanId) != string(list[0].SpanId) {
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

// TestTraceNeverWaits checks that spans are dropped and counted while the collector is slow,
// and when it refuses them.
func TestTraceNeverWaits(t *testing.T) {
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "64")
	t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "16")
	held := make(chan struct{})
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-held
		w.WriteHeader(http.StatusNotFound)
	}))
	defer refusing.Close()
	tracer := newTracer(t, tracing.Options{Endpoint: refusing.URL + "/x"})
	s := started(t, Options{Tracer: tracer, ResponseCache: -1})
	for range 50 { // two spans each
		ask(s, "POST", "/graphql", `{"query":"{__typename}"}`)
	}
	if sent, dropped := tracer.Counts(); sent != 0 || dropped != 100-64 {
		t.Errorf("%d dropped, %d sent while the collector is slow", dropped, sent)
	}
	close(held)
	tracer.Close()
	if sent, dropped := tracer.Counts(); sent != 0 || dropped != 100 {
		t.Errorf("%d dropped, %d sent", dropped, sent)
	}
}
