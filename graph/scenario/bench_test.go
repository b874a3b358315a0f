package scenario_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/scenario"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// BenchmarkFork makes forks of a graph of CASPIAN_BENCH_CLAIMS claims: with ten hypothetical claims about different
// entities, each over a fact. It also reports the memory that a fork keeps.
func BenchmarkFork(b *testing.B) {
	o, n := world(b), graphtest.BenchClaims(b)
	const perEntity = 5
	var first graph.Commit
	first.Entities = pool.Entities()
	id := func(i int) graph.ID { return graph.ID(fmt.Sprintf("c%07d", i)) }
	for i := range n / perEntity {
		first.Entities = append(first.Entities, graph.Entity{ID: id(i), Type: "Country"})
		for k := range perEntity {
			c := graph.Claim{Subject: id(i), Predicate: "population", Value: graph.IntValue(int64(i + k)), Source: "src-1", Confidence: 1, Locator: fmt.Sprint("p", k)}
			if k == 0 {
				c.Predicate, c.Value = "name", graph.StringValue(fmt.Sprint("Country ", i))
			} else if k == 1 {
				c.Predicate, c.Value = "memberOf", graph.EntityValue("club-1")
			}
			first.Claims = append(first.Claims, c)
		}
	}
	s := apply(b, snapshot.Empty(o), first)
	asked := func(round int) scenario.Asked {
		var a scenario.Asked
		for i := range 10 {
			c := graph.Claim{Subject: id((round*10 + i) * 7919 % (n / perEntity)), Predicate: "currency", Value: graph.StringValue("what-if"), Confidence: 1}
			kind := graph.Assert
			if i%2 == 0 {
				c.Predicate, c.Value, kind = "population", graph.IntValue(1), graph.Override
			}
			a.Ops = append(a.Ops, graph.Op{Kind: kind, Claim: c})
		}
		return a
	}
	var kept []*snapshot.Snapshot
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := 0; b.Loop(); i++ {
		f, err := scenario.Build(b.Context(), s, asked(i))
		if err != nil {
			b.Fatal(err)
		}
		if len(kept) < 20 {
			kept = append(kept, f)
		}
	}
	b.StopTimer()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(kept)), "B/kept")
	runtime.KeepAlive(kept)
}
