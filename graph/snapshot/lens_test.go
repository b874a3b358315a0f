package snapshot_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	rules "github.com/caspian-kg/caspian/graph/lens"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// lensRules are rules of each kind, with what each hides, as a reader of the documents would say it.
var lensRules = []struct {
	rule  rules.Rule
	hides func(c *graph.Claim) bool
}{
	{rules.Rule{Source: "src-2"}, func(c *graph.Claim) bool { return slices.Contains(namedBy(c), "src-2") }},
	{rules.Rule{Type: "City"}, func(c *graph.Claim) bool { return namesType(c, "City") }},
	{rules.Rule{Type: "Person"}, func(c *graph.Claim) bool { return namesType(c, "Person") }},
	{rules.Rule{Relation: "exportsTo"}, func(c *graph.Claim) bool { return c.Predicate == "exportsTo" }},
	{rules.Rule{Relation: "Country.name"}, func(c *graph.Claim) bool { return c.Predicate == "name" && typeOf(c.Subject) == "Country" }},
	{rules.Rule{Relation: "holders"}, func(c *graph.Claim) bool { return c.Predicate == "holds" }},
}

// namedBy lists the entities that a claim names.
func namedBy(c *graph.Claim) []graph.ID {
	ids := []graph.ID{c.Subject, c.Source, graph.ID(c.AttributedTo)}
	for _, v := range append([]graph.QualifierValue{{Value: c.Value}}, c.Qualifiers...) {
		if v.Value.Kind() == graph.EntityKind {
			ids = append(ids, v.Value.Entity())
		}
	}
	return ids
}

func namesType(c *graph.Claim, typ string) bool {
	return slices.ContainsFunc(namedBy(c), func(id graph.ID) bool {
		return slices.Contains(entities(), graph.Entity{ID: id, Type: typ})
	})
}

// never returns the commits that would have been made if nobody had ever stated the hidden claims. It shares no code
// with package lens, and reads commits where that reads a snapshot.
func never(commits []graph.Commit, hides func(*graph.Claim) bool) (made []*graph.Commit) {
	stated, live, declared := map[graph.ClaimID]bool{}, map[graph.ClaimID]bool{}, map[graph.ID]bool{}
	for i := range commits {
		was := &commits[i]
		c := &graph.Commit{Seq: was.Seq, At: was.At}
		for _, claim := range was.Claims {
			if hides(&claim) {
				continue
			}
			claim.Supersedes = slices.DeleteFunc(slices.Clone(claim.Supersedes), func(old graph.ClaimID) bool {
				gone := !live[old]
				live[old] = false
				return gone
			})
			if len(claim.Supersedes) == 0 {
				claim.Supersedes = nil
			}
			order := []graph.ID{claim.Subject, claim.Source}
			if claim.Value.Kind() == graph.EntityKind {
				order = append(order, claim.Value.Entity())
			}
			for _, q := range claim.Qualifiers {
				if q.Value.Kind() == graph.EntityKind {
					order = append(order, q.Value.Entity())
				}
			}
			for _, id := range order {
				if !declared[id] {
					declared[id] = true
					c.Entities = append(c.Entities, graph.Entity{ID: id, Type: typeOf(id)})
				}
			}
			stated[claim.ID()], live[claim.ID()] = true, true
			c.Claims = append(c.Claims, claim)
		}
		for _, r := range was.Retractions {
			if live[r.Claim] {
				live[r.Claim] = false
				c.Retractions = append(c.Retractions, r)
			}
		}
		for _, r := range was.Reinstatements {
			if stated[r.Claim] && !live[r.Claim] {
				live[r.Claim] = true
				c.Reinstatements = append(c.Reinstatements, r)
			}
		}
		made = append(made, c)
	}
	return made
}

// TestLens: under a lens, a snapshot is in every column and index the one of a history in which nobody ever stated
// what is hidden, whether it is built at once or grows with the commits.
func TestLens(t *testing.T) {
	o := load(t)
	rapid.Check(t, func(t *rapid.T) {
		commits := drawHistory(t, o)
		chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, len(lensRules)-1), 1, 3, rapid.ID[int]).Draw(t, "rules")
		var hidden []rules.Rule
		for _, i := range chosen {
			hidden = append(hidden, lensRules[i].rule)
		}
		hides := func(c *graph.Claim) bool {
			return slices.ContainsFunc(chosen, func(i int) bool { return lensRules[i].hides(c) })
		}
		grown, once := lensOf(t, o, hidden), lensOf(t, o, hidden)
		whole := snapshot.Empty(o)
		for i := range commits {
			next, err := whole.Apply(&commits[i])
			if err != nil {
				t.Fatal(err)
			}
			if whole = next; rapid.Bool().Draw(t, "read between") {
				grown.Of(whole, nil)
			}
		}
		want := replayed(t, snapshot.Empty(o), never(commits, hides))
		for name, l := range map[string]*rules.Lens{"grown": grown, "built at once": once} {
			for _, d := range snapshot.Differences(l.Of(whole, nil), want) {
				t.Errorf("%s under %v: %s", name, hidden, d)
			}
		}
	})
}

func lensOf(t interface{ Fatal(...any) }, o *schema.Ontology, hidden []rules.Rule) *rules.Lens {
	l, err := rules.New(o, hidden)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
