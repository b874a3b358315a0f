package scenario_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/scenario"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

const worldOntology = `
interface Entity @entity(plural: "entities") {
  name: String @time(kind: STATE)
  aliases: [String!] @time(kind: STATE)
}
type Country implements Entity @entity(plural: "countries") {
  founded: Date @time(kind: ETERNAL) @lifetime(subject: BEGINS)
  currency: String @time(kind: STATE, reach: "NEXT") @code
  population: Int @time(kind: OBSERVATION)
  capital: City @time(kind: STATE)
  borders(lengthKm: Float @unit(code: "km")): [Country!] @time(kind: STATE) @symmetric
  memberOf(role: String): [Club!] @time(kind: STATE)
  leads: [Club!] @time(kind: STATE, reach: "P30D/P365D")
  imports(quantity: Quantity, scope: String @distinct): [Club!] @time(kind: OBSERVATION)
}
type City implements Entity @entity(plural: "cities") { twin: [City!] @time(kind: STATE) @symmetric }
type Club implements Entity { seat: City @time(kind: STATE) members: [Country!] @inverse(of: "memberOf") }
type Source implements Entity { date: Date @time(kind: ETERNAL) }
enum Unit { km @measures(dimension: "length") }
`

var (
	pool = graphtest.Pool{
		"Country": {"AAA", "BBB", "CCC"}, "City": {"x-town", "y-town"}, "Club": {"club-1", "club-2"}, "Source": {"src-1", "src-2"},
	}
	today = graph.DayDate(2024, 5, 1).First()
	epoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
)

func world(t testing.TB) *schema.Ontology {
	t.Helper()
	o, err := schema.Load("world.graphql", worldOntology)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func apply(t fataler, s *snapshot.Snapshot, c graph.Commit) *snapshot.Snapshot {
	t.Helper()
	c.Seq = s.Seq() + 1
	c.At = epoch.Add(time.Duration(c.Seq) * time.Hour)
	next, err := s.Apply(&c)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// drawClaim draws a claim that fits the ontology.
func drawClaim(t *rapid.T, o *schema.Ontology, ranks ...graph.Rank) graph.Claim {
	e := rapid.SampledFrom(pool.Entities()).Draw(t, "subject")
	fields := slices.DeleteFunc(slices.Clone(o.Type(e.Type).Fields), func(f *schema.Field) bool { return !f.Stored() })
	f := rapid.SampledFrom(fields).Draw(t, "field")
	c := graph.Claim{
		Subject: e.ID, Predicate: f.Name, Source: rapid.SampledFrom(pool["Source"]).Draw(t, "source"), Locator: rapid.SampledFrom([]string{"", "p1"}).Draw(t, "locator"),
		Confidence: rapid.SampledFrom([]float64{0.3, 0.7, 1}).Draw(t, "confidence"), Rank: rapid.SampledFrom(ranks).Draw(t, "rank"),
	}
	switch {
	case f.Kind == schema.Relation:
		others := slices.DeleteFunc(pool.Of(f.Target), func(id graph.ID) bool { return id == e.ID })
		c.Value = graph.EntityValue(rapid.SampledFrom(others).Draw(t, "object"))
	case f.Scalar == schema.Date:
		c.Value = graph.DateValue(graphtest.DrawDate(t, "value", true))
	case f.Scalar == schema.Int:
		c.Value = graph.IntValue(int64(rapid.IntRange(0, 4).Draw(t, "value")))
	default:
		c.Value = graph.StringValue(rapid.SampledFrom([]string{"Alpha", "alpha", "Beta"}).Draw(t, "value"))
	}
	if f.Time != schema.Eternal {
		c.Valid = graphtest.DrawInterval(t)
	}
	return c
}

// drawFacts draws a snapshot whose facts have no preferred claims.
func drawFacts(t *rapid.T, o *schema.Ontology) (s *snapshot.Snapshot, commits []graph.Commit) {
	add := func(c graph.Commit) {
		if s = apply(t, s, c); s != nil {
			commits = append(commits, c)
		}
	}
	s = snapshot.Empty(o)
	add(graph.Commit{Entities: pool.Entities()})
	for range rapid.IntRange(1, 3).Draw(t, "commits") {
		var ch graph.Change
		for range rapid.IntRange(0, 20).Draw(t, "claims") {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: drawClaim(t, o, graph.Normal, graph.Normal, graph.Deprecated)})
		}
		if live := liveOf(t, s); len(live) > 0 && rapid.Bool().Draw(t, "retract") {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: rapid.SampledFrom(live).Draw(t, "retracted")}})
		}
		if res, problems := graph.Check(o, s.State(), &ch); problems == nil && !res.Commit.Empty() {
			add(res.Commit)
		}
	}
	return s, commits
}

