package live_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/graph/snapfile"
	"github.com/caspian-kg/caspian/graph/store"
	"github.com/caspian-kg/caspian/schema"
)

// BenchmarkWrite makes durable changes of one claim each on the embedded
// store, with several callers at once.
func BenchmarkWrite(b *testing.B) {
	for _, callers := range []int{1, 16} {
		b.Run(fmt.Sprintf("c=%d", callers), func(b *testing.B) {
			dir := b.TempDir()
			log, err := store.Open(dir, store.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer log.Close()
			g, err := live.Open(b.Context(), log, schema.MustDefault(), live.Options{Cache: snapfile.File{Path: filepath.Join(dir, "snapshot")}})
			if err != nil {
				b.Fatal(err)
			}
			defer g.Close()
			ops := []graph.Op{
				{Kind: graph.Declare, Entity: graph.Entity{ID: "src", Type: "Source"}},
			}
			for i := range cities {
				ops = append(ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: cityID(i), Type: "City"}})
			}
			if _, err := g.Commit(b.Context(), &graph.Change{Ops: ops}); err != nil {
				b.Fatal(err)
			}
			var next atomic.Int64
			b.ReportAllocs()
			b.SetParallelism(max(1, callers/runtime.GOMAXPROCS(0)))
			if callers == 1 {
				for b.Loop() {
					write(b, g, next.Add(1))
				}
				return
			}
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					write(b, g, next.Add(1))
				}
			})
		})
	}
}

// cities are many, so that the cost of a write does not grow with their number.
const cities = 1000

func cityID(i int) graph.ID { return graph.ID(fmt.Sprint("city-", i)) }

func write(b *testing.B, g *live.Graph, n int64) {
	op := graph.Op{Kind: graph.Assert, Claim: graph.Claim{
		Subject: cityID(int(n % cities)), Predicate: "name", Value: graph.StringValue(fmt.Sprint("name ", n)), Source: "src", Confidence: 1,
	}}
	if _, err := g.Commit(b.Context(), &graph.Change{Ops: []graph.Op{op}}); err != nil {
		b.Error(err)
	}
}
