package analysis

import (
	"cmp"
	"encoding/binary"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// slotOf appends to dst a key for the question that a claim answers. Only claims with equal keys can disagree:
// claims of one subject and predicate, or of any subject if the field crosses subjects. ok is false for a claim
// with which no other can disagree: one of several values, an observation without a certain period, or a
// description.
func slotOf(s *snapshot.Snapshot, f *schema.Field, n uint32, dst []byte) (key []byte, ok bool) {
	if f == nil || f.Name == "description" || f.Many && s.IsNone(n) {
		return dst, false
	}
	observation := f.Time == schema.Observation
	switch {
	case f.Exclusive != nil:
		return binary.BigEndian.AppendUint32(dst, s.Object(n)), true
	case figured(f):
		one, two := s.Subject(n), s.Object(n)
		if f.Symmetric {
			one, two = min(one, two), max(one, two)
		}
		dst = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(dst, one), two)
	case observation:
		iv := s.Valid(n)
		if !iv.From.Known() || !iv.To.Known() {
			return dst, false
		}
		// 2024 and 2024-01/2024-12 are the same period.
		dst = binary.BigEndian.AppendUint32(dst, uint32(iv.From.First()))
		dst = binary.BigEndian.AppendUint32(dst, uint32(iv.To.Last()))
		if f.Many && f.Kind == schema.Relation {
			dst = binary.BigEndian.AppendUint32(dst, s.Object(n))
		}
	case f.Many:
		return dst, false
	}
	for _, q := range f.Qualifiers {
		if figured(f) && numeric(q) || observation && !q.Distinct && q.Target == nil {
			continue // a figure, or a remark on a figure
		}
		val, _ := s.Qualifier(n, q.Name)
		text := val.String()
		dst = append(binary.AppendUvarint(dst, uint64(len(text))), text...)
	}
	return dst, true
}

// figured reports whether the field is a relation of many values whose claims give figures, such as the length
// of a border.
func figured(f *schema.Field) bool {
	if !f.Many || f.Kind != schema.Relation || f.Time != schema.State {
		return false
	}
	for _, q := range f.Qualifiers {
		if numeric(q) {
			return true
		}
	}
	return false
}

func numeric(q *schema.Qualifier) bool { return q.Scalar.Numeric() && !q.Distinct }

// crosses reports whether claims of a field about different subjects can disagree.
func crosses(f *schema.Field) bool { return f.Exclusive != nil || f.Symmetric && figured(f) }

// disagree reports whether two claims of one slot cannot both be true.
func (w *conflictWalk) disagree(a, b uint32) bool {
	s := w.v.Snapshot()
	if a == b || s.Rank(a) == graph.Deprecated || s.Rank(b) == graph.Deprecated {
		return false
	}
	f := s.Field(a)
	switch {
	case f.Exclusive != nil:
		return s.Subject(a) != s.Subject(b) && w.together(f, a, b) && w.overfull(f, a, b)
	case figured(f):
		return !w.parts[a] && !w.parts[b] && len(figuresApart(s, f, a, b)) > 0 && w.together(f, a, b)
	case f.Time == schema.Observation && f.Kind == schema.Relation && f.Many:
		return len(figuresApart(s, f, a, b)) > 0
	}
	differ := incompatible(s.Ontology(), f, s.Value(a), s.Value(b)) && !w.bothNames(f, a, b) ||
		f.Time == schema.Observation && len(figuresApart(s, f, a, b)) > 0
	switch {
	case !differ:
		return false
	case f.Time == schema.State:
		return w.together(f, a, b)
	case f.Time == schema.Event:
		return !disjoint(s.Valid(a), s.Valid(b), f.Tolerance.Days)
	}
	return true
}

// noteParts records claims that are each about a part of their object, because one source states several
// figures for a subject and object, such as two border lines between two countries. They are not compared with
// other claims.
func (w *conflictWalk) noteParts(f *schema.Field, claims []uint32) {
	s := w.v.Snapshot()
	for i, a := range claims {
		for _, b := range claims[:i] {
			if w.tick() && s.Source(a) == s.Source(b) && s.Rank(a) != graph.Deprecated && s.Rank(b) != graph.Deprecated &&
				len(figuresApart(s, f, a, b)) > 0 && !disjoint(s.Valid(a), s.Valid(b), f.Tolerance.Days) {
				w.parts[a], w.parts[b] = true, true
			}
		}
	}
}

