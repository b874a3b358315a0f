package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// The two sides of a relation agree: an inverse shows what the subject's field shows, by the same
// claim. A relation of one value shows the claim that bestOf chooses, from both ends; a relation of
// many values never shows a DEPRECATED claim.

// chosen returns the link that the subject's field shows, if it is among links, which are the links
// from the subject to one object by a relation of one value; otherwise nil.
func (v *View) chosen(subject uint32, links []memory.Link) []memory.Link {
	if !v.s.Several(subject) {
		if !links[0].Plain() {
			return nil
		}
		return links
	}
	best := v.bestOf(subject, v.s.OutRun(subject, links[0].Predicate))
	i := slices.IndexFunc(links, func(l memory.Link) bool { return l.Claim == best })
	if i < 0 {
		return nil
	}
	return links[i : i+1]
}

// One returns what a field of one value shows: the best claim, and the entity to which it leads,
// None for a property. ok is false if the field shows nothing. A symmetric relation leads to an
// entity only if that entity's relation leads back.
func (v *View) One(entity uint32, f *schema.Field) (Edge, bool) {
	if f.Stored() && !f.Symmetric {
		n := v.bestClaim(entity, f)
		if n == memory.None {
			return Edge{}, false
		}
		return Edge{Node: v.s.Object(n), Claim: n}, true
	}
	e, ok := v.bestEdge(entity, f)
	if ok && f.Symmetric {
		if back, _ := v.bestEdge(e.Node, f); back.Claim != e.Claim {
			return Edge{}, false
		}
	}
	return e, ok
}

func (v *View) bestEdge(entity uint32, f *schema.Field) (best Edge, ok bool) {
	for _, e := range v.edges(entity, f, true, nil) {
		if v.s.Plain(e.Claim, false) && (!ok || v.better(e.Claim, best.Claim)) {
			best, ok = e, true
		}
	}
	if !ok || !f.Symmetric {
		return best, ok
	}
	if n := v.best(entity, memory.PredicateOf(f)); n != memory.None && v.snapshot.IsNone(n) && v.better(n, best.Claim) {
		return Edge{}, false
	}
	return best, true
}

// leads appends to dst the edges of a relation of one or many values.
func (v *View) leads(entity uint32, f *schema.Field, dst []Edge) []Edge {
	if f.Many {
		return v.edges(entity, f, false, dst)
	}
	if e, ok := v.One(entity, f); ok {
		dst = append(dst, e)
	}
	return dst
}

// hasValue reports whether a property of the entity shows the value.
func (v *View) hasValue(entity uint32, predicate, value string) bool {
	f := v.s.Type(entity).Field(predicate)
	if f == nil {
		return false
	}
	if !f.Many {
		n := v.bestClaim(entity, f)
		return n != memory.None && v.s.Value(n).String() == value
	}
	return slices.ContainsFunc(v.Values(entity, f, nil), func(n uint32) bool { return v.s.Value(n).String() == value })
}
