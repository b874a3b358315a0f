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

// TimelineOptions say whose claims to put in order of time.
type TimelineOptions struct {
	Entity graph.ID
	// SubjectOnly leaves out the claims that have it as their object.
	SubjectOnly bool
	// Work bounds how many claims are read; 0 is about a second's worth.
	Work int
}

// Moment is a claim with its place in time.
type Moment struct {
	Claim uint32
	// Start and End are its valid time. For a claim that has none and states a
	// date, both are that date.
	Start, End graph.Date
	// Precision is how exactly Start is known, or End where nobody states a
	// start; graph.Unknown where nobody states either.
	Precision graph.Precision
}

// Timeline returns the claims about an entity in order of time: by the first
// day their start may mean, or their end where nobody states a start; the more
// exactly dated first; then by the end and the claim's id. Undated claims come
// last. They are those that the view shows or would have shown on a day before
// its own, without those that state a later date. partial reports that more claims
// are about it than the work allowed to read, so that some are missing.
func Timeline(ctx context.Context, v *snapshot.View, o TimelineOptions) (list []Moment, partial bool, err error) {
	var f question.Faults
	entity := f.Entity(v, "entity", o.Entity)
	if err := f.Err(); err != nil {
		return nil, false, err
	}
	s := v.Snapshot()
	looked, work := 0, cmp.Or(o.Work, question.WalkWork)
	tick := func() bool {
		looked++
		partial = partial || looked > work
		return !partial && (looked%question.CheckEvery != 0 || ctx.Err() == nil)
	}
	add := func(n uint32) {
		// An independence or a completion is stated before its day, and has not come.
		if m := MomentOf(s, n); !m.Start.Known() || m.Start.First() <= v.On().Last {
			list = append(list, m)
		}
	}
	v.History(entity, false, func(n uint32) bool {
		if !tick() {
			return false
		}
		add(n)
		return true
	})
	if !o.SubjectOnly {
		v.History(entity, true, func(n uint32) bool {
			if !tick() {
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
	return list, partial, nil
}

// MomentOf is the claim's place in time.
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

// dated returns the date at which the claim is listed.
func (m Moment) dated() graph.Date {
	if m.Start.Known() {
		return m.Start
	}
	return m.End
}

// Compare orders moments of one snapshot; it is 0 for the same claim only.
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
