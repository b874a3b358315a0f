package snapshot_test

import (
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// ever is later than every day of the tests' dates.
const ever = 10_000_000

// daysIn is the first and the last day that a date may mean, counted from 1970;
// of one that names no time, all days.
func daysIn(d graph.Date) (first, last int) {
	if !d.Known() {
		return -ever, ever
	}
	from, to := spanOf(graph.DateValue(d))
	day := func(t time.Time) int { return int(t.Unix() / (24 * 60 * 60)) }
	return day(from), day(to)
}

// holdsNaively reports how surely a claim holds by trying starts and ends: what
// holds for all of them is sure, what holds for one is possible. All that is asked
// of them is how they relate to the dates given, so that the days about those suffice.
func holdsNaively(kind schema.TimeKind, valid graph.Interval, attested graph.Date, onFirst, onLast int) graph.Holds {
	attestedFirst, attestedLast := daysIn(attested)
	if !valid.From.Known() && !valid.To.Known() {
		switch {
		case kind == schema.Eternal,
			kind == schema.Event && attested.Known() && attestedLast <= onFirst,
			kind == schema.State && attested.Known() && attestedFirst <= onFirst && onLast <= attestedLast:
			return graph.HoldsYes
		}
		return graph.HoldsPossibly
	}
	var days []int
	for _, d := range []graph.Date{valid.From, valid.To, attested} {
		first, last := daysIn(d)
		days = append(days, first-1, first, first+1, last-1, last, last+1)
	}
	days = append(days, onFirst-1, onFirst, onFirst+1, onLast-1, onLast, onLast+1)
	startFirst, startLast := daysIn(valid.From)
	endFirst, endLast := daysIn(valid.To)
	possible, sure := false, true
	for _, end := range days {
		// Who says "still so" saw it so on some day of the source's date.
		seen := valid.To.Precision() != graph.Open || !attested.Known() || end >= attestedFirst
		if end < endFirst || end > endLast || !seen {
			continue
		}
		for _, start := range days {
			switch {
			case start < startFirst || start > startLast || start > end,
				kind == schema.Observation && !valid.From.Known() && start != end,
				kind == schema.State && !valid.From.Known() && attested.Known() && start > attestedLast:
				continue
			}
			some, all := start <= onLast && onFirst <= end, start <= onFirst && onLast <= end
			switch kind {
			case schema.Eternal:
				some, all = true, true
			case schema.Event:
				some, all = start <= onLast, start <= onFirst
			case schema.Observation:
				some, all = start <= onLast, valid.To.Known() && end <= onFirst
			}
			possible, sure = possible || some, sure && all
		}
	}
	switch {
	case possible && sure:
		return graph.HoldsYes
	case possible:
		return graph.HoldsPossibly
	}
	return graph.HoldsNo
}
