package analysis_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// statement is a claim as the naive model reads it.
type statement struct {
	graph.Claim
	n     uint32
	field *schema.Field
}

func statements(v *snapshot.View) []statement {
	var all []statement
	v.AllClaims(func(n uint32) bool {
		all = append(all, statement{v.Snapshot().ClaimAt(n), n, v.Snapshot().Field(n)})
		return true
	})
	return all
}

// naivelyDisagree spells the rules out for one pair of claims.
func naivelyDisagree(o *schema.Ontology, a, b statement) bool {
	if a.n == b.n || a.Predicate != b.Predicate {
		return false
	}
	sameObject := a.Value.Kind() == graph.EntityKind && a.Value == b.Value
	if a.Conflict != "" && a.Conflict == b.Conflict && (a.Subject == b.Subject || sameObject) {
		comparable := a.Value.Kind() != graph.QuantityKind || a.Value.Text() == b.Value.Text() ||
			a.Value.Text() != "JPY" && b.Value.Text() != "JPY"
		same := a.Value == b.Value || a.Value.Kind() == graph.QuantityKind && comparable && metres(a.Value) == metres(b.Value) ||
			a.Value.Kind() == graph.DateKind && a.Value.Date().Span() == b.Value.Date().Span()
		if comparable && (!same || a.Subject != b.Subject || a.Valid != b.Valid || !slices.Equal(a.Qualifiers, b.Qualifiers)) {
			return true
		}
	}
	f := a.field
	if a.Subject != b.Subject || a.Rank == graph.Deprecated || b.Rank == graph.Deprecated {
		return false
	}
	if f.Time == schema.Observation {
		return naivelyApart(f, a, b)
	}
	if f.Many {
		return false
	}
	for _, q := range f.Qualifiers {
		if a.Qualifier(q.Name) != b.Qualifier(q.Name) {
			return false
		}
	}
	return differ(f, a.Value, b.Value) && (f.Time == schema.Eternal || !apartInTime(a.Valid, b.Valid, f.Tolerance.Days))
}

// naivelyApart compares two observations of one field.
func naivelyApart(f *schema.Field, a, b statement) bool {
	for _, d := range []graph.Date{a.Valid.From, a.Valid.To, b.Valid.From, b.Valid.To} {
		if !d.Known() {
			return false
		}
	}
	if a.Valid.From.First() != b.Valid.From.First() || a.Valid.To.Last() != b.Valid.To.Last() {
		return false
	}
	for _, q := range f.Qualifiers {
		if (q.Distinct || q.Target != nil) && a.Qualifier(q.Name) != b.Qualifier(q.Name) {
			return false
		}
	}
	if f.Kind == schema.Property {
		return differ(f, a.Value, b.Value)
	}
	if a.Value != b.Value {
		return false
	}
	for _, name := range []string{"share", "quantity"} {
		x, y := a.Qualifier(name), b.Qualifier(name)
		if x.Kind() != graph.NoKind && y.Kind() != graph.NoKind && differ(f, x, y) {
			return true
		}
	}
	return false
}

func metres(v graph.Value) float64 {
	if v.Text() == "m" {
		return v.Float()
	}
	return v.Float() * 1000
}

func differ(f *schema.Field, x, y graph.Value) bool {
	apart := func(a, b float64) bool {
		return a != b && math.Abs(a-b) > f.Tolerance.Relative*max(a, b)+1e-9*max(a, b)
	}
	switch x.Kind() {
	case graph.IntKind, graph.FloatKind:
		return apart(x.Float(), y.Float())
	case graph.QuantityKind:
		if (x.Text() == "JPY") != (y.Text() == "JPY") {
			return false
		}
		return apart(metres(x), metres(y))
	case graph.DateKind:
		a, b := x.Date().Span(), y.Date().Span()
		gap := 0
		for a.Last+graph.Day(gap) < b.First || b.Last+graph.Day(gap) < a.First {
			gap++
		}
		return gap > f.Tolerance.Days
	case graph.StringKind:
		return x != y && (f.Name == "iso2" || !strings.EqualFold(x.Text(), y.Text()))
	}
	return x != y
}

