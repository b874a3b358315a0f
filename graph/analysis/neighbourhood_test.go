package analysis_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// naiveTies has every pair of entities that a claim in view links: from its subject to the other.
type naiveTies struct {
	o    *schema.Ontology
	v    *snapshot.View
	list []naiveTie
}

type naiveTie struct {
	from, to            graph.ID
	relation, qualifier string
	symmetric           bool
	statement
}

func naivelyTied(o *schema.Ontology, v *snapshot.View, relations []string) naiveTies {
	ties := naiveTies{o: o, v: v}
	for _, st := range statements(v) {
		if relations != nil && !slices.Contains(relations, st.Predicate) {
			continue
		}
		if !st.field.Many && st.field.Kind == schema.Relation {
			n, _ := v.Snapshot().Number(st.Subject)
			if e, ok := v.One(n, st.field); !ok || e.Claim != st.n {
				continue
			}
		}
		for _, q := range append(slices.Clip(st.Qualifiers), graph.QualifierValue{Value: st.Value}) {
			if e := q.Value.Entity(); e != "" && e != st.Subject {
				ties.list = append(ties.list, naiveTie{st.Subject, e, st.Predicate, q.Name, st.field.Symmetric && q.Name == "", st})
			}
		}
	}
	return ties
}

// others are those that a question links with x.
func (n naiveTies) others(x graph.ID, opts analysis.NeighbourhoodOptions) map[graph.ID]bool {
	found := map[graph.ID]bool{}
	admits := func(id graph.ID) bool {
		e, _ := n.v.Snapshot().Number(id)
		typ := n.v.Snapshot().Type(e)
		if opts.Types == nil {
			return typ.Name != "Source"
		}
		return slices.ContainsFunc(opts.Types, func(t string) bool { return n.o.Type(t).Includes(typ) })
	}
	for _, t := range n.list {
		if t.from == x && admits(t.to) && (opts.Direction != analysis.Inward || t.symmetric) {
			found[t.to] = true
		}
		if t.to == x && admits(t.from) && (opts.Direction != analysis.Outward || t.symmetric) {
			found[t.from] = true
		}
	}
	return found
}

// neighbours are the lines of what is near, in order.
func (n naiveTies) neighbours(opts analysis.NeighbourhoodOptions) []string {
	type near struct {
		distance int
		specific float64
	}
	found := map[graph.ID]near{opts.Of: {0, 1}}
	for d := range opts.Depth {
		for x, at := range found {
			links := n.others(x, opts)
			if at.distance != d || d > 0 && !opts.EveryHub && len(links) > opts.MaxLinks {
				continue
			}
			if d > 0 {
				at.specific /= float64(len(links))
			}
			for y := range links {
				if was, ok := found[y]; !ok || was.distance == d+1 && was.specific < at.specific {
					found[y] = near{d + 1, at.specific}
				}
			}
		}
	}
	delete(found, opts.Of)
	var lines []string
	for x, at := range found {
		links := len(n.others(x, opts))
		hub := !opts.EveryHub && links > opts.MaxLinks
		if hub {
			links = -1
		}
		lines = append(lines, fmt.Sprintf("%d %.9f %s %d %t", at.distance, 1-at.specific, x, links, hub))
	}
	sort.Strings(lines)
	return lines
}

// among are the lines of the edges among entities, in the order of the entities.
func (n naiveTies) among(ids []graph.ID) []string {
	best := map[string]naiveTie{}
	for _, t := range n.list {
		a, b := slices.Index(ids, t.from), slices.Index(ids, t.to)
		if a < 0 || b < 0 {
			continue
		}
		key := fmt.Sprint(a, b, t.relation, t.qualifier)
		if t.symmetric {
			key = fmt.Sprint(min(a, b), max(a, b), t.relation, "symmetric")
		}
		rank := func(x naiveTie) string {
			return fmt.Sprint(x.Rank != graph.Deprecated, fmt.Sprintf("%.4f", x.Confidence), n.v.Holds(x.n) == graph.HoldsYes)
		}
		if old, ok := best[key]; !ok || rank(t) > rank(old) || rank(t) == rank(old) && byID(n.v.Snapshot(), t.n, old.n) < 0 {
			best[key] = t
		}
	}
	var lines []string
	for _, t := range best {
		lines = append(lines, fmt.Sprintf("%03d %03d %s %s %s", slices.Index(ids, t.from), slices.Index(ids, t.to), t.relation, t.qualifier, n.v.Snapshot().ClaimID(t.n)))
	}
	sort.Strings(lines)
	return lines
}

func drawNeighbourhood(t *rapid.T) analysis.NeighbourhoodOptions {
	all := slices.Concat(pool["Country"], pool["City"], pool["Club"], pool["Resource"], pool["Source"])
	o := analysis.NeighbourhoodOptions{Of: rapid.SampledFrom(all).Draw(t, "of"), Depth: rapid.IntRange(1, 3).Draw(t, "depth"),
		Direction: pick(t, "direction", analysis.BothWays, analysis.Outward, analysis.Inward), MaxLinks: rapid.IntRange(1, 6).Draw(t, "most"),
		EveryHub: rapid.Bool().Draw(t, "every hub")}
	if rapid.IntRange(0, 2).Draw(t, "filter") == 0 {
		o.Relations = []string{"borders", "importsFrom", "capital", "levels"}[:rapid.IntRange(1, 3).Draw(t, "relations")]
	}
	if rapid.IntRange(0, 2).Draw(t, "types") == 0 {
		o.Types = []string{pick(t, "type", "Country", "City", "Source", "Entity"), "Club"}
	}
	return o
}

