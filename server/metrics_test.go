package server

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// value returns the value of a counter or gauge.
func value(c prometheus.Collector) int64 { return int64(testutil.ToFloat64(c)) }

// TestOwnRegistry: the registry has our metrics, Go's and the process's, and none that a
// library put into the default registry.
func TestOwnRegistry(t *testing.T) {
	foreign := prometheus.NewCounter(prometheus.CounterOpts{Name: "foreign_total", Help: "Of a library."})
	prometheus.MustRegister(foreign)
	defer prometheus.Unregister(foreign)
	s := started(t, Options{})
	ask(s, "POST", "/graphql", `{"query":"{graph{sequence}}"}`)
	families, err := s.metrics.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range families {
		prefix, _, _ := strings.Cut(f.GetName(), "_")
		seen[prefix] = true
		if prefix != "caspian" && prefix != "go" && prefix != "process" {
			t.Errorf("%s is exported", f.GetName())
		}
	}
	if len(seen) != 3 {
		t.Errorf("there are metrics of %v only", seen)
	}
}
