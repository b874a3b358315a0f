package analysis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// drawTrade is the snapshot with figures of trade that both ends report.
func drawTrade(t *rapid.T, s *snapshot.Snapshot) *snapshot.Snapshot {
	c := graph.Commit{}
	seen := map[graph.ClaimID]bool{}
	for i := range rapid.IntRange(0, 12).Draw(t, "trade") {
		claim := graph.Claim{
			Subject: pick[graph.ID](t, "trader", "AAA", "BBB", "CCC"), Predicate: pick(t, "relation", "importsFrom", "exportsTo", "exportsTo", "imports"),
			Source: "src-1", Locator: fmt.Sprint("trade ", i%3), Confidence: 0.8,
			Rank: pick(t, "rank", graph.Normal, graph.Normal, graph.Normal, graph.Deprecated),
		}
		claim.Value = graph.EntityValue(pick[graph.ID](t, "partner", "AAA", "BBB", "DDD"))
		if claim.Predicate == "imports" {
			claim.Value = graph.EntityValue("ore")
		}
		period := parseDate(pick(t, "period", "2020", "2020", "2021", "2020-03", ""))
		claim.Valid = graph.Interval{From: period, To: period}
		add := func(name string, v graph.Value, odds int) {
			if rapid.IntRange(0, odds).Draw(t, name) > 0 {
				claim.Qualifiers = append(claim.Qualifiers, graph.QualifierValue{Name: name, Value: v})
			}
		}
		if claim.Predicate != "imports" {
			add("resource", graph.EntityValue("ore"), 3)
			add("share", graph.FloatValue(0.3), 1)
		}
		add("quantity", graph.QuantityValue(float64(pick(t, "amount", 0, 1, 2, 1000)), pick(t, "unit", "km", "m", "JPY")), 2)
		if rapid.IntRange(0, 2).Draw(t, "measured") == 0 {
			claim.Qualifiers = append(claim.Qualifiers, graph.QualifierValue{Name: "measure", Value: graph.EnumOf(pick(t, "measure", "MINED", "REFINED"))})
		}
		claim.Normalise()
		if !seen[claim.ID()] {
			seen[claim.ID()] = true
			c.Claims = append(c.Claims, claim)
		}
	}
	return apply(t, s, &c)
}

// end is the country asked about, with the relation that it reports and that of its partners.
type end struct {
	country      graph.ID
	own, partner string
	totals       string
}

func endOf(o analysis.DependencyOptions) end {
	if o.Direction == analysis.Export {
		return end{o.Of, "exportsTo", "importsFrom", ""}
	}
	return end{o.Of, "importsFrom", "exportsTo", "imports"}
}

// atEitherEnd reports whether the claim is about the trade of the end, reported by either side.
func atEitherEnd(c graph.Claim, e end) bool {
	return c.Subject == e.country && c.Predicate == e.own || c.Value.Entity() == e.country && c.Predicate == e.partner
}

// spread is a least and a largest number.
type spread struct{ Low, High float64 }

func (s *spread) including(x *spread) *spread {
	if s == nil {
		return x
	}
	return &spread{min(s.Low, x.Low), max(s.High, x.High)}
}

// naiveFigure is one claim, read the slow way.
type naiveFigure struct {
	graph.Claim
	n        uint32
	partner  graph.ID
	report   analysis.Report
	year     int
	share    float64
	computed *spread
}

// merit orders the figures that may give the year.
func (f *naiveFigure) merit() int {
	switch {
	case f.report == analysis.MirrorReport:
		return 0
	case f.share < 0 && f.computed == nil:
		return 1
	}
	return 2
}

// countsAs reports whether a figure of the year and the resource may count what the basis does.
func (f *naiveFigure) countsAs(b *analysis.Figures) bool {
	scope, measure := f.Qualifier("scope").Text(), f.Qualifier("measure").Text()
	if f.report == analysis.OwnReport || b.Report == analysis.MirrorReport {
		return f.report == b.Report && scope == b.Scope && measure == b.Measure
	}
	return scope == b.Scope && (measure == "" || b.Measure == "" || measure == b.Measure)
}

// days are the first and the last day of a period, as texts that compare like days.
func days(iv graph.Interval) (first, last string) {
	first, last = "0000-00-00", "9999-99-99"
	if iv.From.Known() {
		first = iv.From.First().String()
	}
	if iv.To.Known() {
		last = iv.To.Last().String()
	}
	return first, last
}

