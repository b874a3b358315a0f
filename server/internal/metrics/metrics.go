// Package metrics has the instruments that count what the server does, in a separate registry, so
// that metrics of other packages in Prometheus's default registry, such as Cayley's, are not
// exported.
//
// Read Metrics first. Values that exist at any time, such as the size of the snapshot, are
// not counted here: the server registers a collector for them with Registry. The package
// must not know HTTP requests.
package metrics

import (
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/caspian-kg/caspian/gql"
)

// buckets are the upper bounds of all duration histograms, in seconds.
var buckets = []float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}

// The transports of subscriptions, as indexes of Metrics.Subscribers.
const (
	SSE = iota
	WebSocket
)

// The reasons why subscriptions are dropped, as indexes of Metrics.Dropped.
const (
	// Lagged means that the subscription lagged by too many entries.
	Lagged = iota
	// Slow means that the client did not read in time.
	Slow
)

var (
	transports = [...]string{SSE: "sse", WebSocket: "websocket"}
	drops      = [...]string{Lagged: "behind", Slow: "slow"}
	// kinds are the kinds of operations; "none" is for a document that cannot be parsed.
	kinds = [...]string{"query", "mutation", "subscription", "none"}
)

// The outcomes of GraphQL requests.
const (
	ok = iota
	partial
	refused
	aborted
)

var outcomes = [...]string{ok: "ok", partial: "partial", refused: "refused", aborted: "aborted"}

// Metrics are the instruments of one server. Their counts begin at zero when the server starts. The
// children of vectors that every request needs are resolved once, so that counting allocates
// nothing. All methods and fields are safe for concurrent use.
type Metrics struct {
	// Registry has all instruments, including those of Go's runtime and of the process.
	Registry *prometheus.Registry

	// InFlight is the number of HTTP requests in progress.
	InFlight prometheus.Gauge
	// NotModified counts the GET requests answered with 304.
	NotModified prometheus.Counter
	// Slow counts the GraphQL requests that are logged as slow.
	Slow prometheus.Counter
	// Events counts the events sent to subscribers.
	Events prometheus.Counter
	// Subscribers are the numbers of open subscriptions, by transport.
	Subscribers [len(transports)]prometheus.Gauge
	// Dropped counts the subscriptions that were ended, by reason.
	Dropped [len(drops)]prometheus.Counter

	status    [5]prometheus.Counter // by the first digit of the status code, less 1
	sent      prometheus.Counter
	requests  [len(kinds)][len(outcomes)]prometheus.Counter
	execution [len(kinds)]prometheus.Observer
	duration  prometheus.Histogram
	fields    children[prometheus.Observer]
	refusals  children[prometheus.Counter]
	waits     *prometheus.HistogramVec
}

// New returns the instruments of a server. version is the program's version.
func New(version string) *Metrics {
	m := &Metrics{Registry: prometheus.NewRegistry()}
	m.Registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.gauges("caspian_build_info", "The program's version; always 1.", "version", "go").WithLabelValues(version, runtime.Version()).Set(1)

	m.InFlight = m.gauges("caspian_http_requests_in_flight", "HTTP requests in progress.").WithLabelValues()
	responses := m.counters("caspian_http_responses_total", "Answers by class of status.", "class")
	for i := range m.status {
		m.status[i] = responses.WithLabelValues(strconv.Itoa(i+1) + "xx")
	}
	m.sent = m.counters("caspian_http_response_bytes_total", "Bytes of the bodies of answers, as sent.").WithLabelValues()
	m.waits = m.histograms("caspian_requests_wait_seconds", "Time that requests waited for a slot, of those that found none free and then got one.", "lane")

	m.NotModified = m.counters("caspian_graphql_not_modified_total", "GET requests answered with 304.").WithLabelValues()
	requests := m.counters("caspian_graphql_requests_total", "GraphQL requests by operation and outcome: refused before they ran, aborted by a limit while they ran.", "operation", "outcome")
	execution := m.histograms("caspian_graphql_execution_seconds", "Time from the parsed request to the answer in memory, by operation.", "operation")
	for i, kind := range kinds {
		for j, outcome := range outcomes {
			m.requests[i][j] = requests.WithLabelValues(kind, outcome)
		}
		m.execution[i] = execution.WithLabelValues(kind)
	}
	codes := m.counters("caspian_graphql_refused_total", "Requests refused or aborted, by extensions.code.", "code")
	m.refusals.resolve = func(code string) prometheus.Counter { return codes.WithLabelValues(code) }
	m.Slow = m.counters("caspian_graphql_slow_total", "Requests that ran longer than --slow.").WithLabelValues()
	m.duration = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "caspian_graphql_duration_seconds",
		Help: "Time from the first byte of a request at /graphql to the last of its answer.", Buckets: buckets})
	m.Registry.MustRegister(m.duration)
	workloads := m.histograms("caspian_graphql_root_field_seconds", "Time for a root field and all below it, by the heaviest workload in it.", "class")
	m.fields.resolve = func(workload string) prometheus.Observer { return workloads.WithLabelValues(workload) }

	subscribers := m.gauges("caspian_subscribers", "Open subscriptions by transport.", "transport")
	for i, name := range transports {
		m.Subscribers[i] = subscribers.WithLabelValues(name)
	}
	m.Events = m.counters("caspian_subscription_events_total", "Events sent to subscribers.").WithLabelValues()
	dropped := m.counters("caspian_subscribers_dropped_total", "Subscriptions ended because their clients read too slowly: they lagged by too many entries, or read nothing for too long.", "reason")
	for i, name := range drops {
		m.Dropped[i] = dropped.WithLabelValues(name)
	}
	return m
}

