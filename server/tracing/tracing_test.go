package tracing

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func ratio(r float64) *float64 { return &r }

// TestOptions checks what the options and the standard variables decide: whether spans are
// sent, and what is a fault.
func TestOptions(t *testing.T) {
	for _, c := range []struct {
		name  string
		o     Options
		env   map[string]string
		on    bool
		fault string
	}{
		{name: "nothing"},
		{name: "endpoint", o: Options{Endpoint: "http://127.0.0.1:1"}, on: true},
		{name: "no scheme", o: Options{Endpoint: "127.0.0.1:4318"}, fault: "is not an address of a collector"},
		{name: "other scheme", o: Options{Endpoint: "ftp://x"}, fault: "is not an address of a collector"},
		{name: "ratio above 1", o: Options{Ratio: ratio(2)}, fault: "from 0 to 1, not 2"},
		{name: "ratio below 0", o: Options{Ratio: ratio(-1)}, fault: "from 0 to 1, not -1"},
		{name: "of the environment", env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, on: true},
		{name: "of the environment, for traces", env: map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/x"}, on: true},
		{name: "bad in the environment", env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "127.0.0.1"}, fault: "OTEL_EXPORTER_OTLP_ENDPOINT: "},
		{name: "exporter named", env: map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, on: true},
		{name: "no exporter", o: Options{Endpoint: "http://127.0.0.1:1"}, env: map[string]string{"OTEL_TRACES_EXPORTER": "none"}},
		{name: "disabled", o: Options{Endpoint: "http://127.0.0.1:1"}, env: map[string]string{"OTEL_SDK_DISABLED": "true"}},
		{name: "grpc", o: Options{Endpoint: "http://127.0.0.1:1"}, env: map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, fault: "http/protobuf only"},
		{name: "bad attributes", o: Options{Endpoint: "http://127.0.0.1:1"}, env: map[string]string{"OTEL_RESOURCE_ATTRIBUTES": "%%"}, fault: "OTEL_RESOURCE_ATTRIBUTES"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			tracer, err := New(c.o)
			t.Cleanup(tracer.Close)
			switch {
			case c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)):
				t.Errorf("%v, want a fault with %q", err, c.fault)
			case c.fault == "" && (err != nil || (tracer != nil) != c.on):
				t.Errorf("tracing is %t: %v", tracer != nil, err)
			}
		})
	}
}

// TestSampling: the ratio overrides OTEL_TRACES_SAMPLER, a traceparent overrides both, and
// one that cannot be read is ignored.
func TestSampling(t *testing.T) {
	const good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for _, c := range []struct {
		name, sampler, traceparent string
		ratio                      *float64
		from, to                   int // of 400 requests
	}{
		{name: "all by default", from: 400, to: 400},
		{name: "a quarter", ratio: ratio(0.25), from: 60, to: 140},
		{name: "none by the environment", sampler: "always_off"},
		{name: "none by the environment, but a parent", sampler: "parentbased_always_off", traceparent: good, from: 400, to: 400},
		{name: "the ratio wins", sampler: "always_off", ratio: ratio(1), from: 400, to: 400},
		{name: "a parent wins", ratio: ratio(0), traceparent: good, from: 400, to: 400},
		{name: "a later version", ratio: ratio(0), traceparent: "01" + good[2:] + "-more", from: 400, to: 400},
		{name: "a parent that is not traced", traceparent: good[:53] + "00"},
		{name: "capitals", ratio: ratio(0), traceparent: strings.ToUpper(good)},
		{name: "too long", ratio: ratio(0), traceparent: good + "-more"},
		{name: "too short", ratio: ratio(0), traceparent: good[:50]},
		{name: "no version", ratio: ratio(0), traceparent: "ff" + good[2:]},
		{name: "no trace", ratio: ratio(0), traceparent: "00-" + strings.Repeat("0", 32) + good[35:]},
		{name: "no parent", ratio: ratio(0), traceparent: good[:36] + strings.Repeat("0", 16) + good[52:]},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("OTEL_TRACES_SAMPLER", c.sampler)
			tracer, err := New(Options{Endpoint: "http://127.0.0.1:1", Ratio: c.ratio})
			if err != nil {
				t.Fatal(err)
			}
			taken := 0
			for range 400 {
				r := httptest.NewRequest("GET", "/graphql", nil)
				r.Header.Set("Traceparent", c.traceparent)
				if s, _ := tracer.Begin(r, time.Now()); s.span.IsRecording() {
					taken++
				}
			}
			if taken < c.from || taken > c.to {
				t.Errorf("%d of 400 are traced", taken)
			}
		})
	}
}