func writeTies(s *snapshot.Snapshot, ids []graph.ID, edges []analysis.Tie) []string {
	var lines []string
	for _, e := range edges {
		lines = append(lines, fmt.Sprintf("%03d %03d %s %s %s", slices.Index(ids, s.ID(e.From)), slices.Index(ids, s.ID(e.To)), e.Relation, e.Qualifier, s.ClaimID(e.Claim)))
	}
	return lines
}

func writeNeighbours(s *snapshot.Snapshot, list []analysis.Neighbour) (lines []string) {
	for _, x := range list {
		lines = append(lines, fmt.Sprintf("%d %.9f %s %d %t", x.Distance, 1-x.Specificity, s.ID(x.Entity), x.Links, x.Hub))
	}
	return lines
}

// TestNeighbourhoodAgainstEveryLink compares a neighbourhood and its edges with those of reading every claim
// for each entity.
func TestNeighbourhoodAgainstEveryLink(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		v := drawWorldView(t, drawTies(t, o))
		s := v.Snapshot()
		opts := drawNeighbourhood(t)
		got, err := analysis.FindNeighbourhood(t.Context(), v, nil, opts)
		if err != nil {
			t.Fatal(err)
		}
		naive := naivelyTied(o, v, opts.Relations)
		want := naive.neighbours(opts)
		equal(t, "neighbours", strings.Join(writeNeighbours(s, got.List), "\n"), strings.Join(want, "\n"))
		equal(t, "partial", got.Partial, false)
		equal(t, "count", got.Count, len(want))
		kept := &analysis.Neighbours{After: 1}
		for range 2 { // the second time from what is kept
			again, err := analysis.FindNeighbourhood(t.Context(), v, kept, opts)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "kept", again, got)
		}
		n, partial, err := analysis.CountNeighbours(t.Context(), v, kept, opts)
		if err != nil || partial || n != len(want) {
			t.Fatalf("%d neighbours are counted, want %d (%v)", n, len(want), err)
		}
		inside := []graph.ID{opts.Of}
		for _, x := range got.List {
			inside = append(inside, s.ID(x.Entity))
		}
		equal(t, "edges", strings.Join(writeTies(s, inside, got.Edges), "\n"), strings.Join(naive.among(inside), "\n"))
		ids := rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Concat(pool["Country"], pool["City"], pool["Resource"], pool["Source"])), 0, 5, rapid.ID).Draw(t, "ids")
		among, err := analysis.Between(t.Context(), v, analysis.BetweenOptions{IDs: ids, Relations: opts.Relations})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "between", strings.Join(writeTies(s, ids, among.Edges), "\n"), strings.Join(naive.among(ids), "\n"))
		// The first of them are the same, and so is the view where the store never learned what it hides.
		opts.First = rapid.IntRange(1, 4).Draw(t, "first")
		few, err := analysis.FindNeighbourhood(t.Context(), only(t, o, v), nil, opts)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "first", writeNeighbours(s, few.List), writeNeighbours(s, got.List)[:min(len(got.List), opts.First)])
		equal(t, "count of all", few.Count, got.Count)
	})
}

// TestNeighbourhoodWithinItsWork: what a search finds before its limit exists, and it says that there may be
// more.
func TestNeighbourhoodWithinItsWork(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		v := look(t, drawTies(t, o), graph.View{})
		opts := drawNeighbourhood(t)
		whole, err := analysis.FindNeighbourhood(t.Context(), v, nil, opts)
		if err != nil {
			t.Fatal(err)
		}
		opts.Work = rapid.IntRange(1, 80).Draw(t, "work")
		part, err := analysis.FindNeighbourhood(t.Context(), v, nil, opts)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range part.List {
			if !slices.ContainsFunc(whole.List, func(y analysis.Neighbour) bool { return y.Entity == x.Entity && y.Distance <= x.Distance }) {
				t.Fatalf("%s is not a neighbour", v.Snapshot().ID(x.Entity))
			}
		}
		if !part.Partial {
			equal(t, "neighbours", part, whole)
		}
	})
}

func TestNeighbourhoodRefusesAndStops(t *testing.T) {
	o := world(t)
	c := graph.Commit{Entities: pool.Entities()}
	for i := range 3000 {
		c.Claims = append(c.Claims, graph.Claim{Subject: "AAA", Predicate: "borders", Value: graph.EntityValue("BBB"), Source: "src-1", Confidence: 1, Locator: fmt.Sprint(i)})
	}
	v := look(t, apply(t, snapshot.Empty(o), &c), graph.View{})
	_, err := analysis.FindNeighbourhood(t.Context(), v, nil, analysis.NeighbourhoodOptions{
		Of: "nobody", Depth: 4, First: 1001, MaxLinks: -1, Relations: []string{"holders", "population"}, Types: []string{"Planet"}})
	const want = `of: there is no entity "nobody"; search finds ids by names
depth: 4 is not between 1 and 3
relations: the ontology has no stored field "holders"; inverse and derived fields are read from others
relations: population leads to no entity; name a relation
types: the ontology has no type "Planet"
maxLinks: -1 is below 1
first: 1001 is not between 1 and 1000`
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	_, err = analysis.Between(t.Context(), v, analysis.BetweenOptions{IDs: make([]graph.ID, 1001)})
	if err == nil || err.Error() != "ids: 1001 ids are more than 1000" {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := analysis.FindNeighbourhood(ctx, v, nil, analysis.NeighbourhoodOptions{Of: "AAA"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search answers %v", err)
	}
	if _, _, err := analysis.CountNeighbours(ctx, v, nil, analysis.NeighbourhoodOptions{Of: "AAA", EveryHub: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled count answers %v", err)
	}
	if _, err := analysis.Between(ctx, v, analysis.BetweenOptions{IDs: []graph.ID{"AAA", "BBB"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled list of edges answers %v", err)
	}
}
