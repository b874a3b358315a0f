package graph

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/schema"
)

// TestHoldsOn is DESIGN's "Time" and its rulings, line by line: a valid time,
// the date of the source, and what the claim is on each date asked for.
func TestHoldsOn(t *testing.T) {
	const yes, possibly, no = HoldsYes, HoldsPossibly, HoldsNo
	type on map[string]Holds
	for _, c := range []struct {
		kind            schema.TimeKind
		valid, attested string
		on              on
	}{
		// STATE: holds from..to, surely between the latest start and the earliest end.
		{schema.State, "2019-03-20/2022-09-17", "", on{"2019-03-19": no, "2019-03-20": yes, "2022-09-17": yes, "2022-09-18": no, "2020": yes, "2019": possibly, "2022-09": possibly, "2018": no, "2023": no}},
		{schema.State, "2019/2022", "", on{"2018-12-31": no, "2019-01-01": possibly, "2019-12-31": yes, "2020-06": yes, "2022-01-01": yes, "2022-01-02": possibly, "2022-12-31": possibly, "2023-01-01": no, "2020": yes, "2019": possibly}},
		{schema.State, "2025-06-18", "", on{"2025-06-17": no, "2025-06-18": yes, "2025-06-19": no, "2025-06": possibly, "2025": possibly}},
		{schema.State, "2025", "", on{"2024-12-31": no, "2025-01-01": possibly, "2025-06": possibly, "2025": possibly, "2026": no}},
		{schema.State, "20XX/2040", "", on{"1999": no, "2000-01-01": possibly, "2039": possibly, "2040-12-31": possibly, "2041": no}},
		{schema.State, "199X/2005", "", on{"1989": no, "1990": possibly, "1999-12-31": yes, "2000": yes, "2005-01-01": yes}},
		{schema.State, "2019?/2022~", "", on{"2019-12-31": yes, "2020": yes, "2018": no}},
		// It cannot end before it begins, which narrows a rough side.
		{schema.State, "2025/2025-06-18", "", on{"2025-06-18": yes, "2025-06-17": possibly, "2025-06-19": no}},
		{schema.State, "2025-06-18/2025", "", on{"2025-06-18": yes, "2025-06-19": possibly, "2025-06-17": no}},
		// An open end is attested up to the source's date, and possible after it.
		{schema.State, "1997-12-10/..", "2025-06-18", on{"1997-12-09": no, "1997-12-10": yes, "2025-06-18": yes, "2025-06-19": possibly, "2025-06": possibly, "2024": yes, "2100": possibly}},
		{schema.State, "1997-12-10/..", "2025", on{"2024-12-31": yes, "2025-01-01": yes, "2025-01-02": possibly, "2026": possibly}},
		{schema.State, "1997-12-10/..", "", on{"1997-12-10": yes, "1997-12-11": possibly, "2100": possibly, "1997": possibly}},
		{schema.State, "1997/..", "", on{"1996": no, "1997-12-31": possibly, "1998": possibly}},
		{schema.State, "1997/..", "2025-06-18", on{"1997-12-30": possibly, "1997-12-31": yes, "2000": yes}},
		// A source older than the start attests nothing beyond it.
		{schema.State, "2026-01-01/..", "2025-06-18", on{"2025-12-31": no, "2026-01-01": yes, "2026-01-02": possibly}},
		// An unknown end is not attested beyond the start.
		{schema.State, "1997-12-10/", "2025-06-18", on{"1997-12-09": no, "1997-12-10": yes, "1997-12-11": possibly, "2025-06-18": possibly}},
		{schema.State, "1997/", "2025-06-18", on{"1996": no, "1997-12-31": possibly, "2025-06-18": possibly}},
		// Starts that nobody knows.
		{schema.State, "/2010-05-04", "", on{"1900": possibly, "2010-05-03": possibly, "2010-05-04": yes, "2010-05-05": no}},
		{schema.State, "/2010", "", on{"1900": possibly, "2010-01-01": possibly, "2010-12-31": possibly, "2011": no}},
		{schema.State, "../2010-05-04", "2005-01-01", on{"2004-12-31": possibly, "2005-01-01": yes, "2010-05-04": yes, "2010-05-05": no}},
		{schema.State, "../2010-05-04", "2025-01-01", on{"2010-05-03": possibly, "2010-05-04": yes, "2010-05-05": no}},
		// A claim without dates holds POSSIBLY throughout, YES on its source's date.
		{schema.State, "", "2025-06-18", on{"1900": possibly, "2025-06-17": possibly, "2025-06-18": yes, "2025-06-19": possibly, "2025": possibly}},
		{schema.State, "", "2025", on{"2025-06-18": yes, "2025": yes, "2026-01-01": possibly}},
		{schema.State, "", "", on{"1900": possibly, "2025": possibly}},
		{schema.State, "../..", "2025-06-18", on{"2025-06-18": yes, "2024": possibly}},
		// EVENT: visible once it has begun, forever after.
		{schema.Event, "2025-06-18", "", on{"2025-06-17": no, "2025-06-18": yes, "2025-06": possibly, "2025-07": yes, "2100": yes, "2024": no}},
		{schema.Event, "2025-06", "", on{"2025-05-31": no, "2025-06-01": possibly, "2025-06-29": possibly, "2025-06-30": yes, "2026": yes}},
		{schema.Event, "2025-06-18/2025-06-20", "", on{"2025-06-18": yes, "2025-06-17": no}},
		{schema.Event, "2025-06-18/..", "2025-06-01", on{"2025-06-18": yes, "2025-06-17": no, "2100": yes}},
		{schema.Event, "2025/2025-06-18", "", on{"2024": no, "2025-01-01": possibly, "2025-06-17": possibly, "2025-06-18": yes}},
		{schema.Event, "/2010", "", on{"1900": possibly, "2010-12-30": possibly, "2010-12-31": yes, "2011": yes}},
		{schema.Event, "", "2025-06-18", on{"1900": possibly, "2025-06-17": possibly, "2025-06-18": yes, "2026": yes}},
		{schema.Event, "", "", on{"1900": possibly, "2100": possibly}},
		// OBSERVATION: belongs to a period.
		{schema.Observation, "2023", "2025", on{"2022-12-31": no, "2023-01-01": possibly, "2023": possibly, "2023-12-31": yes, "2024": yes, "2100": yes}},
		{schema.Observation, "2023-06-30", "", on{"2023-06-29": no, "2023-06-30": yes, "2023-06": possibly, "2023-07": yes}},
		{schema.Observation, "2020/2023", "", on{"2019": no, "2020-01-01": possibly, "2023-12-30": possibly, "2023-12-31": yes}},
		{schema.Observation, "2023/..", "2025", on{"2022": no, "2023": possibly, "2100": possibly}},
		{schema.Observation, "/2023", "", on{"2022-12-31": no, "2023-01-01": possibly, "2023-12-31": yes}},
		{schema.Observation, "", "2025-06-18", on{"1900": possibly, "2025-06-18": possibly, "2100": possibly}},
		// ETERNAL: always.
		{schema.Eternal, "", "", on{"1900": yes, "2100-01-01": yes}},
		{schema.Eternal, "", "2025", on{"1900": yes}},
	} {
		iv, err := ParseInterval(c.valid)
		if err != nil {
			t.Fatal(err)
		}
		for date, want := range c.on {
			if got := holdsOn(c.kind, iv, mustDate(t, c.attested), mustDate(t, date).Span()); got != want {
				t.Errorf("%s %q by a source of %q is %s on %s, want %s", c.kind, c.valid, c.attested, got, date, want)
			}
		}
	}
}

