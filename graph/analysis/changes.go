package analysis

import (
	"cmp"
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// ChangeKind says how a claim differs between two views.
type ChangeKind uint8

// The kinds of changes.
const (
	Added ChangeKind = iota
	Removed
	Changed
)

func (k ChangeKind) String() string { return [...]string{"ADDED", "REMOVED", "CHANGED"}[k] }

// Change is one difference between two views.
type Change struct {
	Kind ChangeKind
	// Before is a claim that only the first view lists, and After one that only the second lists; snapshot.None
	// if there is none.
	Before, After uint32
}

// Place returns the claim by whose number changes are ordered.
func (c Change) Place() uint32 {
	if c.After != snapshot.None {
		return c.After
	}
	return c.Before
}

// ChangesOptions selects changes; the zero value selects all.
type ChangesOptions struct {
	// Subject, if not empty, selects the changes of claims with that subject.
	Subject graph.ID
	// After, if not nil, leaves out the changes up to that claim.
	After *uint32
	// Work bounds how many claims are read; 0 means about a second's worth.
	Work int
}

// Changes calls fn with every difference between the claims that two views of one snapshot list, until fn
// returns false. The order is the record order of the added claim, or of the removed one if none was added.
//
// A removed and an added claim are one change if they answer the same question: one supersedes the other, or
// they have the same subject and predicate and
//
//   - for a field that has one value at a time: the same qualifiers;
//   - for an observation: the same period, object and distinct qualifiers;
//   - for a list: the same object or value and distinct qualifiers.
//
// If there are several such pairs, claims that supersede each other are paired first, then claims of one
// source, then the rest in record order.
//
// If both views know a claim and differ only in their dates, it is not a change if the claim is merely not
// attested yet, or no longer: see real.
//
// rest, if not nil, is the claim at which Changes reached its limit of work; a call with After set to rest
// continues from there.
func Changes(ctx context.Context, from, to *snapshot.View, o ChangesOptions, fn func(Change) bool) (rest *uint32, err error) {
	if from.Snapshot() != to.Snapshot() {
		panic("analysis: two views of different snapshots")
	}
	w := &changesWalk{walk: walk{ctx: ctx}, from: from, to: to, s: from.Snapshot(), partner: map[uint32]uint32{}, paired: map[changeGroup]bool{}}
	start := uint32(0)
	if o.After != nil {
		start = *o.After + 1
	}
	emit := func(n uint32) bool {
		c, here := w.at(n)
		return w.err == nil && (!here || !w.real(c) || fn(c))
	}
	if o.Subject == "" {
		work := cmp.Or(o.Work, question.WalkWork)
		for n := start; int(n) < w.s.ClaimCount(); n++ {
			// The result is a claim that a view shows, so it reveals nothing else.
			if w.looked >= work && rest != nil {
				return rest, w.err
			}
			before, after := w.from.Lists(n), w.to.Lists(n)
			if before || after {
				seen := n
				rest = &seen
			}
			if !w.tick() || before != after && w.differs(n) && !emit(n) {
				break
			}
		}
		return nil, w.err
	}
	var f question.Faults
	subject := f.Entity(from, "subject", o.Subject)
	if err := f.Err(); err != nil {
		return nil, err
	}
	for _, n := range w.of(subject, "") {
		if n >= start && !emit(n) {
			break
		}
	}
	return nil, w.err
}

type changesWalk struct {
	walk
	from, to *snapshot.View
	s        *snapshot.Snapshot
	partner  map[uint32]uint32
	paired   map[changeGroup]bool
}

type changeGroup struct {
	subject   uint32
	predicate string
}

// differs reports whether exactly one view lists a claim. A claim that was reinstated counts once.
func (w *changesWalk) differs(n uint32) bool {
	lists, other := w.from, w.to
	if !lists.Lists(n) {
		lists, other = other, lists
	}
	if !lists.Lists(n) || other.Lists(n) {
		return false
	}
	again, known := other.ClaimNumber(w.s.ClaimID(n))
	return !known || again == n || !other.Lists(again)
}

// of returns the claims of a subject that only one of the views lists, in record order.
func (w *changesWalk) of(subject uint32, predicate string) []uint32 {
	var list []uint32
	for _, v := range [...]*snapshot.View{w.from, w.to} {
		v.Claims(subject, predicate, false, func(n uint32) bool {
			if v.Lists(n) && w.differs(n) {
				list = append(list, n)
			}
			return w.tick()
		})
	}
	slices.Sort(list)
	return list
}

// at returns the change whose Place is a claim, or false if the change has another Place.
func (w *changesWalk) at(n uint32) (Change, bool) {
	g := changeGroup{w.s.Subject(n), w.s.Predicate(n)}
	if !w.paired[g] {
		w.paired[g] = true
		w.pair(w.of(g.subject, g.predicate))
	}
	other, ok := w.partner[n]
	switch appeared := w.to.Lists(n); {
	case ok && appeared:
		return Change{Changed, other, n}, true
	case ok:
		return Change{}, false
	case appeared:
		return Change{Added, snapshot.None, n}, true
	}
	return Change{Removed, n, snapshot.None}, true
}

// real reports whether a difference between two views is a change in the world or in what is known. Between two
// dates, a claim may also be added or removed only because its field reaches a number of days from the
// attestation. That is not a change, and neither is a difference if another claim has the same value. It is a
// change if
//
//   - an added claim states when it began, or its date;
//   - a removed claim states when it ended, or has an unlimited reach, so that the next
//     claim or the end of an entity ended it;
//   - the added claim differs from the removed one in value or time.
//
// If the second view is earlier, a claim is added where it ended and removed where it began.
func (w *changesWalk) real(c Change) bool {
	one, other := w.from.On(), w.to.On()
	if one == other {
		return true
	}
	came, went := w.begins, func(n uint32) bool { return w.ends(n, other) }
	if one.First > other.First {
		came, went = func(n uint32) bool { return w.ends(n, one) }, w.begins
	}
	switch c.Kind {
	case Added:
		return !w.knownToBoth(c.After) || came(c.After)
	case Removed:
		return !w.knownToBoth(c.Before) || went(c.Before)
	}
	if !w.knownToBoth(c.Before) || !w.knownToBoth(c.After) {
		return true
	}
	return w.s.Value(c.Before) != w.s.Value(c.After) || !slices.Equal(w.s.Qualifiers(c.Before), w.s.Qualifiers(c.After)) ||
		came(c.After) && went(c.Before)
}

// knownToBoth reports whether both views know a claim, regardless of their dates.
func (w *changesWalk) knownToBoth(n uint32) bool {
	for _, v := range [...]*snapshot.View{w.from, w.to} {
		if _, withdrawn := v.Recorded(n); !v.Knows(n) || withdrawn > 0 {
			return false
		}
	}
	// A source's claims about itself are always known, but lists leave them out.
	return w.s.Source(n) != w.s.Subject(n)
}

// begins reports whether a claim states when it began to hold.
func (w *changesWalk) begins(n uint32) bool {
	b, f := validity.Of(w.s.Valid(n)), w.s.Field(n)
	return b.Started || b.Ended && f != nil && f.Time != schema.State
}

// ends reports whether a claim ended before the days for another reason than the reach of its field.
func (w *changesWalk) ends(n uint32, days graph.Span) bool {
	b, f := validity.Of(w.s.Valid(n)), w.s.Field(n)
	if b.Ended || f == nil {
		return true
	}
	alone := b.Window(f.Timing(), attestedOn(w.to, w.s.Source(n)), graph.AllDays)
	return alone.Holds(days, graph.OnDate) != graph.HoldsNo
}

// pair pairs the removed and added claims of one subject and predicate that replace each other.
func (w *changesWalk) pair(list []uint32) {
	var gone, came []uint32
	for _, n := range list {
		if w.to.Lists(n) {
			came = append(came, n)
		} else {
			gone = append(gone, n)
		}
	}
	if len(gone) == 0 || len(came) == 0 {
		return
	}
	join := func(before, after uint32) { w.partner[before], w.partner[after] = after, before }
	free := func(n uint32) bool { _, taken := w.partner[n]; return !taken }
	for _, n := range came {
		for _, id := range w.s.Details(n).Supersedes {
			if old, ok := w.from.ClaimNumber(id); ok && free(n) && slices.Contains(gone, old) && free(old) {
				join(old, n)
			}
		}
	}
	for _, bySource := range [...]bool{true, false} {
		key := func(n uint32) (k questionKey, ok bool) {
			if k.text, ok = questionOf(w.s, n); bySource {
				k.source = w.s.Source(n)
			}
			return k, ok && free(n)
		}
		waiting := map[questionKey][]uint32{}
		for _, n := range gone {
			if k, ok := key(n); ok {
				waiting[k] = append(waiting[k], n)
			}
		}
		for _, n := range came {
			if k, ok := key(n); ok && len(waiting[k]) > 0 {
				join(waiting[k][0], n)
				waiting[k] = waiting[k][1:]
			}
		}
	}
}

// questionKey distinguishes the questions that claims answer, and the sources.
type questionKey struct {
	text   string
	source uint32
}

// questionOf returns a text for the question that a claim answers, or false if the ontology no longer has the
// field.
func questionOf(s *snapshot.Snapshot, n uint32) (string, bool) {
	f := s.Field(n)
	if f == nil {
		return "", false
	}
	c := s.ClaimAt(n)
	return c.Question(f), true
}
