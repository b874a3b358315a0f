package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// A source may keep the list of a relation up to date (Source.maintains): what an
// older source claims of a state, and the list no longer has, ended before the date of
// the list. By the name of a relation the list is of each subject that it names, and
// by that of an inverse of each object.

// kept is a list that a source keeps up to date.
type kept struct {
	source    uint32
	on        graph.Span // its date
	ofObjects bool
}

// readKept finds the lists that bear on the days of the view. It is read from a
// snapshot in which hardly any source keeps one.
func (v *View) readKept() {
	for _, source := range v.s.keepers {
		date := v.dateOf(source)
		if !date.Known() || date.Last() > v.on.Last {
			continue
		}
		for l := range v.s.outRun(source, v.s.maintains).All() {
			if l.rank == graph.Deprecated || !v.sees(l.claim) {
				continue
			}
			for _, r := range v.s.w.relations[v.s.texts.At(uint32(v.s.rows.Ref(l.claim).value))] {
				v.keep(r.Predicate, kept{source, date.Span(), r.OfObjects})
			}
		}
	}
}

func (v *View) keep(p uint16, k kept) {
	if v.kept == nil {
		v.kept, v.kinds = map[uint16][]kept{}, slices.Clone(v.kinds)
	}
	v.kept[p] = append(v.kept[p], k)
	// Whether a claim holds no longer shows in its link.
	v.kinds[p].Mixed, v.kinds[p].Next = true, true
}

// unlisted ends the window of a state whose claim gives no end, where a list that is
// later than what is attested leaves the claim out.
func (v *View) unlisted(w *graph.Window, t schema.Timing, r *row) {
	if t.Kind != schema.State || !w.Anchored || v.s.times.Ref(r.valid).bounds.Ended {
		return
	}
	for _, k := range v.kept[r.predicate] {
		if k.source != r.source && w.Attested.Last < k.on.First && v.omits(k, r) {
			w.Possible.Last, w.Sure.Last = min(w.Possible.Last, k.on.Last-1), min(w.Sure.Last, k.on.Last-1)
		}
	}
}

// omits reports whether a list is of both ends of a relation, and does not lead from
// one to the other. A list of objects need not name the subject, who may be gone.
func (v *View) omits(k kept, r *row) bool {
	object, p := uint32(r.value), r.predicate
	lists := func(l link) bool {
		x := v.s.rows.Ref(l.claim)
		return x.source == k.source && x.rank != graph.Deprecated && v.seesRow(l.claim, x)
	}
	joins := func(l link) bool { return l.other == object && lists(l) }
	if out := v.s.outRun(r.subject, p); !v.s.symmetric(p) {
		return !out.Has(joins) && (k.ofObjects || out.Has(lists)) && v.s.inRun(object, p).Has(lists)
	}
	either := func(entity uint32, is func(link) bool) bool {
		return v.s.outRun(entity, p).Has(is) || v.s.inRun(entity, p).Has(is)
	}
	return !either(r.subject, joins) && either(r.subject, lists) && either(object, lists)
}

func (s *Snapshot) symmetric(p uint16) bool { return int(p) < len(s.fields) && s.fields[p].Symmetric }

// noteKeeper remembers the sources that say that they keep a list.
func (s *Snapshot) noteKeeper(subject uint32, predicate uint16) {
	if predicate == s.maintains && !slices.Contains(s.keepers, subject) {
		s.keepers = append(slices.Clip(s.keepers), subject)
	}
}

// readKeepers finds them in a snapshot that was read from its file.
func (s *Snapshot) readKeepers() {
	t, _ := s.typeNames.Number(schema.SourceType)
	for n := range s.byType.At(uint32(t)).All() {
		if s.outRun(n, s.maintains).Len() > 0 {
			s.noteKeeper(n, s.maintains)
		}
	}
}
