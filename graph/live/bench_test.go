package live_test

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapfile"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/schema"
)

// benchSizes returns the numbers of claims of the stores that are written to;
// CASPIAN_BENCH_CLAIMS sets one.
func benchSizes() []int {
	if n, err := strconv.Atoi(os.Getenv("CASPIAN_BENCH_CLAIMS")); err == nil {
		return []int{n}
	}
	return []int{10_000, 100_000}
}

// hubs is a graph of claims of one source with a hub at both ends: one meeting
// and one topic have a tenth of the claims each, at most 100,000.
type hubs struct {
	claims, meetings, topics, hub int
}

func newHubs(claims int) hubs {
	return hubs{claims: claims, meetings: claims/8 + 2, topics: claims/8 + 2, hub: min(claims/10, 100_000)}
}

func meeting(i int) graph.ID { return graph.ID(fmt.Sprint("meeting-", i)) }
func topic(i int) graph.ID   { return graph.ID(fmt.Sprint("topic-", i)) }

func assert(from, to graph.ID, locator string) graph.Op {
	return graph.Op{Kind: graph.Assert, Claim: graph.Claim{
		Subject: from, Predicate: "topics", Value: graph.EntityValue(to), Source: "src", Locator: locator, Confidence: 1,
	}}
}

func (h hubs) fill(b *testing.B, g *live.Graph) {
	ops := []graph.Op{{Kind: graph.Declare, Entity: graph.Entity{ID: "src", Type: "Source"}}}
	flush := func(least int) {
		if len(ops) < least {
			return
		}
		if _, err := g.Commit(b.Context(), &graph.Change{Ops: ops}); err != nil {
			b.Fatal(err)
		}
		ops = nil
	}
	for i := range h.meetings {
		ops = append(ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: meeting(i), Type: "Meeting"}})
		flush(10_000)
	}
	for i := range h.topics {
		ops = append(ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: topic(i), Type: "Topic"}})
		flush(10_000)
	}
	for i := range h.claims {
		from, to := meeting(i%h.meetings), topic(i*7919%h.topics)
		switch {
		case i < h.hub:
			from = meeting(0)
		case i < 2*h.hub:
			to = topic(0)
		}
		ops = append(ops, assert(from, to, fmt.Sprint("row ", i)))
		flush(10_000)
	}
	flush(1)
}

// writes gives the n-th claim that a benchmark adds.
func (h hubs) writes() map[string]func(n int) graph.Op {
	at := func(n, of int) int { return 1 + n*104_729%(of-1) }
	row := func(n int) string { return fmt.Sprint("written ", n) }
	return map[string]func(n int) graph.Op{
		"leaf":    func(n int) graph.Op { return assert(meeting(at(n, h.meetings)), topic(at(n, h.topics)), row(n)) },
		"subject": func(n int) graph.Op { return assert(meeting(0), topic(at(n, h.topics)), row(n)) },
		"object":  func(n int) graph.Op { return assert(meeting(at(n, h.meetings)), topic(0), row(n)) },
	}
}

// openBench opens the graph in the folder.
func openBench(b *testing.B, dir string) (*live.Graph, store.Log) {
	log, err := store.Open(dir, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	g, err := live.Open(b.Context(), log, schema.MustDefault(), live.Options{Cache: snapfile.File{Path: filepath.Join(dir, "snapshot")}})
	if err != nil {
		b.Fatal(err)
	}
	return g, log
}

// BenchmarkWrite makes durable changes of one claim each on stores that
// are filled already: of a leaf, and of the largest subject and the largest
// object, all of the largest source.
func BenchmarkWrite(b *testing.B) {
	for _, size := range benchSizes() {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			dir := b.TempDir()
			g, log := openBench(b, dir)
			h := newHubs(size)
			h.fill(b, g)
			var next atomic.Int64
			for _, kind := range []string{"leaf", "subject", "object"} {
				op := h.writes()[kind]
				for _, callers := range []int{1, 16} {
					b.Run(fmt.Sprintf("%s/c=%d", kind, callers), func(b *testing.B) {
						b.ReportAllocs()
						inParallel(b, callers, func() error {
							_, err := g.Commit(b.Context(), &graph.Change{Ops: []graph.Op{op(int(next.Add(1)))}})
							return err
						})
					})
				}
			}
			if err := errors.Join(g.Close(), log.Close()); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkReadBesideWrites reads an entity of a filled graph, alone and while
// changes are made as fast as they can be.
func BenchmarkReadBesideWrites(b *testing.B) {
	for _, size := range benchSizes() {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			g, log := openBench(b, b.TempDir())
			h := newHubs(size)
			h.fill(b, g)
			var next atomic.Int64
			for _, writers := range []int{0, 1, 16} {
				b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
					var stop atomic.Bool
					var wg sync.WaitGroup
					for range writers {
						wg.Go(func() {
							for !stop.Load() {
								op := h.writes()["subject"](int(next.Add(1)))
								if _, err := g.Commit(b.Context(), &graph.Change{Ops: []graph.Op{op}}); err != nil {
									b.Error(err)
									return
								}
							}
						})
					}
					inParallel(b, 1, func() error {
						n := int(next.Add(1))
						if v := g.Snapshot().State().Values(meeting(1+n%(h.meetings-1)), "topics"); len(v) > size {
							return fmt.Errorf("%d values", len(v))
						}
						return nil
					})
					stop.Store(true)
					wg.Wait()
				})
			}
			if err := errors.Join(g.Close(), log.Close()); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkAppendAndSync is what a write costs at least: the bytes of its
// quads appended to a file, and a sync, by one caller after the other.
func BenchmarkAppendAndSync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "file"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	record := make([]byte, 1000)
	inParallel(b, 1, func() error {
		if _, err := f.Write(record); err != nil {
			return err
		}
		return f.Sync()
	})
}

// inParallel has the callers call fn b.N times in all, and reports how often a
// second, and how long the median and the slowest hundredth took.
func inParallel(b *testing.B, callers int, fn func() error) {
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var wg sync.WaitGroup
	runtime.GC()
	b.ResetTimer()
	for range callers {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				start := time.Now()
				if err := fn(); err != nil {
					b.Error(err)
					return
				}
				took[i-1] = time.Since(start)
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	slices.SortFunc(took, cmp.Compare)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "µs-median")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "µs-p99")
}
