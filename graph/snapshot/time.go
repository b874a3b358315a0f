package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// When a claim holds depends on more than its valid time: on the date of its source, on how far its field reaches,
// on the dated claims that answer the same question, and on when the entities at its ends exist. All of these are
// claims too; the view uses those that it knows. validity.Bounds.Window has the rules.
//
// Most links need none of this: their field reaches as far as their ends exist, or no dated claim answers their
// question. Links that need it are marked open when their list is built; for them the view reads the claim's row.

// Reading returns whether the claim holds on the view's date, and on what basis. It is HoldsNo for
// a claim that the view does not show.
func (v *View) Reading(n uint32) validity.Reading {
	r := v.s.Rows.Ref(n)
	x := v.reading(n, r)
	if v.asked(x.Holds) == graph.HoldsNo || !v.seesRow(n, r) {
		return validity.Reading{Distance: x.Distance}
	}
	return x
}

// reading returns whether the claim holds on the view's date and on what basis, whether or not the view shows it.
func (v *View) reading(n uint32, r *memory.Row) validity.Reading {
	w := v.window(n, r)
	return w.On(v.on, v.mode)
}

func (v *View) window(n uint32, r *memory.Row) validity.Window {
	t, b := v.timing(r), &v.s.Times.Ref(r.Valid).Bounds
	if b.Refinable(t) {
		b = v.refined(n, r)
	}
	var source graph.Date
	if b.BySource(t) {
		source = v.dateOf(r.Source)
	}
	w := v.attested(n, r, t, b, source)
	if b.Joins(t) {
		if joined := v.joined(n, r, b, &w, source); joined != source {
			w = v.attested(n, r, t, b, joined)
		}
	}
	if !v.allLive {
		v.bound(&w, t, r)
	}
	return w
}

// attested returns the window of a claim that is attested on the date, before the lifetimes of its ends cut it.
func (v *View) attested(n uint32, r *memory.Row, t schema.Timing, b *validity.Bounds, on graph.Date) validity.Window {
	next := graph.AllDays
	if t.Kind == schema.Observation && (b.Started || b.Ended) {
		if later := v.nextFigure(n, r); later != graph.LastDay {
			next.Last = later - 1
		}
	} else if b.BySource(t) && t.Reach.ByNext() {
		if attested, ok := b.Attested(t, on); ok {
			next = v.neighbours(n, r, attested)
		}
	}
	w := b.Window(t, on, next)
	if v.kept != nil {
		v.unlisted(&w, t, r)
	}
	return w
}

// joined returns the date that attests a claim which says since when: that of its source, or a later one of
// a claim that states the same, and no qualifier otherwise, where the window by its own source possibly
// includes it.
func (v *View) joined(n uint32, r *memory.Row, b *validity.Bounds, w *validity.Window, source graph.Date) graph.Date {
	last := source
	for l := range v.s.Besides(r).All() {
		if v.statesToo(n, l) && v.s.AgreeWhereBoth(n, l.Claim) {
			last = b.Joined(w, &v.s.Times.Ref(l.Period()).Bounds, v.dateOf(v.s.Rows.Ref(l.Claim).Source), last)
		}
	}
	return last
}

// bound cuts the window of a claim to the lifetimes of its ends.
func (v *View) bound(w *validity.Window, t schema.Timing, r *memory.Row) {
	if t.Kind == schema.Eternal || t.Kind == schema.Event {
		return
	}
	w.Within(v.lifetime(r.Subject))
	if r.Kind == graph.EntityKind {
		w.Within(v.lifetime(uint32(r.Value)))
	}
}

// dateOf returns the date on which a source attests its claims, as the view knows it.
func (v *View) dateOf(source uint32) graph.Date {
	if v.plain {
		return v.s.Dates.At(source)
	}
	return v.s.AttestedOn(source, v.sees)
}

// refined returns the bounds of a claim with rough dates, made exact by other claims that state the same.
func (v *View) refined(n uint32, r *memory.Row) *validity.Bounds {
	own := &v.s.Times.Ref(r.Valid).Bounds
	var by []*validity.Bounds
	for l := range v.s.Besides(r).All() {
		if b := &v.s.Times.Ref(l.Period()).Bounds; b.Refines(own) && v.statesToo(n, l) {
			by = append(by, b)
		}
	}
	if by == nil {
		return own
	}
	b := own.Refined(by)
	return &b
}

// Exactly returns the valid time of a claim. Rough dates are replaced by more exact ones from claims
// in view that state the same, unless these differ.
func (v *View) Exactly(n uint32) graph.Interval {
	r := v.s.Rows.Ref(n)
	iv := v.s.Times.Ref(r.Valid).Interval
	b := v.refined(n, r)
	for _, c := range v.Agreeing(n, nil) {
		other := v.s.Times.Ref(v.s.Rows.Ref(c).Valid).Interval
		if other.From.Known() && other.From.Span() == b.Start && iv.From.Span() != b.Start {
			iv.From = other.From
		}
		if other.To.Known() && other.To.Span() == b.End && iv.To.Span() != b.End {
			iv.To = other.To
		}
	}
	return iv
}

