package server

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/tracing"
)

func servingPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "serving.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMetricsAreDocumented compares docs/serving.md with the metrics of the server.
func TestMetricsAreDocumented(t *testing.T) {
	tracer, err := tracing.New(tracing.Options{Endpoint: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	s := limited(t, Options{Tracer: tracer}, gql.Limits{})
	ask(s, "POST", "/graphql", `{"query":"{graph{sequence}}"}`)
	ask(s, "POST", "/graphql", `{"query":"{nothing}"}`)
	metrics := ask(s, "GET", "/metrics", "").Body.String()
	var there []string
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (caspian_\w+) `).FindAllStringSubmatch(metrics, -1) {
		there = append(there, m[1])
	}
	var told []string
	for _, m := range regexp.MustCompile("`(caspian_[a-z_]+)`").FindAllStringSubmatch(servingPage(t), -1) {
		told = append(told, m[1])
	}
	for _, runtime := range []string{"go_goroutines", "go_memstats_heap_alloc_bytes"} {
		if !strings.Contains(metrics, "\n"+runtime+" ") {
			t.Errorf("there is no %s", runtime)
		}
	}
	slices.Sort(there)
	slices.Sort(told)
	if !slices.Equal(there, told) {
		t.Errorf("there are\n%s\nand docs/serving.md names\n%s", strings.Join(there, " "), strings.Join(told, " "))
	}
}

// TestCodesAreDocumented: the page names every limit, and no code that does not exist.
func TestCodesAreDocumented(t *testing.T) {
	page := servingPage(t)
	for _, e := range codes.List {
		if strings.HasPrefix(e.Code, "LIMIT_") && e.Code != codes.LimitWork && !strings.Contains(page, "`"+e.Code+"`") {
			t.Errorf("docs/serving.md does not name %s", e.Code)
		}
	}
	for _, m := range regexp.MustCompile("`([A-Z][A-Z_]{6,})`").FindAllStringSubmatch(page, -1) {
		if _, ok := codes.Find(m[1]); !ok && !strings.HasPrefix(m[1], "CASPIAN_") && !strings.HasPrefix(m[1], "OTEL_") && m[1] != "PGPASSWORD" { // environment variables
			t.Errorf("docs/serving.md names %s, which nothing gives", m[1])
		}
	}
}
