package snapshot_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/bench"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// commits makes the commits of a synthetic graph without a store.
func commits(b *testing.B, n, batch int) []*graph.Commit {
	b.Helper()
	o := schema.MustDefault()
	s := snapshot.Empty(o)
	var list []*graph.Commit
	err := bench.Synthetic(n, batch, func(ch *graph.Change) error {
		res, problems := graph.Check(o, s.State(), ch)
		if problems != nil {
			return problems
		}
		c := &res.Commit
		c.Seq, c.At = s.Seq()+1, epoch.Add(time.Duration(s.Seq())*time.Second)
		next, err := s.Apply(c)
		s, list = next, append(list, c)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return list
}

func BenchmarkBuild(b *testing.B) {
	o := schema.MustDefault()
	list := commits(b, 100_000, 1000)
	claims := 0
	for b.Loop() {
		claims += replayed(b, snapshot.Empty(o), list).ClaimCount()
	}
	b.ReportMetric(float64(claims)/b.Elapsed().Seconds(), "claims/s")
}

func BenchmarkApply(b *testing.B) {
	o := schema.MustDefault()
	for _, batch := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			n := 100_000
			base := commits(b, n, 10_000)
			s := replayed(b, snapshot.Empty(o), base)
			date := graph.DateValue(graph.DayDate(2024, 1, 1))
			k := 0
			for b.Loop() {
				c := &graph.Commit{Seq: s.Seq() + 1, At: epoch.Add(time.Duration(s.Seq()) * time.Second)}
				for range batch {
					k++
					c.Claims = append(c.Claims, graph.Claim{Subject: bench.Country(k % 240), Predicate: "independence", Value: date,
						Source: "source-1", Locator: fmt.Sprint("new ", k), Confidence: 0.5})
				}
				next, err := s.Apply(c)
				if err != nil {
					b.Fatal(err)
				}
				s = next
			}
			b.ReportMetric(float64(k)/b.Elapsed().Seconds(), "claims/s")
		})
	}
}