// Agreeing appends to dst the claims in view that state the same as a claim, for a time that may be the
// same. They are from other sources, or from other places in its source.
func (v *View) Agreeing(n uint32, dst []uint32) []uint32 {
	r := v.s.Rows.Ref(n)
	own := &v.s.Times.Ref(r.Valid).Bounds
	for l := range v.s.Besides(r).All() {
		if v.statesToo(n, l) && v.s.Times.Ref(l.Period()).Bounds.Agrees(own) && v.Lists(l.Claim) {
			dst = append(dst, l.Claim)
		}
	}
	return dst
}

// statesToo reports whether the view knows the claim of a link, and the claim states the same as claim n.
func (v *View) statesToo(n uint32, l memory.Link) bool {
	return l.Claim != n && l.Rank != graph.Deprecated && v.sees(l.Claim) && v.sameQuestion(n, l.Claim) && v.s.SameCell(v.s.Rows.Ref(n).Cell(), v.s.Rows.Ref(l.Claim).Cell())
}

// neighbours returns the days between two dated claims that answer the same question as a claim: the
// last one before the days on which the claim is attested, and the first one after them.
func (v *View) neighbours(n uint32, r *memory.Row, attested graph.Span) graph.Span {
	between := graph.AllDays
	for l := range v.s.Besides(r).All() {
		if v.answersToo(n, l) {
			between = v.s.Times.Ref(r.Valid).Bounds.Between(between, attested, &v.s.Times.Ref(l.Period()).Bounds)
		}
	}
	return between
}

// nextFigure returns the first day of the figures that are later than a claim's figure and answer
// the same question. A figure for a part of a year does not replace one for a year.
func (v *View) nextFigure(n uint32, r *memory.Row) graph.Day {
	own, first := v.s.Times.Ref(r.Valid).Interval, graph.LastDay
	for l := range v.s.Besides(r).All() {
		p := v.s.Times.Ref(l.Period())
		if graph.ComparePeriods(p.Interval, own) <= 0 || l.Valid&memory.Narrow != 0 && !v.s.IsNarrow(n) || !v.answersToo(n, l) {
			continue
		}
		begin := p.Bounds.Start.First
		if !p.Bounds.Started {
			begin = p.Bounds.End.First
		}
		first = min(first, begin)
	}
	return first
}

// answersToo reports whether the view knows the claim of a link as a dated answer to the same question as claim n.
func (v *View) answersToo(n uint32, l memory.Link) bool {
	return l.Claim != n && l.Rank != graph.Deprecated && l.Period() != 0 && v.sees(l.Claim) && v.sameQuestion(n, l.Claim)
}

// sameQuestion reports whether two claims of one subject and predicate answer the same question. In a field of one
// value, their qualifiers must agree (for names, the language). In a field of many, their distinct qualifiers must
// agree, and they must give the same value or be figures in one unit.
func (v *View) sameQuestion(n, m uint32) bool {
	a, b := v.s.Rows.Ref(n), v.s.Rows.Ref(m)
	f := v.s.Field(n)
	if f != nil && f.Many && f.Kind == schema.Property && f.Time == schema.Observation {
		return v.sameSlot(f, n, m)
	}
	if f == nil || f.Many {
		return v.s.SameCell(a.Cell(), b.Cell()) && v.sameQualifiers(Edge{Claim: n}, Edge{Claim: m}, v.rulesOf(n))
	}
	return v.s.SameQualifiers(a, b)
}

// lifetime returns when an entity exists, as the view knows it.
func (v *View) lifetime(entity uint32) validity.Lifetime {
	l := v.s.Lives.At(entity)
	switch {
	case !l.Bounded:
		return validity.Always
	case v.plain:
		return l.Lifetime()
	}
	return v.s.LifetimeOf(entity, v.sees)
}

// lives reports whether the entity exists on the view's date, with the certainty that the view requires.
func (v *View) lives(entity uint32) bool {
	if !v.mortal(entity) {
		return true
	}
	life := v.lifetime(entity)
	w := validity.Window{Possible: life.Possible, Sure: life.Sure}
	return v.asked(w.Holds(v.on, v.mode)) != graph.HoldsNo
}

// mortal reports whether some claim says when the entity begins or ends.
func (v *View) mortal(entity uint32) bool { return v.s.Lives.At(entity).Bounded }

func (v *View) timing(r *memory.Row) schema.Timing {
	return v.kinds[r.Predicate].TimingOf(v.s.Types.At(r.Subject))
}
