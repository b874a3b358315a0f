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

func changes(t fataler, ctx context.Context, from, to *snapshot.View, o analysis.ChangesOptions) []analysis.Change {
	t.Helper()
	var list []analysis.Change
	for {
		rest, err := analysis.Changes(ctx, from, to, o, func(c analysis.Change) bool { list = append(list, c); return true })
		if err != nil {
			t.Fatal(err)
		}
		if rest == nil {
			return list
		}
		if !from.Lists(*rest) && !to.Lists(*rest) {
			t.Fatal("the walk ended at a claim that neither view shows")
		}
		o.After = rest
	}
}

// sameQuestion spells out when two claims take each other's place.
func sameQuestion(s *snapshot.Snapshot, a, b uint32) bool {
	x, y, f := s.ClaimAt(a), s.ClaimAt(b), s.Field(a)
	if x.Subject != y.Subject || x.Predicate != y.Predicate {
		return false
	}
	if f.Time == schema.Observation && x.Valid != y.Valid {
		return false
	}
	if f.Many && (f.Time != schema.Observation || f.Kind == schema.Relation) && x.Value != y.Value {
		return false
	}
	for _, q := range f.Qualifiers {
		tells := q.Distinct
		switch {
		case f.Time == schema.Observation:
			tells = tells || q.Target != nil
		case !f.Many:
			tells = true
		}
		if tells && x.Qualifier(q.Name) != y.Qualifier(q.Name) {
			return false
		}
	}
	return true
}

func supersedes(s *snapshot.Snapshot, after, before uint32) bool {
	return slices.Contains(s.Details(after).Supersedes, s.ClaimID(before)) && s.Subject(after) == s.Subject(before) && s.Predicate(after) == s.Predicate(before)
}

// TestChangesAgainstBothLists compares the changes with the difference between the
// lists of the two views: each claim once, paired where it can be, the best pairs
// first, in order; also for one subject, and from every place in the list.
func TestChangesAgainstBothLists(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawWorld(t, o, 30)
		from, to := drawWorldView(t, s), drawWorldView(t, s)
		all := changes(t, t.Context(), from, to, analysis.ChangesOptions{})
		gone, came := map[uint32]bool{}, map[uint32]bool{}
		for n := range uint32(s.ClaimCount()) {
			if from.Lists(n) && !to.Lists(n) {
				gone[n] = true
			}
			if to.Lists(n) && !from.Lists(n) {
				came[n] = true
			}
		}
		var loneGone, loneCame []uint32
		last := -1
		for _, c := range all {
			if int(c.Place()) <= last {
				t.Fatal("the changes are not in order")
			}
			last = int(c.Place())
			equal(t, "kind", c.Kind, map[[2]bool]analysis.ChangeKind{{false, true}: analysis.Added, {true, false}: analysis.Removed, {true, true}: analysis.Changed}[[2]bool{c.Before != snapshot.None, c.After != snapshot.None}])
			if c.Before != snapshot.None {
				equal(t, "vanished", gone[c.Before], true)
				delete(gone, c.Before)
			}
			if c.After != snapshot.None {
				equal(t, "appeared", came[c.After], true)
				delete(came, c.After)
			}
			switch c.Kind {
			case analysis.Added:
				loneCame = append(loneCame, c.After)
			case analysis.Removed:
				loneGone = append(loneGone, c.Before)
			case analysis.Changed:
				if !sameQuestion(s, c.Before, c.After) && !supersedes(s, c.After, c.Before) {
					t.Fatalf("%v and %v are not a pair", s.ClaimAt(c.Before), s.ClaimAt(c.After))
				}
			}
		}
		for _, c := range all {
			if !naivelyReal(from, to, c) {
				t.Fatalf("%v is not a change of the world", c)
			}
		}
		for _, left := range []map[uint32]bool{gone, came} {
			for n := range left {
				if !unchanged(from, to, n, gone, came) {
					t.Fatalf("%v was left out", s.ClaimAt(n))
				}
			}
		}
		checkPairs(t, s, all, loneGone, loneCame)
		checkPartsOfChanges(t, from, to, all)
	})
}

