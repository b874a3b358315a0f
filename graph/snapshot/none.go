package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// A claim may state that there is nothing: no capital, no railways. In a field of one value it
// competes with the other claims; if it is the best, the field shows nothing. A field of many values
// does not show it, and it does not hide other claims.

// None returns the claim that a field has no value, if the view shows it. ok is false if the field
// shows a value, or if no claim states that there is none.
func (v *View) None(entity uint32, f *schema.Field) (claim uint32, ok bool) {
	if !f.Stored() {
		return memory.None, false
	}
	if !f.Many {
		if _, shown := v.One(entity, f); shown {
			return memory.None, false
		}
	}
	best := v.bestNone(entity, f)
	if best == memory.None || f.Many && !v.empty(entity, f) {
		return memory.None, false
	}
	return best, true
}

// bestNone returns the best claim that a field has no value, even if others give one; None if there
// is no such claim. In a list of links, the links to no entity come first.
func (v *View) bestNone(entity uint32, f *schema.Field) uint32 {
	best := memory.None
	for l := range v.s.OutRun(entity, memory.PredicateOf(f)).All() {
		if l.Other != memory.None {
			break
		}
		if v.s.Rows.Ref(l.Claim).Kind == graph.NoneKind && l.Plain() && v.Shows(entity, l) && (best == memory.None || v.better(l.Claim, best)) {
			best = l.Claim
		}
	}
	return best
}

// empty reports whether a field of many values shows none.
func (v *View) empty(entity uint32, f *schema.Field) bool {
	return f.Kind == schema.Property && len(v.Values(entity, f, nil)) == 0 || f.Kind != schema.Property && len(v.edges(entity, f, false, nil)) == 0
}

// IsNone reports whether a claim states that there is nothing.
func (s *Snapshot) IsNone(n uint32) bool { return s.Rows.Ref(n).Kind == graph.NoneKind }

func (v *View) isNone(entity uint32, f *schema.Field) bool {
	_, ok := v.None(entity, f)
	return ok
}
