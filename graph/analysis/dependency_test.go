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
)

// writeDependency writes an answer by ids, to compare two of them.
func writeDependency(v *snapshot.View, d *analysis.Dependency) string {
	s := v.Snapshot()
	var b strings.Builder
	bounds := func(x *analysis.Bounds) string {
		if x == nil {
			return "none"
		}
		return fmt.Sprintf("%.9f-%.9f", x.Low, x.High)
	}
	figures := func(f *analysis.Figures) {
		resource := graph.ID("all goods")
		if f.Resource != snapshot.None {
			resource = s.ID(f.Resource)
		}
		fmt.Fprintf(&b, "%s of %s scope %q measure %q planned %v report %v: %v\n", f.Relation, resource, f.Scope, f.Measure, f.Planned, f.Report, ids(v, f.Claims))
	}
	if d.Year != nil {
		fmt.Fprintln(&b, "year", *d.Year)
	}
	if d.Basis != nil {
		figures(d.Basis)
	}
	for _, p := range d.Partners {
		fmt.Fprintln(&b, s.ID(p.Partner), bounds(&p.Share), bounds(p.Stated), bounds(p.Computed), p.Report, ids(v, p.Claims))
		for _, x := range p.Through {
			fmt.Fprintln(&b, "  through", s.ID(x.Entity), bounds(x.Stated), bounds(x.Computed), ids(v, x.Claims))
		}
	}
	fmt.Fprintln(&b, "unknown", bounds(&d.Unknown), "hhi", bounds(&d.HHI), "conflicts", ids(v, d.Conflicts), "totals", ids(v, d.Totals))
	for i := range d.Others {
		figures(&d.Others[i])
	}
	if d.Weakest != snapshot.None {
		fmt.Fprintln(&b, "weakest", s.ClaimID(d.Weakest))
	}
	return b.String()
}

func drawDependency(t *rapid.T) analysis.DependencyOptions {
	o := analysis.DependencyOptions{
		Of: pick(t, "of", pool["Country"]...), Resource: pick(t, "resource", append([]graph.ID{"", "ore"}, pool["Resource"]...)...),
		Direction: pick(t, "direction", analysis.Import, analysis.Import, analysis.Export),
	}
	if rapid.Bool().Draw(t, "give year") {
		y := rapid.IntRange(2020, 2024).Draw(t, "year")
		o.Year = &y
	}
	if rapid.IntRange(0, 2).Draw(t, "give scope") == 0 {
		s := pick(t, "scope", "", "Alpha")
		o.Scope = &s
	}
	if rapid.IntRange(0, 2).Draw(t, "give measure") == 0 {
		m := pick(t, "measure", "", "MINED")
		o.Measure = &m
	}
	return o
}

// TestDependencyAgainstAllClaims compares each part of the answer with what
// reading every claim gives.
func TestDependencyAgainstAllClaims(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawTrade(t, drawWorld(t, o, 25))
		v := drawWorldView(t, s)
		opts := drawDependency(t)
		d, err := analysis.MeasureDependency(t.Context(), v, opts)
		if err != nil {
			t.Fatal(err)
		}
		of := endOf(opts)
		var eligible, used []naiveFigure
		figures := naiveFigures(v, of, opts.Resource)
		for _, f := range figures {
			if f.year != 0 && f.Qualifier("resource").Entity() == opts.Resource && !f.Qualifier("planned").Bool() &&
				(opts.Scope == nil || f.Qualifier("scope").Text() == *opts.Scope) &&
				(opts.Measure == nil || f.Qualifier("measure").Text() == *opts.Measure) {
				eligible = append(eligible, f)
			}
		}
		if opts.Year == nil {
			for _, merit := range []int{0, 1, 2} {
				latest := 0
				for _, f := range eligible {
					if f.merit() == merit {
						latest = max(latest, f.year)
					}
				}
				if latest > 0 {
					opts.Year = &latest
				}
			}
			equal(t, "year", fmt.Sprint(d.Year != nil), fmt.Sprint(opts.Year != nil))
		}
		if d.Year != nil {
			equal(t, "year", *d.Year, *opts.Year)
		}
		eligible = slices.DeleteFunc(eligible, func(f naiveFigure) bool { return opts.Year == nil || f.year != *opts.Year })
		equal(t, "observed", d.Basis != nil, len(eligible) > 0)
		if d.Basis == nil {
			equal(t, "unknown", d.Unknown, analysis.Bounds{Low: 1, High: 1})
			equal(t, "hhi", d.HHI, analysis.Bounds{Low: 0, High: 1})
			equal(t, "partners", len(d.Partners), 0)
		} else {
			for _, f := range figures {
				if f.year == *opts.Year && f.Qualifier("resource").Entity() == opts.Resource && !f.Qualifier("planned").Bool() && f.countsAs(d.Basis) {
					used = append(used, f)
				}
			}
			betterBasis(t, d.Basis, eligible)
		}
		checkPartners(t, v, of, d, used)
		checkOthers(t, v, d, figures, used, opts.Year)
	})
}

