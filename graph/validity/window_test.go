package validity_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/graphtest"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

var (
	lifetime = schema.Extent{}
	next     = schema.Extent{Kind: schema.ToNext}
	none     = schema.Extent{Kind: schema.ToDays}
	month    = schema.Extent{Kind: schema.ToDays, Days: 30}
	year     = schema.Extent{Kind: schema.ToDays, Days: 365}
)

// TestWindow is DESIGN's "Time" and its rulings, line by line: a valid time, the
// date of the source, and what the claim is on each date asked for.
func TestWindow(t *testing.T) {
	const yes, possibly, no = graph.HoldsYes, graph.HoldsPossibly, graph.HoldsNo
	type on map[string]graph.Holds
	state, past := schema.Timing{Kind: schema.State}, schema.Timing{Kind: schema.State, Past: true}
	office := schema.Timing{Kind: schema.State, Reach: schema.Reach{Before: month, After: year}}
	nothing := schema.Timing{Kind: schema.State, Reach: schema.Reach{Before: none, After: none}}
	event, figure, eternal := schema.Timing{Kind: schema.Event}, schema.Timing{Kind: schema.Observation, Reach: schema.Reach{Before: none}}, schema.Timing{Kind: schema.Eternal}
	area := schema.Timing{Kind: schema.Observation}
	for _, c := range []struct {
		timing          schema.Timing
		valid, attested string
		on              on
	}{
		// STATE: holds from..to, surely between the latest start and the earliest end.
		{state, "2019-03-20/2022-09-17", "", on{"2019-03-19": no, "2019-03-20": yes, "2022-09-17": yes, "2022-09-18": no, "2020": yes, "2019": possibly, "2022-09": possibly, "2018": no, "2023": no}},
		{office, "2019-03-20/2022-09-17", "2021", on{"2019-03-19": no, "2019-03-20": yes, "2022-09-17": yes, "2022-09-18": no}},
		{state, "2019/2022", "", on{"2018-12-31": no, "2019-01-01": possibly, "2019-12-31": yes, "2020-06": yes, "2022-01-01": yes, "2022-01-02": possibly, "2022-12-31": possibly, "2023-01-01": no, "2020": yes, "2019": possibly}},
		{state, "2025-06-18", "", on{"2025-06-17": no, "2025-06-18": yes, "2025-06-19": no, "2025-06": possibly, "2025": possibly}},
		{state, "2025", "", on{"2024-12-31": no, "2025-01-01": possibly, "2025-06": possibly, "2025": possibly, "2026": no}},
		{state, "20XX/2040", "", on{"1999": no, "2000-01-01": possibly, "2039": possibly, "2040-12-31": possibly, "2041": no}},
		{state, "199X/2005", "", on{"1989": no, "1990": possibly, "1999-12-31": yes, "2000": yes, "2005-01-01": yes}},
		{state, "2019?/2022~", "", on{"2019-12-31": yes, "2020": yes, "2018": no}},
		// It cannot end before it begins, which narrows a rough side.
		{state, "2025/2025-06-18", "", on{"2025-06-18": yes, "2025-06-17": possibly, "2025-06-19": no}},
		{state, "2025-06-18/2025", "", on{"2025-06-18": yes, "2025-06-19": possibly, "2025-06-17": no}},
		// Between a known start and the source's date it holds; after it as far as
		// the field reaches.
		{state, "1997-12-10/..", "2025-06-18", on{"1997-12-09": no, "1997-12-10": yes, "2025-06-18": yes, "2025-06-19": possibly, "2025-06": possibly, "2024": yes, "2100": possibly}},
		{office, "1997-12-10/..", "2025-06-18", on{"1997-12-09": no, "2025-06-18": yes, "2025-06-19": possibly, "2026-06-18": possibly, "2026-06-19": no}},
		{office, "1997-12-10/", "2025-06-18", on{"1997-12-09": no, "2010": yes, "2026-06-18": possibly, "2026-06-19": no}},
		{nothing, "1997-12-10/", "2025-06-18", on{"2025-06-18": yes, "2025-06-19": no}},
		{state, "1997-12-10/..", "2025", on{"2024-12-31": yes, "2025-12-31": yes, "2026": possibly}},
		{state, "1997/..", "2025-06-18", on{"1996": no, "1997-12-30": possibly, "1997-12-31": yes, "2000": yes}},
		{state, "2025/..", "2025-06-18", on{"2024": no, "2025-06-17": possibly, "2025-06-18": yes, "2025-06-19": possibly}},
		// An undated source that leaves the end open says so on a day nobody knows;
		// where it says nothing of the end, the start is all that is attested.
		{state, "1997-12-10/..", "", on{"1997-12-10": yes, "1997-12-11": possibly, "2100": possibly, "1997": possibly}},
		{office, "1997-12-10/..", "", on{"1997-12-09": no, "1997-12-11": possibly, "2100": possibly}},
		{office, "1997-12-10/", "", on{"1997-12-10": yes, "1998-12-10": possibly, "1998-12-11": no}},
		{state, "1997/..", "", on{"1996": no, "1997-12-31": possibly, "1998": possibly}},
		// A source older than the start attests nothing beyond it.
		{state, "2026-01-01/..", "2025-06-18", on{"2025-12-31": no, "2026-01-01": yes, "2026-01-02": possibly}},
		{office, "2026-01-01/..", "2025-06-18", on{"2026-12-31": possibly, "2027-01-02": no}},
		// Starts that nobody knows.
		{state, "/2010-05-04", "", on{"1900": possibly, "2010-05-03": possibly, "2010-05-04": yes, "2010-05-05": no}},
		{office, "/2010-05-04", "", on{"2010-04-03": no, "2010-04-04": possibly, "2010-05-04": yes, "2010-05-05": no}},
		{office, "../2010-05-04", "", on{"1900": possibly, "2010-05-04": yes, "2010-05-05": no}},
		{state, "/2010", "", on{"1900": possibly, "2010-01-01": possibly, "2010-12-31": possibly, "2011": no}},
		{state, "../2010-05-04", "2005-01-01", on{"2004-12-31": possibly, "2005-01-01": yes, "2010-05-04": yes, "2010-05-05": no}},
		{office, "../2010-05-04", "2005-01-01", on{"2004-12-01": no, "2004-12-02": possibly, "2005-01-01": yes, "2010-05-04": yes, "2010-05-05": no}},
		{state, "../2010-05-04", "2025-01-01", on{"2010-05-03": possibly, "2010-05-04": yes, "2010-05-05": no}},
		// A claim without dates holds on its source's date, and possibly around it.
		{state, "", "2025-06-18", on{"1900": possibly, "2025-06-17": possibly, "2025-06-18": yes, "2025-06-19": possibly, "2025": possibly}},
		{office, "", "2025-06-18", on{"1900": no, "2025-05-18": no, "2025-05-19": possibly, "2025-06-18": yes, "2026-06-18": possibly, "2026-06-19": no, "2025": possibly}},
		{nothing, "", "2025-06-18", on{"2025-06-17": no, "2025-06-18": yes, "2025-06-19": no}},
		{state, "", "2025", on{"2025-06-18": yes, "2025": yes, "2026-01-01": possibly}},
		{state, "", "", on{"1900": possibly, "2025": possibly}},
		{office, "", "", on{"1900": possibly, "2025": possibly}},
		{state, "../..", "2025-06-18", on{"2025-06-18": yes, "2024": possibly}},
		// The source's date attests nothing of what is in the past tense.
		{past, "", "2025-06-18", on{"1900": possibly, "2025-06-18": possibly}},
		{past, "1603/", "2025-06-18", on{"1602": no, "1603": possibly, "1700": possibly, "2025-06-18": possibly}},
		{past, "1603-03-24/1868-01-03", "2025", on{"1700": yes, "1868-01-04": no, "2025": no}},
		// EVENT: visible once it has begun, forever.
		{event, "2025-06-18", "", on{"2025-06-17": no, "2025-06-18": yes, "2025-06": possibly, "2025-07": yes, "2100": yes, "2024": no}},
		{event, "2025-06", "", on{"2025-05-31": no, "2025-06-01": possibly, "2025-06-29": possibly, "2025-06-30": yes, "2026": yes}},
		{event, "2025-06-18/2025-06-20", "", on{"2025-06-18": yes, "2025-06-17": no}},
		{event, "2025-06-18/..", "2025-06-01", on{"2025-06-18": yes, "2025-06-17": no, "2100": yes}},
		{event, "2025/2025-06-18", "", on{"2024": no, "2025-01-01": possibly, "2025-06-17": possibly, "2025-06-18": yes}},
		{event, "/2010", "", on{"1900": possibly, "2010-12-30": possibly, "2010-12-31": yes, "2011": yes}},
		{event, "", "2025-06-18", on{"1900": possibly, "2025-06-17": possibly, "2025-06-18": yes, "2026": yes}},
		{event, "", "", on{"1900": possibly, "2100": possibly}},
		// OBSERVATION: belongs to a period and stands in for what follows.
		{figure, "2023", "2025", on{"2022-12-31": no, "2023-01-01": yes, "2023": yes, "2024": yes, "2100": yes, "2022": no}},
		{figure, "2023-06-30", "", on{"2023-06-29": no, "2023-06-30": yes, "2023-06": possibly, "2023-07": yes}},
		{figure, "2020/2023", "", on{"2019": no, "2020-01-01": yes, "2023-12-31": yes}},
		{figure, "2023/..", "2025", on{"2022": no, "2023": yes, "2100": yes}},
		{figure, "/2023", "", on{"2022-12-31": no, "2023-01-01": possibly, "2023-12-31": yes}},
		{figure, "", "2025-06-18", on{"1900": no, "2025-06-17": no, "2025-06-18": yes, "2025-06-19": possibly, "2100": possibly}},
		{figure, "", "", on{"1900": possibly}},
		{area, "", "2025-06-18", on{"1900": possibly, "2025-06-18": yes, "2100": possibly}},
		{area, "2023", "2025", on{"2022": no, "2023": yes}},
		// ETERNAL: always.
		{eternal, "", "", on{"1900": yes, "2100-01-01": yes}},
		{eternal, "", "2025", on{"1900": yes}},
	} {
		iv, err := graph.ParseInterval(c.valid)
		if err != nil {
			t.Fatal(err)
		}
		b := validity.Of(iv)
		w := b.Window(c.timing, mustDate(t, c.attested), graph.AllDays)
		for date, want := range c.on {
			if got := w.Holds(mustDate(t, date).Span(), graph.OnDate); got != want {
				t.Errorf("%v %q by a source of %q is %s on %s, want %s", c.timing, c.valid, c.attested, got, date, want)
			}
		}
	}
}

