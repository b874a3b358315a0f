package graph

import "time"

// View says what one query looks through. The zero View shows everything known now, on today's date, from every
// source and with every confidence.
type View struct {
	// AsOf is the date in the world; a date of lower precision means its whole interval. The zero Date means
	// today.
	AsOf Date
	// During, instead of AsOf, is a span of days in the world; both of its dates must be known. Mode says how a
	// claim must hold in it; the zero Mode means Ever.
	During Interval
	Mode   Mode
	// Holds, if it is HoldsYes, hides claims that hold only possibly.
	Holds Holds
	// PublishedUntil, if known, hides the claims of sources that are not known to have been published by then.
	PublishedUntil Date
	// KnownAt is the record time; nil means now.
	KnownAt *time.Time
	// MinConfidence hides claims with a lower confidence.
	MinConfidence float64
	// Sources, if not nil, hides the claims of all other sources.
	Sources []ID
}

// Days returns the days of the view, and how a claim must hold on them. today is used if the view has no date.
func (v View) Days(today Day) (on Span, mode Mode, err error) {
	during := v.During != Interval{}
	switch {
	case during && v.AsOf.Precision() != Unknown:
		err = Errorf(BadInput, "view.during: give it or view.asOf, not both")
	case during && !(v.During.From.Known() && v.During.To.Known()):
		err = Errorf(BadInput, "view.during: %s leaves a side open; give both dates, as 2010/2020", v.During)
	case during:
		if bad := v.During.Check(); bad != nil {
			err = Errorf(BadInput, "view.during: %v", bad)
		}
		on, mode = Span{v.During.From.First(), v.During.To.Last()}, max(v.Mode, Ever)
	case v.Mode != OnDate:
		err = Errorf(BadInput, "view.mode: %s is for view.during; give that as well", v.Mode)
	case v.AsOf.Precision() == Unknown:
		on = Span{today, today}
	case !v.AsOf.Known():
		err = Errorf(BadInput, "view.asOf: an open date names no day; give a date or leave it out")
	default:
		on = v.AsOf.Span()
	}
	return on, mode, err
}

// Holds says how certainly a claim holds on a date.
type Holds uint8

// The degrees of certainty with which a claim holds.
const (
	HoldsNo Holds = iota
	HoldsPossibly
	HoldsYes
)

// Mode says on which of the view's days a claim must hold.
type Mode uint8

// The modes.
const (
	// OnDate means that the days are those that one date may be. A claim that holds on all of them certainly
	// holds on the date; a claim that holds on some of them possibly does.
	OnDate Mode = iota
	// Ever means on at least one day.
	Ever
	// Throughout means on every day.
	Throughout
)

// ModeNames are the names of the modes by value.
var ModeNames = [...]string{"ON_DATE", "EVER", "THROUGHOUT"}

func (m Mode) String() string { return ModeNames[m] }

func (h Holds) String() string { return [...]string{"NO", "POSSIBLY", "YES"}[h] }

// Span is a range of consecutive days, including both ends.
type Span struct{ First, Last Day }

// AllDays includes every day.
var AllDays = Span{FirstDay, LastDay}

// Span returns the days that the date may mean.
func (d Date) Span() Span { return Span{d.First(), d.Last()} }
