package analysis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// naiveLink is one way on, as the slow search sees it.
type naiveLink struct {
	to, relation, qualifier string
	inverse                 bool
}

// naiveGraph has the links of every entity with the claim that shows each, and
// the others that it is linked with.
func naiveGraph(o *schema.Ontology, v *snapshot.View, opts analysis.ConnectionsOptions) (links map[string]map[naiveLink]statement, others map[string]map[graph.ID]bool) {
	links, others = map[string]map[naiveLink]statement{}, map[string]map[graph.ID]bool{}
	hidden := func(id graph.ID) bool {
		n, _ := v.Snapshot().Number(id)
		excluded := opts.ExcludeTypes
		if excluded == nil {
			excluded = []string{"Source"}
		}
		return id != opts.From && id != opts.To && slices.ContainsFunc(excluded, func(t string) bool {
			return o.Type(t).Includes(v.Snapshot().Type(n))
		})
	}
	add := func(from, to graph.ID, qualifier string, inverse bool, st statement) {
		if from == to {
			return
		}
		if others[string(from)] == nil {
			others[string(from)] = map[graph.ID]bool{}
		}
		others[string(from)][to] = true
		if !st.field.Many && st.field.Kind == schema.Relation {
			// The field shows one claim, and so does its inverse.
			n, _ := v.Snapshot().Number(st.Subject)
			if e, ok := v.One(n, st.field); !ok || e.Claim != st.n {
				return
			}
		}
		if hidden(from) || hidden(to) || opts.Relations != nil && !slices.Contains(opts.Relations, st.Predicate) {
			return
		}
		k := naiveLink{string(to), st.Predicate, qualifier, inverse && (qualifier != "" || !st.field.Symmetric)}
		if links[string(from)] == nil {
			links[string(from)] = map[naiveLink]statement{}
		}
		old, ok := links[string(from)][k]
		rank := func(x statement) string {
			return fmt.Sprint(x.Rank != graph.Deprecated, fmt.Sprintf("%.4f", x.Confidence), v.Holds(x.n) == graph.HoldsYes)
		}
		if a, b := rank(st), rank(old); !ok || a > b || a == b && byID(v.Snapshot(), st.n, old.n) < 0 {
			links[string(from)][k] = st
		}
	}
	for _, st := range statements(v) {
		for _, q := range append(slices.Clip(st.Qualifiers), graph.QualifierValue{Value: st.Value}) {
			if e := q.Value.Entity(); e != "" {
				add(st.Subject, e, q.Name, false, st)
				add(e, st.Subject, q.Name, true, st)
			}
		}
	}
	return links, others
}

// byID orders claims by the bytes of their ids, as views do.
func byID(s *snapshot.Snapshot, a, b uint32) int {
	x, y := s.ClaimID(a), s.ClaimID(b)
	return bytes.Compare(x[:], y[:])
}

// naiveWays finds every way and orders them by the rule.
func naiveWays(o *schema.Ontology, v *snapshot.View, opts analysis.ConnectionsOptions) []string {
	links, others := naiveGraph(o, v, opts)
	type way struct {
		text  string
		score float64
		steps int
		key   string
	}
	var all []way
	var walk func(at string, seen []string, w way)
	walk = func(at string, seen []string, w way) {
		if at == string(opts.To) {
			all = append(all, w)
			return
		}
		if w.steps == opts.MaxLength {
			return
		}
		if w.steps > 0 {
			w.score /= float64(len(others[at]))
		}
		for k, st := range links[at] {
			if slices.Contains(seen, k.to) {
				continue
			}
			next := way{w.text + fmt.Sprintf(" %s.%s %v %s %s", k.relation, k.qualifier, k.inverse, k.to, v.Snapshot().ClaimID(st.n)), w.score * st.Confidence, w.steps + 1,
				w.key + fmt.Sprintf("%s\x00%s\x00%s\x00%v\x00", k.to, k.relation, k.qualifier, k.inverse)}
			walk(k.to, append(slices.Clip(seen), k.to), next)
		}
	}
	walk(string(opts.From), []string{string(opts.From)}, way{score: 1})
	slices.SortFunc(all, func(a, b way) int {
		switch {
		case a.score != b.score && a.score > b.score:
			return -1
		case a.score != b.score:
			return 1
		case a.steps != b.steps:
			return a.steps - b.steps
		}
		return strings.Compare(a.key, b.key)
	})
	var texts []string
	for _, w := range all[:min(len(all), opts.First)] {
		texts = append(texts, fmt.Sprintf("%.12g%s", w.score, w.text))
	}
	return texts
}

func writeConnections(v *snapshot.View, list []analysis.Connection) []string {
	s := v.Snapshot()
	var texts []string
	for _, c := range list {
		text := fmt.Sprintf("%.12g", c.Score)
		for _, step := range c.Steps {
			text += fmt.Sprintf(" %s.%s %v %s %s", step.Relation, step.Qualifier, step.Inverse, s.ID(step.To), s.ClaimID(step.Claim))
		}
		texts = append(texts, text)
	}
	return texts
}