// betterBasis holds the choice of the basis to its rule: no other has shares
// where it has none, and it is the whole trade where that has as many.
func betterBasis(t *rapid.T, basis *analysis.Figures, eligible []naiveFigure) {
	key := func(f naiveFigure) [2]string {
		return [2]string{f.Qualifier("scope").Text(), f.Qualifier("measure").Text()}
	}
	chosen := [2]string{basis.Scope, basis.Measure}
	shares := map[[2]string]bool{}
	for _, f := range eligible {
		if f.report < basis.Report {
			t.Fatal("a partner's report was chosen where the country has its own")
		}
		if f.report == basis.Report {
			shares[key(f)] = shares[key(f)] || f.share >= 0 || f.computed != nil
		}
	}
	for k, has := range shares {
		if has && !shares[chosen] {
			t.Fatalf("%v has shares and %v was chosen", k, chosen)
		}
		if basis.Report == analysis.OwnReport && k == ([2]string{}) && k != chosen && has == shares[chosen] {
			t.Fatalf("the whole trade was stated and %v was chosen", chosen)
		}
	}
}

func checkPartners(t *rapid.T, v *snapshot.View, of end, d *analysis.Dependency, used []naiveFigure) {
	var claims []uint32
	lows, highs := 0.0, 0.0
	for i, p := range d.Partners {
		low, high := math.Inf(1), math.Inf(-1)
		part := -1.0
		report := analysis.MirrorReport
		var computed *spread
		var about []uint32
		for _, f := range used {
			if f.partner != v.Snapshot().ID(p.Partner) {
				continue
			}
			about = append(about, f.n)
			report = min(report, f.report)
			switch through := f.Qualifier("through").Kind() != graph.NoKind; {
			case f.share < 0 && f.computed != nil && !through:
				computed = computed.including(f.computed)
			case f.share < 0 && f.computed != nil:
				part = max(part, f.computed.Low)
			case f.share < 0:
			case through:
				part = max(part, f.share)
			default:
				low, high = min(low, f.share), max(high, f.share)
			}
		}
		equal(t, "claims of a partner", ids(v, p.Claims), ids(v, about))
		equal(t, "report", p.Report, report)
		claims = append(claims, about...)
		equal(t, "stated", p.Stated != nil, high >= 0)
		if p.Stated != nil {
			equal(t, "stated", *p.Stated, analysis.Bounds{Low: low, High: high})
		}
		equal(t, "computed", p.Computed != nil, computed != nil)
		if computed != nil {
			equal(t, "computed", *p.Computed, analysis.Bounds{Low: computed.Low, High: computed.High})
		}
		if p.Share.Low < 0 || p.Share.High > 1 || p.Share.Low > p.Share.High || p.Stated != nil && p.Share.High < p.Stated.High {
			t.Fatalf("share %v of stated %v", p.Share, p.Stated)
		}
		if i > 0 && p.Share.Low > d.Partners[i-1].Share.Low {
			t.Fatal("the partners are not in order")
		}
		lows += p.Share.Low
		highs += p.Share.High
	}
	slices.Sort(claims)
	var all []uint32
	for _, f := range used {
		all = append(all, f.n)
	}
	equal(t, "claims", ids(v, claims), ids(v, all))
	if d.Basis != nil {
		equal(t, "basis", ids(v, d.Basis.Claims), ids(v, all))
	}
	checkWhole(t, d, lows, highs)
	checkConflictsOfPartners(t, v, of, d, used)
}