// naiveFigures returns the claims of a country about a resource and narrower ones, or about
// all goods and each resource, with those of its partners where it has none, among all that the view lists.
func naiveFigures(v *snapshot.View, of end, resource graph.ID) []naiveFigure {
	kinds := map[graph.ID]bool{resource: true}
	var all []naiveFigure
	v.AllClaims(func(n uint32) bool {
		all = append(all, naiveFigure{Claim: v.Snapshot().ClaimAt(n), n: n, share: -1})
		return true
	})
	for range pool["Resource"] {
		for _, f := range all {
			if f.Predicate == "broader" && kinds[f.Value.Entity()] {
				kinds[f.Subject] = true
			}
		}
	}
	var fs []naiveFigure
	for _, f := range all {
		if resource != "" && !kinds[f.Qualifier("resource").Entity()] {
			continue
		}
		switch {
		case f.Subject == of.country && f.Predicate == of.own:
			f.partner = f.Value.Entity()
			if q := f.Qualifier("share"); q.Kind() != graph.NoKind && q.Float() <= 1 {
				f.share = q.Float()
			}
		case f.Value.Entity() == of.country && f.Predicate == of.partner && naiveAnswers(all, of, f):
			f.partner, f.report = f.Subject, analysis.MirrorReport
		default:
			continue
		}
		if f.Valid.From.Known() && f.Valid.To.Known() {
			if a, b := f.Valid.From.First().String()[:4], f.Valid.To.Last().String()[:4]; a == b {
				fmt.Sscan(a, &f.year)
			}
		}
		f.computed = naiveShare(v, all, of, resource, f)
		fs = append(fs, f)
	}
	same := func(a, b naiveFigure) bool {
		for _, q := range []string{"resource", "scope", "measure", "through"} {
			if a.Qualifier(q) != b.Qualifier(q) {
				return false
			}
		}
		return a.report == b.report && a.partner == b.partner && a.year == b.year && a.Qualifier("planned").Bool() == b.Qualifier("planned").Bool()
	}
	return slices.DeleteFunc(slices.Clone(fs), func(a naiveFigure) bool {
		return a.Rank == graph.Deprecated && slices.ContainsFunc(fs, func(b naiveFigure) bool { return b.Rank != graph.Deprecated && same(a, b) })
	})
}

// naiveAnswers reports whether a partner's claim answers for the country.
func naiveAnswers(all []naiveFigure, of end, f naiveFigure) bool {
	stated := func(name string) bool { return f.Qualifier(name).Kind() != graph.NoKind }
	if f.Rank == graph.Deprecated || stated("share") && !stated("quantity") {
		return false
	}
	first, last := days(f.Valid)
	return !slices.ContainsFunc(all, func(own naiveFigure) bool {
		a, b := days(own.Valid)
		m, k := own.Qualifier("measure"), f.Qualifier("measure")
		return own.Subject == of.country && own.Predicate == of.own && own.Value.Entity() == f.Subject && own.Rank != graph.Deprecated &&
			own.Qualifier("resource") == f.Qualifier("resource") &&
			(m.Kind() == graph.NoKind || k.Kind() == graph.NoKind || m == k) && a <= last && first <= b
	})
}

// naiveShare is the part that an amount is of the totals of the same period and measure.
func naiveShare(v *snapshot.View, all []naiveFigure, of end, resource graph.ID, f naiveFigure) (found *spread) {
	if f.share >= 0 || resource == "" || f.year == 0 || f.Qualifier("scope").Text() != "" || f.Qualifier("planned").Bool() || f.Qualifier("resource").Entity() != resource {
		return nil
	}
	amount := func(c naiveFigure) (x float64, dimension string) {
		q := c.Qualifier("quantity")
		switch q.Text() {
		case "km":
			return q.Float() * 1000, "length"
		case "m":
			return q.Float(), "length"
		}
		return q.Float(), q.Text()
	}
	part, dimension := amount(f)
	for _, c := range all {
		whole, of2 := amount(c)
		a, b := days(c.Valid)
		first, last := days(f.Valid)
		if c.Subject == of.country && c.Predicate == of.totals && of.totals != "" && c.Value.Entity() == resource && c.Rank != graph.Deprecated &&
			c.Qualifier("scope").Text() == "" && c.Qualifier("measure").Text() == f.Qualifier("measure").Text() &&
			dimension != "" && dimension == of2 && whole > 0 && part <= whole && a == first && b == last {
			found = found.including(&spread{part / whole, part / whole})
		}
	}
	return found
}

