package tracing

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// Span is the span of a request or of an operation. All methods of a nil Span do nothing. The names
// of the attributes follow OpenTelemetry's conventions.
type Span struct{ span trace.Span }

// maxDocument and maxName bound the documents and operation names in spans, in bytes.
const (
	maxDocument = 2 << 10
	maxName     = 100
)

// remote returns the context with the span that the request's traceparent names, if
// any.
func (t *Tracer) remote(ctx context.Context, r *http.Request) context.Context {
	if r.Header.Get("Traceparent") == "" {
		return ctx
	}
	return t.propagator.Extract(ctx, propagation.HeaderCarrier(r.Header))
}

// Begin starts the span of a request. It returns the span, and the request with the span in its
// context.
func (t *Tracer) Begin(r *http.Request, start time.Time) (*Span, *http.Request) {
	if t == nil {
		return nil, r
	}
	ctx, span := t.tracer.Start(t.remote(r.Context(), r), r.Method+" "+r.URL.Path, trace.WithTimestamp(start), trace.WithSpanKind(trace.SpanKindServer))
	if span.IsRecording() {
		span.SetAttributes(attribute.String("http.request.method", r.Method), attribute.String("http.route", r.URL.Path),
			attribute.String("url.path", r.URL.Path), attribute.String("network.protocol.version", strings.TrimPrefix(r.Proto, "HTTP/")))
	}
	return &Span{span}, r.WithContext(ctx)
}

// Handshake ends the span of a request that became a socket, and returns the context for the
// socket's operations. A socket may live for days, so its operations share a trace only if the
// client named one; otherwise each operation begins its own trace.
func (t *Tracer) Handshake(r *http.Request, s *Span, end time.Time) context.Context {
	if t == nil {
		return r.Context()
	}
	s.Answered(http.StatusSwitchingProtocols, end)
	if trace.SpanContextFromContext(t.remote(context.Background(), r)).IsValid() {
		return r.Context()
	}
	return trace.ContextWithSpanContext(r.Context(), trace.SpanContext{})
}

// Answered ends the span of a request. It must be called once.
func (s *Span) Answered(status int, end time.Time) {
	if s == nil {
		return
	}
	if s.span.IsRecording() {
		s.span.SetAttributes(attribute.Int("http.response.status_code", status))
		if status >= 500 {
			s.fail(strconv.Itoa(status), http.StatusText(status))
		}
	}
	s.span.End(trace.WithTimestamp(end))
}

func (s *Span) fail(kind, why string) {
	s.span.SetAttributes(attribute.String("error.type", kind))
	s.span.SetStatus(otelcodes.Error, why)
}

// Operation starts the span of an operation. The context has the span of its request. The new span
// has the document without values, and the snapshot's sequence number.
func (t *Tracer) Operation(ctx context.Context, document string, res *gql.Response, seq graph.Seq, start time.Time) *Span {
	if t == nil {
		return nil
	}
	name, kind := res.Operation, trace.SpanKindInternal
	if name == "" {
		name = "GraphQL Operation" // the conventional name if the type is unknown
	}
	if !trace.SpanContextFromContext(ctx).IsValid() {
		kind = trace.SpanKindServer
	}
	_, span := t.tracer.Start(ctx, name, trace.WithTimestamp(start), trace.WithSpanKind(kind))
	if !span.IsRecording() {
		return nil
	}
	if res.Operation != "" {
		span.SetAttributes(attribute.String("graphql.operation.type", res.Operation))
	}
	if n := res.OperationName; n != "" {
		span.SetAttributes(attribute.String("graphql.operation.name", n[:min(len(n), maxName)]))
	}
	span.SetAttributes(attribute.String("graphql.document", gql.Redact(document, maxDocument)),
		attribute.Int("caspian.cost", res.Cost), attribute.Int64("caspian.sequence", int64(seq)))
	return &Span{span}
}

// Executed ends the span of an operation with one answer.
func (s *Span) Executed(res *gql.Response, end time.Time) {
	s.done("caspian.errors", res.Errors, res.Code, end)
}

// Followed ends the span of a subscription, with the number of its events. code is empty, or the
// reason why it failed.
func (s *Span) Followed(events int, code string, end time.Time) {
	s.done("caspian.events", events, code, end)
}

func (s *Span) done(count string, n int, code string, end time.Time) {
	if s == nil {
		return
	}
	s.span.SetAttributes(attribute.Int(count, n))
	if code != "" {
		s.fail(code, code)
	}
	s.span.End(trace.WithTimestamp(end))
}