// checkWhole: all shares are one. The lowest shares of the partners and the highest unknown
// share add up to it.
func checkWhole(t *rapid.T, d *analysis.Dependency, lows, highs float64) {
	if math.Abs(lows+d.Unknown.High-1) > 1e-9 {
		t.Fatalf("the lows %v and the unknown %v are not one", lows, d.Unknown)
	}
	if len(d.Partners) > 0 && highs+d.Unknown.High < 1-1e-9 {
		t.Fatalf("the highs %v and the unknown %v are less than one", highs, d.Unknown)
	}
}

func tolerance(relation string) float64 {
	if relation == "importsFrom" {
		return 0.3
	}
	return 0
}

// checkConflictsOfPartners: figures that are apart, or that a curator marked, are conflicts.
func checkConflictsOfPartners(t *rapid.T, v *snapshot.View, of end, d *analysis.Dependency, used []naiveFigure) {
	var conflicts []uint32
	for _, f := range used {
		for _, g := range used {
			apart := f.partner == g.partner && f.Qualifier("through") == g.Qualifier("through") && f.share >= 0 && g.share >= 0 &&
				math.Abs(f.share-g.share) > (tolerance(f.Predicate)+1e-9)*max(f.share, g.share)
			marked := false
			if f.Conflict != "" {
				members := 0
				v.AllClaims(func(n uint32) bool {
					if c := v.Snapshot().ClaimAt(n); c.Conflict == f.Conflict && atEitherEnd(c, of) {
						members++
					}
					return true
				})
				marked = members > 1
			}
			if apart || marked {
				conflicts = append(conflicts, f.n)
			}
		}
	}
	slices.Sort(conflicts)
	for _, n := range slices.Compact(conflicts) {
		if !slices.Contains(d.Conflicts, n) {
			t.Fatalf("%v is missing from the conflicts", v.Snapshot().ClaimAt(n))
		}
	}
	if len(conflicts) == 0 && len(d.Conflicts) > 0 {
		t.Fatal("conflicts of nothing")
	}
}

// checkOthers finds every figure of the year in the basis or among the others,
// and none in both.
func checkOthers(t *rapid.T, v *snapshot.View, d *analysis.Dependency, figures, used []naiveFigure, year *int) {
	var got, want []uint32
	for _, f := range d.Others {
		got = append(got, f.Claims...)
	}
	for _, f := range figures {
		touches := year == nil
		if year != nil {
			touches = f.Valid.From.First() <= graph.DayDate(*year, 12, 31).First() && f.Valid.To.Last() >= graph.DayDate(*year, 1, 1).First()
		}
		if touches && !slices.ContainsFunc(used, func(u naiveFigure) bool { return u.n == f.n }) {
			want = append(want, f.n)
		}
	}
	slices.Sort(got)
	equal(t, "others", ids(v, got), ids(v, want))
}