// checkPairs: of what was not paired nothing is a pair, and no pair of one source was parted
// for a claim of another.
func checkPairs(t *rapid.T, s *snapshot.Snapshot, all []analysis.Change, loneGone, loneCame []uint32) {
	for _, b := range loneGone {
		for _, a := range loneCame {
			if sameQuestion(s, b, a) || supersedes(s, a, b) {
				t.Fatalf("%v and %v were not paired", s.ClaimAt(b), s.ClaimAt(a))
			}
		}
	}
	for _, c := range all {
		if c.Kind == analysis.Changed && s.Source(c.Before) != s.Source(c.After) && !supersedes(s, c.After, c.Before) {
			for _, b := range loneGone {
				if s.Source(b) == s.Source(c.After) && sameQuestion(s, b, c.After) {
					t.Fatal("a pair of one source was parted")
				}
			}
		}
	}
}

// checkPartsOfChanges asks for the changes of a subject, after each place, and with little work at a time.
func checkPartsOfChanges(t *rapid.T, from, to *snapshot.View, all []analysis.Change) {
	s := from.Snapshot()
	subject := pick[graph.ID](t, "subject", "AAA", "BBB", "x-town", "src-1")
	var of []analysis.Change
	for _, c := range all {
		if s.ID(s.Subject(c.Place())) == subject {
			of = append(of, c)
		}
	}
	equal(t, "of a subject", changes(t, t.Context(), from, to, analysis.ChangesOptions{Subject: subject}), of)
	for i, c := range all {
		at := c.Place()
		equal(t, "after a place", changes(t, t.Context(), from, to, analysis.ChangesOptions{After: &at}), all[i+1:])
	}
	equal(t, "in parts", changes(t, t.Context(), from, to, analysis.ChangesOptions{Work: rapid.IntRange(1, 10).Draw(t, "work")}), all)
	equal(t, "of a view and itself", len(changes(t, t.Context(), from, from, analysis.ChangesOptions{})), 0)
}

// datesOnly reports whether the dates alone set two views of a claim apart.
func datesOnly(from, to *snapshot.View, n uint32) bool {
	c := from.Snapshot().ClaimAt(n)
	for _, v := range []*snapshot.View{from, to} {
		if _, withdrawn := v.Recorded(n); !v.Knows(n) || withdrawn > 0 {
			return false
		}
	}
	return from.On() != to.On() && c.Source != c.Subject
}

// tellsOf reports whether a claim itself says that it came, or went, between two
// dates. Days are those on which it does not hold.
func tellsOf(v *snapshot.View, n uint32, began bool, days graph.Span) bool {
	m := &model{v: v}
	c, f := v.Snapshot().ClaimAt(n), v.Snapshot().Field(n)
	if began {
		return c.Valid.From.Known() || f.Time != schema.State && c.Valid.To.Known()
	}
	alone := graphtest.Dated{Timing: f.Timing(), Valid: c.Valid, Source: m.date(statement{Claim: c})}
	return c.Valid.To.Known() || alone.Holds(days.First, days.Last) != graph.HoldsNo
}

func naivelyReal(from, to *snapshot.View, c analysis.Change) bool {
	s := from.Snapshot()
	forward := from.On().First <= to.On().First
	came := c.After == snapshot.None || !datesOnly(from, to, c.After) || tellsOf(to, c.After, forward, from.On())
	went := c.Before == snapshot.None || !datesOnly(from, to, c.Before) || tellsOf(to, c.Before, !forward, to.On())
	if c.Kind != analysis.Changed {
		return came && went
	}
	x, y := s.ClaimAt(c.Before), s.ClaimAt(c.After)
	return came && went || x.Value != y.Value || !slices.Equal(x.Qualifiers, y.Qualifiers) || !datesOnly(from, to, c.Before) || !datesOnly(from, to, c.After)
}

// unchanged reports whether a difference between the lists may be left out: alone,
// or with one that says the same.
func unchanged(from, to *snapshot.View, n uint32, gone, came map[uint32]bool) bool {
	s := from.Snapshot()
	alone := analysis.Change{Kind: analysis.Added, Before: snapshot.None, After: n}
	others := gone
	if gone[n] {
		alone, others = analysis.Change{Kind: analysis.Removed, Before: n, After: snapshot.None}, came
	}
	if !naivelyReal(from, to, alone) {
		return true
	}
	for m := range others {
		c := analysis.Change{Kind: analysis.Changed, Before: m, After: n}
		if gone[n] {
			c.Before, c.After = n, m
		}
		if sameQuestion(s, n, m) && !naivelyReal(from, to, c) {
			return true
		}
	}
	return false
}

