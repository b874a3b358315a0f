package graph_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
)

// TestLifetimeOf decides day by day: an entity may exist from some beginning to some end,
// and surely exists after every beginning and before every end, where a rough one with an exact one inside is left out.
func TestLifetimeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) (spans, exact []graph.Span) {
			var dates []graph.Date
			for range rapid.IntRange(0, 3).Draw(t, label) {
				dates = append(dates, graphtest.DrawDate(t, label, true))
				spans = append(spans, dates[len(dates)-1].Span())
			}
			for _, d := range graphtest.WithoutRough(dates) {
				exact = append(exact, d.Span())
			}
			return spans, exact
		}
		allBegins, begins := draw("begins")
		allEnds, ends := draw("ends")
		life := graph.LifetimeOf(allBegins, allEnds)
		days := []graph.Day{graph.FirstDay, graph.LastDay}
		for _, s := range append(append([]graph.Span(nil), begins...), ends...) {
			days = append(days, s.First-1, s.First, s.Last, s.Last+1)
		}
		for _, d := range days {
			begun, ended, may, does := len(begins) == 0, len(ends) == 0, true, true
			for _, b := range begins {
				begun, does = begun || b.First <= d, does && b.Last <= d
			}
			for _, e := range ends {
				ended, does = ended || d <= e.Last, does && d <= e.First
			}
			may = begun && ended
			within := func(s graph.Span) bool { return s.First <= d && d <= s.Last }
			if within(life.Possible) != may || within(life.Sure) != does {
				t.Fatalf("begins %v, ends %v: it lives %v; on day %d it may %t, it does %t", begins, ends, life, d, may, does)
			}
		}
	})
}

// TestDays: the days that a view asks for, and why it cannot.
func TestDays(t *testing.T) {
	date := func(s string) graph.Date {
		d, err := graph.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	today := date("2026-07-26").First()
	days := func(first, last string) graph.Span {
		return graph.Span{First: date(first).First(), Last: date(last).Last()}
	}
	during := func(from, to string) graph.Interval { return graph.Interval{From: date(from), To: date(to)} }
	for name, c := range map[string]struct {
		view graph.View
		on   graph.Span
		mode graph.Mode
		err  string
	}{
		"nothing":             {graph.View{}, days("2026-07-26", "2026-07-26"), graph.OnDate, ""},
		"a day":               {graph.View{AsOf: date("2020-02-29")}, days("2020-02-29", "2020-02-29"), graph.OnDate, ""},
		"a decade":            {graph.View{AsOf: date("202X")}, days("2020", "2029"), graph.OnDate, ""},
		"a span":              {graph.View{During: during("2010", "2020-06")}, days("2010", "2020-06"), graph.Ever, ""},
		"throughout a span":   {graph.View{During: during("2010", "2020"), Mode: graph.Throughout}, days("2010", "2020"), graph.Throughout, ""},
		"an open date":        {graph.View{AsOf: graph.OpenDate}, graph.Span{}, 0, "view.asOf"},
		"a mode alone":        {graph.View{Mode: graph.Ever}, graph.Span{}, 0, "view.mode"},
		"a span and a date":   {graph.View{AsOf: date("2020"), During: during("2010", "2020")}, graph.Span{}, 0, "not both"},
		"a span with one end": {graph.View{During: graph.Interval{From: date("2010")}}, graph.Span{}, 0, "leaves a side open"},
		"an open span":        {graph.View{During: graph.Interval{From: date("2010"), To: graph.OpenDate}}, graph.Span{}, 0, "leaves a side open"},
		"a span backwards":    {graph.View{During: during("2020", "2010")}, graph.Span{}, 0, "view.during"},
	} {
		on, mode, err := c.view.Days(today)
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: %v, want %q", name, err, c.err)
		case c.err == "" && (err != nil || on != c.on || mode != c.mode):
			t.Errorf("%s: %v %s, %v; want %v %s", name, on, mode, err, c.on, c.mode)
		}
	}
}
