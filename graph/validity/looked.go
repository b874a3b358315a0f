package validity

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// quiet is for how many days a list counts as unchanged, if it is valid until the next change and no source
// reports one.
const quiet = near

// Silence returns the timing of what a source leaves out that is complete for a field. After a year, an event
// may have happened, and a figure may have been replaced.
func Silence(t schema.Timing) schema.Timing {
	next := schema.Extent{Kind: schema.ToNext}
	switch t.Kind {
	case schema.Event:
		return schema.Timing{Kind: schema.State, Reach: schema.Reach{After: next}}
	case schema.Observation:
		return schema.Timing{Kind: schema.State, Reach: schema.Reach{Before: t.Reach.Before, After: next}, Past: t.Past}
	}
	return t
}

// Looked reports whether a claim with the bounds, from a source of the given date and between entities of the
// given lifetimes, is attested on all the days, or near enough: as far as its field reaches, but at most a year
// if another claim may end the reach.
func (b *Bounds) Looked(t schema.Timing, source graph.Date, on graph.Span, lives ...Lifetime) bool {
	for _, side := range [...]*schema.Extent{&t.Reach.Before, &t.Reach.After} {
		if side.Kind == schema.ToNext {
			*side = schema.Extent{Kind: schema.ToDays, Days: quiet}
		}
	}
	w := b.Window(t, source, graph.AllDays)
	if t.Kind == schema.State || t.Kind == schema.Observation {
		for _, l := range lives {
			w.Within(l)
		}
	}
	return w.Holds(on, graph.Throughout) != graph.HoldsNo && (w.Anchored || t.Kind == schema.Event || t.Reach == schema.Reach{})
}

// Between narrows the days around the attested days of a claim by the dates of a neighbouring claim, where the
// answer changed. If the neighbour's date is the day on which the claim itself ends or begins, it does not
// bound the claim's other side.
func (b *Bounds) Between(between, attested graph.Span, neighbour *Bounds) graph.Span {
	first, last := min(attested.First, attested.Last), max(attested.First, attested.Last)
	for _, turn := range [...]struct {
		known bool
		on    graph.Span
	}{{neighbour.Started, neighbour.Start}, {neighbour.Ended, neighbour.End}} {
		if !turn.known {
			continue
		}
		if turn.on.Last < first || !b.Ended && turn.on.First <= first {
			between.First = max(between.First, turn.on.First)
		}
		if turn.on.First > last || !b.Started && turn.on.Last >= last {
			between.Last = min(between.Last, turn.on.Last)
		}
	}
	return between
}

// ShortLifetime is a lifetime whose zero value is Always, the lifetime of most entities.
type ShortLifetime struct {
	begin, begun, ending, ended int32 // counted from the first and from the last possible day
	Bounded                     bool  // some claim, even a withdrawn one, says when the entity begins or ends
}

// Short returns the ShortLifetime of an entity for which some claim says when it begins or ends.
func (l Lifetime) Short() ShortLifetime {
	return ShortLifetime{
		int32(l.Possible.First - graph.FirstDay), int32(l.Sure.First - graph.FirstDay),
		int32(graph.LastDay - l.Sure.Last), int32(graph.LastDay - l.Possible.Last), true,
	}
}

// Lifetime converts back.
func (l ShortLifetime) Lifetime() Lifetime {
	return Lifetime{
		Possible: days(graph.FirstDay+graph.Day(l.begin), graph.LastDay-graph.Day(l.ended)),
		Sure:     days(graph.FirstDay+graph.Day(l.begun), graph.LastDay-graph.Day(l.ending)),
	}
}
