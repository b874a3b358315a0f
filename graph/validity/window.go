package validity

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Lifetime is when an entity exists: possibly on the days of Possible, certainly on those of Sure. An unknown
// side is unbounded.
type Lifetime struct{ Possible, Sure graph.Span }

// Always is the lifetime of an entity without a stated beginning or end.
var Always = Lifetime{graph.AllDays, graph.AllDays}

// Basis is the reason why a claim holds on a date.
type Basis uint8

// The bases of an answer, the best first.
const (
	// NoBasis is for a claim that always holds, or does not hold.
	NoBasis Basis = iota
	// Dated means that the claim gives dates, and the view's date lies within them, or between one of them and
	// the date of the source.
	Dated
	// Attested means that the claim gives no dates, and its source is of the view's date.
	Attested
	// Reached means that nothing attests the view's date, but the field's reach includes it.
	Reached
)

func (b Basis) String() string { return [...]string{"", "DATED", "ATTESTED", "REACH"}[b] }

// Window is when a claim holds: YES on the days of Sure, POSSIBLY on the other days of Possible. If Sure.First
// is after Sure.Last, no day is certain.
type Window struct {
	Possible, Sure graph.Span
	// Attested are the days that the claim's dates or its source attest, from which distances are computed. If
	// Anchored is false, there are none.
	Attested graph.Span
	Anchored bool
	// Basis is the basis on the days of Sure.
	Basis Basis
	// Started is true if the start is known.
	Started bool
	// Nearest is true if claims attested nearer to a date are more likely to hold. That is so for a field whose
	// reach is a number of days, such as an office, but not for a border.
	Nearest bool
}

// Reading says whether a claim holds on a date, and why.
type Reading struct {
	Holds graph.Holds
	Basis Basis
	// Distance is the number of days between the date and the attested days: 0 on those days, -1 if there are
	// none.
	Distance int64
	// Order compares claims of one field: the least is shown. First comes what holds
	// by its dates; then what is attested on the date, near it with a known start, and
	// near it without one; then what is possible with a known start, then by its reach
	// alone, and last what nothing attests.
	Order int64
}

// near is the number of days around the attested days that count as near. If the reach itself is a number of
// days, only the attested days are near, and otherwise the nearest claim precedes.
const near = 366

func (w *Window) near(distance int64) bool { return !w.Nearest && w.Anchored && distance <= near }

// orderStep parts the levels of Reading.Order; distances lie within one.
const orderStep = int64(1) << 40

// On returns how the claim holds on the days of a view.
func (w *Window) On(on graph.Span, mode graph.Mode) Reading {
	r := Reading{Holds: w.Holds(on, mode), Distance: w.distance(on)}
	switch r.Holds {
	case graph.HoldsNo:
		return r
	case graph.HoldsYes:
		r.Basis = w.Basis
	default:
		r.Basis = Reached
	}
	switch {
	case r.Basis == Dated || r.Basis == NoBasis:
		return r
	case r.Basis == Attested:
		r.Order = orderStep
	case w.near(r.Distance) && w.Started:
		r.Order = 2 * orderStep
	case w.near(r.Distance):
		r.Order = 3 * orderStep
	case w.Started:
		r.Order = 4 * orderStep
	case w.Anchored:
		r.Order = 5 * orderStep
	default:
		r.Order = 6 * orderStep
	}
	if w.Nearest && w.Anchored {
		r.Order += r.Distance
	}
	return r
}

// Holds returns how certainly the claim holds on the days.
func (w *Window) Holds(on graph.Span, mode graph.Mode) graph.Holds {
	possible := both(w.Possible, on)
	switch {
	case possible.First > possible.Last || mode == graph.Throughout && possible != on:
		return graph.HoldsNo
	case w.Sure.First <= on.First && on.Last <= w.Sure.Last:
		return graph.HoldsYes
	}
	if sure := both(w.Sure, on); mode == graph.Ever && sure.First <= sure.Last {
		return graph.HoldsYes
	}
	return graph.HoldsPossibly
}

func (w *Window) distance(on graph.Span) int64 {
	switch {
	case !w.Anchored:
		return -1
	case on.First > w.Attested.Last:
		return int64(on.First) - int64(w.Attested.Last)
	case on.Last < w.Attested.First:
		return int64(w.Attested.First) - int64(on.Last)
	}
	return 0
}

// Within cuts the window to the lifetime of an entity at one end of the claim.
func (w *Window) Within(life Lifetime) {
	w.Possible = both(w.Possible, life.Possible)
	w.Sure = both(w.Sure, life.Sure)
}

func days(first, last graph.Day) graph.Span { return graph.Span{First: first, Last: last} }

// both returns the days in both spans.
func both(s, t graph.Span) graph.Span { return days(max(s.First, t.First), min(s.Last, t.Last)) }

// empty is a span without days.
var empty = days(graph.LastDay, graph.FirstDay)

