package validity

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Two sources may both correctly date a fact differently: a membership of 2004, and one since 29 March 2004.
// They agree, and the rough date is replaced by the exact one.

// Refinable reports whether an end of the bounds may be one of several days, so that another claim can date it
// more exactly. A figure is never refinable, because its dates are its period.
func (b *Bounds) Refinable(t schema.Timing) bool {
	return (t.Kind == schema.State || t.Kind == schema.Event) &&
		(b.Started && b.Start.First < b.Start.Last || b.Ended && b.End.First < b.End.Last)
}

// Agrees reports whether two bounds may be of the same time: if both have a start, or an end, it may be the
// same day.
func (b *Bounds) Agrees(other *Bounds) bool {
	return (!b.Started || !other.Started || meets(b.Start, other.Start)) && (!b.Ended || !other.Ended || meets(b.End, other.End))
}

// Refines reports whether the bounds agree with others and date an end more exactly.
func (b *Bounds) Refines(other *Bounds) bool {
	return (b.Started && other.Started && inside(b.Start, other.Start) || b.Ended && other.Ended && inside(b.End, other.End)) && b.Agrees(other)
}

// Dates has the different starts and ends of several bounds. The zero value is empty.
type Dates struct {
	starts, ends []graph.Span
	many         bool // there are more than are stored
}

// mostDates is enough for the years of two centuries.
const mostDates = 200

// Clear removes all dates.
func (d *Dates) Clear() { d.starts, d.ends, d.many = d.starts[:0], d.ends[:0], false }

// None reports whether there are no dates.
func (d *Dates) None() bool { return len(d.starts)+len(d.ends) == 0 }

// Add adds the dates of bounds.
func (d *Dates) Add(b *Bounds) {
	if b.Started {
		d.starts = d.with(d.starts, b.Start)
	}
	if b.Ended {
		d.ends = d.with(d.ends, b.End)
	}
}

func (d *Dates) with(dates []graph.Span, s graph.Span) []graph.Span {
	switch {
	case slices.Contains(dates, s):
	case len(dates) == mostDates:
		d.many = true
	default:
		return append(dates, s)
	}
	return dates
}

// MayRefine reports whether some of the bounds with these dates may refine b. If it returns false, none does.
func (d *Dates) MayRefine(b *Bounds) bool {
	finer := func(dates []graph.Span, known bool, s graph.Span) bool {
		return known && slices.ContainsFunc(dates, func(t graph.Span) bool { return inside(t, s) })
	}
	return d.many || finer(d.starts, b.Started, b.Start) || finer(d.ends, b.Ended, b.End)
}

// Refined returns the bounds with each rough end replaced by the days from the first to the last of the most
// exact dates among by. If the start would come after the end, those dates are of different times, and the
// bounds are unchanged.
func (b *Bounds) Refined(by []*Bounds) Bounds {
	r := *b
	if r.Started {
		r.Start = refined(r.Start, by, func(b *Bounds) (graph.Span, bool) { return b.Start, b.Started })
	}
	if r.Ended {
		r.End = refined(r.End, by, func(b *Bounds) (graph.Span, bool) { return b.End, b.Ended })
	}
	if r.Started && r.Ended && r.Start.First > r.End.Last {
		return *b
	}
	return r
}

// refined returns the days that the most exact dates within rough leave for one side.
func refined(rough graph.Span, by []*Bounds, side func(*Bounds) (graph.Span, bool)) graph.Span {
	var finer []graph.Span
	for _, b := range by {
		if s, ok := side(b); ok && inside(s, rough) {
			finer = append(finer, s)
		}
	}
	if finer == nil {
		return rough
	}
	left := empty
	for _, s := range exact(finer) {
		left = days(min(left.First, s.First), max(left.Last, s.Last))
	}
	return left
}

// exact returns the spans that include no other of the spans.
func exact(spans []graph.Span) (left []graph.Span) {
	for _, s := range spans {
		rough := false
		for _, t := range spans {
			rough = rough || inside(t, s)
		}
		if !rough {
			left = append(left, s)
		}
	}
	return left
}

// inside reports whether s is a proper part of t.
func inside(s, t graph.Span) bool { return s != t && s.First >= t.First && s.Last <= t.Last }

// meets reports whether two spans have a day in common.
func meets(s, t graph.Span) bool { return s.First <= t.Last && t.First <= s.Last }
