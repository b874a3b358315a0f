package server

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/server/internal/admission"
)

// metricsHandler writes the metrics in the format that the client prefers.
func (s *Server) metricsHandler() http.HandlerFunc {
	s.metrics.Registry.MustRegister(stateCollector{s})
	h := promhttp.HandlerFor(s.metrics.Registry, promhttp.HandlerOpts{})
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if callerOf(w).lens != nil { // the metrics count everything
			writeError(w, http.StatusForbidden, jsonType, codes.Forbidden, "the metrics count everything in the graph, and something in it is hidden from you; send the token of an admin")
			return
		}
		h.ServeHTTP(w, r)
	}
}

// count counts an answer in the metrics of its request's kind.
func (s *Server) count(path string, t *responseRecorder, took time.Duration) {
	s.metrics.Response(t.status, t.bytes)
	if t.refusal != "" {
		s.metrics.Refused(t.refusal)
	}
	if isGraphQL(path) && !t.streamed {
		s.metrics.Served(took)
	}
}

// stateCollector collects metrics that are read when they are requested, instead of counted.
type stateCollector struct{ s *Server }

// stateMetric describes one metric of the stateCollector.
type stateMetric struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

func gaugeOf(name, help string, labels ...string) stateMetric {
	return stateMetric{prometheus.NewDesc(name, help, labels, nil), prometheus.GaugeValue}
}

func counterOf(name, help string, labels ...string) stateMetric {
	return stateMetric{prometheus.NewDesc(name, help, labels, nil), prometheus.CounterValue}
}

func (m stateMetric) send(ch chan<- prometheus.Metric, value float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(m.desc, m.kind, value, labels...)
}

var (
	readyGauge      = gaugeOf("caspian_ready", "1 while a snapshot is published and the service is not stopping.")
	writableGauge   = gaugeOf("caspian_writable", "1 while the service accepts writes; 0 where it is read-only or its disk accepts none.")
	sequenceGauge   = gaugeOf("caspian_snapshot_sequence", "Sequence number of the published snapshot.")
	entitiesGauge   = gaugeOf("caspian_snapshot_entities", "Entities in the published snapshot.")
	claimsGauge     = gaugeOf("caspian_snapshot_claims", "Claims in the published snapshot, withdrawn ones included.")
	recordedGauge   = gaugeOf("caspian_snapshot_recorded_seconds", "When the last commit was recorded, in Unix time.")
	aheadGauge      = gaugeOf("caspian_record_time_ahead_seconds", "How far the last commit's record time is ahead of the clock; 0 where it is not.")
	driftGauge      = gaugeOf("caspian_clock_drift_seconds", "How far the clock was ahead of the time that record times go by, at the last commit; 0 while they follow it.")
	ageGauge        = gaugeOf("caspian_snapshot_age_seconds", "Time since the last commit was recorded; 0 where there is none.")
	workingGauge    = gaugeOf("caspian_requests_working", "Requests and operations that hold a slot, bounded by --max-requests and --max-writes.", "lane")
	waitingGauge    = gaugeOf("caspian_requests_waiting", "Requests and operations that wait for a slot, bounded by --max-queue.", "lane")
	shedCounter     = counterOf("caspian_requests_shed_total", "Requests and operations refused because they waited too long for a slot, or too many did.", "lane")
	pausedGauge     = gaugeOf("caspian_requests_paused", "Requests that wait for a sequence number and hold no slot, bounded by --max-paused.")
	connectionGauge = gaugeOf("caspian_connections", "Open connections, bounded by --max-connections and 16 spare ones for health and metrics.")
	closedCounter   = counterOf("caspian_connections_closed_total", "Idle connections closed to make room for new ones.")
	bodyGauge       = gaugeOf("caspian_graphql_body_bytes", "Bytes of the long bodies in progress, bounded by --max-body-total.")
	indexesGauge    = gaugeOf("caspian_indexes", "Indexes of values that the published snapshot has.")
	indexBytes      = gaugeOf("caspian_index_bytes", "Memory of those indexes, bounded by --index-memory.")
	besideBytes     = gaugeOf("caspian_list_bytes", "Memory of the numbers, orders and sums kept beside long lists, and of the cards of entities, bounded by --index-memory.")
	indexBuilds     = counterOf("caspian_index_builds_total", "Indexes of values that were built; refused ones found no room.", "result")
	indexDrops      = counterOf("caspian_index_drops_total", "Indexes of values that were dropped to make room.")
	planLookups     = counterOf("caspian_plan_cache_lookups_total", "Look-ups of documents in the plan cache.", "result")
	planDocuments   = gaugeOf("caspian_plan_cache_documents", "Documents whose plans are kept.")
	planBytes       = gaugeOf("caspian_plan_cache_bytes", "Memory of the plan cache, estimated.")
	cacheLookups    = counterOf("caspian_response_cache_requests_total", "Queries by how they got their answers: hit, shared with one in the making, or miss.", "result")
	cacheAnswers    = gaugeOf("caspian_response_cache_answers", "Answers that are kept.")
	cacheBytes      = gaugeOf("caspian_response_cache_bytes", "Memory of those answers, bounded by --response-cache.")
	liveQueries     = gaugeOf("caspian_live_queries", "Different live queries that are watched.")
	liveBytes       = gaugeOf("caspian_live_query_bytes", "Memory of their last answers, bounded by --max-live-total.")
	traceSpans      = counterOf("caspian_trace_spans_total", "Spans sent to the collector, and dropped because it was slow or away.", "result")
	documentLookups = counterOf("caspian_persisted_lookups_total", "Requests that named their document instead of sending it.", "result")
	documentsGauge  = gaugeOf("caspian_persisted_documents", "Documents that clients registered by hash and that are kept.")
	documentBytes   = gaugeOf("caspian_persisted_bytes", "Memory of those documents.")
)

