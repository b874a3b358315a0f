package search_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/names"
	"github.com/caspian-kg/caspian/graph/search"
)

// searchSizes are how many names to measure with: 10,000 and 100,000, or as
// CASPIAN_BENCH_NAMES says.
func searchSizes(b *testing.B) []int {
	if v := os.Getenv("CASPIAN_BENCH_NAMES"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			b.Fatal(err)
		}
		return []int{n}
	}
	return []int{10_000, 100_000}
}

// BenchmarkSearch gives the time of the median search of each kind.
func BenchmarkSearch(b *testing.B) {
	for _, n := range searchSizes(b) {
		s, named := namedCities(b, n)
		v, err := s.View(graph.View{}, today)
		if err != nil {
			b.Fatal(err)
		}
		r := rand.New(rand.NewPCG(3, 4))
		latin := slices.DeleteFunc(slices.Clone(named), func(s string) bool { return s[0] >= 0x80 || len(s) < 10 })
		cyrillic := slices.DeleteFunc(slices.Clone(named), func(s string) bool { return s < "а" || s > "я" })
		arabic := slices.DeleteFunc(slices.Clone(named), func(s string) bool { return s < "ا" || s > "ي" })
		pick := func(list []string) string { return list[r.IntN(len(list))] }
		misspelt := func() string {
			q := []byte(pick(latin))
			i := 1 + r.IntN(len(q)-2)
			q[i], q[i+1] = q[i+1], q[i]
			j := r.IntN(len(q))
			return string(append(q[:j:j], q[j+1:]...))
		}
		for _, kind := range []struct {
			name  string
			query func() string
		}{
			{"letter", func() string { return "k" }},
			{"prefix3", func() string { return pick(latin)[:3] }},
			{"prefix6", func() string { return pick(latin)[:6] }},
			{"exact", func() string { return pick(latin) }},
			{"cyrillic", func() string { return pick(cyrillic) }},
			{"arabic", func() string { return pick(arabic) }},
			{"fuzzy", misspelt},
			{"nothing", func() string { return "qwrtzplkjh" }},
			{"twoWords", func() string { w := strings.Fields(pick(latin)); slices.Reverse(w); return strings.Join(w, " ") }},
		} {
			b.Run(fmt.Sprintf("%d/%s", n, kind.name), func(b *testing.B) {
				queries := make([]string, 64)
				for i := range queries {
					queries[i] = kind.query()
				}
				var times []time.Duration
				found := 0
				for i := 0; b.Loop(); i++ {
					start := time.Now()
					m, err := search.Entities(v, &names.Search{Text: queries[i%len(queries)], First: 8})
					times = append(times, time.Since(start))
					if err != nil {
						b.Fatal(err)
					}
					found += m.Total
				}
				slices.Sort(times)
				b.ReportMetric(float64(times[len(times)/2].Microseconds()), "median-µs")
				b.ReportMetric(float64(times[len(times)*95/100].Microseconds()), "p95-µs")
				b.ReportMetric(float64(found)/float64(len(times)), "found")
			})
		}
	}
}

// BenchmarkNamesMemory gives the memory of a name, all indexes included.
func BenchmarkNamesMemory(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s, named := namedCities(b, 100_000)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(named)), "B/name")
		runtime.KeepAlive(s)
	}
}
