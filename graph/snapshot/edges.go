package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Edge is one entity that a relation leads to, with the claim that says so.
// Claim is None in lists that no claim makes, such as all countries.
type Edge struct{ Node, Claim uint32 }

// Edges appends to dst where a relation, an inverse or a derived field of the
// entity leads in the view: for each object, and each set of distinct
// qualifiers, the best claim. With series every claim shows. Edges come in the
// order of their nodes' numbers; a Query orders them.
func (v *View) Edges(entity uint32, f *schema.Field, series bool, dst []Edge) []Edge {
	start := len(dst)
	switch f.Kind {
	case schema.Relation:
		dst = v.objects(entity, f.Name, dst)
		if f.Symmetric {
			dst = v.subjects(entity, f, dst)
		}
	case schema.Inverse:
		dst = v.subjects(entity, f, dst)
	case schema.Derived:
		dst = v.derived(entity, f, dst)
	}
	if series {
		return dst
	}
	return dst[:start+len(v.distinct(dst[start:]))]
}

func (v *View) objects(entity uint32, predicate string, dst []Edge) []Edge {
	for _, n := range v.s.run(v.s.out.at(entity), v.s.predicate(predicate)) {
		if r := v.s.rows.ref(n); r.kind == graph.EntityKind && v.Holds(n) != graph.HoldsNo {
			dst = append(dst, Edge{uint32(r.value), n})
		}
	}
	return dst
}

// subjects reads a relation from its object's side. Several types may declare
// a relation of that name; only subjects of the field's own target count.
func (v *View) subjects(entity uint32, f *schema.Field, dst []Edge) []Edge {
	name := f.Name
	if f.Kind == schema.Inverse {
		name = f.InverseOf[0].Name
	}
	for _, n := range v.s.run(v.s.in.at(entity), v.s.predicate(name)) {
		subject := v.s.rows.ref(n).subject
		if t := v.s.Type(subject); t != nil && f.Target.Includes(t) && v.Holds(n) != graph.HoldsNo {
			dst = append(dst, Edge{subject, n})
		}
	}
	return dst
}

func (v *View) derived(entity uint32, f *schema.Field, dst []Edge) []Edge {
	for _, mid := range v.Edges(entity, f.Path.Through, false, nil) {
		if f.Path.Where != "" && !v.hasValue(mid.Node, f.Path.Where, f.Path.Equals) {
			continue
		}
		dst = v.Edges(mid.Node, f.Path.Then, false, dst)
	}
	return dst
}

func (v *View) hasValue(entity uint32, predicate, value string) bool {
	found := false
	v.Claims(entity, predicate, false, func(n uint32) bool {
		found = v.s.Value(n).String() == value
		return !found
	})
	return found
}

// distinct keeps, in place, the best claim for each node and set of distinct
// qualifiers.
func (v *View) distinct(edges []Edge) []Edge {
	slices.SortFunc(edges, func(a, b Edge) int {
		if a.Node != b.Node {
			return int(int64(a.Node) - int64(b.Node))
		}
		return int(int64(a.Claim) - int64(b.Claim))
	})
	kept := edges[:0]
	for _, e := range edges {
		i := len(kept) - 1
		for i >= 0 && kept[i].Node == e.Node && !v.sameQualifiers(kept[i].Claim, e.Claim) {
			i--
		}
		switch {
		case i < 0 || kept[i].Node != e.Node:
			kept = append(kept, e)
		case v.better(e.Claim, kept[i].Claim):
			kept[i] = e
		}
	}
	return withoutDeprecated(kept, func(e Edge) uint32 { return e.Claim }, v.s)
}

// withoutDeprecated drops, in place, what only a DEPRECATED claim says, unless
// nothing else is said.
func withoutDeprecated[T any](list []T, claim func(T) uint32, s *Snapshot) []T {
	deprecated := func(x T) bool { return s.rows.ref(claim(x)).rank == graph.Deprecated }
	if !slices.ContainsFunc(list, deprecated) || !slices.ContainsFunc(list, func(x T) bool { return !deprecated(x) }) {
		return list
	}
	return slices.DeleteFunc(list, deprecated)
}

// sameQualifiers tells whether two claims agree in every distinct qualifier.
// Observations must also state the same figures: a share of the world and a
// number of tonnes are two facts of one year, not two answers to one question.
func (v *View) sameQualifiers(a, b uint32) bool {
	x, y := v.s.rows.ref(a), v.s.rows.ref(b)
	if x.nqual == 0 && y.nqual == 0 {
		return true
	}
	f := v.s.Field(a)
	if f == nil {
		return true
	}
	for _, q := range f.Qualifiers {
		va, _ := v.s.Qualifier(a, q.Name)
		vb, _ := v.s.Qualifier(b, q.Name)
		if q.Distinct && va != vb || f.Time == schema.Observation && va.Kind() != vb.Kind() {
			return false
		}
	}
	return true
}

// One is where a relation of one leads: the best edge, if there is any.
func (v *View) One(entity uint32, f *schema.Field) (Edge, bool) {
	if f.Kind == schema.Relation && !f.Symmetric {
		n := v.Best(entity, f.Name)
		if n == None {
			return Edge{}, false
		}
		return Edge{v.s.Object(n), n}, true
	}
	edges := v.Edges(entity, f, true, nil)
	if len(edges) == 0 {
		return Edge{}, false
	}
	best := edges[0]
	for _, e := range edges[1:] {
		if v.better(e.Claim, best.Claim) {
			best = e
		}
	}
	return best, true
}

// Values appends to dst the claims that a property of many values shows: for
// each value the best claim; of observations, for each set of distinct
// qualifiers and each unit the latest. A DEPRECATED claim shows only where all are.
func (v *View) Values(entity uint32, f *schema.Field, dst []uint32) []uint32 {
	start := len(dst)
	v.Claims(entity, f.Name, false, func(n uint32) bool {
		for i := start; i < len(dst); i++ {
			if v.sameSlot(f, dst[i], n) {
				if v.better(n, dst[i]) {
					dst[i] = n
				}
				return true
			}
		}
		dst = append(dst, n)
		return true
	})
	return dst[:start+len(withoutDeprecated(dst[start:], func(n uint32) uint32 { return n }, v.s))]
}

func (v *View) sameSlot(f *schema.Field, a, b uint32) bool {
	x, y := v.s.Value(a), v.s.Value(b)
	if f.Time == schema.Observation {
		return v.sameQualifiers(a, b) && (f.Scalar != schema.Quantity || x.Text() == y.Text())
	}
	return x == y
}

// OfType appends to dst the entities of the concrete types that the view
// shows, in the order of their ids within each type.
func (v *View) OfType(types []*schema.Type, dst []Edge) []Edge {
	for _, t := range types {
		n, ok := v.s.typeNames.number(t.Name)
		if !ok {
			continue
		}
		for _, e := range v.s.byType.at(uint32(n)) {
			if v.Exists(e) {
				dst = append(dst, Edge{e, None})
			}
		}
	}
	return dst
}
