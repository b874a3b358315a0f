package analysis_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

func conflictSets(t fataler, ctx context.Context, v *snapshot.View, o analysis.ConflictsOptions) (sets [][]string, places []analysis.ConflictPlace) {
	t.Helper()
	rest, err := analysis.Conflicts(ctx, v, o, func(c analysis.Conflict) bool {
		members := ids(v, c.Claims)
		slices.Sort(members)
		if strings.HasPrefix(c.Place.Claim, "term ") || strings.HasPrefix(c.Place.Claim, "count ") {
			return true // tested by cases
		}
		sets = append(sets, append([]string{string(c.Place.Subject), c.Predicate, c.Place.Claim, string(v.Snapshot().ID(c.Subject))}, members...))
		places = append(places, c.Place)
		holds := graph.HoldsYes
		for _, n := range c.Claims {
			if v.Snapshot().Rank(n) != graph.Deprecated && v.Holds(n) != graph.HoldsYes {
				holds = graph.HoldsPossibly
			}
		}
		equal(t, "holds", c.Holds, holds)
		if c.Reason == "" {
			t.Fatal("a set without a reason: " + fmt.Sprint(members))
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	if rest != nil {
		if _, shown := v.Find("id", string(rest.Subject)); !shown {
			t.Fatal("the walk ended at an entity that the view does not show: " + rest.Subject)
		}
		o.After = rest
		more, after := conflictSets(t, ctx, v, o)
		return append(sets, more...), append(places, after...)
	}
	return sets, places
}

// drawClashes is a world in which claims of few subjects and fields meet.
func drawClashes(t *rapid.T, o *schema.Ontology) *snapshot.Snapshot {
	s := drawWorld(t, o, 10)
	var c graph.Commit
	for i := range rapid.IntRange(0, 20).Draw(t, "clashes") {
		predicate := pick(t, "clash", "capital", "memberOf", "home", "publisher", "population", "borders", "borders", "leads", "leads", "currency", "seats", "ended", "founded", "at", "name", "aliases")
		f := o.Predicate(predicate)[0]
		x := graph.Claim{
			Subject: pick[graph.ID](t, "subject", "AAA", "BBB"), Predicate: predicate, Source: pick(t, "source", pool["Source"]...), Locator: fmt.Sprint("clash ", i),
			Confidence: 1, Rank: pick(t, "rank", graph.Normal, graph.Normal, graph.Deprecated), Conflict: pick(t, "group", "", "group-1"),
		}
		if f.Owner.Name == "Source" {
			x.Subject, x.Source = "src-1", pick[graph.ID](t, "of itself", "src-1", "src-2")
		}
		switch predicate {
		case "seats":
			x.Subject = "club-1"
		case "leads":
			x.Subject = pick[graph.ID](t, "leader", "AAA", "BBB", "CCC")
		case "at":
			x.Subject = "x-town"
		case "borders":
			x.Qualifiers = []graph.QualifierValue{{Name: "lengthKm", Value: graph.FloatValue(pick(t, "length", 100, 105, 120, 200.0))}}
		}
		if f.Time == schema.State && rapid.Bool().Draw(t, "dated") {
			x.Valid = graphtest.DrawInterval(t)
		}
		if f.Kind == schema.Relation {
			x.Value = graph.EntityValue(rapid.SampledFrom(pool.Of(f.Target)[:2]).Draw(t, "object"))
		} else {
			x.Value = drawLiteral(t, f.Scalar, nil)
		}
		if predicate == "seats" {
			x.Value = graph.IntValue(2)
		}
		if predicate == "memberOf" && rapid.IntRange(0, 2).Draw(t, "none") == 0 {
			x.Value = graph.NoneValue()
		}
		if f.Time == schema.Observation {
			x.Valid = graph.Interval{From: parseDate("2020"), To: parseDate("2020")}
		}
		c.Claims = append(c.Claims, x)
	}
	return apply(t, s, &c)
}

// TestConflictsAgainstAllPairs compares the sets with those made of every pair
// of claims in view, whole, narrowed and from every place on.
func TestConflictsAgainstAllPairs(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		v := drawWorldView(t, drawClashes(t, o))
		opts := analysis.ConflictsOptions{
			Subject:   pick[graph.ID](t, "subject", "", "", "AAA", "BBB", "club-1", "src-1"),
			Predicate: pick(t, "predicate", "", "", "capital", "importsFrom", "home", "leads", "borders"),
		}
		got, places := conflictSets(t, t.Context(), v, opts)
		equal(t, "conflicts", got, naiveConflicts(v, opts.Subject, opts.Predicate))
		opts.Work = rapid.IntRange(1, 10).Draw(t, "work")
		parts, _ := conflictSets(t, t.Context(), v, opts)
		equal(t, "conflicts in parts", parts, got)
		opts.Work = 0
		for i, p := range places {
			opts.After = &p
			rest, _ := conflictSets(t, t.Context(), v, opts)
			equal(t, "conflicts after a place", rest, got[i+1:])
		}
	})
}

// TestConflictsSeeTheViewOnly gives the same answer where the store never
// learned what the view hides.
func TestConflictsSeeTheViewOnly(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		v := drawWorldView(t, drawClashes(t, o))
		w := only(t, o, v)
		write := func(v *snapshot.View) string {
			var b strings.Builder
			if _, err := analysis.Conflicts(t.Context(), v, analysis.ConflictsOptions{}, func(c analysis.Conflict) bool {
				// Names do not depend on the sources of the view.
				if v.Snapshot().Object(c.Claims[0]) != snapshot.None {
					c.Reason = ""
				}
				fmt.Fprintln(&b, c.Place, c.Holds, ids(v, c.Claims), c.Reason)
				return true
			}); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
		equal(t, "conflicts", write(v), write(w))
	})
}

func TestConflictsRefuse(t *testing.T) {
	o := world(t)
	s := apply(t, snapshot.Empty(o), &graph.Commit{Entities: pool.Entities()})
	v := look(t, s, graph.View{})
	_, err := analysis.Conflicts(t.Context(), v, analysis.ConflictsOptions{Subject: "nobody", Predicate: "holders"}, nil)
	const want = "subject: there is no entity \"nobody\"; search finds ids by names\n" +
		"predicate: the ontology has no stored field \"holders\"; inverse and derived fields are read from others"
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

// TestConflictsStop: a set of thousands is found, and a long walk ends when its context ends.
func TestConflictsStop(t *testing.T) {
	o := world(t)
	c := graph.Commit{Entities: pool.Entities()}
	for i := range 3000 {
		c.Claims = append(c.Claims, graph.Claim{Subject: "AAA", Predicate: "title", Value: graph.StringValue(fmt.Sprint("title ", i)), Source: "src-1", Confidence: 1})
	}
	v := look(t, apply(t, snapshot.Empty(o), &c), graph.View{})
	n := 0
	if _, err := analysis.Conflicts(t.Context(), v, analysis.ConflictsOptions{}, func(c analysis.Conflict) bool {
		n += len(c.Claims)
		equal(t, "reason", c.Reason, "title has one value at a time and is stated as title 0, title 1, title 10, title 100, title 1000, title 1001 and 2994 more")
		return true
	}); err != nil || n != 3000 {
		t.Errorf("%d claims, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := analysis.Conflicts(ctx, v, analysis.ConflictsOptions{}, func(analysis.Conflict) bool { return true }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled walk answers %v", err)
	}
}
