// Package validity computes when a claim holds, certainly or possibly. It uses the claim's valid time, the date
// of its source, the reach of its field, neighbouring claims, and the lifetimes of the entities at its ends.
//
// Read Bounds and its Window first; docs/time.md explains the rule. The package must not know where
// claims come from, or which of them a view shows.
package validity

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Bounds are the days that the ends of an interval may mean. They are computed once, because they are needed
// often.
type Bounds struct {
	Start, End graph.Span
	// Started and Ended are true if the end is dated, OpenStart and Open if the source leaves it open.
	Started, Ended, OpenStart, Open bool
}

// Of returns the bounds of an interval.
func Of(iv graph.Interval) Bounds {
	return Bounds{iv.From.Span(), iv.To.Span(), iv.From.Known(), iv.To.Known(), iv.From.Precision() == graph.Open, iv.To.Precision() == graph.Open}
}

// MayHold reports whether a claim with the bounds may hold on the days, assuming that its field reaches through
// the lifetimes of both ends, and that the lifetimes include the days. If it returns false, Window gives
// HoldsNo for such a claim.
func (b *Bounds) MayHold(kind schema.TimeKind, on graph.Span) bool {
	may := b.MayHoldOn(kind)
	return on.First <= may.Last && on.Last >= may.First
}

// MayHoldOn returns the days for which MayHold is true.
func (b *Bounds) MayHoldOn(kind schema.TimeKind) graph.Span {
	switch kind {
	case schema.Eternal:
		return graph.AllDays
	case schema.Event:
		if !b.Started {
			return graph.AllDays
		}
		return days(b.Start.First, graph.LastDay)
	case schema.Observation:
		if !b.Started && b.Ended {
			return days(b.End.First, graph.LastDay)
		}
		return days(b.Start.First, graph.LastDay)
	}
	return days(b.Start.First, b.End.Last)
}

// Alone reports whether MayHold decides for a claim with the bounds, whatever the date of its source, unless
// another claim ends a reach of NEXT.
func (b *Bounds) Alone(t schema.Timing) bool {
	spans := func(e schema.Extent) bool { return e.Kind == schema.ToDays }
	switch t.Kind {
	case schema.Observation:
		if b.Started || b.Ended {
			return t.Reach.After == schema.Extent{}
		}
		return t.Reach == schema.Reach{}
	case schema.State:
		return !(!b.Started && spans(t.Reach.Before) || !b.Ended && spans(t.Reach.After))
	}
	return true
}

// BySource reports whether the days on which a claim with the bounds holds depend on the date of its source.
func (b *Bounds) BySource(t schema.Timing) bool {
	figure := t.Kind == schema.Observation && (b.Started || b.Ended)
	return t.Kind != schema.Eternal && !figure && !(b.Started && b.Ended)
}

// Joins reports whether the source of another claim may also attest a claim with the bounds. It may if the
// bounds have a start and no end, and if the field is a state that reaches to the next claim.
func (b *Bounds) Joins(t schema.Timing) bool {
	return t.Kind == schema.State && !t.Past && t.Reach.After.Kind == schema.ToNext && b.Started && !b.Ended
}

// Joined returns the date on which a claim for which Joins is true is attested. That is sofar or, if it is
// later and the claim possibly holds on it, source: the date of the source of another claim that states the
// same. other has the bounds of that claim.
func (b *Bounds) Joined(w *Window, other *Bounds, source, sofar graph.Date) graph.Date {
	last := source.Last()
	switch {
	case !source.Known() || other.Ended || !b.Agrees(other) || other.Started && last < other.Start.First,
		last > w.Possible.Last,
		sofar.Known() && sofar.Last() >= last:
		return sofar
	}
	return source
}
