package server

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// Tracer sends a span for each GraphQL request, and one for each operation in it, to an
// OpenTelemetry collector: OTLP over HTTP in its JSON form, with the names of
// OpenTelemetry's conventions. It speaks the protocol itself, since the SDK with that
// exporter brings some twenty modules, gRPC among them, and 12 MB.
//
// Spans wait in a queue for Run; what does not fit, or cannot be delivered, is dropped and
// counted: requests never wait for it. It is safe for concurrent use.
type Tracer struct {
	url, version string
	ratio        float64
	client       *http.Client
	random       func() uint64
	log          *slog.Logger
	queue        chan *span

	sent, dropped atomic.Int64
}

// TracerOptions are how a Tracer works.
type TracerOptions struct {
	// URL is the collector's; without a path it gets /v1/traces.
	URL string
	// Version is the program's.
	Version string
	// Ratio is the part of the requests that are traced, from 0 to 1. A request that
	// says in its traceparent whether it is traced is taken at its word.
	Ratio float64
	// Random gives numbers for ids and for the ratio; nil is the system's.
	Random func() uint64
	// Logger is told when the collector cannot be reached; nil discards that.
	Logger *slog.Logger
}

const (
	traceQueue   = 4096
	traceBatch   = 512
	traceEvery   = 2 * time.Second
	traceTimeout = 10 * time.Second
	// traceFlush is how long the last spans may take when the service stops.
	traceFlush = 3 * time.Second
)