// Attested returns the days on which a claim with the bounds is attested: by its dates, from one of its dates
// to its source's date, or on the source's date alone. It returns false if nothing attests the claim. If First
// is after Last, the dates are too rough to attest a single day.
func (b *Bounds) Attested(t schema.Timing, source graph.Date) (graph.Span, bool) {
	if t.Kind == schema.Observation && (b.Started || b.Ended) {
		if !b.Started {
			return b.End, true
		}
		return days(b.Start.First, b.End.Last), true
	}
	on := source.Span()
	// A source older than the start, or younger than the end, does not attest these days.
	attests := source.Known() && !t.Past && (!b.Started || on.Last >= b.Start.First) && (!b.Ended || on.First <= b.End.Last)
	switch {
	case b.Started && b.Ended:
		// The claim cannot end before it begins, which narrows both ends.
		return days(min(b.Start.Last, b.End.Last), max(b.Start.First, b.End.First)), true
	case b.Started && attests:
		return days(min(b.Start.Last, on.Last), max(b.Start.First, on.Last)), true
	case b.Started:
		return days(b.Start.Last, b.Start.First), true
	case b.Ended && attests:
		return days(min(b.End.Last, on.First), max(b.End.First, on.First)), true
	case b.Ended:
		return days(b.End.Last, b.End.First), true
	}
	return on, attests
}

// Window returns when a claim with the bounds as its valid time holds. source is the date of its source,
// unknown if there is none. next is the days between the previous and the following dated claim that answer the
// same question. next limits a reach of NEXT (see Attested), and the days after the period of a figure on which
// the figure certainly holds. Lifetimes are applied separately, see Within.
func (b *Bounds) Window(t schema.Timing, source graph.Date, next graph.Span) Window {
	w := Window{Possible: graph.AllDays, Sure: empty, Started: b.Started, Nearest: t.Reach.Before.Kind == schema.ToDays && t.Reach.After.Kind == schema.ToDays}
	if t.Kind == schema.Eternal {
		w.Sure, w.Attested, w.Anchored = graph.AllDays, graph.AllDays, true
		return w
	}
	raw, anchored := b.Attested(t, source)
	w.Attested, w.Anchored = days(min(raw.First, raw.Last), max(raw.First, raw.Last)), anchored
	if w.Basis = Attested; b.Started || b.Ended {
		w.Basis = Dated
	}
	switch {
	case t.Kind == schema.Event:
		b.event(&w, source)
	case t.Kind == schema.Observation && (b.Started || b.Ended):
		b.figure(&w, t.Reach, next)
	default:
		if anchored {
			w.Sure = raw
		}
		b.state(&w, t.Reach, source.Known(), next)
	}
	return w
}

// event sets the window of an event, which holds forever once it has begun.
func (b *Bounds) event(w *Window, source graph.Date) {
	switch {
	case b.Started:
		w.Possible.First = b.Start.First
		w.Sure = days(min(b.Start.Last, b.End.Last), graph.LastDay)
	case b.Ended: // it is over by then, so it has begun
		w.Sure = days(b.End.Last, graph.LastDay)
	case w.Anchored:
		w.Sure = days(source.Last(), graph.LastDay)
	}
}

// figure sets the window of a figure. The figure belongs to its period, and holds afterwards as far as the
// field reaches, certainly until there is a later one. The start of the period is not always known.
func (b *Bounds) figure(w *Window, reach schema.Reach, next graph.Span) {
	w.Possible = days(w.Attested.First, add(w.Attested.Last, reach.After, next.Last))
	period := b.End.Last
	if !b.Ended {
		period = b.Start.Last
	}
	w.Sure = days(w.Possible.First, min(w.Possible.Last, max(period, next.Last)))
	if !b.Started {
		w.Sure.First = b.End.Last
	}
}

func (b *Bounds) state(w *Window, reach schema.Reach, dated bool, next graph.Span) {
	if w.Anchored {
		w.Possible = days(sub(w.Attested.First, reach.Before, next.First), add(w.Attested.Last, reach.After, next.Last))
	}
	// If an undated source leaves a side open, the day for which it says so is unknown.
	if b.Started {
		w.Possible.First = b.Start.First
	} else if b.OpenStart && !dated {
		w.Possible.First = graph.FirstDay
	}
	if b.Ended {
		w.Possible.Last = b.End.Last
	} else if b.Open && !dated {
		w.Possible.Last = graph.LastDay
	}
}

// add returns the last day of a reach after a day. A reach to the next claim ends at the day next.
func add(d graph.Day, e schema.Extent, next graph.Day) graph.Day {
	switch e.Kind {
	case schema.ToDays:
		return graph.Day(min(int64(d)+int64(e.Days), int64(graph.LastDay)))
	case schema.ToNext:
		return max(d, next)
	}
	return graph.LastDay
}

// sub returns the first day of a reach before a day. A reach to the next claim begins at the day next.
func sub(d graph.Day, e schema.Extent, next graph.Day) graph.Day {
	switch e.Kind {
	case schema.ToDays:
		return graph.Day(max(int64(d)-int64(e.Days), int64(graph.FirstDay)))
	case schema.ToNext:
		return min(d, next)
	}
	return graph.FirstDay
}
