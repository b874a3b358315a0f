package live

import (
	"errors"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

// TestSameChange: a key answers with its first commit for the same change
// only. A change that says anything more or less is another change.
func TestSameChange(t *testing.T) {
	log := &memory{}
	g := open(t, log, Options{})
	old := commit(t, g, change("", append(base(), named("old"), named("older"), named("gone"))...)).IDs
	ops := func() []graph.Op {
		c := named("a")
		c.Claim.Qualifiers = nil
		c.Claim.Confidence, c.Claim.Rank, c.Claim.Attribution = 0.9, graph.Preferred, graph.Reported
		c.Claim.AttributedTo, c.Claim.Original, c.Claim.Conflict, c.Claim.Note = "UZB", "A", "names", "as printed"
		c.Claim.Supersedes = old[:1]
		border := graph.Op{Kind: graph.Assert, Claim: graph.Claim{
			Subject: "KAZ", Predicate: "borders", Value: graph.EntityValue("TKM"), Source: "src", Confidence: 1,
			Qualifiers: []graph.QualifierValue{{Name: "lengthKm", Value: graph.FloatValue(379)}},
		}}
		return []graph.Op{
			{Kind: graph.Declare, Entity: graph.Entity{ID: "TKM", Type: "Country"}},
			{Kind: graph.Declare, Entity: graph.Entity{ID: "KAZ", Type: "Country"}}, // known
			c, named("older"), border, // the second known
			{Kind: graph.Retract, Retract: graph.Retraction{Claim: old[2], Reason: "gone"}},
		}
	}
	first := commit(t, g, change("k", ops()...))
	commit(t, g, change("", graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: "IRN", Type: "Country"}}, named("since")))
	zero, claim := graph.Seq(0), func(fn func(c *graph.Claim)) func(ch *graph.Change) {
		return func(ch *graph.Change) { fn(&ch.Ops[2].Claim) }
	}
	for what, spoil := range map[string]func(ch *graph.Change){
		"same: as it was":                    func(*graph.Change) {},
		"same: at a sequence number of then": func(ch *graph.Change) { ch.IfSeq = &zero },
		"same: from another place":           func(ch *graph.Change) { ch.Ops[0].Position.File = "other" },
		"same: with a remark": func(ch *graph.Change) {
			ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Notice, Notice: "skipped"})
		},
		"same: confidence closer than is kept": claim(func(c *graph.Claim) { c.Confidence += 1e-6 }),
		"confidence":                           claim(func(c *graph.Claim) { c.Confidence = 0.8 }),
		"rank":                                 claim(func(c *graph.Claim) { c.Rank = graph.Normal }),
		"attribution":                          claim(func(c *graph.Claim) { c.Attribution = graph.Inferred }),
		"attributed to":                        claim(func(c *graph.Claim) { c.AttributedTo = "KAZ" }),
		"original":                             claim(func(c *graph.Claim) { c.Original = "B" }),
		"conflict":                             claim(func(c *graph.Claim) { c.Conflict = "" }),
		"note":                                 claim(func(c *graph.Claim) { c.Note = "" }),
		"no supersession":                      claim(func(c *graph.Claim) { c.Supersedes = nil }),
		"supersession":                         claim(func(c *graph.Claim) { c.Supersedes = old[1:2] }),
		"more supersession":                    claim(func(c *graph.Claim) { c.Supersedes = old[:2] }),
		"value":                                claim(func(c *graph.Claim) { c.Value = graph.StringValue("b") }),
		"known value":                          claim(func(c *graph.Claim) { c.Value = graph.StringValue("since") }),
		"kind of value":                        claim(func(c *graph.Claim) { c.Value = graph.EnumOf("a") }),
		"source":                               claim(func(c *graph.Claim) { c.Source = "" }),
		"locator":                              claim(func(c *graph.Claim) { c.Locator = "p. 1" }),
		"valid time":                           claim(func(c *graph.Claim) { c.Valid.From = graph.DayDate(2020, 1, 1) }),
		"how a known claim is held":            func(ch *graph.Change) { ch.Ops[3].Claim.Confidence = 0.5 },
		"a qualifier's value":                  func(ch *graph.Change) { ch.Ops[4].Claim.Qualifiers[0].Value = graph.FloatValue(380) },
		"no qualifier":                         func(ch *graph.Change) { ch.Ops[4].Claim.Qualifiers = nil },
		"reason":                               func(ch *graph.Change) { ch.Ops[5].Retract.Reason = "" },
		"another retraction":                   func(ch *graph.Change) { ch.Ops[5].Retract.Claim = old[0] },
		"no retraction":                        func(ch *graph.Change) { ch.Ops = ch.Ops[:5] },
		"an entity less":                       func(ch *graph.Change) { ch.Ops = ch.Ops[1:] },
		"a known entity less":                  func(ch *graph.Change) { ch.Ops = append(ch.Ops[:1:1], ch.Ops[2:]...) },
		"an entity declared since":             func(ch *graph.Change) { ch.Ops[1].Entity.ID = "IRN" },
		"an entity's type":                     func(ch *graph.Change) { ch.Ops[0].Entity.Type = "Region" },
		"another order":                        func(ch *graph.Change) { ch.Ops[0], ch.Ops[1] = ch.Ops[1], ch.Ops[0] },
		"twice the same":                       func(ch *graph.Change) { ch.Ops = append(ch.Ops, ch.Ops[3]) },
		"nothing":                              func(ch *graph.Change) { ch.Ops = nil },
		"what cannot be":                       func(ch *graph.Change) { ch.Ops[0] = graph.Op{} },
	} {
		ch := change("k", ops()...)
		spoil(ch)
		r, err := g.Commit(t.Context(), ch)
		switch {
		case !strings.HasPrefix(what, "same: "):
			if codeOf(err) != graph.KeyReused || !strings.Contains(err.Error(), "use a new key") {
				t.Errorf("%s: %+v, %v", what, r, err)
			}
		case err != nil || r.Seq != first.Seq || !r.Replayed || r.Claims+r.Entities+r.Retractions != 0 || len(r.IDs) != 3 || r.IDs[0] != first.IDs[0]:
			t.Errorf("%s: %+v, %v", what, r, err)
		}
	}
	if log.Head() != 3 {
		t.Errorf("the log is at %d", log.Head())
	}
	log.blind = errors.New("no disk")
	if _, err := g.Commit(t.Context(), change("k", ops()...)); !errors.Is(err, log.blind) {
		t.Errorf("a log that cannot be read: %v", err)
	}
}

