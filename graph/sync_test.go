package graph_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// TestSync: after each edition of a source, the graph has of it what the edition states, and nothing else; of other
// sources and of the source itself what it had. The same edition again changes nothing.
func TestSync(t *testing.T) {
	o := schema.MustDefault()
	rapid.Check(t, func(t *rapid.T) {
		st := newState()
		first := &graph.Change{}
		for _, e := range [][2]string{{"list", "Source"}, {"other", "Source"}, {"KAZ", "Country"}, {"UZB", "Country"}, {"x", "Organisation"}, {"y", "Organisation"}} {
			first.Ops = append(first.Ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: graph.ID(e[0]), Type: e[1]}})
		}
		first.Ops = append(first.Ops, graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: "list", Predicate: "name",
			Value: graph.StringValue("A list"), Source: "list", Confidence: 1}})
		for _, c := range drawEdition(t, "other") {
			first.Ops = append(first.Ops, graph.Op{Kind: graph.Assert, Claim: c})
		}
		commit(t, o, st, first)
		others := heldBy(st, "other")
		for range rapid.IntRange(1, 5).Draw(t, "editions") {
			ch := &graph.Change{Sync: "list"}
			var want []string
			for _, c := range drawEdition(t, "list") {
				ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: c})
				want = append(want, c.ID().String())
			}
			want = append(want, first.Ops[6].Claim.ID().String())
			slices.Sort(want)
			commit(t, o, st, ch)
			if got := heldBy(st, "list"); !slices.Equal(got, slices.Compact(want)) {
				t.Fatalf("the list states %v, the graph has %v", want, got)
			}
			if got := heldBy(st, "other"); !slices.Equal(got, others) {
				t.Fatalf("another source stated %v, the graph has %v", others, got)
			}
			if again, problems := graph.Check(o, st, ch); problems != nil || !again.Commit.Empty() {
				t.Fatalf("the same edition again: %v, %+v", problems, again)
			}
		}
	})
}

// heldBy returns the ids of the live claims of a source, in order.
func heldBy(st *naiveState, source graph.ID) []string {
	var ids []string
	for _, c := range st.claims {
		if c.live && c.Source == source {
			ids = append(ids, c.ID().String())
		}
	}
	slices.Sort(ids)
	return ids
}

// drawEdition draws what an edition of a source states, from few claims, so that later editions state some again.
// No two entities ever share a key.
func drawEdition(t *rapid.T, source graph.ID) []graph.Claim {
	var list []graph.Claim
	for range rapid.IntRange(1, 8).Draw(t, "claims") {
		country := rapid.SampledFrom([]graph.ID{"KAZ", "UZB"}).Draw(t, "country")
		c := graph.Claim{Subject: country, Source: source, Confidence: 0.9, Locator: rapid.SampledFrom([]string{"", "p2"}).Draw(t, "locator")}
		switch rapid.IntRange(0, 3).Draw(t, "field") {
		case 0:
			c.Predicate, c.Value = "name", graph.StringValue(rapid.SampledFrom([]string{"A", "B"}).Draw(t, "name"))
		case 1:
			c.Predicate, c.Value = "iso2", graph.StringValue(string(country[:1])+rapid.SampledFrom([]string{"A", "B"}).Draw(t, "code"))
		case 2:
			c.Predicate, c.Value = "population", graph.IntValue(rapid.Int64Range(1, 2).Draw(t, "people"))
			c.Valid = wholeYear(rapid.IntRange(2020, 2021).Draw(t, "year"))
		default:
			c.Predicate, c.Value = "memberOf", graph.EntityValue(rapid.SampledFrom([]graph.ID{"x", "y"}).Draw(t, "organisation"))
		}
		c.Normalise()
		list = append(list, c)
	}
	return list
}

func wholeYear(n int) graph.Interval {
	first, last := graph.DayDate(n, 1, 1), graph.DayDate(n, 12, 31)
	return graph.Interval{From: first, To: last}
}

// TestSyncSupersedes: a claim that alone answers what a withdrawn one answered takes its place.
func TestSyncSupersedes(t *testing.T) {
	o := schema.MustDefault()
	st := newState()
	people := func(n int64, in int, locator string) graph.Op {
		c := graph.Claim{Subject: "KAZ", Predicate: "population", Value: graph.IntValue(n), Valid: wholeYear(in), Source: "list", Locator: locator, Confidence: 1}
		return graph.Op{Kind: graph.Assert, Claim: c}
	}
	declare := []graph.Op{{Kind: graph.Declare, Entity: graph.Entity{ID: "list", Type: "Source"}}, {Kind: graph.Declare, Entity: graph.Entity{ID: "KAZ", Type: "Country"}}}
	for _, step := range []struct {
		ops  []graph.Op
		want string
	}{
		{[]graph.Op{people(1, 2019, ""), people(2, 2020, "")}, "2 claims, 0 superseded, 0 retracted, 0 reinstated"},
		{[]graph.Op{people(1, 2019, ""), people(3, 2020, "")}, "1 claims, 1 superseded, 0 retracted, 0 reinstated"},
		{[]graph.Op{people(1, 2019, ""), people(4, 2020, "a"), people(5, 2020, "b")}, "2 claims, 0 superseded, 1 retracted, 0 reinstated"},
		{[]graph.Op{people(2, 2020, "")}, "0 claims, 0 superseded, 3 retracted, 1 reinstated"},
	} {
		res, problems := graph.Check(o, st, &graph.Change{Ops: append(declare, step.ops...), Sync: "list"})
		if problems != nil {
			t.Fatal(problems)
		}
		superseded := 0
		for _, c := range res.Commit.Claims {
			superseded += len(c.Supersedes)
		}
		if got := fmt.Sprintf("%d claims, %d superseded, %d retracted, %d reinstated", len(res.Commit.Claims), superseded, len(res.Commit.Retractions), len(res.Commit.Reinstatements)); got != step.want {
			t.Errorf("got %s, want %s", got, step.want)
		}
		if err := st.apply(&res.Commit); err != nil {
			t.Fatal(err)
		}
	}
	if _, problems := graph.Check(o, st, &graph.Change{Ops: declare, Sync: "list"}); len(problems) != 1 || problems[0].Message != nothingStated {
		t.Errorf("an empty edition: got %v", problems)
	}
}

const nothingStated = "nothing is stated by list, so that a sync would withdraw all that it said; retract its claims if that is meant"