// apartInTime reports whether one time may have followed the other.
func apartInTime(p, q graph.Interval, days int) bool {
	if p.From.First() == q.From.First() && p.To.Last() == q.To.Last() {
		return false
	}
	for _, pair := range [][2]graph.Interval{{p, q}, {q, p}} {
		a, b := pair[0], pair[1]
		if a.To.Known() && b.From.Known() && a.To.First() <= b.From.Last()+graph.Day(days) &&
			a.From.First() <= b.From.First() && a.To.Last() <= b.To.Last() {
			return true
		}
	}
	return false
}

// naiveConflicts parts all claims into sets of those that hang together.
func naiveConflicts(o *schema.Ontology, v *snapshot.View, subject graph.ID, predicate string) [][]string {
	all := statements(v)
	set := make([]int, len(all))
	for i := range set {
		set[i] = i
	}
	for range all {
		for i, a := range all {
			for j, b := range all {
				if naivelyDisagree(o, a, b) {
					set[i] = min(set[i], set[j])
				}
			}
		}
	}
	var sets [][]string
	for i := range all {
		var members []string
		least := graph.ID("")
		keep := subject == ""
		for j, b := range all {
			if set[j] != i {
				continue
			}
			members = append(members, v.Snapshot().ClaimID(b.n).String())
			if least == "" || b.Subject < least {
				least = b.Subject
			}
			keep = keep || b.Subject == subject
		}
		if len(members) > 1 && keep && (predicate == "" || all[i].Predicate == predicate) {
			under := least
			if subject != "" {
				under = subject
			}
			slices.Sort(members)
			sets = append(sets, append([]string{string(under), all[i].Predicate, string(least)}, members...))
		}
	}
	slices.SortFunc(sets, func(a, b []string) int { return slices.Compare([]string{a[0], a[1], a[3]}, []string{b[0], b[1], b[3]}) })
	return sets
}

