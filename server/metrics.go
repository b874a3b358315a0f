package server

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/caspian-kg/caspian/gql"
)

// bounds are the upper ends of the duration histogram, in seconds.
var bounds = [...]float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}

// outcomes are what can become of a GraphQL request.
var outcomes = [...]string{"ok", "partial", "refused", "aborted"}

// The transports of subscriptions.
const (
	overSSE = iota
	overWebSocket
)

// Why subscriptions are dropped.
const (
	droppedBehind = iota
	droppedSlow
)

var (
	transports = [...]string{overSSE: "sse", overWebSocket: "websocket"}
	drops      = [...]string{droppedBehind: "behind", droppedSlow: "slow"}
)

// metrics counts since the start. All of it may be read at any time.
type metrics struct {
	inFlight    atomic.Int64
	notModified atomic.Int64
	status      [6]atomic.Int64 // by the first digit of the status code
	outcome     [len(outcomes)]atomic.Int64
	mutations   atomic.Int64
	seconds     [len(bounds) + 1]atomic.Int64 // of /graphql, not cumulated
	total       atomic.Int64                  // nanoseconds of /graphql
	subscribers [len(transports)]atomic.Int64
	events      atomic.Int64
	dropped     [len(drops)]atomic.Int64
}

func (m *metrics) request(path string, t *tally, took time.Duration) {
	if i := t.status / 100; i > 0 && i < len(m.status) {
		m.status[i].Add(1)
	}
	if path != "/graphql" || t.streamed {
		return
	}
	i := 0
	for i < len(bounds) && took.Seconds() > bounds[i] {
		i++
	}
	m.seconds[i].Add(1)
	m.total.Add(int64(took))
}

func (m *metrics) executed(res *gql.Response) {
	outcome := 0
	switch {
	case res.RequestError:
		outcome = 2
	case res.Code != "":
		outcome = 3
	case res.Errors > 0:
		outcome = 1
	}
	m.outcome[outcome].Add(1)
	if res.Operation == "mutation" {
		m.mutations.Add(1)
	}
}

// serveMetrics writes the metrics as Prometheus reads them.
func (s *Server) serveMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	s.writeMetrics(w)
}

func (s *Server) writeMetrics(w io.Writer) {
	m := &s.metrics
	head := func(name, typ, help string) { fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, typ) }

	head("caspian_build_info", "gauge", "The program's version; always 1.")
	fmt.Fprintf(w, "caspian_build_info{version=%q,go=%q} 1\n", s.opts.Version, runtime.Version())
	ready := 0
	b := s.backend.Load()
	if b != nil && !s.draining.Load() {
		ready = 1
	}
	head("caspian_ready", "gauge", "1 while a snapshot is published and the service is not stopping.")
	fmt.Fprintf(w, "caspian_ready %d\n", ready)
	if b != nil {
		sn := b.Graph.Snapshot()
		head("caspian_snapshot_sequence", "gauge", "Sequence number of the published snapshot.")
		fmt.Fprintf(w, "caspian_snapshot_sequence %d\n", sn.Seq())
		head("caspian_snapshot_entities", "gauge", "Entities in the published snapshot.")
		fmt.Fprintf(w, "caspian_snapshot_entities %d\n", sn.EntityCount())
		head("caspian_snapshot_claims", "gauge", "Claims in the published snapshot, withdrawn ones included.")
		fmt.Fprintf(w, "caspian_snapshot_claims %d\n", sn.ClaimCount())
		head("caspian_snapshot_recorded_seconds", "gauge", "When the last commit was recorded, in Unix time.")
		at := 0.0
		if sn.Seq() > 0 {
			at = float64(sn.RecordedAt(sn.Seq()).UnixMicro()) / 1e6
		}
		fmt.Fprintf(w, "caspian_snapshot_recorded_seconds %g\n", at)
	}
	head("caspian_http_requests_in_flight", "gauge", "Requests under way.")
	fmt.Fprintf(w, "caspian_http_requests_in_flight %d\n", m.inFlight.Load())
	head("caspian_http_responses_total", "counter", "Answers by class of status.")
	for i := 1; i < len(m.status); i++ {
		fmt.Fprintf(w, "caspian_http_responses_total{class=\"%dxx\"} %d\n", i, m.status[i].Load())
	}
	head("caspian_graphql_not_modified_total", "counter", "GET requests answered by the client's own copy.")
	fmt.Fprintf(w, "caspian_graphql_not_modified_total %d\n", m.notModified.Load())
	head("caspian_graphql_requests_total", "counter", "GraphQL requests by outcome: refused before they ran, aborted by a limit while they ran.")
	for i, name := range outcomes {
		fmt.Fprintf(w, "caspian_graphql_requests_total{outcome=%q} %d\n", name, m.outcome[i].Load())
	}
	head("caspian_graphql_mutations_total", "counter", "GraphQL mutations, refused ones included.")
	fmt.Fprintf(w, "caspian_graphql_mutations_total %d\n", m.mutations.Load())
	head("caspian_graphql_duration_seconds", "histogram", "Time from the first byte of a request at /graphql to the last of its answer.")
	sum := int64(0)
	for i := range m.seconds {
		sum += m.seconds[i].Load()
		if i < len(bounds) {
			fmt.Fprintf(w, "caspian_graphql_duration_seconds_bucket{le=\"%g\"} %d\n", bounds[i], sum)
		}
	}
	fmt.Fprintf(w, "caspian_graphql_duration_seconds_bucket{le=\"+Inf\"} %d\n", sum)
	fmt.Fprintf(w, "caspian_graphql_duration_seconds_sum %g\n", time.Duration(m.total.Load()).Seconds())
	fmt.Fprintf(w, "caspian_graphql_duration_seconds_count %d\n", sum)
	s.writeLive(w, head)

	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	head("go_memstats_heap_alloc_bytes", "gauge", "Heap bytes in use.")
	fmt.Fprintf(w, "go_memstats_heap_alloc_bytes %d\n", mem.HeapAlloc)
	head("go_goroutines", "gauge", "Goroutines.")
	fmt.Fprintf(w, "go_goroutines %d\n", runtime.NumGoroutine())
}

// writeLive writes what is known of subscriptions.
func (s *Server) writeLive(w io.Writer, head func(name, typ, help string)) {
	m := &s.metrics
	head("caspian_subscribers", "gauge", "Open subscriptions by transport.")
	for i, name := range transports {
		fmt.Fprintf(w, "caspian_subscribers{transport=%q} %d\n", name, m.subscribers[i].Load())
	}
	head("caspian_subscription_events_total", "counter", "Events sent to subscribers.")
	fmt.Fprintf(w, "caspian_subscription_events_total %d\n", m.events.Load())
	head("caspian_subscribers_dropped_total", "counter", "Subscriptions ended because their clients read too slowly: too many entries behind, or not at all for too long.")
	for i, name := range drops {
		fmt.Fprintf(w, "caspian_subscribers_dropped_total{reason=%q} %d\n", name, m.dropped[i].Load())
	}
}