// overfull reports whether, while two claims hold, more subjects relate to their object than it has seats.
func (w *conflictWalk) overfull(f *schema.Field, a, b uint32) bool {
	s := w.v.Snapshot()
	seats := w.seats(f, s.Object(a))
	if seats < 2 {
		return true
	}
	subjects := map[uint32]bool{s.Subject(a): true, s.Subject(b): true}
	for _, c := range w.leadingTo(s.Object(a), f.Name) {
		if w.tick() && !subjects[s.Subject(c)] && s.Rank(c) != graph.Deprecated && w.together(f, a, c) && w.together(f, b, c) {
			subjects[s.Subject(c)] = true
		}
	}
	return int64(len(subjects)) > seats
}

// seats returns how many subjects may relate to an object at once.
func (w *conflictWalk) seats(f *schema.Field, object uint32) int64 {
	s := w.v.Snapshot()
	if f.Exclusive.Seats == nil || s.Type(object) == nil {
		return 1
	}
	g := s.Type(object).Field(f.Exclusive.Seats.Name)
	if g == nil || g.Many {
		return 1
	}
	if e, ok := w.v.One(object, g); ok {
		return s.Value(e.Claim).Int()
	}
	return 1
}

// attested is when a claim holds, as far as it states it.
type attested struct {
	validity.Bounds
	// days are the days on which it certainly holds; known is false if nothing attests it.
	days  graph.Span
	known bool
	// lasting is true for an end that an undated source leaves open.
	lasting bool
}

func (w *conflictWalk) attested(f *schema.Field, n uint32) attested {
	s := w.v.Snapshot()
	date := w.dateOf(s.Source(n))
	a := attested{Bounds: validity.Of(s.Valid(n))}
	a.days, a.known = a.Attested(f.Timing(), date)
	// Rough dates may attest no day; then the days between them are used.
	a.days = graph.Span{First: min(a.days.First, a.days.Last), Last: max(a.days.First, a.days.Last)}
	a.lasting = a.Open && !date.Known()
	return a
}

// dateOf returns the date on which a source attests its claims.
func (w *conflictWalk) dateOf(source uint32) graph.Date {
	d, ok := w.dates[source]
	if !ok {
		d = attestedOn(w.v, source)
		w.dates[source] = d
	}
	return d
}

// attestedOn returns the date on which a source attests its claims, as the view knows it: the day until which
// it covers, or else its date of publication.
func attestedOn(v *snapshot.View, source uint32) graph.Date {
	for _, name := range [...]string{"coversUntil", "date"} {
		if e, ok := dateClaim(v, source, name); ok {
			return v.Snapshot().Value(e).Date()
		}
	}
	return graph.Date{}
}

// dateClaim returns the claim for a date of a source that the view shows.
func dateClaim(v *snapshot.View, source uint32, name string) (uint32, bool) {
	t := v.Snapshot().Type(source)
	if t == nil || t.Field(name) == nil {
		return snapshot.None, false
	}
	e, ok := v.One(source, t.Field(name))
	return e.Claim, ok
}

// near is the number of days within which the attestations of two claims must be to contradict each other, if
// what they state changes with the years.
const near = 366

// together reports whether two different claims of a STATE contradict each other, because no change from one to
// the other explains the difference:
//
//   - claims that both certainly hold on some day contradict each other;
//   - a claim that holds on the view's date by its dates is not contradicted by one
//     that only may;
//   - a claim that nothing attests may be of any time, and contradicts no dated claim;
//   - claims attested at different times contradict each other if the field reaches as far
//     as its entities exist, such as a length; if another claim ends its reach, such as a name,
//     only within a year; and never if it reaches for some days, such as an office.
func (w *conflictWalk) together(f *schema.Field, m, n uint32) bool {
	s := w.v.Snapshot()
	days := graph.Day(f.Tolerance.Days)
	if disjoint(s.Valid(m), s.Valid(n), f.Tolerance.Days) {
		return false
	}
	a, b := w.attested(f, m), w.attested(f, n)
	if a.known && b.known && a.days.Last >= b.days.First+days && b.days.Last >= a.days.First+days {
		return true
	}
	if w.byDates(m) || w.byDates(n) {
		return false
	}
	dated := func(x attested) bool { return x.Started || x.Ended }
	switch before, after := f.Reach.Before.Kind, f.Reach.After.Kind; {
	case !a.known || !b.known:
		return !dated(a) && !dated(b)
	case before == schema.ToDays && after == schema.ToDays:
		return false
	case before != schema.ToNext && after != schema.ToNext:
		return true
	}
	first, second := a, b
	if cmp.Compare(b.days.First, a.days.First) < 0 {
		first, second = b, a
	}
	return first.lasting || daysBetween(a.days, b.days) <= near && second.known
}

// byDates reports whether a claim certainly holds on the view's date by its own dates.
func (w *conflictWalk) byDates(n uint32) bool {
	r := w.v.Reading(n)
	return r.Holds == graph.HoldsYes && r.Basis == validity.Dated
}