func liveOf(t fataler, s *snapshot.Snapshot) (list []graph.ClaimID) {
	t.Helper()
	if err := s.Claims(func(_ *graph.Claim, id graph.ClaimID, live bool) error {
		if live {
			list = append(list, id)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// drawOps draws hypothetical operations. Their claims are preferred: so they precede the facts also where they are
// stated as facts.
func drawOps(t *rapid.T, o *schema.Ontology, s *snapshot.Snapshot) (ops []graph.Op) {
	live := liveOf(t, s)
	for range rapid.IntRange(1, 6).Draw(t, "operations") {
		c := drawClaim(t, o, graph.Preferred)
		c.Source, c.Confidence = "", 1
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			ops = append(ops, graph.Op{Kind: graph.Override, Claim: c})
		case 1:
			ops = append(ops, graph.Op{Kind: graph.Remove, Claim: graph.Claim{Subject: c.Subject, Predicate: c.Predicate}})
		case 2:
			if len(live) > 0 {
				claim, _, _ := s.State().Claim(rapid.SampledFrom(live).Draw(t, "removed"))
				ops = append(ops, graph.Op{Kind: graph.Remove, Claim: graph.Claim{Subject: claim.Subject, Predicate: claim.Predicate, Value: claim.Value}})
			}
		default:
			ops = append(ops, graph.Op{Kind: graph.Assert, Claim: c})
		}
	}
	return ops
}

// reallyApplied applies a scenario as facts to the snapshot: it spells out which claims an operation withdraws by
// reading all of them.
func reallyApplied(t fataler, s *snapshot.Snapshot, name string, ops []graph.Op) *snapshot.Snapshot {
	t.Helper()
	o, src := s.Ontology(), scenario.SourceOf(name)
	ch := graph.Change{Ops: []graph.Op{
		{Kind: graph.Declare, Entity: graph.Entity{ID: src, Type: "Source"}},
		{Kind: graph.Assert, Claim: graph.Claim{Subject: src, Predicate: "name", Value: graph.StringValue("Scenario: " + name), Source: src, Confidence: 1}},
	}}
	asserts := false
	gone := map[graph.ClaimID]bool{}
	for _, op := range ops {
		c := op.Claim
		f := o.Type(typeOf(s, c.Subject)).Field(c.Predicate)
		if op.Kind != graph.Remove {
			asserts = true
			c.Source = src
			if f.Time == schema.State && c.Valid.Empty() {
				c.Valid, _ = graph.ParseInterval("0001-01-01/..")
			}
			c.Normalise()
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: c})
		}
		for _, id := range liveOf(t, s) {
			other, _, _ := s.State().Claim(id)
			if f.Symmetric && other.Value == graph.EntityValue(c.Subject) && other.Predicate == c.Predicate {
				other.Subject, other.Value = c.Subject, graph.EntityValue(other.Subject)
			}
			if other.Subject != c.Subject || other.Predicate != c.Predicate {
				continue
			}
			if op.Kind == graph.Override && sameQuestion(f, &other, &c) || op.Kind == graph.Remove && (c.Value == graph.Value{} || c.Value == other.Value) {
				gone[id] = true
			}
		}
	}
	if !asserts {
		ch.Ops = nil
	}
	for _, id := range liveOf(t, s) {
		if gone[id] {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: id}})
		}
	}
	res, problems := graph.Check(o, s.State(), &ch)
	if problems != nil {
		t.Fatal(problems)
	}
	return apply(t, s, res.Commit)
}

