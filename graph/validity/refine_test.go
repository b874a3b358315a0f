package validity_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// TestMayRefine: of bounds that some others refine, their dates say so; of years alone, none refines
// another.
func TestMayRefine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var dates validity.Dates
		texts := rapid.SampledFrom([][]string{
			{"2001/2004", "2001", "2003/", "/2001", "../2004"},
			{"2001/2004", "2001-03/2004", "2001-03-07/..", "/2004-05", "200X/2004", "2002-02-02", ""},
		}).Draw(t, "times")
		of := rapid.SliceOfN(rapid.SampledFrom(texts), 1, 6).Draw(t, "bounds")
		bounds := make([]validity.Bounds, len(of))
		for i, text := range of {
			iv, err := graph.ParseInterval(text)
			if err != nil {
				t.Fatal(err)
			}
			bounds[i] = validity.Of(iv)
			dates.Add(&bounds[i])
		}
		for i := range bounds {
			refined := false
			for j := range bounds {
				refined = refined || bounds[j].Refines(&bounds[i])
			}
			if may := dates.MayRefine(&bounds[i]); refined && !may || may && len(texts) == 5 {
				t.Fatalf("%q of %q: refined %v, may be %v", of[i], of, refined, may)
			}
		}
	})
}

// TestManyDates: of more dates than are kept, each may refine others.
func TestManyDates(t *testing.T) {
	var dates validity.Dates
	var last validity.Bounds
	for year := range 300 {
		last = validity.Of(graph.Interval{From: graph.DayDate(1700+year, 1, 1)})
		dates.Add(&last)
	}
	if !dates.MayRefine(&last) {
		t.Error("none may")
	}
	if dates.Clear(); dates.MayRefine(&last) || !dates.None() {
		t.Error("dates are left")
	}
}

// TestJoined compares the days of a claim with a start, which others of the same attest later, with the
// model that decides day by day.
func TestJoined(t *testing.T) {
	day := drawDay()
	maybe := rapid.OneOf(day, rapid.Just(graph.Date{}))
	rapid.Check(t, func(t *rapid.T) {
		c := graphtest.Dated{Source: maybe.Draw(t, "source")}
		c.Timing = schema.Timing{Kind: schema.State, Reach: schema.Reach{Before: next, After: next}, Past: rapid.IntRange(0, 9).Draw(t, "past") == 0}
		draw := func(name string, from *rapid.Generator[graph.Date], ends int) graph.Interval {
			iv := graph.Interval{From: from.Draw(t, name+" from")}
			if rapid.IntRange(1, 9).Draw(t, name+" ends") <= ends {
				iv.To = maybe.Draw(t, name+" to")
			}
			if iv.Check() != nil {
				iv.From, iv.To = iv.To, iv.From
			}
			return iv
		}
		c.Valid = draw("own", day, 1)
		var by []*validity.Bounds
		own := validity.Of(c.Valid)
		b := own
		for range rapid.IntRange(1, 3).Draw(t, "others") {
			iv, source := draw("other", maybe, 3), maybe.Draw(t, "other source")
			c.Same, c.Sources = append(c.Same, iv), append(c.Sources, source)
			for _, end := range []graph.Date{iv.From, iv.To} {
				if end.Known() {
					c.Turns = append(c.Turns, end)
				}
			}
			if o := validity.Of(iv); o.Refines(&own) {
				by = append(by, &o)
			}
		}
		if by != nil {
			b = own.Refined(by)
		}
		window := func(source graph.Date) validity.Window {
			between := graph.AllDays
			if attested, ok := b.Attested(c.Timing, source); ok && b.BySource(c.Timing) {
				for _, iv := range c.Same {
					o := validity.Of(iv)
					between = own.Between(between, attested, &o)
				}
			}
			return b.Window(c.Timing, source, between)
		}
		w := window(c.Source)
		if b.Joins(c.Timing) {
			last := c.Source
			for i, iv := range c.Same {
				o := validity.Of(iv)
				last = b.Joined(&w, &o, c.Sources[i], last)
			}
			w = window(last)
		}
		for range 8 {
			on := day.Draw(t, "on").Span()
			if got, want := w.On(on, graph.OnDate), c.Holds(on.First, on.Last); got.Holds != want || got.Distance != c.Distance(on.First, on.Last) {
				t.Fatalf("%+v on %v: %+v, want %s at %d", c, on, got, want, c.Distance(on.First, on.Last))
			}
		}
	})
}