// The model counts days in a small world of four years, in which every start
// and end that a claim may mean is tried.
var worldFirst, worldLast = DayDate(2019, 1, 1).First(), DayDate(2022, 12, 31).First()

func worldSpan(d Date) Span {
	if !d.Known() {
		return Span{worldFirst, worldLast}
	}
	return d.Span()
}

// naive tries every start and end: what holds for all of them is sure, what
// holds for one is possible.
func naive(kind schema.TimeKind, valid Interval, attested Date, on Span) Holds {
	if kind == schema.Eternal {
		return HoldsYes
	}
	from, to := valid.From, valid.To
	if !from.Known() && !to.Known() {
		return undated(kind, attested, on)
	}
	if kind == schema.Observation && !from.Known() {
		from = Date{precision: DayPrecision} // from its end on, see HoldsOn
	}
	possible, sure := false, true
	for end := worldSpan(to).First; end <= worldSpan(to).Last; end++ {
		// Who says "still so" saw it so on some day of the source's date.
		if to.Precision() == Open && attested.Known() && end < attested.First() {
			continue
		}
		starts := worldSpan(from)
		if from.precision == DayPrecision && from.day == 0 {
			starts = Span{end, end}
		}
		for start := starts.First; start <= min(starts.Last, end); start++ {
			if kind == schema.State && !from.Known() && attested.Known() && start > attested.Last() {
				continue
			}
			some, all := holdsFor(kind, start, end, to.Known(), on)
			possible, sure = possible || some, sure && all
		}
	}
	return grade(possible, sure)
}