func TestDependencyByMirror(t *testing.T) {
	o := world(t)
	claim := func(subject graph.ID, predicate string, object graph.ID, year string, more ...graph.QualifierValue) graph.Claim {
		c := graph.Claim{Subject: subject, Predicate: predicate, Value: graph.EntityValue(object), Confidence: 0.5, Source: "src-1", Locator: "p1", Qualifiers: more}
		if year != "" {
			c.Valid = graph.Interval{From: parseDate(year), To: parseDate(year)}
		}
		c.Normalise()
		return c
	}
	ore := graph.QualifierValue{Name: "resource", Value: graph.EntityValue("ore")}
	share := func(x float64) graph.QualifierValue {
		return graph.QualifierValue{Name: "share", Value: graph.FloatValue(x)}
	}
	km := func(x float64) graph.QualifierValue {
		return graph.QualifierValue{Name: "quantity", Value: graph.QuantityValue(x, "km")}
	}
	mined := graph.QualifierValue{Name: "measure", Value: graph.EnumOf("MINED")}
	refined := graph.QualifierValue{Name: "measure", Value: graph.EnumOf("REFINED")}
	for _, c := range []struct {
		name     string
		resource graph.ID
		claims   []graph.Claim
		want     string
	}{
		{"the partner's amount has no denominator", "ore", []graph.Claim{claim("BBB", "exportsTo", "AAA", "2020", ore, km(5), share(0.9))}, "2020 BBB MIRROR 0-1 unknown 1-1"},
		{"a bare flow", "ore", []graph.Claim{claim("BBB", "exportsTo", "AAA", "2020", ore)}, "2020 BBB MIRROR 0-1 unknown 1-1"},
		{"a share is of another whole", "ore", []graph.Claim{claim("BBB", "exportsTo", "AAA", "2020", ore, share(0.9))}, "unknown 1-1"},
		{"beside own figures", "ore", []graph.Claim{claim("AAA", "importsFrom", "CCC", "2020", ore, share(0.6)), claim("BBB", "exportsTo", "AAA", "2020", ore, km(5), mined)},
			"2020 CCC 0.6-1 BBB MIRROR 0-0.4 unknown 0.4-0.4"},
		{"never added to own figures", "ore", []graph.Claim{claim("AAA", "importsFrom", "BBB", "2020", ore, share(0.6)), claim("BBB", "exportsTo", "AAA", "2020", ore, km(5))},
			"2020 BBB 0.6-1 unknown 0.4-0.4"},
		{"a part of the year is the same trade", "ore", []graph.Claim{claim("AAA", "importsFrom", "BBB", "2020-03", ore, share(0.6)), claim("BBB", "exportsTo", "AAA", "2020", ore, km(5))},
			"2020 BBB 0.6-1 unknown 0.4-0.4"},
		{"another measure is not", "ore", []graph.Claim{claim("AAA", "importsFrom", "BBB", "2020", ore, mined, share(0.6)), claim("BBB", "exportsTo", "AAA", "2020", ore, refined, km(5))},
			"2020 BBB 0.6-1 unknown 0.4-0.4 others MIRROR"},
		{"with a total", "ore", []graph.Claim{claim("AAA", "imports", "ore", "2020", km(20)), claim("BBB", "exportsTo", "AAA", "2020", ore, km(5))}, "2020 BBB MIRROR 0.25-1 unknown 0.75-0.75"},
		{"with a total of another year", "ore", []graph.Claim{claim("AAA", "imports", "ore", "2021", km(20)), claim("BBB", "exportsTo", "AAA", "2020", ore, km(5))}, "2020 BBB MIRROR 0-1 unknown 1-1"},
		{"with a total of another measure", "ore", []graph.Claim{claim("AAA", "imports", "ore", "2020", mined, km(20)), claim("BBB", "exportsTo", "AAA", "2020", ore, km(5))}, "2020 BBB MIRROR 0-1 unknown 1-1"},
		{"all goods", "", []graph.Claim{claim("AAA", "importsFrom", "CCC", "2020", share(0.6)), claim("AAA", "importsFrom", "CCC", "2020", ore, share(0.9)), claim("BBB", "exportsTo", "AAA", "2020", km(5)), claim("DDD", "exportsTo", "AAA", "2020", share(0.5))},
			"2020 CCC 0.6-1 BBB MIRROR 0-0.4 unknown 0.4-0.4 others OWN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := look(t, apply(t, snapshot.Empty(o), &graph.Commit{Entities: pool.Entities(), Claims: c.claims}), graph.View{})
			d, err := analysis.MeasureDependency(t.Context(), v, analysis.DependencyOptions{Of: "AAA", Resource: c.resource})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			if d.Year != nil {
				got = append(got, fmt.Sprint(*d.Year))
			}
			for _, p := range d.Partners {
				mark := ""
				if p.Report == analysis.MirrorReport {
					mark = "MIRROR "
				}
				got = append(got, fmt.Sprintf("%s %s%v-%v", v.Snapshot().ID(p.Partner), mark, p.Share.Low, p.Share.High))
			}
			got = append(got, fmt.Sprintf("unknown %v-%v", d.Unknown.Low, d.Unknown.High))
			for _, f := range d.Others {
				got = append(got, "others "+[]string{"OWN", "MIRROR"}[f.Report])
			}
			equal(t, "answer", strings.Join(got, " "), c.want)
		})
	}
}
