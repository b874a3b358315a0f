package graph

import (
	"time"

	"github.com/caspian-kg/caspian/schema"
)

// View is the lens of one query. The zero View is today, all that is known
// now, every confidence and every source.
type View struct {
	// AsOf is the date in the world; a date of lower precision stands for its
	// whole interval. The zero Date is today.
	AsOf Date
	// KnownAt is the record time; nil is now.
	KnownAt *time.Time
	// MinConfidence hides the claims below it.
	MinConfidence float64
	// Sources, where not nil, hides the claims of all other sources.
	Sources []ID
}

// Holds tells how surely a claim holds on a date.
type Holds uint8

// How surely a claim holds.
const (
	HoldsNo Holds = iota
	HoldsPossibly
	HoldsYes
)

func (h Holds) String() string { return [...]string{"NO", "POSSIBLY", "YES"}[h] }

// Span is a run of days, both included.
type Span struct{ First, Last Day }

// Span is the days that the date may mean.
func (d Date) Span() Span { return Span{d.First(), d.Last()} }

// Bounds are the days that the ends of an interval may mean, computed once
// for the many times they are asked for.
type Bounds struct {
	Start, End Span
	// Started and Ended tell whether the end is dated, Open whether the source
	// leaves the end open.
	Started, Ended, Open bool
}

// Bounds works them out.
func (iv Interval) Bounds() Bounds {
	return Bounds{iv.From.Span(), iv.To.Span(), iv.From.Known(), iv.To.Known(), iv.To.Precision() == Open}
}

// HoldsOn reports how surely a claim with the bounds as its valid time holds on
// the days. attested is when its source was published; the zero Date is unknown.
//
// A STATE may hold from the first day its start may mean to the last day its
// end may mean, and surely holds on the days that lie within whichever days are
// meant. An open end is attested up to the source's date, an open start down
// to it. An EVENT, once begun, holds ever after. An OBSERVATION belongs to its
// period: it shows once the period has begun, or where nobody says when, once
// its end may have come; and surely once it is over. What is ETERNAL holds.
func (b *Bounds) HoldsOn(kind schema.TimeKind, attested Date, on Span) Holds {
	switch kind {
	case schema.Eternal:
		return HoldsYes
	case schema.Event:
		switch {
		case !b.Started && b.Ended:
			// Over by then, so begun by then; before, nobody knows.
			return grade(true, on.First >= b.End.Last)
		case !b.Started:
			return grade(true, attested.Known() && attested.Last() <= on.First)
		}
		return grade(on.Last >= b.Start.First, on.First >= min(b.Start.Last, b.End.Last))
	case schema.Observation:
		begin := b.Start.First
		if !b.Started {
			if !b.Ended {
				return HoldsPossibly
			}
			begin = b.End.First
		}
		return grade(on.Last >= begin, b.Ended && on.First >= b.End.Last)
	}
	return b.state(attested, on)
}

func (b *Bounds) state(attested Date, on Span) Holds {
	start, end := b.Start, b.End
	possible := Span{start.First, end.Last}
	// Where nobody says, the start may be as late as any day and the end as
	// early as any, except for what the source attests.
	switch {
	case !b.Started && !b.Ended:
		if attested.Known() {
			// A source dated by its year speaks for the year.
			return grade(true, attested.First() <= on.First && on.Last <= attested.Last())
		}
		return HoldsPossibly
	case !b.Started:
		start.Last = LastDay
		if attested.Known() {
			start.Last = attested.Last()
		}
	case !b.Ended:
		end.First = FirstDay
		if b.Open && attested.Known() {
			end.First = attested.First()
		}
	}
	// It ends no sooner than it begins: that narrows both.
	sure := Span{min(start.Last, end.Last), max(start.First, end.First)}
	return grade(on.First <= possible.Last && on.Last >= possible.First, sure.First <= on.First && on.Last <= sure.Last)
}

func grade(possibly, surely bool) Holds {
	switch {
	case !possibly:
		return HoldsNo
	case surely:
		return HoldsYes
	}
	return HoldsPossibly
}