// TestChangesSeeTheViewsOnly gives the same answer where the store never
// learned what both views hide, from a view of nothing.
func TestChangesSeeTheViewsOnly(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		v := drawWorldView(t, drawWorld(t, o, 25))
		w := only(t, o, v)
		write := func(v *snapshot.View) string {
			nothing := look(t, v.Snapshot(), graph.View{Sources: []graph.ID{}})
			var b strings.Builder
			for _, c := range changes(t, t.Context(), nothing, v, analysis.ChangesOptions{}) {
				fmt.Fprintln(&b, c.Kind, ids(v, []uint32{c.After}))
			}
			return b.String()
		}
		equal(t, "changes", write(v), write(w))
	})
}

func TestChangesTell(t *testing.T) {
	o := world(t)
	from, to := "2000-01-01", "2010-01-01"
	claim := func(predicate, value, valid, locator string) graph.Claim {
		val, err := graph.ParseValue(graph.KindOf(o.Predicate(predicate)[0].Scalar), value)
		if err != nil {
			t.Fatal(err)
		}
		iv, err := graph.ParseInterval(valid)
		if err != nil {
			t.Fatal(err)
		}
		return graph.Claim{Subject: "AAA", Predicate: predicate, Value: val, Valid: iv, Confidence: 1, Source: "src-1", Locator: locator}
	}
	other := func(c graph.Claim) graph.Claim { c.Source = "src-2"; return c }
	role := func(c graph.Claim, r string) graph.Claim {
		c.Qualifiers = []graph.QualifierValue{{Name: "role", Value: graph.StringValue(r)}}
		return c
	}
	dated := func(c graph.Claim) graph.Claim { c.Source = "src-3"; return c }
	date := claim("date", "2010-01-01", "", "")
	date.Subject, date.Source = "src-3", "src-3"
	for _, c := range []struct {
		name   string
		claims []graph.Claim
		want   string
	}{
		{"a new capital", []graph.Claim{claim("capital", "x-town", "1990/2005", "a"), claim("capital", "y-town", "2005/2020", "b")}, "CHANGED a b"},
		{"its evidence by source", []graph.Claim{
			other(claim("capital", "x-town", "1990/2005", "a")), claim("capital", "x-town", "1990/2005", "b"),
			claim("capital", "y-town", "2005/2020", "c"), other(claim("capital", "y-town", "2005/2020", "d"))}, "CHANGED b c CHANGED a d"},
		{"one left, another came", []graph.Claim{claim("memberOf", "club-1", "1990/2005", "a"), claim("memberOf", "club-2", "2005/2020", "b")}, "REMOVED a ADDED b"},
		{"another role", []graph.Claim{role(claim("memberOf", "club-1", "1990/2005", "a"), "guest"), role(claim("memberOf", "club-1", "2005/2020", "b"), "member")}, "CHANGED a b"},
		{"observations add up", []graph.Claim{claim("population", "1", "1999", "a"), claim("population", "2", "2005", "b")}, "ADDED b"},
		{"what is dated later", []graph.Claim{claim("memberOf", "club-1", "2005/..", "a")}, "ADDED a"},
		{"an office that nothing attests any longer", []graph.Claim{claim("leads", "club-1", "1990/..", "a")}, ""},
		{"an office that ended", []graph.Claim{claim("leads", "club-1", "1990/2005", "a")}, "REMOVED a"},
		{"an office attested in between", []graph.Claim{dated(claim("leads", "club-1", "", "a"))}, ""},
		{"a currency that another took the place of", []graph.Claim{claim("currency", "A", "", "a"), claim("currency", "B", "2005/..", "b")}, "ADDED b"},
		{"a second term", []graph.Claim{claim("leads", "club-1", "1998/2004", "a"), claim("leads", "club-1", "2004/2012", "b")}, "CHANGED a b"},
		{"what stays", []graph.Claim{claim("capital", "x-town", "1990/2020", "a"), claim("founded", "1990", "", "b")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := apply(t, snapshot.Empty(o), &graph.Commit{Entities: pool.Entities(), Claims: append(c.claims, date)})
			var got []string
			for _, x := range changes(t, t.Context(), look(t, s, graph.View{AsOf: parseDate(from)}), look(t, s, graph.View{AsOf: parseDate(to)}), analysis.ChangesOptions{}) {
				got = append(got, x.Kind.String())
				for _, n := range []uint32{x.Before, x.After} {
					if n != snapshot.None {
						got = append(got, s.Locator(n))
					}
				}
			}
			equal(t, "changes", strings.Join(got, " "), c.want)
		})
	}
}