// TestReading is the order in which claims fill a plain field, the first first.
func TestReading(t *testing.T) {
	on := mustDate(t, "2010-06-01").Span()
	office := schema.Timing{Kind: schema.State, Reach: schema.Reach{Before: year, After: year}}
	capital := schema.Timing{Kind: schema.State, Reach: schema.Reach{Before: next, After: next}}
	type claim struct {
		valid, attested string
		basis           validity.Basis
		distance        int64
	}
	for name, c := range map[string]struct {
		timing schema.Timing
		claims []claim
	}{
		"office": {office, []claim{
			{"2008/2012", "", validity.Dated, 0},
			{"", "2010-06-01", validity.Attested, 0},
			{"2008/..", "2010-05-01", validity.Reached, 31},
			{"2008/..", "2010-04-01", validity.Reached, 61},
			{"", "2010-04-01", validity.Reached, 61},
			{"", "2010-03-01", validity.Reached, 92},
			{"", "", validity.Reached, -1},
			{"2011/..", "2012", validity.NoBasis, 578},
		}},
		"capital": {capital, []claim{
			{"2008/2012", "", validity.Dated, 0},
			{"", "2010-06-01", validity.Attested, 0},
			{"2008/..", "2010-04-01", validity.Reached, 61},
			{"", "2010-05-01", validity.Reached, 31},
			{"2007/..", "2008", validity.Reached, 517},
			{"", "2012", validity.Reached, 579},
			{"", "", validity.Reached, -1},
		}},
	} {
		last := int64(-1)
		for _, x := range c.claims {
			iv, err := graph.ParseInterval(x.valid)
			if err != nil {
				t.Fatal(err)
			}
			b := validity.Of(iv)
			w := b.Window(c.timing, mustDate(t, x.attested), graph.AllDays)
			r := w.On(on, graph.OnDate)
			if r.Holds != graph.HoldsNo && r.Order <= last || r.Basis != x.basis || r.Distance != x.distance {
				t.Errorf("%s, %q by a source of %q: %+v after order %d", name, x.valid, x.attested, r, last)
			}
			last = r.Order
		}
		// Around a date it does not matter how near it a claim is attested, except in fields that
		// change from day to day.
		order := func(source string) int64 {
			var b validity.Bounds
			b.Start, b.End = graph.AllDays, graph.AllDays
			w := b.Window(c.timing, mustDate(t, source), graph.AllDays)
			return w.On(on, graph.OnDate).Order
		}
		if same := order("2010-04-01") == order("2010-05-01"); same != (name == "capital") {
			t.Errorf("%s: a month away counts as much as two: %v", name, same)
		}
	}
}