// Describe implements prometheus.Collector.
func (stateCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range []stateMetric{
		readyGauge, writableGauge, sequenceGauge, entitiesGauge, claimsGauge, recordedGauge, aheadGauge, driftGauge, ageGauge,
		workingGauge, waitingGauge, shedCounter, pausedGauge, connectionGauge, closedCounter, bodyGauge,
		indexesGauge, indexBytes, besideBytes, indexBuilds, indexDrops, planLookups, planDocuments, planBytes, cacheLookups, cacheAnswers, cacheBytes, liveQueries, liveBytes, traceSpans, documentLookups, documentsGauge, documentBytes,
	} {
		ch <- m.desc
	}
}

// Collect implements prometheus.Collector.
func (c stateCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.s
	b := s.backend.Load()
	readyGauge.send(ch, number(b != nil && !s.draining.Load()))
	if b != nil {
		c.snapshot(ch, b)
		if b.Plans != nil {
			hits, misses, documents, bytes := b.Plans()
			planLookups.send(ch, float64(hits), "hit")
			planLookups.send(ch, float64(misses), "miss")
			planDocuments.send(ch, float64(documents))
			planBytes.send(ch, float64(bytes))
		}
	}
	a := s.admission
	for _, l := range []*admission.Lane{&a.Reads, &a.Writes} {
		working, waiting := l.Load()
		workingGauge.send(ch, float64(working), l.Name)
		waitingGauge.send(ch, float64(waiting), l.Name)
		shedCounter.send(ch, float64(l.Sheds()), l.Name)
	}
	pausedGauge.send(ch, float64(a.Paused()))
	bodyGauge.send(ch, float64(a.Bodies()))
	connectionGauge.send(ch, float64(s.connections.Count()))
	closedCounter.send(ch, float64(s.connections.Closed()))
	if s.answers != nil {
		kept := s.answers.Stats()
		cacheLookups.send(ch, float64(kept.Hits), "hit")
		cacheLookups.send(ch, float64(kept.Shared), "shared")
		cacheLookups.send(ch, float64(kept.Misses), "miss")
		cacheAnswers.send(ch, float64(kept.Answers))
		cacheBytes.send(ch, float64(kept.Bytes))
	}
	queries, held := s.watches.Queries()
	liveQueries.send(ch, float64(queries))
	liveBytes.send(ch, float64(held))
	if t := s.opts.Tracer; t != nil {
		sent, dropped := t.Counts()
		traceSpans.send(ch, float64(sent), "sent")
		traceSpans.send(ch, float64(dropped), "dropped")
	}
	documents, bytes, hits, misses := s.persisted.Stats()
	documentLookups.send(ch, float64(hits), "hit")
	documentLookups.send(ch, float64(misses), "miss")
	documentsGauge.send(ch, float64(documents))
	documentBytes.send(ch, float64(bytes))
}

func (c stateCollector) snapshot(ch chan<- prometheus.Metric, b *Backend) {
	writableGauge.send(ch, number(c.s.noWrites(b) == ""))
	sn := b.Graph.Snapshot()
	sequenceGauge.send(ch, float64(sn.Seq()))
	entitiesGauge.send(ch, float64(sn.EntityCount()))
	claimsGauge.send(ch, float64(sn.Recorded()))
	driftGauge.send(ch, b.Graph.Drift().Seconds())
	x := sn.Indexes()
	indexesGauge.send(ch, float64(x.Indexes))
	indexBytes.send(ch, float64(x.Bytes))
	besideBytes.send(ch, float64(x.Beside))
	indexBuilds.send(ch, float64(x.Built), "built")
	indexBuilds.send(ch, float64(x.Refused), "refused")
	indexDrops.send(ch, float64(x.Dropped))
	recorded, age, ahead := 0.0, 0.0, 0.0
	if sn.Seq() > 0 {
		recorded = float64(sn.RecordedAt(sn.Seq()).UnixMicro()) / 1e6
		age = float64(c.s.opts.Now().UnixMicro())/1e6 - recorded
		age, ahead = max(0, age), max(0, -age)
	}
	recordedGauge.send(ch, recorded)
	ageGauge.send(ch, age)
	aheadGauge.send(ch, ahead)
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
