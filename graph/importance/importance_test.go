package importance_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/importance"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

const ontology = `
interface Entity @entity(plural: "entities") { name: String @time(kind: ETERNAL) }
type Country implements Entity @entity(plural: "countries") {
  borders: [Country!] @time(kind: STATE) @symmetric
  buysFrom: [Country!] @time(kind: STATE)
  memberOf: [Club!] @time(kind: STATE)
  population: Int @time(kind: OBSERVATION)
}
type Club implements Entity { members: [Country!] @inverse(of: "memberOf") }
type Source implements Entity { date: Date @time(kind: ETERNAL) }
`

func load(t testing.TB) *schema.Ontology {
	t.Helper()
	o, err := schema.Load("test.graphql", ontology)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func look(t interface{ Fatal(...any) }, o *schema.Ontology, c *graph.Commit, lens graph.View) *snapshot.View {
	c.Seq, c.At = 1, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	s, err := snapshot.Empty(o).Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(lens, graph.DayDate(2024, 5, 1).First())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// naive has the edges that a view shows, by ids.
func naive(v *snapshot.View, relation string) map[[2]string]bool {
	edges := map[[2]string]bool{}
	v.AllClaims(func(n uint32) bool {
		c := v.Snapshot().ClaimAt(n)
		if a, b := string(c.Subject), string(c.Value.Entity()); c.Predicate == relation && c.Rank != graph.Deprecated && a != b {
			edges[[2]string{a, b}] = true
			if relation == "borders" {
				edges[[2]string{b, a}] = true
			}
		}
		return true
	})
	return edges
}

// naivelyScored computes a measure by its definition.
func naivelyScored(edges map[[2]string]bool, m importance.Measure) map[string]float64 {
	var nodes []string
	for e := range edges {
		nodes = append(nodes, e[0], e[1])
	}
	slices.Sort(nodes)
	nodes = slices.Compact(nodes)
	scores := map[string]float64{}
	switch m {
	case importance.Degree:
		for _, x := range nodes {
			for _, y := range nodes {
				if edges[[2]string{x, y}] || edges[[2]string{y, x}] {
					scores[x]++
				}
			}
		}
	case importance.PageRank:
		for _, x := range nodes {
			scores[x] = 1 / float64(len(nodes))
		}
		for range 400 {
			next := map[string]float64{}
			for _, x := range nodes {
				var to []string
				for _, y := range nodes {
					if edges[[2]string{x, y}] {
						to = append(to, y)
					}
				}
				if len(to) == 0 {
					to = nodes
				}
				for _, y := range to {
					next[y] += 0.85 * scores[x] / float64(len(to))
				}
			}
			for _, x := range nodes {
				next[x] += 0.15 / float64(len(nodes))
			}
			scores = next
		}
	case importance.Betweenness:
		for _, from := range nodes {
			for _, to := range nodes {
				through, all := ways(edges, nodes, from, to)
				for x, n := range through {
					scores[x] += float64(n) / float64(all)
				}
			}
		}
	}
	for _, x := range nodes {
		scores[x] += 0
	}
	return scores
}

// ways counts the shortest ways between two nodes, and those through each other node.
func ways(edges map[[2]string]bool, nodes []string, from, to string) (through map[string]int, all int) {
	level := [][]string{{from}}
	for range nodes {
		through = map[string]int{}
		for _, way := range level {
			if last := way[len(way)-1]; last == to && from != to {
				all++
				for _, x := range way[1 : len(way)-1] {
					through[x]++
				}
			}
		}
		if all > 0 {
			return through, all
		}
		var next [][]string
		for _, way := range level {
			for _, y := range nodes {
				if edges[[2]string{way[len(way)-1], y}] && !slices.Contains(way, y) {
					next = append(next, append(slices.Clone(way), y))
				}
			}
		}
		level = next
	}
	return nil, 1
}

// TestRankAgainstDefinitions compares each measure with its definition, in views that hide claims.
func TestRankAgainstDefinitions(t *testing.T) {
	o := load(t)
	countries := []graph.ID{"A", "B", "C", "D", "E"}
	rapid.Check(t, func(t *rapid.T) {
		c := &graph.Commit{Entities: []graph.Entity{{ID: "s", Type: "Source"}, {ID: "club", Type: "Club"}}}
		for _, id := range countries {
			c.Entities = append(c.Entities, graph.Entity{ID: id, Type: "Country"})
		}
		relation := rapid.SampledFrom([]string{"borders", "buysFrom", "memberOf"}).Draw(t, "relation")
		for i := range rapid.IntRange(0, 12).Draw(t, "claims") {
			to := append(slices.Clone(countries), "club")
			if relation != "memberOf" {
				to = countries
			} else {
				to = to[len(to)-1:]
			}
			c.Claims = append(c.Claims, graph.Claim{Subject: rapid.SampledFrom(countries).Draw(t, "a"), Predicate: relation, Value: graph.EntityValue(rapid.SampledFrom(to).Draw(t, "b")),
				Source: "s", Locator: fmt.Sprint(i), Confidence: rapid.SampledFrom([]float64{0.3, 0.9}).Draw(t, "confidence"),
				Rank: rapid.SampledFrom([]graph.Rank{graph.Normal, graph.Normal, graph.Deprecated}).Draw(t, "rank")})
		}
		v := look(t, o, c, graph.View{MinConfidence: rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "least")})
		edges := naive(v, relation)
		for _, m := range []importance.Measure{importance.Degree, importance.PageRank, importance.Betweenness} {
			typ := rapid.SampledFrom([]string{"Country", "Entity", "Club"}).Draw(t, "type")
			got, err := importance.Rank(t.Context(), v, new(importance.Cache), importance.Options{Type: typ, Relation: relation, Measure: m})
			if err != nil {
				t.Fatal(err)
			}
			want := naivelyScored(edges, m)
			n := 0
			for x := range want {
				if typ == "Entity" || (typ == "Club") == (x == "club") {
					n++
				}
			}
			if len(got.List) != n || got.Edges != len(edges) || got.Entities != len(want) {
				t.Fatalf("%d of %d entities and %d edges, want %d, %d and %d", len(got.List), got.Entities, got.Edges, n, len(want), len(edges))
			}
			for i, x := range got.List {
				if w := want[string(v.Snapshot().ID(x.Entity))]; math.Abs(x.Score-w) > 1e-5*max(1, w) {
					t.Fatalf("%s of %s is %v, want %v", m, v.Snapshot().ID(x.Entity), x.Score, w)
				}
				if i > 0 && (x.Score > got.List[i-1].Score || (x.Score == got.List[i-1].Score) != (x.Rank == got.List[i-1].Rank)) {
					t.Fatalf("rank %d follows rank %d", x.Rank, got.List[i-1].Rank)
				}
			}
		}
	})
}

// ring is a view of a ring of countries.
func ring(t testing.TB, n int) *snapshot.View {
	c := &graph.Commit{Entities: []graph.Entity{{ID: "s", Type: "Source"}}}
	id := func(i int) graph.ID { return graph.ID(fmt.Sprintf("c%05d", i%n)) }
	for i := range n {
		c.Entities = append(c.Entities, graph.Entity{ID: id(i), Type: "Country"})
		c.Claims = append(c.Claims, graph.Claim{Subject: id(i), Predicate: "borders", Value: graph.EntityValue(id(i + 1)), Source: "s", Confidence: 1})
	}
	return look(t, load(t), c, graph.View{})
}

func TestRankRefusesStopsAndKeeps(t *testing.T) {
	v := ring(t, 1000)
	var kept importance.Cache
	for _, x := range []struct {
		o    importance.Options
		want string
	}{
		{importance.Options{Type: "Planet", Relation: "members", First: 1001}, "type: the ontology has no type \"Planet\"\nrelation: the ontology has no stored field \"members\"; inverse and derived fields are read from others\nfirst: 1001 is not between 1 and 1000"},
		{importance.Options{Type: "Country", Relation: "population"}, "relation: population leads to no entity; name a relation"},
	} {
		if _, err := importance.Rank(t.Context(), v, &kept, x.o); err == nil || err.Error() != x.want {
			t.Errorf("%v", err)
		}
	}
	o := importance.Options{Type: "Country", Relation: "borders", Measure: importance.Betweenness, First: 3}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	began := time.Now()
	if _, err := importance.Rank(ctx, v, &kept, o); !errors.Is(err, context.Canceled) || time.Since(began) > time.Second {
		t.Errorf("a cancelled ranking answers %v after %v", err, time.Since(began))
	}
	if _, err := importance.Rank(t.Context(), ring(t, 2000), &kept, o); err == nil {
		t.Error("a graph beyond the limit is ranked")
	}
	o.Measure = importance.PageRank
	a, err := importance.Rank(t.Context(), v, &kept, o)
	if err != nil {
		t.Fatal(err)
	}
	b, err := importance.Rank(t.Context(), v, &kept, o)
	if err != nil || &a.List[0] != &b.List[0] {
		t.Errorf("the ranking is computed again: %v", err)
	}
}