// NewTracer checks the options; Run must be called for anything to be sent.
func NewTracer(o TracerOptions) (*Tracer, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, graph.Errorf(graph.BadInput, "%q is no address of a collector; write it as http://127.0.0.1:4318", o.URL)
	}
	if !(o.Ratio >= 0 && o.Ratio <= 1) {
		return nil, graph.Errorf(graph.BadInput, "the part of the requests that are traced is from 0 to 1, not %g", o.Ratio)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	t := &Tracer{url: u.String(), version: o.Version, ratio: o.Ratio, client: &http.Client{Timeout: traceTimeout}, random: o.Random, log: o.Logger, queue: make(chan *span, traceQueue)}
	if t.random == nil {
		t.random = rand.Uint64
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	return t, nil
}

// span is one span. Its fields are written by the request's goroutine until it ends.
type span struct {
	trace      [16]byte
	id, parent [8]byte // a parent of zeros is none
	name       string
	kind       int
	start, end time.Time
	attributes []attribute
	failure    string // why the status is an error
}

// The kinds of OTLP.
const (
	kindInternal = 1
	kindServer   = 2
)

type attribute struct {
	key   string
	value any // string or int
}

// spanKey finds a *span in a context: the one that those begun there belong to.
type spanKey struct{}

// apart, as a spanKey's value, stands for no span: each operation begins a trace of its own.
var apart = &span{}

// begin starts the span of a request and returns the request that carries it; a nil span,
// on which all methods do nothing, where the request is not traced.
func (t *Tracer) begin(r *http.Request, start time.Time) (*span, *http.Request) {
	if t == nil {
		return nil, r
	}
	s := &span{kind: kindServer, name: r.Method + " " + r.URL.Path, start: start}
	sampled := false
	var known bool
	if s.trace, s.parent, sampled, known = parseTraceparent(r.Header.Get("Traceparent")); !known {
		sampled = t.sample(s)
	}
	if !sampled {
		return nil, r
	}
	s.id = t.id()
	s.attributes = append(s.attributes, attribute{"http.request.method", r.Method}, attribute{"http.route", r.URL.Path},
		attribute{"url.path", r.URL.Path}, attribute{"network.protocol.version", strings.TrimPrefix(r.Proto, "HTTP/")})
	return s, r.WithContext(context.WithValue(r.Context(), spanKey{}, s))
}

// sample begins a trace with the span and tells whether it is traced.
func (t *Tracer) sample(s *span) bool {
	binary.BigEndian.PutUint64(s.trace[:8], t.random()|1) // not all zeros
	binary.BigEndian.PutUint64(s.trace[8:], t.random())
	return float64(t.random()>>11)/(1<<53) < t.ratio
}

func (t *Tracer) id() (id [8]byte) {
	binary.BigEndian.PutUint64(id[:], t.random()|1)
	return id
}

// handshake ends the span of a request that became a socket, and returns the context for
// its operations. A socket may live for days, so that its operations are part of one trace
// only where the client said which.
func (t *Tracer) handshake(r *http.Request, s *span, end time.Time) context.Context {
	t.finish(s, http.StatusSwitchingProtocols, end)
	if _, _, _, known := parseTraceparent(r.Header.Get("Traceparent")); known {
		return r.Context()
	}
	return context.WithValue(r.Context(), spanKey{}, apart)
}

// finish ends the span of a request, once.
func (t *Tracer) finish(s *span, status int, end time.Time) {
	if s == nil || !s.end.IsZero() {
		return
	}
	s.attributes = append(s.attributes, attribute{"http.response.status_code", status})
	if status >= 500 {
		s.failure = http.StatusText(status)
		s.attributes = append(s.attributes, attribute{"error.type", strconv.Itoa(status)})
	}
	s.end = end
	t.put(s)
}

// start begins the span of an operation, under the request that the context carries.
func (t *Tracer) start(ctx context.Context, start time.Time) *span {
	parent, ok := ctx.Value(spanKey{}).(*span)
	if t == nil || !ok {
		return nil
	}
	s := &span{kind: kindInternal, trace: parent.trace, parent: parent.id, start: start}
	if parent == apart {
		if s.kind = kindServer; !t.sample(s) {
			return nil
		}
	}
	s.id = t.id()
	return s
}

// maxTraced bounds the documents in spans, in bytes.
const maxTraced = 2 << 10

// describe notes what the operation is.
func (s *span) describe(document string, res *gql.Response, seq graph.Seq) {
	if s == nil {
		return
	}
	s.name = res.Operation
	if s.name == "" {
		s.name = "GraphQL Operation" // the convention's name where the type is not known
	} else {
		s.attributes = append(s.attributes, attribute{"graphql.operation.type", res.Operation})
	}
	if res.OperationName != "" {
		s.attributes = append(s.attributes, attribute{"graphql.operation.name", short(res.OperationName)})
	}
	s.attributes = append(s.attributes, attribute{"graphql.document", gql.Redact(document, maxTraced)},
		attribute{"caspian.cost", res.Cost}, attribute{"caspian.sequence", int(seq)})
}

// end ends a span of an operation; a code tells why it failed.
func (t *Tracer) end(s *span, at time.Time, code string, more ...attribute) {
	if s == nil {
		return
	}
	s.attributes = append(s.attributes, more...)
	if code != "" {
		s.failure = code
		s.attributes = append(s.attributes, attribute{"error.type", code})
	}
	s.end = at
	t.put(s)
}

// operation notes an executed operation.
func (t *Tracer) operation(ctx context.Context, document string, res *gql.Response, seq graph.Seq, start time.Time, took time.Duration) {
	s := t.start(ctx, start)
	s.describe(document, res, seq)
	t.end(s, start.Add(took), res.Code, attribute{"caspian.errors", res.Errors})
}

func (t *Tracer) put(s *span) {
	select {
	case t.queue <- s:
	default:
		t.dropped.Add(1)
	}
}

// parseTraceparent reads the header of W3C Trace Context.
func parseTraceparent(header string) (trace [16]byte, parent [8]byte, sampled, ok bool) {
	parts := strings.Split(strings.TrimSpace(header), "-")
	if len(parts) < 4 || len(parts) > 4 && parts[0] == "00" || strings.Trim(strings.Join(parts[:4], ""), "0123456789abcdef") != "" {
		return trace, parent, false, false
	}
	if len(parts[0]) != 2 || parts[0] == "ff" || len(parts[1]) != 32 || len(parts[2]) != 16 || len(parts[3]) != 2 {
		return trace, parent, false, false
	}
	var flags [1]byte
	// They are hexadecimal digits of the right number.
	_, _ = hex.Decode(trace[:], []byte(parts[1]))
	_, _ = hex.Decode(parent[:], []byte(parts[2]))
	_, _ = hex.Decode(flags[:], []byte(parts[3]))
	if trace == [16]byte{} || parent == [8]byte{} {
		return trace, parent, false, false
	}
	return trace, parent, flags[0]&1 == 1, true
}

// Run sends spans until the context ends, and then those that are left.
func (t *Tracer) Run(ctx context.Context) {
	tick := time.NewTicker(traceEvery)
	defer tick.Stop()
	reachable := true
	var batch []*span
	send := func(ctx context.Context) {
		if len(batch) == 0 {
			return
		}
		err := t.send(ctx, batch)
		switch {
		case err == nil:
			t.sent.Add(int64(len(batch)))
		default:
			t.dropped.Add(int64(len(batch)))
			if reachable { // once, and not every time until it can be
				t.log.Warn("spans_not_sent", "url", t.url, "error", err.Error())
			}
		}
		reachable = err == nil
		clear(batch)
		batch = batch[:0]
	}
	for {
		select {
		case s := <-t.queue:
			if batch = append(batch, s); len(batch) == traceBatch {
				send(ctx)
			}
		case <-tick.C:
			send(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), traceFlush)
			defer cancel()
			for {
				select {
				case s := <-t.queue:
					if batch = append(batch, s); len(batch) == traceBatch {
						send(last)
					}
					continue
				default:
				}
				send(last)
				return
			}
		}
	}
}