func conflictSets(t fataler, ctx context.Context, v *snapshot.View, o analysis.ConflictsOptions) (sets [][]string, places []analysis.ConflictPlace) {
	t.Helper()
	rest, err := analysis.Conflicts(ctx, v, o, func(c analysis.Conflict) bool {
		members := ids(v, c.Claims)
		slices.Sort(members)
		sets = append(sets, append([]string{string(c.Place.Subject), c.Predicate, string(v.Snapshot().ID(c.Subject))}, members...))
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
		predicate := pick(t, "clash", "capital", "memberOf", "home", "publisher", "population")
		f := o.Predicate(predicate)[0]
		x := graph.Claim{
			Subject: pick[graph.ID](t, "subject", "AAA", "BBB"), Predicate: predicate, Source: pick(t, "source", pool["Source"]...), Locator: fmt.Sprint("clash ", i),
			Confidence: 1, Rank: pick(t, "rank", graph.Normal, graph.Normal, graph.Deprecated), Conflict: pick(t, "group", "", "group-1"),
		}
		if f.Owner.Name == "Source" {
			x.Subject, x.Source = "src-1", pick[graph.ID](t, "of itself", "src-1", "src-2")
		}
		if f.Kind == schema.Relation {
			x.Value = graph.EntityValue(rapid.SampledFrom(pool.Of(f.Target)[:2]).Draw(t, "object"))
		} else {
			x.Value = drawLiteral(t, f.Scalar, nil)
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
			Predicate: pick(t, "predicate", "", "", "capital", "importsFrom", "home"),
		}
		got, places := conflictSets(t, t.Context(), v, opts)
		equal(t, "conflicts", got, naiveConflicts(o, v, opts.Subject, opts.Predicate))
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
				// What things are called does not depend on the view's sources.
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

func TestConflictsTell(t *testing.T) {
	o := world(t)
	claim := func(predicate, value, valid string, qualifiers ...graph.QualifierValue) graph.Claim {
		f := o.Predicate(predicate)[0]
		val, err := graph.ParseValue(graph.KindOf(f.Scalar), value)
		if err != nil {
			t.Fatal(err)
		}
		iv, err := graph.ParseInterval(valid)
		if err != nil {
			t.Fatal(err)
		}
		return graph.Claim{Subject: "AAA", Predicate: predicate, Value: val, Valid: iv, Confidence: 1, Source: "src-1", Qualifiers: qualifiers}
	}
	share := func(x float64) graph.QualifierValue {
		return graph.QualifierValue{Name: "share", Value: graph.FloatValue(x)}
	}
	lang := func(l string) graph.QualifierValue {
		return graph.QualifierValue{Name: "lang", Value: graph.StringValue(l)}
	}
	marked := func(c graph.Claim) graph.Claim { c.Conflict = "group-1"; return c }
	deprecated := func(c graph.Claim) graph.Claim { c.Rank = graph.Deprecated; return c }
	printed := func(c graph.Claim, original string) graph.Claim { c.Original = original; return marked(c) }
	for _, c := range []struct {
		name string
		a, b graph.Claim
		want string // the reason; "" where they do not disagree
		on   string // the view's date; "" is today
	}{
		{"two capitals", claim("capital", "x-town", "1990/.."), claim("capital", "y-town", "2000/.."), "capital has one value at a time and is stated as x-town and y-town", ""},
		{"one after the other", claim("capital", "x-town", "1990/2000"), claim("capital", "y-town", "2000/.."), "", "2000"},
		{"within the days of tolerance", claim("capital", "x-town", "1990/2000-06-15"), claim("capital", "y-town", "2000-06-01/.."), "", "2000"},
		{"beyond them", claim("capital", "x-town", "1990/2000-06-30"), claim("capital", "y-town", "2000-06-01/.."), "capital has one value at a time and is stated as x-town and y-town", "2000"},
		{"the same rough time", claim("capital", "x-town", "2020"), claim("capital", "y-town", "2020"), "capital has one value at a time and is stated as x-town and y-town", "2020"},
		{"nobody says when", claim("capital", "x-town", ""), claim("capital", "y-town", ""), "capital has one value at a time and is stated as x-town and y-town", ""},
		{"the same", claim("capital", "x-town", "1990/.."), claim("capital", "x-town", "2000/.."), "", ""},
		{"one deprecated", claim("capital", "x-town", ""), deprecated(claim("capital", "y-town", "")), "", ""},
		{"one deprecated, and marked", marked(claim("capital", "x-town", "")), marked(deprecated(claim("capital", "y-town", ""))), "a curator marked them as competing", ""},
		{"written in two ways", printed(claim("capital", "x-town", ""), "Ixton"), printed(claim("capital", "x-town", "1990/.."), "Exton"), "a curator marked them as competing, written as Exton and Ixton", ""},
		{"written in one way", printed(claim("capital", "x-town", ""), "Ixton"), printed(claim("capital", "x-town", "1990/.."), "Ixton"), "a curator marked them as competing", ""},
		{"two values, written in two ways", printed(claim("aliases", "Alpha", ""), "A"), printed(claim("aliases", "Beta", ""), "B"), "a curator marked them as competing", ""},
		{"a date said more exactly", claim("founded", "1990", ""), claim("founded", "1990-06-18", ""), "", ""},
		{"two near dates", claim("founded", "1990-06-18", ""), claim("founded", "1990-06-21", ""), "", ""},
		{"two dates", claim("founded", "1990-06-18", ""), claim("founded", "1990-06-22", ""), "founded has one value and is stated as 1990-06-18 and 1990-06-22", ""},
		{"figures within the tolerance", claim("population", "100", "2020"), claim("population", "130", "2020"), "", ""},
		{"figures beyond it", claim("population", "100", "2020"), claim("population", "200", "2020-01/2020-12"), "population for 2020 is stated as 100 and 200, further apart than 30 %", ""},
		{"figures of two years", claim("population", "100", "2020"), claim("population", "200", "2021"), "", ""},
		{"figures of no certain year", claim("population", "100", "2020/.."), claim("population", "200", "2020/.."), "", ""},
		{"one length in two units", claim("area", "1 km", "2020"), claim("area", "1050 m", "2020"), "", ""},
		{"two lengths in two units", claim("area", "1 km", "2020"), claim("area", "1200 m", "2020"), "area for 2020 is stated as 1 km and 1200 m, further apart than 10 %", ""},
		{"what has no common unit", claim("area", "1 km", "2020"), claim("area", "5 JPY", "2020"), "", ""},
		{"two languages", claim("title", "Alpha", "", lang("en")), claim("title", "Beta", "", lang("de")), "", ""},
		{"one language", claim("title", "Alpha", "", lang("en")), claim("title", "Beta", "", lang("en")), "title has one value at a time and is stated as Alpha and Beta", ""},
		{"case and marks", claim("title", "Astana", ""), claim("title", "ASTÁNA", ""), "", ""},
		{"codes in two cases", claim("iso2", "ab", ""), claim("iso2", "AB", ""), "iso2 has one value and is stated as AB and ab", ""},
		{"one of several values", claim("memberOf", "club-1", ""), claim("memberOf", "club-2", ""), "", ""},
		{"two shares", claim("importsFrom", "BBB", "2020", share(0.5)), claim("importsFrom", "BBB", "2020", share(0.9)), "imports from BBB for 2020 is stated with share 0.5 and share 0.9, further apart than 30 %", ""},
		{"shares of two partners", claim("importsFrom", "BBB", "2020", share(0.5)), claim("importsFrom", "CCC", "2020", share(0.9)), "", ""},
		{"marked by a curator", marked(claim("aliases", "Alpha", "")), marked(claim("aliases", "Beta", "")), "a curator marked them as competing", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.a.Locator, c.b.Locator = "a", "b"
			v := look(t, apply(t, snapshot.Empty(o), &graph.Commit{Entities: pool.Entities(), Claims: []graph.Claim{c.a, c.b}}), graph.View{AsOf: parseDate(c.on)})
			reason := ""
			if _, err := analysis.Conflicts(t.Context(), v, analysis.ConflictsOptions{}, func(x analysis.Conflict) bool {
				reason += x.Reason
				return true
			}); err != nil {
				t.Fatal(err)
			}
			equal(t, "reason", reason, c.want)
		})
	}
}

// TestConflictsName: the reason calls things by their names, and by their ids as
// well where the names do not tell them apart.
func TestConflictsName(t *testing.T) {
	o := world(t)
	claim := func(subject graph.ID, predicate string, value graph.Value) graph.Claim {
		return graph.Claim{Subject: subject, Predicate: predicate, Value: value, Confidence: 1, Source: "src-1"}
	}
	for _, c := range []struct{ x, y, want string }{
		{"Zeta", "Eta", "capital has one value at a time and is stated as Eta and Zeta"},
		{"Zeta", "Zeta", "capital has one value at a time and is stated as Zeta (x-town) and Zeta (y-town)"},
	} {
		v := look(t, apply(t, snapshot.Empty(o), &graph.Commit{Entities: pool.Entities(), Claims: []graph.Claim{
			claim("x-town", "name", graph.StringValue(c.x)), claim("y-town", "name", graph.StringValue(c.y)),
			claim("AAA", "capital", graph.EntityValue("x-town")), claim("AAA", "capital", graph.EntityValue("y-town")),
		}}), graph.View{})
		var got []string
		if _, err := analysis.Conflicts(t.Context(), v, analysis.ConflictsOptions{}, func(x analysis.Conflict) bool {
			got = append(got, x.Reason)
			return true
		}); err != nil {
			t.Fatal(err)
		}
		equal(t, "reasons", got, []string{c.want})
	}
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
