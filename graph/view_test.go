package graph_test

import (
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
)

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