// TestKeysOfNothing checks that a change without effect makes no commit, with or without a
// key, that its key remains free, and that it has no effect when it comes again.
func TestKeysOfNothing(t *testing.T) {
	log := &memory{}
	g := open(t, log, Options{})
	made := commit(t, g, change("made", append(base(), named("a"))...))
	before := g.Snapshot()
	known := change("known", named("a"))
	if r := commit(t, g, known); r.Seq != 1 || r.Known != 1 || r.Replayed || r.IDs[0] != made.IDs[0] || g.Snapshot() != before {
		t.Errorf("what is known, with a key: %+v", r)
	}
	withdraw := graph.Op{Kind: graph.Retract, Retract: graph.Retraction{Claim: made.IDs[0], Reason: "wrong"}}
	commit(t, g, change("gone", withdraw))
	// After the claim was withdrawn, neither key brings it back, and both answers say so.
	for _, ch := range []*graph.Change{known, change("made", append(base(), named("a"))...), change("", named("a")), change("new", named("a"))} {
		r := commit(t, g, ch)
		if r.Claims != 0 || len(r.Notices) != 1 || !strings.Contains(r.Notices[0].Message, "was withdrawn and stays withdrawn") {
			t.Errorf("%q after it was withdrawn: %+v", ch.Key, r)
		}
		if _, live, ok := g.Snapshot().State().Claim(made.IDs[0]); live || !ok || log.Head() != 2 {
			t.Errorf("%q brought it back", ch.Key)
		}
	}
	if r := commit(t, g, change("gone", withdraw)); r.Seq != 2 || !r.Replayed || len(r.Notices) != 0 {
		t.Errorf("the withdrawal again: %+v", r)
	}
	if r := commit(t, g, change("known", named("b"))); r.Seq != 3 || r.Claims != 1 {
		t.Errorf("the free key: %+v", r)
	}
}

// TestKeysWithoutDigest checks that for a commit of an earlier version, a change without
// effect is taken for the same change.
func TestKeysWithoutDigest(t *testing.T) {
	log := &memory{}
	g := open(t, log, Options{})
	commit(t, g, change("k", append(base(), named("a"))...))
	log.commits[0].KeyDigest = ""
	if r := commit(t, g, change("k", append(base(), named("a"))...)); r.Seq != 1 || !r.Replayed {
		t.Errorf("the same: %+v", r)
	}
	if _, err := g.Commit(t.Context(), change("k", named("b"))); codeOf(err) != graph.KeyReused {
		t.Errorf("another: %v", err)
	}
}