func drawConnections(t *rapid.T) analysis.ConnectionsOptions {
	all := slices.Concat(pool["Country"], pool["City"], pool["Club"], pool["Resource"], pool["Source"])
	ends := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 2, 2, rapid.ID).Draw(t, "ends")
	o := analysis.ConnectionsOptions{From: ends[0], To: ends[1], MaxLength: rapid.IntRange(1, 6).Draw(t, "length"), First: rapid.IntRange(1, 8).Draw(t, "first")}
	if rapid.IntRange(0, 3).Draw(t, "filter") == 0 {
		o.Relations = []string{"borders", "importsFrom", "capital", "borders"}
	}
	if rapid.IntRange(0, 3).Draw(t, "exclude") == 0 {
		o.ExcludeTypes = []string{pick(t, "excluded", "City", "Club", "Resource")}
	}
	return o
}

// TestConnectionsAgainstEveryWay compares the best connections with those of
// trying every way.
func TestConnectionsAgainstEveryWay(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		v := drawWorldView(t, drawTies(t, o))
		opts := drawConnections(t)
		got, err := analysis.Connect(t.Context(), v, nil, opts)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "partial", got.Partial, false)
		equal(t, "connections", strings.Join(writeConnections(v, got.List), "\n"), strings.Join(naiveWays(o, v, opts), "\n"))
		for _, c := range got.List {
			at := opts.From
			for _, step := range c.Steps {
				equal(t, "from", v.Snapshot().ID(step.From), at)
				at = v.Snapshot().ID(step.To)
				if v.Snapshot().Confidence(step.Claim) < v.Snapshot().Confidence(c.Weakest) {
					t.Fatal("the weakest claim is not the weakest")
				}
			}
		}
	})
}

// drawTies is a world in which most claims tie two entities together.
func drawTies(t *rapid.T, o *schema.Ontology) *snapshot.Snapshot {
	s := drawWorld(t, o, 10)
	var c graph.Commit
	seen := map[graph.ClaimID]bool{}
	for range rapid.IntRange(0, 25).Draw(t, "ties") {
		f := o.Predicate(pick(t, "tie", "borders", "memberOf", "capital", "twin", "seat", "broader", "exportsTo", "place", "home"))[0]
		x := graph.Claim{
			Subject: rapid.SampledFrom(pool.Of(f.Owner)).Draw(t, "subject"), Predicate: f.Name,
			Value: graph.EntityValue(rapid.SampledFrom(pool.Of(f.Target)).Draw(t, "object")), Source: pick(t, "source", pool["Source"]...),
			Confidence: pick(t, "confidence", 0.25, 0.5, 0.8, 1), Rank: pick(t, "rank", graph.Normal, graph.Normal, graph.Deprecated), Locator: "tie",
		}
		id := x.ID()
		if _, _, known := s.State().Claim(id); !known && !seen[id] {
			seen[id] = true
			c.Claims = append(c.Claims, x)
		}
	}
	return apply(t, s, &c)
}

// TestConnectionsSeeTheViewOnly gives the same answer where the store never
// learned what the view hides.
func TestConnectionsSeeTheViewOnly(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		v := drawWorldView(t, drawTies(t, o))
		w := only(t, o, v)
		opts := drawConnections(t)
		a, err := analysis.Connect(t.Context(), v, nil, opts)
		if err != nil {
			t.Fatal(err)
		}
		b, err := analysis.Connect(t.Context(), w, nil, opts)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "connections", writeConnections(v, a.List), writeConnections(w, b.List))
	})
}

// TestConnectionsWithinTheirWork: what a search finds before its limit of work
// are connections that exist, and it reports that there may be better ones.
func TestConnectionsWithinTheirWork(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		v := look(t, drawTies(t, o), graph.View{})
		opts := drawConnections(t)
		opts.First = analysis.MaxConnections
		whole, err := analysis.Connect(t.Context(), v, nil, opts)
		if err != nil {
			t.Fatal(err)
		}
		opts.Work = rapid.IntRange(1, 60).Draw(t, "work")
		part, err := analysis.Connect(t.Context(), v, nil, opts)
		if err != nil {
			t.Fatal(err)
		}
		all := writeConnections(v, whole.List)
		found := writeConnections(v, part.List)
		for _, way := range found {
			if len(all) < analysis.MaxConnections && !slices.Contains(all, way) {
				t.Fatalf("%s is not a way", way)
			}
		}
		if !part.Partial {
			equal(t, "connections", found, all)
		}
	})
}

func TestConnectionsRefuseAndStop(t *testing.T) {
	o := world(t)
	c := graph.Commit{Entities: pool.Entities()}
	for i := range 3000 {
		c.Claims = append(c.Claims, graph.Claim{Subject: "AAA", Predicate: "borders", Value: graph.EntityValue("BBB"), Source: "src-1", Confidence: 1, Locator: fmt.Sprint(i)})
	}
	v := look(t, apply(t, snapshot.Empty(o), &c), graph.View{})
	_, err := analysis.Connect(t.Context(), v, nil, analysis.ConnectionsOptions{
		From: "nobody", To: "nobody", MaxLength: 7, First: -1, Relations: []string{"holders", "population"}, ExcludeTypes: []string{"Planet"}})
	const want = `from: there is no entity "nobody"; search finds ids by names
to: there is no entity "nobody"; search finds ids by names
to: it is the same as from; ask about two entities
maxLength: 7 is not between 1 and 6
first: -1 is not between 1 and 100
relations: the ontology has no stored field "holders"; inverse and derived fields are read from others
relations: population leads to no entity; name a relation
excludeTypes: the ontology has no type "Planet"`
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := analysis.Connect(ctx, v, nil, analysis.ConnectionsOptions{From: "AAA", To: "CCC"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search answers %v", err)
	}
}
