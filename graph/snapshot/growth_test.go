package snapshot_test

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// hubs is a graph of n claims with one hub of each kind: half of the claims have one
// subject, half have one object, all have one source, and nearly all entities one type.
func hubs(t testing.TB, n int) *snapshot.Snapshot {
	t.Helper()
	s, err := snapshot.Empty(schema.MustDefault()).Replay(func(g graph.Growth) error {
		c := graph.Commit{Seq: 1, At: epoch.Add(time.Second), Entities: []graph.Entity{{ID: "source", Type: "Source"}, {ID: "hub", Type: "Country"}, {ID: "club", Type: "Organisation"}}}
		// Where one is dated, the undated ones hold until then: their links are marked.
		first := member("hub", "club")
		first.Valid = since(2000)
		c.Claims = append(c.Claims, first, dated(2020))
		for i := range n {
			c.Entities = append(c.Entities, graph.Entity{ID: organisation(i), Type: "Organisation"})
			if i%2 == 0 {
				c.Claims = append(c.Claims, member("hub", organisation(i)))
			} else {
				c.Claims = append(c.Claims, member(organisation(i), "club"))
			}
			if len(c.Claims) >= 10_000 || i == n-1 {
				if err := g.Add(&c); err != nil {
					return err
				}
				c = graph.Commit{Seq: c.Seq + 1, At: c.At.Add(time.Second)}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func organisation(i int) graph.ID { return graph.ID(fmt.Sprintf("o-%d", i*7919%9_999_991)) }

func member(of, in graph.ID) graph.Claim {
	return graph.Claim{Subject: of, Predicate: "memberOf", Value: graph.EntityValue(in), Source: "source", Confidence: 1}
}

func since(year int) graph.Interval {
	return graph.Interval{From: graph.DayDate(year, 1, 1), To: graph.OpenDate}
}

func dated(year int) graph.Claim {
	return graph.Claim{Subject: "source", Predicate: "date", Value: graph.DateValue(graph.DayDate(year, 1, 1)), Source: "source", Locator: fmt.Sprint(year), Confidence: 1}
}

// writes are single writes at the hubs of a graph of n claims; i tells them apart.
func writes(n int) map[string]func(i int) graph.Commit {
	claim := func(c graph.Claim) graph.Commit { return graph.Commit{Claims: []graph.Claim{c}} }
	other := func(i int) graph.ID { return organisation(i * 104_729 % (n / 2) * 2) }
	return map[string]func(i int) graph.Commit{
		"subject": func(i int) graph.Commit {
			c := member("hub", other(i))
			c.Valid = since(1900 + i%100)
			c.Locator = fmt.Sprint(i)
			return claim(c)
		},
		"subject and object": func(i int) graph.Commit {
			c := member("hub", "club")
			c.Locator = fmt.Sprint(i)
			return claim(c)
		},
		"object": func(i int) graph.Commit { return claim(member(other(i), "club")) },
		"source": func(i int) graph.Commit {
			return claim(graph.Claim{Subject: other(i), Predicate: "founded", Value: graph.DateValue(graph.DayDate(1900+i%100, 1, 1)), Source: "source", Locator: fmt.Sprint(i), Confidence: 1})
		},
		"type": func(i int) graph.Commit {
			return graph.Commit{Entities: []graph.Entity{{ID: graph.ID(fmt.Sprintf("new-%d", i*7919%9_999_991)), Type: "Organisation"}}}
		},
		"date of the source": func(i int) graph.Commit { return claim(dated(2021 + i)) },
		"withdrawal": func(i int) graph.Commit {
			c := member("hub", other(i))
			return graph.Commit{Retractions: []graph.Retraction{{Claim: c.ID()}}}
		},
	}
}

// apply makes times writes of a kind, and returns the snapshot after them.
func apply(t testing.TB, s *snapshot.Snapshot, times int, write func(i int) graph.Commit) *snapshot.Snapshot {
	for i := range times {
		c := write(i)
		c.Seq, c.At = s.Seq()+1, s.RecordedAt(s.Seq()).Add(time.Second)
		next, err := s.Apply(&c)
		if err != nil {
			t.Fatal(err)
		}
		s = next
	}
	return s
}

// TestApplyGrowth: a write at the largest subject, object, source and type allocates in
// a large graph about what it does in one of 10,000 claims.
func TestApplyGrowth(t *testing.T) {
	if snapshot.Checked {
		t.Skip("a snapshot that checks itself reads everything")
	}
	const small, times = 10_000, 300
	large := 300_000
	if os.Getenv("CASPIAN_SOAK") != "" {
		large = 1_000_000
	}
	bytes := func(n int) map[string]float64 {
		base := hubs(t, n)
		of := map[string]float64{}
		for name, write := range writes(n) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			apply(t, base, times, write)
			runtime.ReadMemStats(&after)
			of[name] = float64(after.TotalAlloc-before.TotalAlloc) / times
			base.Rewind()
		}
		return of
	}
	few, many := bytes(small), bytes(large)
	for name := range few {
		exponent := math.Log(many[name]/few[name]) / math.Log(float64(large)/small)
		line := fmt.Sprintf("%s: %.0f bytes at %d claims, %.0f at %d, exponent %.3f", name, few[name], small, many[name], large, exponent)
		if t.Log(line); exponent > 0.1 {
			t.Error(line)
		}
	}
}

// BenchmarkApplyHub makes single writes at the hubs.
func BenchmarkApplyHub(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		base := hubs(b, n)
		for name, write := range writes(n) {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(name, " ", "_"), n), func(b *testing.B) {
				b.ReportAllocs()
				s, i := base, 0
				for b.Loop() {
					if i == n/2 { // there are no others
						b.StopTimer()
						base.Rewind()
						s, i = base, 0
						b.StartTimer()
					}
					s = apply(b, s, 1, func(int) graph.Commit { return write(i) })
					i++
				}
				base.Rewind()
			})
		}
	}
}