// TestDependencyBoundsHoldTheTruth draws true shares and claims that each state
// no more than the truth, or spans around it, and finds the truth within the bounds.
func TestDependencyBoundsHoldTheTruth(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		partners := pool["Country"][1:]
		truth := make([]float64, len(partners)+1) // the last is somebody never named
		left := 1.0
		for i := range partners {
			truth[i] = left * rapid.Float64Range(0, 1).Draw(t, "truth")
			left -= truth[i]
		}
		truth[len(partners)] = left
		c := graph.Commit{Entities: pool.Entities()}
		for i, p := range partners {
			for k := range rapid.IntRange(0, 3).Draw(t, "reports") {
				// The first report is no more than the truth, the rest are around it.
				x := truth[i] * rapid.Float64Range(0, 1).Draw(t, "part")
				if k > 0 {
					x = min(1, truth[i]+rapid.Float64Range(0, 0.3).Draw(t, "more"))
				}
				c.Claims = append(c.Claims, graph.Claim{
					Subject: "AAA", Predicate: "importsFrom", Value: graph.EntityValue(p), Confidence: 0.5, Source: "src-1", Locator: fmt.Sprint(k),
					Valid: graph.Interval{From: parseDate("2020"), To: parseDate("2020")}, Qualifiers: []graph.QualifierValue{
						{Name: "resource", Value: graph.EntityValue("ore")}, {Name: "share", Value: graph.FloatValue(x)}},
				})
			}
		}
		v := look(t, apply(t, snapshot.Empty(o), &c), graph.View{})
		d, err := analysis.MeasureDependency(t.Context(), v, analysis.DependencyOptions{Of: "AAA", Resource: "ore"})
		if err != nil {
			t.Fatal(err)
		}
		within := func(what string, x float64, b analysis.Bounds) {
			if x < b.Low-1e-9 || x > b.High+1e-9 {
				t.Fatalf("%s is %v and not within %v (truth %v)", what, x, b, truth)
			}
		}
		hhi := 0.0
		for _, x := range truth {
			hhi += x * x
		}
		within("the index", hhi, d.HHI)
		for i, p := range partners {
			for _, q := range d.Partners {
				if v.Snapshot().ID(q.Partner) == p {
					within(string(p), truth[i], q.Share)
				}
			}
		}
	})
}

// TestDependencySeesTheViewOnly gives the same answer where the store never
// learned what the view hides.
func TestDependencySeesTheViewOnly(t *testing.T) {
	o := world(t)
	rapid.Check(t, func(t *rapid.T) {
		v := drawWorldView(t, drawTrade(t, drawWorld(t, o, 25)))
		w := only(t, o, v)
		opts := drawDependency(t)
		a, err := analysis.MeasureDependency(t.Context(), v, opts)
		if err != nil {
			t.Fatal(err)
		}
		b, err := analysis.MeasureDependency(t.Context(), w, opts)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "dependency", writeDependency(v, a), writeDependency(w, b))
	})
}

func TestDependencyTells(t *testing.T) {
	o := world(t)
	stated := func(partner graph.ID, share graph.Value, more ...graph.QualifierValue) graph.Claim {
		c := graph.Claim{
			Subject: "AAA", Predicate: "importsFrom", Value: graph.EntityValue(partner), Confidence: 0.5, Source: "src-1", Locator: share.String(),
			Valid: graph.Interval{From: parseDate("2020"), To: parseDate("2020")},
			Qualifiers: append([]graph.QualifierValue{
				{Name: "resource", Value: graph.EntityValue("ore")}, {Name: "share", Value: share}}, more...),
		}
		c.Normalise()
		return c
	}
	report := func(partner graph.ID, share float64, more ...graph.QualifierValue) graph.Claim {
		return stated(partner, graph.FloatValue(share), more...)
	}
	through := func(e graph.ID) graph.QualifierValue {
		return graph.QualifierValue{Name: "through", Value: graph.EntityValue(e)}
	}
	for _, c := range []struct {
		name   string
		claims []graph.Claim
		want   string
	}{
		{"nothing", nil, "unknown 1-1 hhi 0-1"},
		{"one of two", []graph.Claim{report("BBB", 0.6)}, "BBB 0.6-1 unknown 0.4-0.4 hhi 0.36-1"},
		{"the whole", []graph.Claim{report("BBB", 0.6), report("CCC", 0.4)}, "BBB 0.6-0.6 CCC 0.4-0.4 unknown 0-0 hhi 0.52-0.52"},
		{"more than the whole", []graph.Claim{report("BBB", 0.9), report("CCC", 0.8)}, "BBB 0.2-0.9 CCC 0.1-0.8 unknown 0-0.7 hhi 0.05-0.82"},
		{"a disagreement", []graph.Claim{report("BBB", 0.2), report("BBB", 0.5), report("CCC", 0.4)}, "CCC 0.4-0.8 BBB 0.2-0.6 unknown 0.1-0.4 hhi 0.2-0.68"},
		{"a part bounds the whole", []graph.Claim{report("BBB", 0.3, through("DDD"))}, "BBB 0.3-1 unknown 0.7-0.7 hhi 0.09-1"},
		{"a part beyond the whole", []graph.Claim{report("BBB", 0.2), report("BBB", 0.3, through("DDD"))}, "BBB 0.2-1 unknown 0.7-0.8 hhi 0.04-1"},
		{"a range", []graph.Claim{stated("BBB", graph.RangeOf("0.2..0.5"))}, "BBB 0.2-1 unknown 0.5-0.8 hhi 0.04-1"},
		{"a range and the rest", []graph.Claim{stated("BBB", graph.RangeOf("0.2..0.5")), report("CCC", 0.4)}, "CCC 0.4-0.8 BBB 0.2-0.6 unknown 0.1-0.4 hhi 0.2-0.68"},
		{"a range without an upper end", []graph.Claim{stated("BBB", graph.RangeOf(">0.7"))}, "BBB 0.7-1 unknown 0-0.3 hhi 0.49-1"},
		{"no share", []graph.Claim{report("BBB", 1.1), report("CCC", 0.7)}, "CCC 0.7-1 BBB 0-0.3 unknown 0.3-0.3 hhi 0.49-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := look(t, apply(t, snapshot.Empty(o), &graph.Commit{Entities: pool.Entities(), Claims: c.claims}), graph.View{})
			d, err := analysis.MeasureDependency(t.Context(), v, analysis.DependencyOptions{Of: "AAA", Resource: "ore"})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range d.Partners {
				got = append(got, fmt.Sprintf("%s %v-%v", v.Snapshot().ID(p.Partner), p.Share.Low, p.Share.High))
			}
			got = append(got, fmt.Sprintf("unknown %v-%v hhi %v-%v", d.Unknown.Low, d.Unknown.High, d.HHI.Low, d.HHI.High))
			equal(t, "answer", strings.Join(got, " "), c.want)
		})
	}
}

