package snapshot_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/bench"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
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

// BenchmarkDecode reads a snapshot as a start does, and reports what it holds of the heap.
func BenchmarkDecode(b *testing.B) {
	o := schema.MustDefault()
	const n = 1_000_000
	var file bytes.Buffer
	if err := replayed(b, snapshot.Empty(o), commits(b, n, 10_000)).Encode(&file, graph.Identity{}); err != nil {
		b.Fatal(err)
	}
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := heap()
	var s *snapshot.Snapshot
	for b.Loop() {
		var err error
		if s, _, err = snapshot.Decode(bytes.NewReader(file.Bytes()), int64(file.Len()), o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((heap()-before)/float64(s.ClaimCount()), "heapB/claim")
	runtime.KeepAlive(s)
	runtime.KeepAlive(&file)
}

// BenchmarkIndexes measures an index of names: to build it, what it adds to a write of a
// name (compare B/op and time of the two), and to read the first 20 after a prefix.
func BenchmarkIndexes(b *testing.B) {
	o := schema.MustDefault()
	list := commits(b, 100_000, 10_000)
	name := filter.Reading{Own: "name"}
	fresh := func(indexed bool) (*snapshot.Snapshot, *snapshot.View) {
		s := replayed(b, snapshot.Empty(o), list)
		if indexed {
			s.IndexValues(1<<30, func(build func()) { build() })
		}
		v, err := s.View(graph.View{}, today)
		if err != nil {
			b.Fatal(err)
		}
		return s, v
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			_, v := fresh(true)
			b.StartTimer()
			v.InOrder(filter.Key{By: name}, nil, nil, 1)
		}
	})
	for _, indexed := range []bool{false, true} {
		b.Run(fmt.Sprintf("apply/indexed=%v", indexed), func(b *testing.B) {
			s, v := fresh(indexed)
			v.InOrder(filter.Key{By: name}, nil, nil, 1)
			b.ReportAllocs()
			k := 0
			for b.Loop() {
				k++
				c := &graph.Commit{Seq: s.Seq() + 1, At: epoch.Add(time.Duration(s.Seq()) * time.Second), Claims: []graph.Claim{{
					Subject: bench.Country(k % 240), Predicate: "name", Value: graph.StringValue(fmt.Sprint("Name ", k)), Source: "source-1", Confidence: 0.5}}}
				next, err := s.Apply(c)
				if err != nil {
					b.Fatal(err)
				}
				s = next
			}
		})
	}
	b.Run("prefix", func(b *testing.B) {
		_, v := fresh(true)
		test := &filter.Test{StartsWith: "ka"}
		test.Prepare()
		b.ReportAllocs()
		for b.Loop() {
			v.InOrder(filter.Key{By: name}, test, nil, 20)
		}
	})
}
