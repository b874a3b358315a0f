package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/documents"
)

// TestRequestLog: at debug level, each request is logged, without its document
// and its variables.
func TestRequestLog(t *testing.T) {
	var out bytes.Buffer
	s := started(t, Options{Slow: -1, Logger: slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	const query = `query Secretive($id: ID!) { country(id: $id) { id } entity(id: "literal-secret") { id } }`
	ask(s, "POST", "/graphql", fmt.Sprintf(`{"query":%q,"variables":{"id":"variable-secret"}}`, query))
	var note map[string]any
	if err := json.Unmarshal(out.Bytes(), &note); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	for key, want := range map[string]any{
		"level": "DEBUG", "msg": "graphql_request", "operation": "query", "name": "Secretive", "document": documents.HashOf(query), "errors": 0.0, "code": "", "cached_plan": false, "sequence": 0.0,
	} {
		if note[key] != want {
			t.Errorf("%s is %v, want %v", key, note[key], want)
		}
	}
	for _, key := range []string{"cost", "duration", "bytes"} {
		if n, ok := note[key].(float64); !ok || n <= 0 {
			t.Errorf("%s is %v", key, note[key])
		}
	}
	if strings.Contains(out.String(), "secret") {
		t.Errorf("the log shows what was requested: %s", &out)
	}
	out.Reset()
	ask(s, "POST", "/graphql", fmt.Sprintf(`{"query":"query %s{nothing}"}`, strings.Repeat("x", 5000)))
	if !strings.Contains(out.String(), codes.GraphQLValidationFailed) || out.Len() > 1000 {
		t.Errorf("%s", &out)
	}
}

// TestSlowLog: requests that run long are logged as warnings, and others are not.
func TestSlowLog(t *testing.T) { synctest.Test(t, testSlowLog) }

func testSlowLog(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelWarn}))
	pause := time.Duration(0)
	s := faked(t, Options{Slow: 30 * time.Millisecond, Logger: log}, func(context.Context) *gql.Response {
		time.Sleep(pause) // on the clock of the bubble
		return &gql.Response{HasData: true, Operation: "query", OperationName: "Map", Cost: 7, Body: []byte(`{"data":{}}`)}
	})
	ask(s, "POST", "/graphql", `{"query":"{a}"}`)
	if out.Len() > 0 {
		t.Errorf("a fast request is noted: %s", &out)
	}
	pause = 40 * time.Millisecond
	ask(s, "POST", "/graphql", `{"query":"query Map{a}","variables":{"v":"variable-secret"}}`)
	for _, want := range []string{"level=WARN msg=slow_graphql_request", "name=Map", "document=" + documents.HashOf("query Map{a}"), "cost=7"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, &out)
		}
	}
	if strings.Contains(out.String(), "secret") {
		t.Errorf("%s", &out)
	}
	if m := ask(s, "GET", "/metrics", "").Body.String(); !strings.Contains(m, "caspian_graphql_slow_total 1\n") {
		t.Error("it is not counted")
	}
}

// TestMetricsCount sends known requests and checks what is counted.
func TestMetricsCount(t *testing.T) {
	s := started(t, Options{Batch: 2, Now: func() time.Time { return time.Now().Add(time.Hour) }})
	for range 2 {
		ask(s, "POST", "/graphql", `{"query":"{graph{sequence}}"}`)
	}
	ask(s, "POST", "/graphql", fmt.Sprintf(declare, "notes"))
	ask(s, "POST", "/graphql", `{"query":"{country{id}}"}`)
	ask(s, "POST", "/graphql", `{"query":"`)
	ask(s, "GET", "/graphql", "", "Accept", "text/html")
	ask(s, "POST", "/graphql", `{"query":"{x}","extensions":`+apollo("{x}")+`}`)
	ask(s, "POST", "/graphql", `{"extensions":`+apollo("{x}")+`}`)
	ask(s, "POST", "/graphql", `{"extensions":`+apollo("{y}")+`}`)
	ask(s, "POST", "/graphql", `[{"query":"{__typename}"},7]`)
	got := ask(s, "GET", "/metrics", "").Body.String()
	for _, want := range []string{
		`caspian_graphql_requests_total{operation="query",outcome="ok"} 3`,
		`caspian_graphql_requests_total{operation="mutation",outcome="ok"} 1`,
		`caspian_graphql_refused_total{code="BAD_REQUEST"} 2`,
		`caspian_graphql_refused_total{code="NOT_ACCEPTABLE"} 1`,
		`caspian_graphql_refused_total{code="PERSISTED_QUERY_NOT_FOUND"} 1`,
		`caspian_graphql_refused_total{code="GRAPHQL_VALIDATION_FAILED"} 2`,
		`caspian_persisted_lookups_total{result="hit"} 1`,
		`caspian_persisted_lookups_total{result="miss"} 1`,
		`caspian_persisted_documents 1`,
		fmt.Sprintf("caspian_persisted_bytes %d", len("{x}")+300),
		`caspian_plan_cache_lookups_total{result="hit"} 1`,
		`caspian_snapshot_sequence 1`, `caspian_snapshot_age_seconds 3600`, `caspian_indexes 0`, `caspian_index_builds_total{result="built"} 0`,
		`caspian_graphql_execution_seconds_count{operation="mutation"} 1`,
		`caspian_graphql_duration_seconds_count 10`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}
