package validity

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Lifetime is when an entity exists: it may on the days of Possible, and does on
// those of Sure. Where a side is not known it is unbounded.
type Lifetime struct{ Possible, Sure graph.Span }

// Always is the lifetime of an entity of which nobody says when it began or ended.
var Always = Lifetime{graph.AllDays, graph.AllDays}

// Basis is what it rests on that a claim holds on a date.
type Basis uint8

// The bases of an answer, the best first.
const (
	// NoBasis is that of a claim that always holds, or does not hold.
	NoBasis Basis = iota
	// Dated: the claim gives dates, and the date asked lies within them, or
	// between one of them and the date of the source.
	Dated
	// Attested: the claim gives no dates, and its source is of the date asked.
	Attested
	// Reached: nothing attests the date asked; the field's reach includes it.
	Reached
)

func (b Basis) String() string { return [...]string{"", "DATED", "ATTESTED", "REACH"}[b] }

// Window is when a claim holds: YES on the days of Sure, POSSIBLY on the other
// days of Possible. Where Sure.First is after Sure.Last, no day is sure.
type Window struct {
	Possible, Sure graph.Span
	// Attested are the days that the claim's dates or its source attest, for
	// distances; they may be none, as Anchored says.
	Attested graph.Span
	Anchored bool
	// Basis is that of the sure days.
	Basis Basis
	// Started says that the start is known.
	Started bool
	// Nearest says that what is attested nearer to a date is the likelier: of an
	// office, whose reach is a number of days, not of a border.
	Nearest bool
}

// Reading is what a claim is on a date.
type Reading struct {
	Holds graph.Holds
	Basis Basis
	// Distance is how many days lie between the date and what is attested: 0 on
	// those days, -1 where nothing is.
	Distance int64
	// Order compares claims of one field: the least is shown. First comes what holds
	// by its dates; then what is attested on the date, near it with a known start, and
	// near it without one; then what is possible with a known start, then by its reach
	// alone, and last what nothing attests.
	Order int64
}

// near is how many days from what is attested are near it. Where the reach itself
// is a number of days, only the attested days are near, and then the nearest.
const near = 366

func (w *Window) near(distance int64) bool { return !w.Nearest && w.Anchored && distance <= near }

// orderStep parts the levels of Reading.Order; distances lie within one.
const orderStep = int64(1) << 40

// On reads the window on the days asked for.
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

// Holds reports how surely the claim holds on the days.
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

// Within bounds the window by the lifetime of an entity at one end of the claim.
func (w *Window) Within(life Lifetime) {
	w.Possible = both(w.Possible, life.Possible)
	w.Sure = both(w.Sure, life.Sure)
}

func days(first, last graph.Day) graph.Span { return graph.Span{First: first, Last: last} }

// both are the days of two spans.
func both(s, t graph.Span) graph.Span { return days(max(s.First, t.First), min(s.Last, t.Last)) }

// empty is a span of no days.
var empty = days(graph.LastDay, graph.FirstDay)

// Attested are the days on which a claim with the bounds is attested: those its
// dates say, those from one of them to its source's date, or that date alone. It
// reports false where nothing attests it. Where First is after Last, the dates are
// too rough to attest any one day.
func (b *Bounds) Attested(t schema.Timing, source graph.Date) (graph.Span, bool) {
	if t.Kind == schema.Observation && (b.Started || b.Ended) {
		if !b.Started {
			return b.End, true
		}
		return days(b.Start.First, b.End.Last), true
	}
	on := source.Span()
	// A source older than the start, or younger than the end, speaks of other days.
	attests := source.Known() && !t.Past && (!b.Started || on.Last >= b.Start.First) && (!b.Ended || on.First <= b.End.Last)
	switch {
	case b.Started && b.Ended:
		// It ends no sooner than it begins, which narrows both.
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

// Window is when a claim with the bounds as its valid time holds. source is the
// date of its source, unknown where it has none. next are the days between the
// dated claims that answer the same question before and after this one; it bounds
// a reach of NEXT, see Attested, and the days on which a figure surely holds after
// its period. Lifetimes come on top, see Within.
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

// event: once begun it holds ever after.
func (b *Bounds) event(w *Window, source graph.Date) {
	switch {
	case b.Started:
		w.Possible.First = b.Start.First
		w.Sure = days(min(b.Start.Last, b.End.Last), graph.LastDay)
	case b.Ended: // over by then, so begun by then
		w.Sure = days(b.End.Last, graph.LastDay)
	case w.Anchored:
		w.Sure = days(source.Last(), graph.LastDay)
	}
}

// figure: it belongs to its period, and holds after it as far as the field's reach;
// surely until there is a later one. Where the period begins is not always known.
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
	// An undated source that leaves a side open says so of a day that nobody knows.
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

// add is the last day of a reach after a day.
func add(d graph.Day, e schema.Extent, next graph.Day) graph.Day {
	switch e.Kind {
	case schema.ToDays:
		return graph.Day(min(int64(d)+int64(e.Days), int64(graph.LastDay)))
	case schema.ToNext:
		return max(d, next)
	}
	return graph.LastDay
}

// sub is the first day of a reach before a day.
func sub(d graph.Day, e schema.Extent, next graph.Day) graph.Day {
	switch e.Kind {
	case schema.ToDays:
		return graph.Day(max(int64(d)-int64(e.Days), int64(graph.FirstDay)))
	case schema.ToNext:
		return min(d, next)
	}
	return graph.FirstDay
}
