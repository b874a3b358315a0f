package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// Only this file decides which claims and entities a view shows. Each rule builds on the ones before it:
//
//	            true of a claim if                                    for
//	recorded    the store had learned it by knownAt
//	admits      its confidence and its source pass; a source may
//	            always speak of itself
//	Knows       recorded, admits: though withdrawn since              a claim by its id, what it supersedes
//	held        recorded, not withdrawn by knownAt                    the last resort for a name
//	sees        held, admits                                        timelines
//	begun       it may have begun by asOf, or surely has              timelines
//	Holds       sees, and how surely it holds on asOf                 fields, relations
//	Shows       Holds is not NO, read from a link                     the same, in lists of links
//	Lists       Holds is not NO, of a source that the view selects    lists of claims, counts, sums, analyses
//	ListsEver   sees, of a source that the view selects               names that no longer hold, in a search
//
//	            true of an entity if
//	Exists      a claim that Lists mentions it                        lists of entities, search, routes
//	Find by id  Exists, or is a source whose own description the
//	            view shows                                            an entity by its id

// recorded reports whether the claim was recorded by the view's record time.
func (v *View) recorded(r *memory.Row) bool { return graph.Seq(r.Seq) <= v.known }

// admits reports whether the view accepts the claim's confidence and source. A source's own
// description is accepted whatever sources the view selects, but lists leave it out (Lists).
func (v *View) admits(r *memory.Row) bool {
	return r.Confidence >= v.minConfidence && (v.selected(r) || r.Source == r.Subject)
}

// selected reports whether the view selects the claim's source.
func (v *View) selected(r *memory.Row) bool { return v.sources == nil || v.sources[r.Source] }

// Knows reports whether the view knows the claim, even if it was withdrawn later: a claim requested
// by its id is shown.
func (v *View) Knows(n uint32) bool {
	r := v.s.Rows.Ref(n)
	return v.recorded(r) && v.admits(r)
}

// ClaimNumber returns the number of the claim with the id. A claim that was reinstated has several
// numbers; the last one that the view knows is returned.
func (v *View) ClaimNumber(id graph.ClaimID) (uint32, bool) { return v.s.ClaimNumberAt(id, v.known) }

// held reports whether, at the view's record time, the claim was recorded and not withdrawn.
func (v *View) held(n uint32, r *memory.Row) bool {
	if !v.recorded(r) {
		return false
	}
	ended := v.s.Ended.At(n)
	return ended == 0 || graph.Seq(ended) > v.known
}

// sees reports whether the view shows the claim on some date.
func (v *View) sees(n uint32) bool { return v.seesRow(n, v.s.Rows.Ref(n)) }

func (v *View) seesRow(n uint32, r *memory.Row) bool { return v.held(n, r) && v.admits(r) }

// begun reports whether the claim may have begun to hold by the last day of the view's date or
// span, or by the first day if it must hold throughout the span. A view of what certainly holds
// requires that it has certainly begun, on a date by the date's first day.
func (v *View) begun(n uint32) bool {
	r := v.s.Rows.Ref(n)
	w := v.window(n, r)
	if v.allLive {
		v.bound(&w, v.timing(r), r) // all entities exist on the view's date, but not on all days before
	}
	by, held := v.on.Last, w.Possible
	if v.sure {
		held = w.Sure
	}
	if v.mode == graph.Throughout || v.sure && v.mode == graph.OnDate {
		by = v.on.First
	}
	return held.First <= held.Last && by >= held.First
}

// Holds returns how certainly the claim holds on the view's date. It is HoldsNo for every claim
// that the view does not show.
func (v *View) Holds(n uint32) graph.Holds { return v.holds(n, v.s.Rows.Ref(n)) }

func (v *View) holds(n uint32, r *memory.Row) graph.Holds {
	if !v.seesRow(n, r) {
		return graph.HoldsNo
	}
	w := v.window(n, r)
	return v.asked(w.Holds(v.on, v.mode))
}