func (t *Tracer) send(ctx context.Context, batch []*span) error {
	body, err := json.Marshal(t.export(batch))
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", jsonType)
	r.Header.Set("User-Agent", "caspian/"+t.version)
	res, err := t.client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)); err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("the collector answered %s", res.Status)
	}
	return nil
}

// The JSON of OTLP: 64-bit numbers are strings, ids are hexadecimal.
type (
	otlpValue struct {
		String string `json:"stringValue,omitempty"`
		Int    string `json:"intValue,omitempty"`
	}
	otlpAttribute struct {
		Key   string    `json:"key"`
		Value otlpValue `json:"value"`
	}
	otlpStatus struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	otlpSpan struct {
		TraceID    string          `json:"traceId"`
		SpanID     string          `json:"spanId"`
		Parent     string          `json:"parentSpanId,omitempty"`
		Name       string          `json:"name"`
		Kind       int             `json:"kind"`
		Start      string          `json:"startTimeUnixNano"`
		End        string          `json:"endTimeUnixNano"`
		Attributes []otlpAttribute `json:"attributes"`
		Status     *otlpStatus     `json:"status,omitempty"`
	}
	otlpScope struct {
		Scope map[string]string `json:"scope"`
		Spans []otlpSpan        `json:"spans"`
	}
	otlpResource struct {
		Resource map[string][]otlpAttribute `json:"resource"`
		Scopes   []otlpScope                `json:"scopeSpans"`
	}
	otlpExport struct {
		Resources []otlpResource `json:"resourceSpans"`
	}
)

func otlpAttributes(list []attribute) []otlpAttribute {
	out := make([]otlpAttribute, len(list))
	for i, a := range list {
		out[i].Key = a.key
		switch v := a.value.(type) {
		case int:
			out[i].Value.Int = strconv.Itoa(v)
		case string:
			out[i].Value.String = v
		}
	}
	return out
}

func (t *Tracer) export(batch []*span) otlpExport {
	scope := otlpScope{Scope: map[string]string{"name": "github.com/caspian-kg/caspian/server", "version": t.version}}
	nano := func(at time.Time) string { return strconv.FormatInt(at.UnixNano(), 10) }
	for _, s := range batch {
		o := otlpSpan{TraceID: hex.EncodeToString(s.trace[:]), SpanID: hex.EncodeToString(s.id[:]), Name: s.name, Kind: s.kind,
			Start: nano(s.start), End: nano(s.end), Attributes: otlpAttributes(s.attributes)}
		if s.parent != [8]byte{} {
			o.Parent = hex.EncodeToString(s.parent[:])
		}
		if s.failure != "" {
			o.Status = &otlpStatus{Code: 2, Message: s.failure}
		}
		scope.Spans = append(scope.Spans, o)
	}
	resource := otlpAttributes([]attribute{{"service.name", "caspian"}, {"service.version", t.version}})
	return otlpExport{[]otlpResource{{map[string][]otlpAttribute{"attributes": resource}, []otlpScope{scope}}}}
}
