// Package tracing sends spans of GraphQL requests and their operations to an OpenTelemetry
// collector. It uses OpenTelemetry's SDK with the exporter for OTLP over HTTP, configured by the
// standard OTEL_* variables.
//
// Read Options and Tracer first, then span.go for what a span contains. The package must not know
// how requests are answered.
package tracing

import (
	"cmp"
	"context"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/caspian-kg/caspian/graph"
)

// Options configures a Tracer. An option that is set overrides its environment variable.
type Options struct {
	// Endpoint is the URL of the collector; if it has no path, /v1/traces is added. If Endpoint is
	// empty, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and OTEL_EXPORTER_OTLP_ENDPOINT decide.
	Endpoint string
	// Ratio is the share of requests that are traced, from 0 to 1. It does not apply to requests
	// with a traceparent header, which says itself whether to trace. If Ratio is nil,
	// OTEL_TRACES_SAMPLER decides.
	Ratio *float64
	// Version is the program's version.
	Version string
	// Logger gets a warning when spans cannot be sent; nil discards it.
	Logger *slog.Logger
}

// Check returns an error for a wrong option or variable.
func (o Options) Check() error {
	if o.Ratio != nil && !(*o.Ratio >= 0 && *o.Ratio <= 1) {
		return graph.Errorf(graph.BadInput, "the part of the requests that are traced is from 0 to 1, not %g", *o.Ratio)
	}
	if _, err := o.endpoint(); err != nil {
		return err
	}
	if p := variable("PROTOCOL"); o.On() && p != "" && p != "http/protobuf" {
		return graph.Errorf(graph.BadInput, "OTEL_EXPORTER_OTLP_PROTOCOL is %q; spans are sent as http/protobuf only", p)
	}
	return nil
}

// On reports whether spans are sent. That needs an endpoint in the options or the variables.
// OTEL_SDK_DISABLED=true and OTEL_TRACES_EXPORTER=none turn it off.
func (o Options) On() bool {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || os.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return false
	}
	return o.Endpoint != "" || variable("ENDPOINT") != "" || os.Getenv("OTEL_TRACES_EXPORTER") == "otlp"
}

// variable returns OTLP's variable for traces, or else the one for all signals.
func variable(name string) string {
	return cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_TRACES_"+name), os.Getenv("OTEL_EXPORTER_OTLP_"+name))
}

// endpoint returns Endpoint with its path, or "" if Endpoint is empty.
func (o Options) endpoint() (string, error) {
	given, from := o.Endpoint, ""
	if given == "" && o.On() {
		given, from = variable("ENDPOINT"), "OTEL_EXPORTER_OTLP_ENDPOINT: "
	}
	if given == "" {
		return "", nil
	}
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", graph.Errorf(graph.BadInput, "%s%q is not an address of a collector; write it as http://127.0.0.1:4318", from, given)
	}
	if o.Endpoint == "" {
		return "", nil // the exporter reads the variables itself
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	return u.String(), nil
}

// Tracer starts and ends spans. Spans wait in a queue until they are sent in batches. Spans that do
// not fit into the queue or cannot be delivered are dropped and counted, so that no request waits.
// A Tracer is safe for concurrent use. All methods of a nil Tracer do nothing.
type Tracer struct {
	provider   *sdk.TracerProvider
	tracer     trace.Tracer
	propagator propagation.TraceContext
	counts     *counted
}

// New starts a tracer, which Close ends. It returns nil if the options are not On. It also makes
// the logger OpenTelemetry's error handler, which is one for the whole process.
func New(o Options) (*Tracer, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if !o.On() {
		return nil, nil
	}
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("opentelemetry", "error", err.Error()) }))
	endpoint, err := o.endpoint()
	if err != nil {
		return nil, err
	}
	var to []otlptracehttp.Option
	if endpoint != "" {
		to = append(to, otlptracehttp.WithEndpointURL(endpoint))
	}
	exporter, err := otlptracehttp.New(context.Background(), to...)
	if err != nil {
		return nil, err
	}
	// Attributes from the environment come last, because the last value of an attribute wins.
	about, err := resource.New(context.Background(),
		resource.WithAttributes(attribute.String("service.name", "caspian"), attribute.String("service.version", o.Version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, graph.Errorf(graph.BadInput, "OTEL_RESOURCE_ATTRIBUTES cannot be read: %v", err)
	}
	counts := &counted{exporter: exporter, room: queueLength(), log: log}
	counts.SpanProcessor = sdk.NewBatchSpanProcessor(countedExporter{counts})
	options := []sdk.TracerProviderOption{sdk.WithResource(about), sdk.WithSpanProcessor(counts)}
	if o.Ratio != nil {
		options = append(options, sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(*o.Ratio))))
	}
	p := sdk.NewTracerProvider(options...)
	return &Tracer{provider: p, counts: counts,
		tracer: p.Tracer("github.com/caspian-kg/caspian/server", trace.WithInstrumentationVersion(o.Version))}, nil
}

// flushTime bounds the time for sending the last spans when the service stops.
const flushTime = 3 * time.Second

// Close sends the queued spans and ends the tracer.
func (t *Tracer) Close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.counts.log.Warn("spans_not_sent", "error", err.Error())
	}
}

// Flush sends the queued spans now.
func (t *Tracer) Flush(ctx context.Context) error { return t.provider.ForceFlush(ctx) }

// Counts returns how many spans were sent to the collector, and how many were dropped.
func (t *Tracer) Counts() (sent, dropped int64) { return t.counts.sent.Load(), t.counts.dropped.Load() }

// queueLength returns the length of the SDK's queue.
func queueLength() int64 {
	if n, err := strconv.Atoi(os.Getenv("OTEL_BSP_MAX_QUEUE_SIZE")); err == nil && n > 0 {
		return int64(n)
	}
	return sdk.DefaultMaxQueueSize
}

// counted is a span processor that counts what its exporter gets. The SDK does not report how many
// spans its queue drops, so counted itself drops those that would not fit.
type counted struct {
	sdk.SpanProcessor
	exporter               sdk.SpanExporter
	room                   int64
	waiting, sent, dropped atomic.Int64
	failing                atomic.Bool // the last batch could not be sent
	log                    *slog.Logger
}

// OnEnd implements sdk.SpanProcessor.
func (c *counted) OnEnd(s sdk.ReadOnlySpan) {
	if !s.SpanContext().IsSampled() {
		return
	}
	if c.waiting.Add(1) > c.room {
		c.waiting.Add(-1)
		c.dropped.Add(1)
		return
	}
	c.SpanProcessor.OnEnd(s)
}

// countedExporter is the exporter of the processor inside counted.
type countedExporter struct{ c *counted }

// ExportSpans implements sdk.SpanExporter. It logs the first of consecutive failures. It never
// returns an error, because the SDK would log it again.
func (e countedExporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	c, n := e.c, int64(len(spans))
	err := c.exporter.ExportSpans(ctx, spans)
	c.waiting.Add(-n)
	if err != nil {
		c.dropped.Add(n)
		if !c.failing.Swap(true) {
			c.log.Warn("spans_not_sent", "error", err.Error())
		}
		return nil
	}
	c.sent.Add(n)
	c.failing.Store(false)
	return nil
}

// Shutdown implements sdk.SpanExporter.
func (e countedExporter) Shutdown(ctx context.Context) error { return e.c.exporter.Shutdown(ctx) }