func (m *Metrics) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	m.Registry.MustRegister(v)
	return v
}

func (m *Metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.Registry.MustRegister(v)
	return v
}

func (m *Metrics) histograms(name, help string, labels ...string) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	m.Registry.MustRegister(v)
	return v
}

// children caches the children of a vector with one label that has few values. Finding a child here
// costs less than in the vector.
type children[T any] struct {
	resolve func(value string) T
	mu      sync.RWMutex // guards known
	known   map[string]T
}

func (c *children[T]) of(value string) T {
	c.mu.RLock()
	child, ok := c.known[value]
	c.mu.RUnlock()
	if ok {
		return child
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[string]T{}
	}
	c.known[value] = c.resolve(value)
	return c.known[value]
}

// Response counts an HTTP answer by its status, and the bytes of its body.
func (m *Metrics) Response(status int, bytes int64) {
	if i := status/100 - 1; i >= 0 && i < len(m.status) {
		m.status[i].Inc()
	}
	m.sent.Add(float64(bytes))
}

// Served counts how long a whole request at /graphql took.
func (m *Metrics) Served(took time.Duration) { m.duration.Observe(took.Seconds()) }

// Executed counts the engine's response to one request, and the time that it took.
func (m *Metrics) Executed(res *gql.Response, took time.Duration) {
	kind := slices.Index(kinds[:], res.Operation)
	if kind < 0 {
		kind = len(kinds) - 1
	}
	outcome := ok
	switch {
	case res.RequestError:
		outcome = refused
	case res.Code != "":
		outcome = aborted
	case res.Errors > 0:
		outcome = partial
	}
	m.requests[kind][outcome].Inc()
	m.execution[kind].Observe(took.Seconds())
	m.Fields(res)
	if res.Code != "" {
		m.Refused(res.Code)
	}
}

// Kept counts a query that was answered from the response cache, or with the answer of another request.
func (m *Metrics) Kept() { m.requests[0][ok].Inc() }

// plainFields is the workload of fields for which the schema names none.
const plainFields = "fields"

// Fields counts the root fields of an answer by workload. The schema has few workloads.
func (m *Metrics) Fields(res *gql.Response) {
	if res.Timing == nil {
		return
	}
	for i := range res.Timing.Fields {
		f := &res.Timing.Fields[i]
		workload := f.Workload
		if workload == "" {
			workload = plainFields
		}
		m.fields.of(workload).Observe(f.Duration.Seconds())
	}
}

// Refused counts a request that was refused or aborted with a code of package codes.
func (m *Metrics) Refused(code string) { m.refusals.of(code).Inc() }

// Refusals returns the counter of a code, for tests.
func (m *Metrics) Refusals(code string) prometheus.Counter { return m.refusals.of(code) }

// Wait returns the observer of waits for a slot in a lane, in seconds.
func (m *Metrics) Wait(lane string) prometheus.Observer { return m.waits.WithLabelValues(lane) }
