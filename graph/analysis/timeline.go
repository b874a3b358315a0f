package analysis

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// TimelineOptions says whose claims to order by time.
type TimelineOptions struct {
	Entity graph.ID
	// SubjectOnly leaves out the claims with the entity as object.
	SubjectOnly bool
	// Work bounds how many claims are read; 0 means about a second's worth.
	Work int
}

// Moment is a claim with its place in time.
type Moment struct {
	Claim uint32
	// Start and End are the valid time of the claim. If the claim has none and its value is a date, both are
	// that date.
	Start, End graph.Date
	// Precision is the precision of Start, or of End if nobody states a start; graph.Unknown if nobody states
	// either.
	Precision graph.Precision
}

// Timeline returns the claims about an entity in order of time. They are ordered by the first day that their
// start may mean, or their end if nobody states a start; then the more exact date comes first; then by the end
// and the claim's id. Undated claims come last. Timeline includes the claims that the view shows or would have
// shown on an earlier day, except those with a later date. partial is true if the limit of work was reached, so
// that some claims are missing.
func Timeline(ctx context.Context, v *snapshot.View, o TimelineOptions) (list []Moment, partial bool, err error) {
	var f question.Faults
	entity := f.Entity(v, "entity", o.Entity)
	if err := f.Err(); err != nil {
		return nil, false, err
	}
	s := v.Snapshot()
	w := walk{ctx: ctx, work: cmp.Or(o.Work, question.WalkWork)}
	add := func(n uint32) {
		// A future independence or completion may be stated already, but has not happened.
		if m := MomentOf(s, n); !m.Start.Known() || m.Start.First() <= v.On().Last {
			list = append(list, m)
		}
	}
	v.History(entity, false, func(n uint32) bool {
		if !w.tick() {
			return false
		}
		add(n)
		return true
	})
	if !o.SubjectOnly {
		v.History(entity, true, func(n uint32) bool {
			if !w.tick() {
				return false
			}
			// A claim about itself is listed already.
			if s.Subject(n) != entity {
				add(n)
			}
			return true
		})
	}
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	slices.SortFunc(list, func(a, b Moment) int { return a.Compare(s, b) })
	return list, w.spent, nil
}

// MomentOf returns a claim's place in time.
func MomentOf(s *snapshot.Snapshot, n uint32) Moment {
	m := Moment{Claim: n, Start: s.Valid(n).From, End: s.Valid(n).To}
	if val := s.Value(n); val.Kind() == graph.DateKind && !m.Start.Known() && !m.End.Known() {
		m.Start, m.End = val.Date(), val.Date()
	}
	if d := m.dated(); d.Known() {
		m.Precision = d.Precision()
	}
	return m
}

// dated returns the date by which the moment is ordered.
func (m Moment) dated() graph.Date {
	if m.Start.Known() {
		return m.Start
	}
	return m.End
}

// Compare orders moments of one snapshot. It returns 0 only for the same claim.
func (m Moment) Compare(s *snapshot.Snapshot, other Moment) int {
	a, b := m.dated(), other.dated()
	if c := first(a.Known(), b.Known()); c != 0 {
		return c
	}
	if c := cmp.Or(cmp.Compare(a.First(), b.First()), cmp.Compare(a.Last(), b.Last()), cmp.Compare(m.End.Last(), other.End.Last())); c != 0 {
		return c
	}
	x, y := s.ClaimID(m.Claim), s.ClaimID(other.Claim)
	return bytes.Compare(x[:], y[:])
}
