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

// HoldsOn tells how surely a claim with the valid time holds on the days asked
// for. attested is when its source was published; the zero Date is unknown.
//
// A STATE surely holds from the last day its start may mean to the first day
// its end may mean. An open end is attested up to the source's date, an open
// start down to it, and an unknown end not beyond the start. An EVENT, once
// begun, holds ever after. An OBSERVATION belongs to its period: it shows once
// the period has begun, and surely once it is over. What is ETERNAL holds.
func HoldsOn(kind schema.TimeKind, valid Interval, attested Date, on Span) Holds {
	from, to := valid.From, valid.To
	switch kind {
	case schema.Eternal:
		return HoldsYes
	case schema.Event:
		switch {
		case !from.Known() && to.Known():
			from = to // over by then, so begun by then
			if on.Last < to.First() {
				return HoldsPossibly
			}
		case !from.Known():
			if attested.Known() && attested.Last() <= on.First {
				return HoldsYes
			}
			return HoldsPossibly
		}
		return grade(on.Last >= from.First(), on.First >= from.Last())
	case schema.Observation:
		if !from.Known() && !to.Known() {
			return HoldsPossibly
		}
		if !from.Known() {
			from = to
		}
		return grade(on.Last >= from.First(), to.Known() && on.First >= to.Last())
	}
	possible := Span{from.First(), to.Last()}
	sure := Span{from.Last(), to.First()} // empty where nothing is sure
	if !from.Known() {
		sure.First = LastDay
	}
	if !to.Known() {
		sure.Last = FirstDay
	}
	switch {
	case from.Known() && !to.Known():
		sure.Last = from.Last()
		if to.Precision() == Open && attested.Known() {
			sure.Last = max(sure.Last, attested.First())
		}
	case !from.Known() && to.Known():
		sure.First = to.First()
		if attested.Known() {
			sure.First = min(sure.First, attested.Last())
		}
	case !from.Known() && !to.Known() && attested.Known():
		// A source dated by its year speaks for the year.
		sure = attested.Span()
	}
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
