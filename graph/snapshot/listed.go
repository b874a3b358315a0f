package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/validity"
	"github.com/caspian-kg/caspian/schema"
)

// A source may maintain the list of a relation (Source.maintains). If an older source claims a state that is no
// longer in the list, the state ended before the list's date. If the source names a relation, it maintains the list
// of each subject that it mentions; if it names an inverse, of each object.

// kept is a list that a source maintains.
type kept struct {
	source    uint32
	on        graph.Span // the date of the list
	ofObjects bool
}

// readKept finds the maintained lists that matter on the days of the view. Few sources maintain a list.
func (v *View) readKept() {
	for _, source := range v.s.Keepers {
		date := v.dateOf(source)
		if !date.Known() || date.Last() > v.on.Last {
			continue
		}
		for l := range v.s.OutRun(source, v.s.MaintainsPredicate).All() {
			if l.Rank == graph.Deprecated || !v.sees(l.Claim) {
				continue
			}
			for _, r := range v.s.RelationsNamed(v.s.Texts.At(uint32(v.s.Rows.Ref(l.Claim).Value))) {
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
	// So whether a claim holds cannot be read from its link alone.
	v.kinds[p].Mixed, v.kinds[p].Next = true, true
}

// unlisted ends the window of a state without an end if a list that is later than the state's
// attestation leaves it out.
func (v *View) unlisted(w *validity.Window, t schema.Timing, r *memory.Row) {
	if t.Kind != schema.State || !w.Anchored || v.s.Times.Ref(r.Valid).Bounds.Ended {
		return
	}
	if r.Kind != graph.EntityKind { // a claim of none has no object that a list could leave out
		return
	}
	for _, k := range v.kept[r.Predicate] {
		if k.source != r.Source && w.Attested.Last < k.on.First && v.omits(k, r) {
			w.Possible.Last, w.Sure.Last = min(w.Possible.Last, k.on.Last-1), min(w.Sure.Last, k.on.Last-1)
		}
	}
}

// omits reports whether a list mentions both ends of a relation but does not link them.
func (v *View) omits(k kept, r *memory.Row) bool {
	return v.s.Omits(r, k.ofObjects, func(l memory.Link) bool {
		x := v.s.Rows.Ref(l.Claim)
		return x.Source == k.source && x.Rank != graph.Deprecated && v.seesRow(l.Claim, x)
	})
}
