package postgres

import (
	"context"
	"fmt"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/storetest"
)

// BenchmarkAppend appends groups of commits: of one claim each, as writers that wait for each other make them, and of
// a thousand, as an import.
func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct{ group, claims int }{{1, 1}, {32, 1}, {1, 1000}} {
		b.Run(fmt.Sprintf("commits=%d/claims=%d", c.group, c.claims), func(b *testing.B) {
			l := openAt(b, b.Name()+fmt.Sprint(b.N))
			for b.Loop() {
				group := make([]*graph.Commit, c.group)
				for i := range group {
					group[i] = storetest.Sample(l.Head()+1+graph.Seq(i), c.claims)
				}
				if err := l.AppendGroup(context.Background(), group); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*c.group*c.claims)/b.Elapsed().Seconds(), "claims/s")
		})
	}
}

// BenchmarkFill fills an empty store with 100,000 claims, and BenchmarkReplay reads them.
func BenchmarkFill(b *testing.B) {
	for n := range b.N {
		fill(b, fmt.Sprint(b.Name(), b.N, n))
	}
	b.ReportMetric(float64(b.N)*100_000/b.Elapsed().Seconds(), "claims/s")
}

func fill(b *testing.B, name string) {
	l := openAt(b, name)
	var cs []*graph.Commit
	for i := range 100 {
		cs = append(cs, storetest.Sample(graph.Seq(i)+1, 1000))
	}
	if err := storetest.Fill(l, cs...); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkReplay(b *testing.B) {
	name := fmt.Sprint(b.Name(), b.N)
	fill(b, name)
	l := openAt(b, name)
	b.ResetTimer()
	for range b.N {
		if err := l.Replay(context.Background(), 0, func(*graph.Commit) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*100_000/b.Elapsed().Seconds(), "claims/s")
}
