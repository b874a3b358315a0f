package memory

import (
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// Two bits of a link's Valid are marks.
const (
	// Open means that the valid time alone does not decide on which days the link's claim may hold.
	Open = uint32(1) << 31
	// Narrow means that the link's claim is about less than its field: a part, a plan, or a part of a year.
	Narrow = uint32(1) << 30
	marks  = Open | Narrow
)

// Besides returns the links of the claims that may answer the same question as a claim: claims with the same
// subject and predicate, and for a relation of many values also the same object.
func (s *Graph) Besides(r *Row) Run {
	all := s.OutRun(r.Subject, r.Predicate)
	if f := s.FieldOf(r); r.Kind != graph.EntityKind || f == nil || !f.Many {
		return all
	}
	return column.Short[Link, Beside](s.To(all, uint32(r.Value)))
}

// To returns the links of a run to one entity at the other end.
func (s *Graph) To(r Run, other uint32) []Link {
	return r.Within(s.Toward(s.IDs.At(other)))
}

// Toward returns a function for Within that compares links of a run with an id at the other end.
func (s *Graph) Toward(id string) func(l Link) int {
	return func(l Link) int {
		if l.Other == None {
			return -1
		}
		return strings.Compare(s.IDs.At(l.Other), id)
	}
}

// Omits reports whether a list mentions both ends of the relation that a claim states but does not link
// them; lists says which links are of the list. A list of objects need not mention the subject, which may not
// exist any more.
func (s *Graph) Omits(r *Row, ofObjects bool, lists func(Link) bool) bool {
	object, p := uint32(r.Value), r.Predicate
	joins := func(l Link) bool { return l.Other == object && lists(l) }
	if out := s.OutRun(r.Subject, p); !s.Symmetric(p) {
		return !out.Has(joins) && (ofObjects || out.Has(lists)) && s.InRun(object, p).Has(lists)
	}
	either := func(entity uint32, is func(Link) bool) bool {
		return s.OutRun(entity, p).Has(is) || s.InRun(entity, p).Has(is)
	}
	return !either(r.Subject, joins) && either(r.Subject, lists) && either(object, lists)
}

// Period returns the number of the valid time of the link's claim.
func (l *Link) Period() uint32 { return l.Valid &^ marks }

// linkValid returns the Valid of a claim's link with the marks that follow from the claim alone. It is marked
// Open if the reach of the field makes the claim depend on the date of its source.
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

// Plain reports whether plain fields and lists may show the claim. If narrow is set, the lists also show narrow
// claims.
func (s *Graph) Plain(n uint32, narrow bool) bool {
	return s.Rows.Ref(n).Rank != graph.Deprecated && (narrow || !s.IsNarrow(n))
}

// IsNarrow reports whether a claim is about less than its field.
func (s *Graph) IsNarrow(n uint32) bool {
	r := s.Rows.Ref(n)
	return s.Kinds().Of[r.Predicate].Narrows && s.narrows(n, r, &s.Times.Ref(r.Valid).Bounds)
}

// wholeYear is the number of days from which a period counts as a year.
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

// markOpen marks new links of claims by subject whose days other claims bound. These are links of a field that
// reaches to the next dated claim, if there is one, and links with rough dates, if another claim with the same
// object has more exact ones. It returns them together with the links of older claims that the new claims
// bound, also marked. It sorts the links.
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
		// The undated links of one subject are either all Open or none is: if the first of several is Open or
		// dated, no link is left to mark.
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

// markRough marks the new and old links with rough dates for which another claim with the same object, or also
// with a literal, has more exact ones. It appends the old links to more.
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

// mark marks a link whose days other claims may bound, and returns true if it was not marked before. That is a
// link with rough dates, or, if next is set, one without a beginning or an end.
func (s *Graph) mark(l *Link, t schema.Timing, next bool) bool {
	b := &s.Times.Ref(l.Period()).Bounds
	if l.Valid&Open != 0 || !(b.Refinable(t) || next && !(b.Started && b.Ended)) {
		return false
	}
	l.Valid |= Open
	return true
}
