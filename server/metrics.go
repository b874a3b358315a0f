package server

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
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

// kinds are those of operations; a document that cannot be read has none.
var kinds = [...]string{"query", "mutation", "subscription", "none"}

// histogram counts durations.
type histogram struct {
	counts [len(bounds) + 1]atomic.Int64 // not cumulated
	total  atomic.Int64                  // nanoseconds
}

func (g *histogram) observe(took time.Duration) {
	i := 0
	for i < len(bounds) && took.Seconds() > bounds[i] {
		i++
	}
	g.counts[i].Add(1)
	g.total.Add(int64(took))
}

// write writes the histogram; label ends with a comma where there is one.
func (g *histogram) write(w io.Writer, name, label string) {
	sum := int64(0)
	for i := range g.counts {
		sum += g.counts[i].Load()
		bound := "+Inf"
		if i < len(bounds) {
			bound = fmt.Sprint(bounds[i])
		}
		fmt.Fprintf(w, "%s_bucket{%sle=%q} %d\n", name, label, bound, sum)
	}
	if label = strings.TrimSuffix(label, ","); label != "" {
		label = "{" + label + "}"
	}
	fmt.Fprintf(w, "%s_sum%s %g\n%s_count%s %d\n", name, label, time.Duration(g.total.Load()).Seconds(), name, label, sum)
}

// metrics counts since the start. All of it may be read at any time.
type metrics struct {
	inFlight    atomic.Int64
	notModified atomic.Int64
	status      [6]atomic.Int64 // by the first digit of the status code
	sent        atomic.Int64    // bytes of bodies
	requests    [len(kinds)][len(outcomes)]atomic.Int64
	execution   [len(kinds)]histogram
	duration    histogram // of all at /graphql
	rootFields  classes
	slow        atomic.Int64
	refusals    refusals
	subscribers [len(transports)]atomic.Int64
	events      atomic.Int64
	dropped     [len(drops)]atomic.Int64
}

func (m *metrics) request(path string, t *tally, took time.Duration) {
	if i := t.status / 100; i > 0 && i < len(m.status) {
		m.status[i].Add(1)
	}
	m.sent.Add(t.bytes)
	if t.refusal != "" {
		m.refused(t.refusal)
	}
	if path == "/graphql" && !t.streamed {
		m.duration.observe(took)
	}
}

// executed counts what the engine made of a request.
func (m *metrics) executed(res *gql.Response, took time.Duration) {
	kind := slices.Index(kinds[:], res.Operation)
	if kind < 0 {
		kind = len(kinds) - 1
	}
	outcome := 0
	switch {
	case res.RequestError:
		outcome = 2
	case res.Code != "":
		outcome = 3
	case res.Errors > 0:
		outcome = 1
	}
	m.requests[kind][outcome].Add(1)
	m.execution[kind].observe(took)
	m.worked(res)
	if res.Code != "" {
		m.refused(res.Code)
	}
}

// worked counts the root fields of an answer by their class of work.
func (m *metrics) worked(res *gql.Response) {
	if res.Timing == nil {
		return
	}
	for i := range res.Timing.Fields {
		m.rootFields.of(res.Timing.Fields[i].Class).observe(res.Timing.Fields[i].Duration)
	}
}

// classes are durations by class of work. The classes are the schema's and few.
type classes struct {
	mu      sync.RWMutex // guards byClass
	byClass map[string]*histogram
}

// plainFields is what fields without a class are called.
const plainFields = "fields"

func (c *classes) of(class string) *histogram {
	if class == "" {
		class = plainFields
	}
	c.mu.RLock()
	g := c.byClass[class]
	c.mu.RUnlock()
	if g != nil {
		return g
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if g = c.byClass[class]; g == nil {
		if c.byClass == nil {
			c.byClass = map[string]*histogram{}
		}
		g = &histogram{}
		c.byClass[class] = g
	}
	return g
}

func (c *classes) all() map[string]*histogram {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return maps.Clone(c.byClass)
}

func (m *metrics) refused(code string) { m.refusals.add(code) }

// refusals counts by code. The codes are ours and few.
type refusals struct {
	mu    sync.Mutex // guards count
	count map[string]int64
}

func (r *refusals) add(code string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count == nil {
		r.count = map[string]int64{}
	}
	r.count[code]++
}

func (r *refusals) all() map[string]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.count)
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
		writable := 0
		if s.noWrites(b) == "" {
			writable = 1
		}
		head("caspian_writable", "gauge", "1 while the service takes writes; 0 where it is read-only or its disk takes none.")
		fmt.Fprintf(w, "caspian_writable %d\n", writable)
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
		head("caspian_record_time_ahead_seconds", "gauge", "How far the last commit's record time is ahead of the clock; 0 where it is not.")
		fmt.Fprintf(w, "caspian_record_time_ahead_seconds %g\n", max(0, at-float64(s.opts.Now().UnixMicro())/1e6))
		head("caspian_clock_drift_seconds", "gauge", "How far the clock was ahead of the time that record times go by, at the last commit; 0 while they follow it.")
		fmt.Fprintf(w, "caspian_clock_drift_seconds %g\n", b.Graph.Drift().Seconds())
		head("caspian_snapshot_age_seconds", "gauge", "How long ago the last commit was recorded; 0 where nothing was.")
		age := 0.0
		if at > 0 {
			age = max(0, float64(s.opts.Now().UnixMicro())/1e6-at)
		}
		fmt.Fprintf(w, "caspian_snapshot_age_seconds %g\n", age)
	}
	head("caspian_http_requests_in_flight", "gauge", "Requests under way.")
	fmt.Fprintf(w, "caspian_http_requests_in_flight %d\n", m.inFlight.Load())
	s.admissionMetrics(w, head)
	head("caspian_http_responses_total", "counter", "Answers by class of status.")
	for i := 1; i < len(m.status); i++ {
		fmt.Fprintf(w, "caspian_http_responses_total{class=\"%dxx\"} %d\n", i, m.status[i].Load())
	}
	head("caspian_http_response_bytes_total", "counter", "Bytes of the bodies of answers, as sent.")
	fmt.Fprintf(w, "caspian_http_response_bytes_total %d\n", m.sent.Load())
	s.writeRequests(w, head)
	s.writeCaches(w, head, b)
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

