package graph

import "time"

// View is the lens of one query. The zero View is today, all that is known
// now, every confidence and every source.
type View struct {
	// AsOf is the date in the world; a date of lower precision stands for its
	// whole interval. The zero Date is today.
	AsOf Date
	// During, in place of AsOf, is a span of days in the world, both of its dates
	// known. Mode says how a claim must hold in it; the zero Mode is Ever.
	During Interval
	Mode   Mode
	// Holds, where it is HoldsYes, hides what is only possible.
	Holds Holds
	// PublishedUntil, where known, hides the claims of sources that are not known
	// to have been published by then.
	PublishedUntil Date
	// KnownAt is the record time; nil is now.
	KnownAt *time.Time
	// MinConfidence hides the claims below it.
	MinConfidence float64
	// Sources, if not nil, hides the claims of all other sources.
	Sources []ID
}

// Days are the days that the view asks for, and how a claim must hold on them. today
// is the day of a view without a date.
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

// Holds reports how surely a claim holds on a date.
type Holds uint8

// How surely a claim holds.
const (
	HoldsNo Holds = iota
	HoldsPossibly
	HoldsYes
)

// Mode says on which of the days asked for a claim must hold.
type Mode uint8

// The modes.
const (
	// OnDate: the days are those that one date may mean. A claim that holds on all of these
	// days holds surely on the date, and one that holds on some of them possibly.
	OnDate Mode = iota
	// Ever: on some day.
	Ever
	// Throughout: on every day.
	Throughout
)

// ModeNames are the names of the modes by value.
var ModeNames = [...]string{"ON_DATE", "EVER", "THROUGHOUT"}

func (m Mode) String() string { return ModeNames[m] }

func (h Holds) String() string { return [...]string{"NO", "POSSIBLY", "YES"}[h] }

// Span is a run of days, both included.
type Span struct{ First, Last Day }

// AllDays is every day there is.
var AllDays = Span{FirstDay, LastDay}

// Span is the days that the date may mean.
func (d Date) Span() Span { return Span{d.First(), d.Last()} }