// asked returns h, or NO if h is not certain enough for the view.
func (v *View) asked(h graph.Holds) graph.Holds {
	if v.sure && h != graph.HoldsYes {
		return graph.HoldsNo
	}
	return h
}

// present reports whether Holds is not NO. For most claims that needs no window.
func (v *View) present(n uint32, r *memory.Row) bool {
	if name := v.s.Named.Ref(r.Subject); name.One() && name.Claim == n+1 {
		return v.Shows(r.Subject, name.Link(v.s.NamePredicate))
	}
	b, t := &v.s.Times.Ref(r.Valid).Bounds, v.timing(r)
	if v.kinds[r.Predicate].Next || !b.Alone(t) || b.Refinable(t) {
		return v.holds(n, r) != graph.HoldsNo
	}
	l := memory.Link{Claim: n, Other: memory.None, Valid: r.Valid, Predicate: r.Predicate}
	if r.Kind == graph.EntityKind {
		l.Other = uint32(r.Value)
	}
	return v.Shows(r.Subject, l)
}

// Shows reports whether Holds is not NO for the claim of a link in a list of the entity.
func (v *View) Shows(entity uint32, l memory.Link) bool {
	k := &v.kinds[l.Predicate]
	if k.Mixed || l.Valid&memory.Open != 0 || v.sure || v.mode == graph.Throughout {
		return v.Holds(l.Claim) != graph.HoldsNo
	}
	if v.plain && v.s.Ended.At(l.Claim) != 0 || !v.plain && !v.sees(l.Claim) ||
		l.Period() != 0 && !v.s.Times.Ref(l.Period()).Bounds.MayHold(k.Timing.Kind, v.on) {
		return false
	}
	switch {
	case v.allLive, k.Timing.Kind == schema.Event, k.Timing.Kind == schema.Eternal:
		return true
	case v.plain && v.on.First == v.on.Last:
		return v.lives(entity) && (l.Other == memory.None || v.lives(l.Other))
	}
	// Each end may exist on some of the days without a day on which both exist.
	return !v.mortal(entity) && (l.Other == memory.None || !v.mortal(l.Other)) || v.Holds(l.Claim) != graph.HoldsNo
}

// Lists reports whether the claim may be in a list of claims: it holds, and the view selects its source.
func (v *View) Lists(n uint32) bool { return v.listsRow(n, v.s.Rows.Ref(n)) }

func (v *View) listsRow(n uint32, r *memory.Row) bool { return v.selected(r) && v.present(n, r) }

// ListsEver reports whether Lists would accept the claim on some date.
func (v *View) ListsEver(n uint32) bool {
	r := v.s.Rows.Ref(n)
	return v.selected(r) && v.seesRow(n, r)
}

// lists is Lists for the claim of a link in a list of the entity.
func (v *View) lists(entity uint32, l memory.Link) bool {
	return (v.sources == nil || v.selected(v.s.Rows.Ref(l.Claim))) && v.Shows(entity, l)
}

// Exists reports whether a visible claim mentions the entity: as its subject, its object, a
// qualifier or its source. Only such entities are in lists.
func (v *View) Exists(entity uint32) bool {
	s := v.s
	// Most entities have one name, which the calling lists read next.
	if name := s.Named.Ref(entity); name.One() && v.sources == nil && v.Shows(entity, name.Link(s.NamePredicate)) {
		return true
	}
	mentions := func(l memory.Link) bool { return v.lists(entity, l) }
	return s.Out.Ref(entity).Has(mentions) || s.In.Ref(entity).Has(mentions) || s.Cited.At(entity).Has(v.Lists)
}

// byID returns the entity with the id if the view shows it. A source is shown even if the view selects others.
func (v *View) byID(id graph.ID) (uint32, bool) {
	n, ok := v.Meant(id)
	if !ok || !v.Exists(n) && !(v.s.TypeName(n) == schema.SourceType && v.describes(n)) {
		return memory.None, false
	}
	return n, true
}

// describes reports whether the view shows the source's own description.
func (v *View) describes(source uint32) bool {
	return v.s.Out.Ref(source).Has(func(l memory.Link) bool { return v.Shows(source, l) })
}
