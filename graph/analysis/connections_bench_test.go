package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/bench"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// large is a view of a synthetic graph of about n claims in ten commits.
func large(b *testing.B, n int) *snapshot.View {
	b.Helper()
	o := schema.MustDefault()
	seq := graph.Seq(0)
	s, err := snapshot.Empty(o).Replay(func(g graph.Growth) error {
		return bench.Synthetic(n, max(1, n/10), func(ch *graph.Change) error {
			seq++
			c := graph.Commit{Seq: seq, At: worldEpoch.Add(time.Duration(seq) * time.Hour)}
			for _, op := range ch.Ops {
				switch op.Kind {
				case graph.Declare:
					c.Entities = append(c.Entities, op.Entity)
				case graph.Assert:
					op.Claim.Normalise()
					c.Claims = append(c.Claims, op.Claim)
				}
			}
			return g.Add(&c)
		})
	})
	if err != nil {
		b.Fatal(err)
	}
	return look(b, s, graph.View{})
}

// BenchmarkAnalyses runs each analysis on graphs of growing size, each time for
// other entities. Partial answers are counted.
func BenchmarkAnalyses(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		if n > graphtest.BenchClaims(b) {
			continue
		}
		v := large(b, n)
		from := look(b, v.Snapshot(), graph.View{AsOf: parseDate("2010")})
		rnd := rand.New(rand.NewPCG(1, 2))
		some := func(kind string) graph.ID { return graph.ID(fmt.Sprintf("%s-%d", kind, rnd.IntN(n/60))) }
		country := func() graph.ID { return bench.Country(rnd.IntN(240)) }
		resource := func() graph.ID { return graph.ID(fmt.Sprintf("resource-%d", rnd.IntN(max(n/2000, 20)))) }
		var degrees, kept analysis.Degrees
		near := analysis.Neighbours{After: 1}
		late, source := v.Snapshot(), v.Snapshot().ID(v.Snapshot().Source(0))
		connect := func(from, to func() graph.ID) func(*testing.B) error {
			return func(b *testing.B) error {
				o := analysis.ConnectionsOptions{From: from(), To: to()}
				if o.From == o.To {
					return nil
				}
				found, err := analysis.Connect(b.Context(), v, &degrees, o)
				if err == nil && found.Partial {
					partial++
				}
				return err
			}
		}
		city := func() graph.ID { return some("city") }
		person := func() graph.ID { return some("person") }
		for _, x := range []struct {
			name string
			ask  func(*testing.B) error
		}{
			{"connections/person-city", connect(person, city)},
			{"connections/city-resource", connect(city, resource)},
			{"connections/country-country", connect(country, country)},
			{"connections/country-resource", connect(country, resource)},
			{"connections/count-links", func(b *testing.B) error {
				_, err := analysis.Connect(b.Context(), v, nil, analysis.ConnectionsOptions{From: person(), To: city(), MaxLength: 1})
				return err
			}},
			{"connections/after-write", func(b *testing.B) error {
				// As the first question after a write: most of it is counting links again.
				var err error
				if late, err = late.Apply(&graph.Commit{Seq: late.Seq() + 1, At: worldEpoch.Add(time.Duration(late.Seq()+1) * time.Hour), Claims: []graph.Claim{{
					Subject: country(), Predicate: "borders", Value: graph.EntityValue(country()), Source: source, Confidence: 1, Locator: fmt.Sprint(late.Seq())}}}); err != nil {
					return err
				}
				_, err = analysis.Connect(b.Context(), look(b, late, graph.View{}), &kept, analysis.ConnectionsOptions{From: person(), To: city(), MaxLength: 1})
				return err
			}},
			{"neighbourhood/count", func(b *testing.B) error {
				_, _, err := analysis.CountNeighbours(b.Context(), v, nil, analysis.NeighbourhoodOptions{Of: city(), Depth: 3, EveryHub: true})
				return err
			}},
			{"neighbourhood/count-kept", func(b *testing.B) error {
				_, _, err := analysis.CountNeighbours(b.Context(), v, &near, analysis.NeighbourhoodOptions{Of: city(), Depth: 3, EveryHub: true})
				return err
			}},
			{"neighbourhood/graph", func(b *testing.B) error {
				_, err := analysis.FindNeighbourhood(b.Context(), v, nil, analysis.NeighbourhoodOptions{Of: city(), Depth: 2})
				return err
			}},
			{"dependency", func(b *testing.B) error {
				_, err := analysis.MeasureDependency(b.Context(), v, analysis.DependencyOptions{Of: country(), Resource: resource(), Direction: analysis.Export})
				return err
			}},
			{"timeline/country", func(b *testing.B) error {
				_, _, err := analysis.Timeline(b.Context(), v, analysis.TimelineOptions{Entity: country()})
				return err
			}},
			{"conflicts/country", func(b *testing.B) error {
				_, err := analysis.Conflicts(b.Context(), v, analysis.ConflictsOptions{Subject: country()}, func(analysis.Conflict) bool { return true })
				return err
			}},
			{"conflicts/all", func(b *testing.B) error {
				_, err := analysis.Conflicts(b.Context(), v, analysis.ConflictsOptions{}, func(analysis.Conflict) bool { return true })
				return err
			}},
			{"changes/first20", func(b *testing.B) error {
				left := 20
				_, err := analysis.Changes(b.Context(), from, v, analysis.ChangesOptions{}, func(analysis.Change) bool { left--; return left > 0 })
				return err
			}},
			{"changes/all", func(b *testing.B) error {
				_, err := analysis.Changes(b.Context(), from, v, analysis.ChangesOptions{}, func(analysis.Change) bool { return true })
				return err
			}},
			{"log/last", func(b *testing.B) error {
				_, err := analysis.Log(b.Context(), v.Snapshot(), analysis.Part{Since: v.Snapshot().Seq() - 1, Most: 1})
				return err
			}},
		} {
			b.Run(fmt.Sprintf("%s/%d", x.name, n), func(b *testing.B) {
				partial = 0
				graphtest.Timed(b, func() error { return x.ask(b) })
				if partial > 0 {
					b.ReportMetric(float64(partial)/float64(b.N), "partial/op")
				}
			})
		}
	}
}

var partial int