func TestDependencyRefuses(t *testing.T) {
	o := world(t)
	v := look(t, apply(t, snapshot.Empty(o), &graph.Commit{Entities: pool.Entities()}), graph.View{})
	year := 10000
	for _, c := range []struct {
		opts analysis.DependencyOptions
		want string
	}{
		{analysis.DependencyOptions{Resource: "or"}, "of: there is no entity \"\"; search finds ids by names\nresource: there is no entity \"or\"; search finds ids by names"},
		{analysis.DependencyOptions{Of: "x-town", Resource: "ore"}, "of: x-town is of type City; importsFrom is stated of these types: Country"},
		{analysis.DependencyOptions{Of: "AAA", Resource: "BBB"}, "resource: BBB is of type Country, which importsFrom cannot name as its resource"},
		{analysis.DependencyOptions{Of: "AAA", Resource: "ore", Year: &year, Direction: 2}, "direction: 2 is not a direction\nyear: 10000 is out of range"},
	} {
		_, err := analysis.MeasureDependency(t.Context(), v, c.opts)
		var ps graph.Problems
		if !errors.As(err, &ps) || ps.Error() != c.want {
			t.Errorf("%+v: %v\nwant %s", c.opts, err, c.want)
		}
	}
	c := graph.Claim{Subject: "AAA", Predicate: "importsFrom", Value: graph.EntityValue("BBB"), Source: "src-1", Confidence: 1}
	twice := c
	twice.Locator = "again"
	v = look(t, apply(t, snapshot.Empty(o), &graph.Commit{Entities: pool.Entities(), Claims: []graph.Claim{c, twice}}), graph.View{})
	_, err := analysis.MeasureDependency(t.Context(), v, analysis.DependencyOptions{Of: "AAA", Resource: "ore", Work: 1})
	var e *graph.Error
	if !errors.As(err, &e) || e.Code != graph.LimitWork {
		t.Errorf("beyond its work it answers %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := analysis.MeasureDependency(ctx, v, analysis.DependencyOptions{Of: "AAA", Resource: "ore"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled analysis answers %v", err)
	}
}