func typeOf(s *snapshot.Snapshot, id graph.ID) string { name, _ := s.State().TypeOf(id); return name }

// sameQuestion spells out which claims an override replaces, for the fields of the test's ontology.
func sameQuestion(f *schema.Field, a, b *graph.Claim) bool {
	if f.Time == schema.Observation && a.Valid != b.Valid {
		return false
	}
	return !f.Many || a.Value == b.Value
}

// shown describes all that a view shows, by the ids of claims.
func shown(v *snapshot.View) string {
	var b strings.Builder
	s := v.Snapshot()
	var lines []string
	v.AllClaims(func(n uint32) bool {
		lines = append(lines, fmt.Sprint(s.ClaimID(n), v.Holds(n), v.Exactly(n)))
		return true
	})
	slices.Sort(lines)
	fmt.Fprintln(&b, lines)
	for e := range v.OfTypes(s.Ontology().Types).All() {
		n := e.Node
		fmt.Fprint(&b, s.ID(n), v.Name(n))
		if s.Type(n) == nil {
			continue
		}
		for _, f := range s.Type(n).Fields {
			fmt.Fprint(&b, " ", f.Name)
			switch {
			case f.Kind == schema.Property:
				for _, c := range v.Values(n, f, nil) {
					fmt.Fprint(&b, s.ClaimID(c))
				}
				fmt.Fprint(&b, s.Value(or(v.OneIn(n, f, ""), 0)))
			case f.Many:
				for _, series := range []bool{false, true} {
					for e := range v.Relation(n, f, series).All() {
						fmt.Fprint(&b, s.ID(e.Node), s.ClaimID(e.Claim))
					}
				}
			default:
				if e, ok := v.One(n, f); ok {
					fmt.Fprint(&b, s.ID(e.Node), s.ClaimID(e.Claim))
				}
			}
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

func or(n, other uint32) uint32 {
	if n == snapshot.None {
		return other
	}
	return n
}

// views yields views of a snapshot that tests compare.
func views(t fataler, s *snapshot.Snapshot) (list []*snapshot.View) {
	t.Helper()
	for _, v := range []graph.View{
		{}, {AsOf: graph.DayDate(2021, 6, 15)}, {AsOf: graph.DayDate(2030, 1, 1)}, {Holds: graph.HoldsYes}, {MinConfidence: 0.5},
		{During: graph.Interval{From: graph.DayDate(2020, 1, 1), To: graph.DayDate(2023, 1, 1)}, Mode: graph.Throughout},
	} {
		w, err := s.View(v, today)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, w)
	}
	return list
}

func describe(t fataler, s *snapshot.Snapshot) string {
	t.Helper()
	var b strings.Builder
	for _, v := range views(t, s) {
		fmt.Fprintln(&b, shown(v))
	}
	return b.String()
}

// TestAsReallyApplied compares a view of a scenario with one of a copy of the graph to which the same claims were
// really applied, its removals as retractions. The graph itself, and what is applied to it later, must stay as if
// there were no scenario.
func TestAsReallyApplied(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		defer column.Shorten(rapid.SampledFrom([]int{1, 15}).Draw(t, "flat"), rapid.SampledFrom([]int{2, 512}).Draw(t, "chunk"), 64)()
		s, commits := drawFacts(t, o)
		copied := snapshot.Empty(o)
		for _, c := range commits {
			copied = apply(t, copied, c)
		}
		before, digest := describe(t, s), s.Digest()
		ops := drawOps(t, o, s)
		if len(ops) == 0 {
			return
		}
		saved := save(t, s, "what-if", ops)
		if saved == nil {
			return
		}
		f, err := scenario.Build(t.Context(), saved, scenario.Asked{Names: []string{"what-if"}})
		if err != nil {
			t.Fatal(err)
		}
		// Written at the same time, each line has its own.
		later := graph.Commit{Claims: []graph.Claim{{Subject: "AAA", Predicate: "currency", Value: graph.StringValue("later"), Source: "src-1", Confidence: 1}}}
		next := apply(t, saved, later)
		got, want := describe(t, f), describe(t, reallyApplied(t, copied, "what-if", ops))
		if got != want {
			t.Fatalf("with %v\ngot  %s\nwant %s", saved.Scenarios()[0].Lines, got, want)
		}
		if again := describe(t, saved); again != before || saved.Digest() != digest {
			t.Fatalf("the facts changed:\n%s\nbefore\n%s", again, before)
		}
		if got, want := describe(t, next), describe(t, apply(t, apply(t, line(t, o, commits), graph.Commit{Scenario: &saved.Scenarios()[0]}), later)); got != want {
			t.Fatalf("after a write:\n%s\nwant\n%s", got, want)
		}
	})
}