// holdsFor tells, of one start and one end, whether the claim holds on some and
// on all of the days.
func holdsFor(kind schema.TimeKind, start, end Day, ends bool, on Span) (some, all bool) {
	switch kind {
	case schema.Event:
		return start <= on.Last, start <= on.First
	case schema.Observation:
		return start <= on.Last, ends && end <= on.First
	}
	return start <= on.Last && on.First <= end, start <= on.First && on.Last <= end
}

func undated(kind schema.TimeKind, attested Date, on Span) Holds {
	switch {
	case kind == schema.Observation || !attested.Known():
		return HoldsPossibly
	case kind == schema.Event && attested.Last() <= on.First, kind == schema.State && attested.First() <= on.First && on.Last <= attested.Last():
		return HoldsYes
	}
	return HoldsPossibly
}

func TestHoldsOnModel(t *testing.T) {
	day := rapid.Custom(func(t *rapid.T) Date {
		// Within the world, and a good way from its ends, where unknown sides are cut off.
		d := Day(rapid.IntRange(int(worldFirst)+200, int(worldLast)-200).Draw(t, "day")).Date()
		switch p := rapid.SampledFrom([]Precision{DayPrecision, DayPrecision, Month, Month, Year}).Draw(t, "precision"); {
		case p == Year && (d.year == 2020 || d.year == 2021):
			return Date{year: d.year, precision: Year}
		case p == Month:
			return Date{year: d.year, month: d.month, precision: Month}
		}
		return d
	})
	side := rapid.OneOf(day, day, day, rapid.SampledFrom([]Date{{}, OpenDate}))
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]schema.TimeKind{schema.State, schema.State, schema.Event, schema.Observation, schema.Eternal}).Draw(t, "kind")
		iv := Interval{side.Draw(t, "from"), side.Draw(t, "to")}
		if iv.Check() != nil {
			iv.From, iv.To = iv.To, iv.From
		}
		attested := rapid.OneOf(day, rapid.Just(Date{})).Draw(t, "attested")
		// Faults live at the edges.
		on := day.Draw(t, "on").Span()
		edge := rapid.SampledFrom([]Date{iv.From, iv.To, attested, {}}).Draw(t, "edge")
		if edge.Known() {
			at := rapid.SampledFrom([]Day{edge.First(), edge.Last()}).Draw(t, "at") + Day(rapid.IntRange(-1, 1).Draw(t, "beside"))
			on = Span{at, at + Day(rapid.SampledFrom([]int{0, 0, 1, 30}).Draw(t, "days"))}
		}
		want, got := naive(kind, iv, attested, on), holdsOn(kind, iv, attested, on)
		if got != want {
			t.Fatalf("%s %v by a source of %v is %s on %v..%v, want %s", kind, iv, attested, got, on.First, on.Last, want)
		}
	})
}

func TestHoldsNames(t *testing.T) {
	if s := fmt.Sprint(HoldsNo, HoldsPossibly, HoldsYes); s != "NO POSSIBLY YES" {
		t.Error(s)
	}
}

func holdsOn(kind schema.TimeKind, valid Interval, attested Date, on Span) Holds {
	b := valid.Bounds()
	return b.HoldsOn(kind, attested, on)
}
