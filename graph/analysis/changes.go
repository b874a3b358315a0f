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

// ChangeKind is what became of a claim between two views.
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
	// Before is a claim that only the first view lists, After one that only
	// the second does; snapshot.None where there is none.
	Before, After uint32
}

// Place is the claim by whose number the change is ordered.
func (c Change) Place() uint32 {
	if c.After != snapshot.None {
		return c.After
	}
	return c.Before
}

// ChangesOptions say which changes to look for; the zero value is all.
type ChangesOptions struct {
	// Subject, if not empty, keeps the changes of claims about it.
	Subject graph.ID
	// After leaves out the changes at or before a claim; nil leaves out nothing.
	After *uint32
	// Work bounds how many claims are read; 0 is about a second's worth.
	Work int
}

// Changes calls fn with every difference between what two views of one
// snapshot list, in the record order of the claims that appeared, or vanished
// where nothing appeared; fn ends the walk by returning false.
//
// A claim that vanished and one that appeared are one change where they answer
// the same question: one supersedes the other, or they are of one subject,
// predicate and
//
//   - of a field that has one value at a time: the same qualifiers;
//   - of an observation: the same period, object and telling qualifiers;
//   - of a list: the same object or value and telling qualifiers.
//
// Where several do, those that supersede each other are paired first, then
// those of one source, then the rest in record order.
//
// If both views know a claim, so that only their dates set them apart, it is not a
// change that nothing attests it yet, or any longer: see real.
//
// rest, if not nil, is the claim at which the walk ended at its limit of work;
// asked After it, the next one goes on from there.
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
			// A place is that of a claim that a view shows, so it reveals nothing else.
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

// differs reports whether one view lists a claim and the other does not: neither as it was
// first recorded, nor as it was reinstated.
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

// of are the claims of a subject by which the views differ, in record order.
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

// at returns the change at the place of a claim; false if its partner has the place.
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

// real reports whether a difference between what two views list is a change of the world, or
// of what is known. Between two dates a claim also comes and goes because its field reaches
// no further than some days from what its source attests. Then nothing changed; nor did it
// where another claim has the same value. A change it is if
//
//   - a claim that came says when it began, or its date;
//   - a claim that went says when it ended, or its reach goes on, so that the next
//     claim or the end of an entity ended it;
//   - where one took the other's place, they differ, or say so of the time.
//
// Back in time, a claim comes where it ended and goes where it began.
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

// knownToBoth reports whether both views know a claim, whatever their dates.
func (w *changesWalk) knownToBoth(n uint32) bool {
	for _, v := range [...]*snapshot.View{w.from, w.to} {
		if _, withdrawn := v.Recorded(n); !v.Knows(n) || withdrawn > 0 {
			return false
		}
	}
	// A source may always speak of itself, although lists leave it out.
	return w.s.Source(n) != w.s.Subject(n)
}

// begins reports whether a claim says when it came to hold.
func (w *changesWalk) begins(n uint32) bool {
	b, f := validity.Of(w.s.Valid(n)), w.s.Field(n)
	return b.Started || b.Ended && f != nil && f.Time != schema.State
}

// ends reports whether a claim ended before the days otherwise than by the reach of
// its field.
func (w *changesWalk) ends(n uint32, days graph.Span) bool {
	b, f := validity.Of(w.s.Valid(n)), w.s.Field(n)
	if b.Ended || f == nil {
		return true
	}
	alone := b.Window(f.Timing(), attestedOn(w.to, w.s.Source(n)), graph.AllDays)
	return alone.Holds(days, graph.OnDate) != graph.HoldsNo
}

// pair finds the claims of one subject and predicate that took each other's place.
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

// questionKey separates claims that answer different questions, or answer
// one question by different sources.
type questionKey struct {
	text   string
	source uint32
}

// questionOf names the question that a claim answers; false where the ontology lost the field.
func questionOf(s *snapshot.Snapshot, n uint32) (string, bool) {
	f := s.Field(n)
	if f == nil {
		return "", false
	}
	c := s.ClaimAt(n)
	return c.Question(f), true
}
