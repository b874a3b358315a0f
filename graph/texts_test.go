package graph_test

import (
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// TestTextsOfAnotherForm reads a file of a store whose texts were not in the one
// form yet: its lines about a claim, which have the old id, find the new one.
func TestTextsOfAnotherForm(t *testing.T) {
	o := schema.MustDefault()
	old := graph.Claim{
		Subject: "KAZ", Predicate: "officialName", Value: graph.StringValue(" Re\u0301publique"), Source: "src", Locator: "p\u00a01 ", Confidence: 1,
		Qualifiers: []graph.QualifierValue{{Name: "lang", Value: graph.StringValue("fr ")}},
	}
	code := graph.Claim{Subject: "KAZ", Predicate: "iso2", Value: graph.StringValue("kz"), Source: "src", Confidence: 1}
	next := graph.Claim{Subject: "KAZ", Predicate: "iso2", Value: graph.StringValue("KZ"), Source: "src", Locator: "p2", Confidence: 1, Supersedes: []graph.ClaimID{code.ID()}}
	change := func(ops ...graph.Op) *graph.Change {
		return &graph.Change{Ops: append([]graph.Op{
			{Kind: graph.Declare, Entity: graph.Entity{ID: "src", Type: "Source"}}, {Kind: graph.Declare, Entity: graph.Entity{ID: "KAZ", Type: "Country"}},
		}, ops...)}
	}
	res, problems := graph.Check(o, graph.Nothing, change(
		graph.Op{Kind: graph.Assert, Claim: old}, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: old.ID(), Reason: " misre\u0301ad"}},
		graph.Op{Kind: graph.Assert, Claim: code}, graph.Op{Kind: graph.Assert, Claim: next},
	))
	if problems != nil {
		t.Fatal(problems)
	}
	c := res.Commit
	if len(c.Claims) != 3 || len(c.Retractions) != 1 || c.Claims[0].Value.Text() != "R\u00e9publique" || c.Claims[0].Locator != "p\u00a01" ||
		c.Claims[0].Qualifier("lang").Text() != "fr" || c.Retractions[0] != (graph.Retraction{Claim: c.Claims[0].ID(), Reason: "misr\u00e9ad"}) {
		t.Errorf("the commit is %+v", c)
	}
	if got := c.Claims[2].Supersedes; len(got) != 1 || got[0] != c.Claims[1].ID() || got[0] == code.ID() {
		t.Errorf("%v supersedes %v", c.Claims[2], got)
	}
	if next.Supersedes[0] != code.ID() || old.Qualifiers[0].Value.Text() != "fr " {
		t.Error("Check changed what it was given")
	}

	// A store that has the old claim keeps it, and withdraws it by its id.
	st := newState()
	if err := st.apply(&graph.Commit{Entities: c.Entities, Claims: []graph.Claim{old}}); err != nil {
		t.Fatal(err)
	}
	res, problems = graph.Check(o, st, change(graph.Op{Kind: graph.Assert, Claim: old}, graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: old.ID()}}))
	if problems != nil || len(res.Commit.Claims) != 1 || len(res.Commit.Retractions) != 1 || res.Commit.Retractions[0].Claim != old.ID() {
		t.Errorf("%v, %+v", problems, res)
	}
}

// FuzzTexts states texts through the gate: what is accepted is in one form, and
// stated again changes nothing.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"Kazakhstan", " Re\u0301publique\n", "\u200b", "a\u202eb", "a\x00b", "\ufffd", "\u2067a\u2069", "ﬁ", "\xff", "kz", "https://www.wikidata.org/wiki/Q42"} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(3))
	}
	o := schema.MustDefault()
	predicates := []string{"name", "description", "iso2", "wikidata", "sameAs"}
	f.Fuzz(func(t *testing.T, s string, which uint8) {
		claim := graph.Claim{Subject: "KAZ", Predicate: predicates[int(which)%len(predicates)], Value: graph.LooseValue(s), Source: "src", Note: s, Locator: "p", Confidence: 1}
		ch := &graph.Change{Ops: []graph.Op{
			{Kind: graph.Declare, Entity: graph.Entity{ID: "src", Type: "Source"}}, {Kind: graph.Declare, Entity: graph.Entity{ID: "KAZ", Type: "Country"}},
			{Kind: graph.Assert, Claim: claim},
		}}
		res, problems := graph.Check(o, graph.Nothing, ch)
		if problems != nil {
			return
		}
		ch.Ops[2].Claim = res.Commit.Claims[0]
		again, problems := graph.Check(o, graph.Nothing, ch)
		if problems != nil || again.IDs[0] != res.IDs[0] || again.Commit.Claims[0].Note != res.Commit.Claims[0].Note {
			t.Errorf("%q is kept as %+v, and that %v as %+v", s, res.Commit.Claims[0], problems, again)
		}
	})
}
