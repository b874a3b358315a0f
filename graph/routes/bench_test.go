package routes

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// benchNodes returns the sizes of networks in benchmarks: about 10,000, 100,000,
// 227,000 and a million claims.
func benchNodes(b *testing.B) []int {
	return slices.DeleteFunc([]int{440, 4_400, 10_000, 44_000}, func(n int) bool { return n*23 > graphtest.BenchClaims(b) })
}

// grid returns a world of about n nodes with three legs each: a map of 50
// countries, most legs between neighbours and some across.
func grid(b *testing.B, nodes int) *snapshot.Snapshot {
	b.Helper()
	w := newWorld(b)
	r := rand.New(rand.NewPCG(1, 2))
	side := 1
	for side*side < nodes {
		side++
	}
	id := func(x, y int) graph.ID { return graph.ID(fmt.Sprintf("n%03d-%03d", x, y)) }
	country := func(x, y int) graph.ID {
		c := x*7/side*7 + y*7/side
		return graph.ID([]byte{'C', byte('A' + c/26), byte('A' + c%26)})
	}
	for x := range side {
		for y := range side {
			w.entity(id(x, y), "TransportNode")
			w.link(id(x, y), "country", w.entity(country(x, y), "Country"))
			w.say(id(x, y), "coordinates", graph.CoordinatesValue(float64(x)*60/float64(side), float64(y)*120/float64(side)))
		}
	}
	k := 0
	add := func(x, y, p, q int) {
		seg := w.entity(graph.ID(fmt.Sprintf("g%06d", k)), "Segment")
		k++
		w.link(seg, "from", id(x, y))
		w.link(seg, "to", id(p, q))
		w.say(seg, "mode", graph.EnumOf("RAIL"))
		w.say(seg, "status", graph.EnumOf("OPERATIONAL"))
		w.say(seg, "bidirectional", graph.BoolValue(true))
		w.say(seg, "distanceKm", graph.FloatValue(float64(50+r.IntN(100))))
		w.link(seg, "transits", country(x, y))
	}
	for x := range side {
		for y := range side {
			if x+1 < side {
				add(x, y, x+1, y)
			}
			if y+1 < side {
				add(x, y, x, y+1)
			}
			p, q := min(side-1, x+r.IntN(8)), min(side-1, y+r.IntN(8))
			if p != x || q != y {
				add(x, y, p, q)
			}
		}
	}
	return w.snapshot(b)
}

func BenchmarkRoutes(b *testing.B) {
	for _, nodes := range benchNodes(b) {
		s := grid(b, nodes)
		v := see(b, s, graph.View{})
		n := compile(b, v, Transport)
		b.Run(fmt.Sprintf("compile/nodes=%d", nodes), func(b *testing.B) {
			graphtest.Timed(b, func() error { compile(b, v, Transport); return nil })
			b.ReportMetric(float64(s.ClaimCount()), "claims")
		})
		for _, rank := range []Rank{Legs, Distance, BorderCrossings, Certainty} {
			b.Run(fmt.Sprintf("%s/nodes=%d", rank, nodes), func(b *testing.B) {
				r := rand.New(rand.NewPCG(3, 4))
				// Ends in the avoided country have no route; BenchmarkBlocked measures that.
				avoided, _ := s.Number("CAK")
				end := func() uint32 {
					for {
						if x := n.nodes[r.IntN(len(n.nodes))]; n.places[x.country] != avoided {
							return x.entity
						}
					}
				}
				graphtest.Timed(b, func() error {
					o := RouteOptions{From: s.ID(end()), To: s.ID(end()), Avoid: []graph.ID{"CAK"}, Rank: rank, First: 3}
					_, err := FindRoutes(context.Background(), n, &o)
					return err
				})
			})
		}
	}
}

// BenchmarkNetworkAfterWrite derives the network after a write of one claim from the network
// before it.
func BenchmarkNetworkAfterWrite(b *testing.B) {
	for _, nodes := range benchNodes(b) {
		s := grid(b, nodes)
		old := compile(b, see(b, s, graph.View{}), Transport)
		for _, x := range []struct {
			name  string
			claim graph.Claim
		}{
			{"elsewhere", graph.Claim{Subject: "CAA", Predicate: "borders", Value: graph.EntityValue("CAB")}},
			{"status", graph.Claim{Subject: "g000007", Predicate: "status", Value: graph.EnumOf("CLOSED")}},
			{"country", graph.Claim{Subject: "n001-001", Predicate: "country", Value: graph.EntityValue("CAC")}},
		} {
			x.claim.Source, x.claim.Confidence, x.claim.Locator = "s2", 1, "after"
			next, err := s.Apply(&graph.Commit{Seq: s.Seq() + 1, At: networkEpoch.Add(9 * time.Hour), Claims: []graph.Claim{x.claim}})
			if err != nil {
				b.Fatal(err)
			}
			v := see(b, next, graph.View{})
			b.Run(fmt.Sprintf("%s/nodes=%d", x.name, nodes), func(b *testing.B) {
				graphtest.Timed(b, func() error {
					n, err := old.after(context.Background(), v)
					if n == nil {
						b.Fatal("it would be compiled again")
					}
					return err
				})
			})
			s.Rewind()
		}
	}
}

// BenchmarkBlocked asks for a route where a belt of countries is avoided.
func BenchmarkBlocked(b *testing.B) {
	for _, nodes := range benchNodes(b)[1:] { // in the smallest a leg crosses the belt
		s := grid(b, nodes)
		n := compile(b, see(b, s, graph.View{}), Transport)
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			// Row 3 of the map: CAV to CBB.
			o := RouteOptions{From: s.ID(n.nodes[0].entity), To: s.ID(n.nodes[len(n.nodes)-1].entity), First: 3,
				Avoid: []graph.ID{"CAV", "CAW", "CAX", "CAY", "CAZ", "CBA", "CBB"}}
			graphtest.Timed(b, func() error {
				r, err := FindRoutes(context.Background(), n, &o)
				if err == nil && (len(r.Routes) > 0 || len(r.Blocked) == 0) {
					b.Fatal(r)
				}
				return err
			})
		})
	}
}

func BenchmarkChokepoints(b *testing.B) {
	for _, nodes := range benchNodes(b) {
		s := grid(b, nodes)
		n := compile(b, see(b, s, graph.View{}), Transport)
		o := ChokepointOptions{From: s.ID(n.nodes[0].entity), To: s.ID(n.nodes[len(n.nodes)-1].entity), First: 3}
		for _, weight := range []CutWeight{ByCount, ByCapacity} {
			for _, kind := range []CutKind{CutNodes, CutLegs, CutCountries} {
				o := o
				if o.Kinds, o.Weight = []CutKind{kind}, weight; o.Validate() != nil {
					continue // countries have no capacity
				}
				b.Run(fmt.Sprintf("%s/%s/nodes=%d", weight, kind, nodes), func(b *testing.B) {
					graphtest.Timed(b, func() error { _, err := FindChokepoints(context.Background(), n, &o); return err })
				})
			}
		}
		o.Closing = []graph.ID{"CAV"}
		b.Run(fmt.Sprintf("closing/nodes=%d", nodes), func(b *testing.B) {
			graphtest.Timed(b, func() error { _, err := FindChokepoints(context.Background(), n, &o); return err })
		})
	}
}