// drawDay draws a date that is not too far from the others.
func drawDay() *rapid.Generator[graph.Date] {
	return rapid.Custom(func(t *rapid.T) graph.Date {
		year := rapid.IntRange(2019, 2022).Draw(t, "year")
		text := fmt.Sprintf("%d-%02d-%02d", year, rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"))
		return mustDate(t, text[:rapid.SampledFrom([]int{10, 10, 7, 7, 4, 4}).Draw(t, "precision")])
	})
}

// TestWindowModel compares the windows of random claims with a model that decides
// day by day.
func TestWindowModel(t *testing.T) {
	day := drawDay()
	side := rapid.OneOf(day, day, day, rapid.SampledFrom([]graph.Date{{}, graph.OpenDate}))
	extent := rapid.SampledFrom([]schema.Extent{lifetime, next, none, month, year})
	few := rapid.SliceOfN(day, 0, 2)
	rapid.Check(t, func(t *rapid.T) {
		var c graphtest.Dated
		c.Timing.Kind = rapid.SampledFrom([]schema.TimeKind{schema.State, schema.State, schema.Event, schema.Observation, schema.Eternal}).Draw(t, "kind")
		c.Timing.Reach = schema.Reach{Before: extent.Draw(t, "before"), After: extent.Draw(t, "after")}
		c.Timing.Past = rapid.IntRange(0, 5).Draw(t, "past") == 0
		c.Valid = graph.Interval{From: side.Draw(t, "from"), To: side.Draw(t, "to")}
		if c.Valid.Check() != nil {
			c.Valid.From, c.Valid.To = c.Valid.To, c.Valid.From
		}
		c.Source = rapid.OneOf(day, rapid.Just(graph.Date{})).Draw(t, "source")
		life := validity.Always
		if rapid.IntRange(0, 3).Draw(t, "lives") == 0 {
			c.Begins, c.Ends = [][]graph.Date{few.Draw(t, "begins")}, [][]graph.Date{few.Draw(t, "ends")}
			life = lifetimeOf(c.Begins[0], c.Ends[0])
		}
		// Faults live at the edges.
		on := day.Draw(t, "on").Span()
		if edge := rapid.SampledFrom([]graph.Date{c.Valid.From, c.Valid.To, c.Source, {}}).Draw(t, "edge"); edge.Known() {
			at := rapid.SampledFrom([]graph.Day{edge.First(), edge.Last()}).Draw(t, "at") + graph.Day(rapid.IntRange(-1, 1).Draw(t, "beside"))
			at += graph.Day(rapid.SampledFrom([]int{0, 0, 30, -30, 365, -365}).Draw(t, "away"))
			on = graph.Span{First: at, Last: at + graph.Day(rapid.SampledFrom([]int{0, 0, 1, 30}).Draw(t, "days"))}
		}
		b := validity.Of(c.Valid)
		w := b.Window(c.Timing, c.Source, graph.AllDays)
		if c.Timing.Kind == schema.State || c.Timing.Kind == schema.Observation {
			w.Within(life)
		}
		c.Mode = rapid.SampledFrom([]graph.Mode{graph.OnDate, graph.OnDate, graph.Ever, graph.Throughout}).Draw(t, "mode")
		want := c.Holds(on.First, on.Last)
		if got := w.Holds(on, c.Mode); got != want {
			t.Fatalf("%+v is %s on %v..%v, want %s", c, got, on.First, on.Last, want)
		}
		if r := w.On(on, c.Mode); r.Holds != want || r.Distance != c.Distance(on.First, on.Last) {
			t.Fatalf("%+v on %v..%v: %+v", c, on.First, on.Last, r)
		}
		if got := b.MayHold(c.Timing.Kind, on); c.Begins == nil && c.Mode != graph.Throughout && b.Alone(c.Timing) && got != (want != graph.HoldsNo) {
			t.Fatalf("%+v may hold on %v..%v: %v", c, on.First, on.Last, got)
		}
	})
}

func lifetimeOf(begins, ends []graph.Date) validity.Lifetime {
	life := validity.Always
	for i, d := range begins {
		if life.Sure.First = max(life.Sure.First, d.Last()); i == 0 || d.First() < life.Possible.First {
			life.Possible.First = d.First()
		}
	}
	for i, d := range ends {
		if life.Sure.Last = min(life.Sure.Last, d.First()); i == 0 || d.Last() > life.Possible.Last {
			life.Possible.Last = d.Last()
		}
	}
	return life
}

func TestHoldsNames(t *testing.T) {
	if s := fmt.Sprint(graph.HoldsNo, graph.HoldsPossibly, graph.HoldsYes); s != "NO POSSIBLY YES" {
		t.Error(s)
	}
}

func mustDate(t interface{ Fatal(...any) }, s string) graph.Date {
	d, err := graph.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