// TestChangesOfKnowledge shows a correction as one change between two record times.
func TestChangesOfKnowledge(t *testing.T) {
	o := world(t)
	wrong := graph.Claim{Subject: "AAA", Predicate: "memberOf", Value: graph.EntityValue("club-1"), Confidence: 1, Source: "src-1"}
	right := wrong
	right.Value, right.Supersedes = graph.EntityValue("club-2"), []graph.ClaimID{wrong.ID()}
	s := apply(t, snapshot.Empty(o), &graph.Commit{Entities: pool.Entities(), Claims: []graph.Claim{wrong}})
	s = apply(t, s, &graph.Commit{Claims: []graph.Claim{right}})
	at := s.RecordedAt(1)
	list := changes(t, t.Context(), look(t, s, graph.View{KnownAt: &at}), look(t, s, graph.View{}), analysis.ChangesOptions{})
	equal(t, "changes", list, []analysis.Change{{Kind: analysis.Changed, Before: 0, After: 1}})
}

// TestLogAgainstTheHistory compares the log with the commits that were made.
func TestLogAgainstTheHistory(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawWorld(t, o, 20)
		p := analysis.Part{
			Since: graph.Seq(rapid.IntRange(0, int(s.Seq())+1).Draw(t, "since")), Before: graph.Seq(rapid.IntRange(0, int(s.Seq())+2).Draw(t, "before")),
			Most: rapid.IntRange(-1, 5).Draw(t, "most"), Newest: rapid.Bool().Draw(t, "newest"),
		}
		entries, err := analysis.Log(t.Context(), s, p)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		now := look(t, s, graph.View{})
		for seq := p.Since + 1; seq <= s.Seq() && (p.Before == 0 || seq < p.Before); seq++ {
			var added, withdrawn []string
			touched := map[graph.ID]bool{}
			for n := range uint32(s.ClaimCount()) {
				// A claim is withdrawn where knowing one number more hides it.
				at, before := s.RecordedAt(seq), s.RecordedAt(seq-1)
				asks := func(v graph.View) bool {
					w := look(t, s, v)
					_, withdrawn := w.Recorded(n)
					return withdrawn > 0
				}
				recorded, _ := now.Recorded(n)
				isAdded := recorded == seq
				isWithdrawn := asks(graph.View{KnownAt: &at}) && !asks(graph.View{KnownAt: &before})
				if isAdded {
					added = append(added, s.ClaimID(n).String())
				}
				if isWithdrawn {
					withdrawn = append(withdrawn, s.ClaimID(n).String())
				}
				if c := s.ClaimAt(n); isAdded || isWithdrawn {
					touched[c.Subject] = true
					if e := c.Value.Entity(); e != "" {
						touched[e] = true
					}
				}
			}
			want = append(want, fmt.Sprint(seq, added, withdrawn, len(touched)))
		}
		if most := max(0, p.Most); most < len(want) && p.Newest {
			want = want[len(want)-most:]
		} else if most < len(want) {
			want = want[:most]
		}
		var got []string
		v := look(t, s, graph.View{})
		for _, e := range entries {
			touched := e.Entities(s)
			if !slices.IsSortedFunc(touched, func(a, b uint32) int { return strings.Compare(string(s.ID(a)), string(s.ID(b))) }) {
				t.Fatal("the entities are not in order")
			}
			got = append(got, fmt.Sprint(e.Seq, ids(v, e.Added), ids(v, e.Withdrawn), len(touched)))
		}
		equal(t, "log", got, want)
	})
}

func TestChangesRefuseAndStop(t *testing.T) {
	o := world(t)
	c := graph.Commit{Entities: pool.Entities()}
	for i := range 3000 {
		c.Claims = append(c.Claims, graph.Claim{Subject: "AAA", Predicate: "aliases", Value: graph.StringValue(fmt.Sprint("alias ", i)), Source: "src-1", Confidence: 1})
	}
	s := apply(t, snapshot.Empty(o), &c)
	v := look(t, s, graph.View{})
	if _, err := analysis.Changes(t.Context(), v, v, analysis.ChangesOptions{Subject: "nobody"}, nil); err == nil || err.Error() != "subject: there is no entity \"nobody\"; search finds ids by names" {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := analysis.Changes(ctx, v, v, analysis.ChangesOptions{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled walk answers %v", err)
	}
	if _, err := analysis.Log(ctx, s, analysis.Part{Most: 10}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled log answers %v", err)
	}
}