// writeRequests writes what became of GraphQL requests.
func (s *Server) writeRequests(w io.Writer, head func(name, typ, help string)) {
	m := &s.metrics
	head("caspian_graphql_not_modified_total", "counter", "GET requests answered by the client's own copy.")
	fmt.Fprintf(w, "caspian_graphql_not_modified_total %d\n", m.notModified.Load())
	head("caspian_graphql_requests_total", "counter", "GraphQL requests by operation and outcome: refused before they ran, aborted by a limit while they ran.")
	for i, kind := range kinds {
		for j, outcome := range outcomes {
			fmt.Fprintf(w, "caspian_graphql_requests_total{operation=%q,outcome=%q} %d\n", kind, outcome, m.requests[i][j].Load())
		}
	}
	head("caspian_graphql_refused_total", "counter", "Requests refused or aborted, by extensions.code.")
	count := m.refusals.all()
	for _, code := range slices.Sorted(maps.Keys(count)) {
		fmt.Fprintf(w, "caspian_graphql_refused_total{code=%q} %d\n", code, count[code])
	}
	head("caspian_graphql_slow_total", "counter", "Requests that ran longer than --slow.")
	fmt.Fprintf(w, "caspian_graphql_slow_total %d\n", m.slow.Load())
	head("caspian_graphql_duration_seconds", "histogram", "Time from the first byte of a request at /graphql to the last of its answer.")
	m.duration.write(w, "caspian_graphql_duration_seconds", "")
	head("caspian_graphql_execution_seconds", "histogram", "Time from the parsed request to the answer in memory, by operation.")
	for i, kind := range kinds {
		m.execution[i].write(w, "caspian_graphql_execution_seconds", fmt.Sprintf("operation=%q,", kind))
	}
	head("caspian_graphql_root_field_seconds", "histogram", "Time for a root field and all below it, by the heaviest class of work in it.")
	byClass := m.rootFields.all()
	for _, class := range slices.Sorted(maps.Keys(byClass)) {
		byClass[class].write(w, "caspian_graphql_root_field_seconds", fmt.Sprintf("class=%q,", class))
	}
}

// writeCaches writes how the plan cache and the persisted documents do.
func (s *Server) writeCaches(w io.Writer, head func(name, typ, help string), b *Backend) {
	if b != nil && b.Plans != nil {
		hits, misses, documents, bytes := b.Plans()
		head("caspian_plan_cache_lookups_total", "counter", "Look-ups of documents in the plan cache.")
		fmt.Fprintf(w, "caspian_plan_cache_lookups_total{result=\"hit\"} %d\n", hits)
		fmt.Fprintf(w, "caspian_plan_cache_lookups_total{result=\"miss\"} %d\n", misses)
		head("caspian_plan_cache_documents", "gauge", "Documents whose plans are kept.")
		fmt.Fprintf(w, "caspian_plan_cache_documents %d\n", documents)
		head("caspian_plan_cache_bytes", "gauge", "Memory of the plan cache, estimated.")
		fmt.Fprintf(w, "caspian_plan_cache_bytes %d\n", bytes)
	}
	if t := s.opts.Tracer; t != nil {
		head("caspian_trace_spans_total", "counter", "Spans sent to the collector, and dropped because it was slow or away.")
		fmt.Fprintf(w, "caspian_trace_spans_total{result=\"sent\"} %d\n", t.sent.Load())
		fmt.Fprintf(w, "caspian_trace_spans_total{result=\"dropped\"} %d\n", t.dropped.Load())
	}
	documents, bytes, hits, misses := s.persisted.stats()
	head("caspian_persisted_lookups_total", "counter", "Requests that named their document instead of sending it.")
	fmt.Fprintf(w, "caspian_persisted_lookups_total{result=\"hit\"} %d\n", hits)
	fmt.Fprintf(w, "caspian_persisted_lookups_total{result=\"miss\"} %d\n", misses)
	head("caspian_persisted_documents", "gauge", "Documents that clients registered by hash and that are kept.")
	fmt.Fprintf(w, "caspian_persisted_documents %d\n", documents)
	head("caspian_persisted_bytes", "gauge", "Memory of those documents.")
	fmt.Fprintf(w, "caspian_persisted_bytes %d\n", bytes)
}