// line returns another line with the commits.
func line(t fataler, o *schema.Ontology, commits []graph.Commit) *snapshot.Snapshot {
	t.Helper()
	s := snapshot.Empty(o)
	for _, c := range commits {
		s = apply(t, s, c)
	}
	return s
}

// save returns the snapshot with a scenario, or nil if the operations match nothing or contradict each other.
func save(t fataler, s *snapshot.Snapshot, name string, ops []graph.Op) *snapshot.Snapshot {
	t.Helper()
	ch := &graph.Change{Ops: append([]graph.Op{{Kind: graph.Suppose, Scenario: &graph.Scenario{Name: name}}}, ops...)}
	res, problems := scenario.Check(s, ch)
	if problems != nil {
		if p := problems[0]; p.Code != graph.UnknownID || !strings.Contains(p.Message, "matches nothing") {
			t.Fatal(problems)
		}
		return nil
	}
	return apply(t, s, res.Commit)
}

// TestManyForks reads and makes forks while the facts grow.
func TestManyForks(t *testing.T) {
	o := world(t)
	s := apply(t, snapshot.Empty(o), graph.Commit{Entities: pool.Entities()})
	cache := scenario.NewCache(4 << 20)
	var group sync.WaitGroup
	for i := range 200 {
		s = apply(t, s, graph.Commit{Claims: []graph.Claim{{Subject: "AAA", Predicate: "population", Value: graph.IntValue(int64(i)), Source: "src-1", Confidence: 1, Locator: fmt.Sprint(i)}}})
		s := s
		group.Go(func() {
			c := graph.Claim{Subject: "AAA", Predicate: "currency", Value: graph.StringValue(fmt.Sprint("c", i%3)), Confidence: 1}
			f, err := cache.Fork(t.Context(), s, scenario.Asked{Ops: []graph.Op{{Kind: graph.Assert, Claim: c}}})
			if err != nil {
				t.Error(err)
				return
			}
			v, err := f.View(graph.View{}, today)
			if err != nil {
				t.Error(err)
				return
			}
			n, _ := v.Meant("AAA")
			if got := v.Values(n, o.Type("Country").Field("currency"), nil); len(got) > 0 && f.Value(got[0]).Text() != c.Value.Text() {
				t.Errorf("fork %d shows %v", i, f.Value(got[0]))
			}
			if f.ClaimCount() != s.ClaimCount()+2 {
				t.Errorf("fork %d has %d claims of %d facts", i, f.ClaimCount(), s.ClaimCount())
			}
		})
	}
	group.Wait()
	if st := cache.Stats(); st.Bytes > 4<<20 || st.Built != 200 {
		t.Errorf("the cache has %+v", st)
	}
}
