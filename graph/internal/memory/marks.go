package memory

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// Two bits of the number of the valid time mark a link.
const (
	// Open: its valid time alone does not decide on which days its claim may hold.
	Open = uint32(1) << 31
	// Narrow: its claim is about less than its field: a part, a plan, or a part of a year.
	Narrow = uint32(1) << 30
	marks  = Open | Narrow
)

// Besides are the links of the claims that may answer the same question as a claim:
// those of one subject and predicate, and of a relation of many also of one object.
func (s *Graph) Besides(r *Row) Run {
	all := s.OutRun(r.Subject, r.Predicate)
	if f := s.FieldOf(r); r.Kind != graph.EntityKind || f == nil || !f.Many {
		return all
	}
	return column.Short[Link, Beside](s.To(all, uint32(r.Value)))
}

// To are the links of a run to one entity at the other end.
func (s *Graph) To(r Run, other uint32) []Link {
	return r.Within(s.Toward(s.IDs.At(other)))
}

// Toward compares links of a run with an id at the other end, for Within.
func (s *Graph) Toward(id string) func(l Link) int {
	return func(l Link) int {
		if l.Other == None {
			return -1
		}
		return strings.Compare(s.IDs.At(l.Other), id)
	}
}

// Period is the number of the valid time of the link's claim.
func (l *Link) Period() uint32 { return l.Valid &^ marks }

// linkValid is the valid time of a claim's link with the marks that the claim by
// itself gives. It is open where the reach of its field makes it depend on the date
// of its source.
func (s *Graph) linkValid(n uint32, r *Row) uint32 {
	k := &s.Kinds().Of[r.Predicate]
	valid, b := r.Valid, &s.Times.Ref(r.Valid).Bounds
	if !b.Alone(k.TimingOf(s.Types.At(r.Subject))) {
		valid |= Open
	}
	if k.Narrows && s.narrows(n, r, b) {
		valid |= Narrow
	}
	return valid
}

// Plain reports whether plain fields and lists may show the claim, or lists that ask
// for what is narrow as well.
func (s *Graph) Plain(n uint32, narrow bool) bool {
	return s.Rows.Ref(n).Rank != graph.Deprecated && (narrow || !s.IsNarrow(n))
}

// IsNarrow reports whether a claim is about less than its field.
func (s *Graph) IsNarrow(n uint32) bool {
	r := s.Rows.Ref(n)
	return s.Kinds().Of[r.Predicate].Narrows && s.narrows(n, r, &s.Times.Ref(r.Valid).Bounds)
}

// wholeYear is how many days a period needs to count as a year.
const wholeYear = 350

func (s *Graph) narrows(n uint32, r *Row, b *validity.Bounds) bool {
	f := s.Field(n)
	if f == nil {
		return false
	}
	if iv := s.Times.Ref(r.Valid).Interval; f.Time == schema.Observation && b.Started && b.Ended && (iv.From != iv.To || iv.From.Precision() == graph.YearPart) &&
		b.End.Last-b.Start.First+1 < wholeYear {
		return true
	}
	for _, rule := range s.Rules[f] {
		if c := s.ClaimQualifier(n, rule.Name); rule.Narrows && c.Kind != graph.NoKind && !(c.Kind == graph.BoolKind && c.Bits == 0) {
			return true
		}
	}
	return false
}

// markOpen marks, among new links of claims by subject, those that other claims bound: of a
// field that reaches to the next dated claim, where there is one, and of rough dates, where
// another claim with the same object has more exact ones. It returns them with the links of older
// claims that others bound now, marked as well. It sorts the links.
func (s *Graph) markOpen(old *Graph, links []column.Entry[Link], o *column.Order[Link]) []column.Entry[Link] {
	kinds := s.Kinds().Of
	var more []column.Entry[Link]
	o.Sort(links)
	for from := 0; from < len(links); {
		subject, p := links[from].List, links[from].Item.Predicate
		to := from + 1
		for to < len(links) && links[to].List == subject && links[to].Item.Predicate == p {
			to++
		}
		added := links[from:to]
		before, t := old.OutRun(subject, p), kinds[p].TimingOf(s.Types.At(subject))
		if from = to; !kinds[p].Next {
			more = s.markRough(t, before, added, more)
			continue
		}
		// Of the undated links of one subject, either all are open by themselves or none: if the first
		// of several is open or dated, none is left to mark.
		first, _ := before.First()
		begun := len(first) > 0 && s.dated(&first[0])
		marked := before.Len() > 1 && (begun || first[0].Valid&Open != 0)
		if !marked && (before.Len()+len(added) < 2 || !begun && !slices.ContainsFunc(added, func(e column.Entry[Link]) bool { return s.dated(&e.Item) })) {
			continue
		}
		for i := range added {
			s.mark(&added[i].Item, t, true)
		}
		if marked {
			continue
		}
		for l := range before.All() {
			if s.mark(&l, t, true) {
				more = append(more, column.Entry[Link]{List: subject, Item: l})
			}
		}
	}
	return append(links, more...)
}

// markRough marks the links of rough dates, new and old, which another claim with the same object, or
// of a literal too, gives more exactly. It appends the old ones to more.
func (s *Graph) markRough(t schema.Timing, before Run, added, more []column.Entry[Link]) []column.Entry[Link] {
	if t.Kind != schema.State && t.Kind != schema.Event {
		return more
	}
	var dates validity.Dates
	for from := 0; from < len(added); {
		subject, other := added[from].List, added[from].Item.Other
		to := from
		dates.Clear()
		for ; to < len(added) && added[to].Item.Other == other; to++ {
			dates.Add(&s.Times.Ref(added[to].Item.Period()).Bounds)
		}
		same := added[from:to]
		if from = to; dates.None() {
			continue
		}
		olds := before
		if other != None {
			olds = column.Short[Link, Beside](s.To(before, other))
		}
		// The run of a relation begins with the claims that there is nothing, which have no object.
		for l := range olds.All() {
			if l.Other != other {
				break
			}
			dates.Add(&s.Times.Ref(l.Period()).Bounds)
		}
		for i := range same {
			if l := &same[i].Item; dates.MayRefine(&s.Times.Ref(l.Period()).Bounds) {
				s.mark(l, t, false)
			}
		}
		for l := range olds.All() {
			if l.Other != other {
				break
			}
			if dates.MayRefine(&s.Times.Ref(l.Period()).Bounds) && s.mark(&l, t, false) {
				more = append(more, column.Entry[Link]{List: subject, Item: l})
			}
		}
	}
	return more
}

func (s *Graph) dated(l *Link) bool {
	b := &s.Times.Ref(l.Period()).Bounds
	return b.Started || b.Ended
}

// mark marks a link whose days other claims may bound, and reports whether that is new: one
// of rough dates, or without one of its ends where the field reaches to the next.
func (s *Graph) mark(l *Link, t schema.Timing, next bool) bool {
	b := &s.Times.Ref(l.Period()).Bounds
	if l.Valid&Open != 0 || !(b.Refinable(t) || next && !(b.Started && b.Ended)) {
		return false
	}
	l.Valid |= Open
	return true
}
