package graphtest

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// BenchClaims returns the most claims of graphs in benchmarks. CASPIAN_BENCH_CLAIMS overrides it.
func BenchClaims(b *testing.B) int {
	b.Helper()
	text := os.Getenv("CASPIAN_BENCH_CLAIMS")
	if text == "" {
		return 250_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal("CASPIAN_BENCH_CLAIMS: ", err)
	}
	return n
}

// Timed repeats a question and reports the median and the longest time of an answer. It reports no mean, which
// says little on a shared machine.
func Timed(b *testing.B, ask func() error) {
	b.Helper()
	b.ReportAllocs()
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := ask(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e6, "ms-median")
	b.ReportMetric(float64(took[len(took)-1].Nanoseconds())/1e6, "ms-slowest")
}
