package snapshot

import (
	"bytes"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// Edge is one entity that a relation leads to, with the claim that says so.
// Claim is None in lists that no claim makes, such as all countries.
type Edge struct{ Node, Claim uint32 }

// List is a list of edges in a view: where a relation of an entity leads, or
// all entities of some types. It is a description; walking it reads it.
type List struct {
	view   *View
	entity uint32
	field  *schema.Field
	series bool
	types  []*schema.Type
}

// Relation is where a relation, an inverse or a derived field of the entity
// leads: for each object, and each set of distinct qualifiers (of observations
// also of figures stated), the best claim; a DEPRECATED claim shows only where
// all are. With series every claim shows.
func (v *View) Relation(entity uint32, f *schema.Field, series bool) *List {
	return &List{view: v, entity: entity, field: f, series: series}
}

// OfTypes is every entity of the concrete types that exists in the view.
func (v *View) OfTypes(types []*schema.Type) *List { return &List{view: v, types: types} }

// Edges appends to dst the whole list of a relation.
func (v *View) Edges(entity uint32, f *schema.Field, series bool, dst []Edge) []Edge {
	v.Relation(entity, f, series).Walk(func(e Edge) bool {
		dst = append(dst, e)
		return true
	})
	return dst
}

// Walk calls fn with the list's edges in the order of their nodes' ids, those
// of one node by their distinct qualifiers. fn ends the walk by returning
// false; what comes behind is then not read.
func (l *List) Walk(fn func(Edge) bool) { l.walk(true, fn) }

// walk is Walk; without ties the edges of one node come in any order, for
// readers that sort or sum them anyway.
func (l *List) walk(ties bool, fn func(Edge) bool) {
	v := l.view
	if l.field == nil {
		v.walkTypes(l.types, fn)
		return
	}
	if l.series {
		v.walkGroups(l.entity, l.field, func(group []Edge) bool {
			if ties {
				v.sortTies(group)
			}
			return each(group, fn)
		})
		return
	}
	shown := false  // something better than DEPRECATED
	var held []Edge // DEPRECATED edges, until something better shows
	deprecated := func(e Edge) bool { return v.s.rows.ref(e.Claim).rank == graph.Deprecated }
	more := true
	v.walkGroups(l.entity, l.field, func(group []Edge) bool {
		group = v.distinct(group)
		if ties {
			v.sortTies(group)
		}
		for _, e := range group {
			if deprecated(e) {
				if !shown {
					held = append(held, e)
				}
				continue
			}
			shown = true
			if more = fn(e); !more {
				return false
			}
		}
		return true
	})
	if !shown && more {
		each(held, fn)
	}
}

func each(edges []Edge, fn func(Edge) bool) bool {
	for _, e := range edges {
		if !fn(e) {
			return false
		}
	}
	return true
}

// walkGroups calls fn with the claims of a relation that hold, those that lead
// to one node at a time, in the order of the nodes' ids. The slice is fn's
// during the call.
func (v *View) walkGroups(entity uint32, f *schema.Field, fn func(group []Edge) bool) {
	if f.Symmetric || f.Kind == schema.Derived {
		v.walkCollected(entity, f, fn)
		return
	}
	inverse := f.Kind == schema.Inverse
	list, p := v.s.out.at(entity), predicateOf(f)
	if inverse {
		list, p = v.s.in.at(entity), predicateOf(f.InverseOf[0])
	}
	var room [8]Edge
	group := room[:0]
	for _, n := range v.s.run(list, p) {
		if v.stop() {
			return
		}
		e, ok := v.edge(n, f, inverse)
		if !ok {
			continue
		}
		if len(group) > 0 && group[0].Node != e.Node {
			if !fn(group) {
				return
			}
			group = room[:0]
		}
		group = append(group, e)
	}
	if len(group) > 0 {
		fn(group)
	}
}

// edge is the edge that a claim makes in a relation, if the claim holds.
// Several types may declare a relation of one name, and what is read from the
// object's side counts only subjects of the field's own target.
func (v *View) edge(n uint32, f *schema.Field, inverse bool) (Edge, bool) {
	r := v.s.rows.ref(n)
	e := Edge{uint32(r.value), n}
	if inverse {
		if t := v.s.Type(r.subject); t == nil || !f.Target.Includes(t) {
			return e, false
		}
		e.Node = r.subject
	} else if r.kind != graph.EntityKind {
		return e, false
	}
	return e, v.Holds(n) != graph.HoldsNo
}

// walkCollected is walkGroups for relations that several lists make.
func (v *View) walkCollected(entity uint32, f *schema.Field, fn func(group []Edge) bool) {
	var all []Edge
	if f.Kind == schema.Derived {
		for _, mid := range v.Edges(entity, f.Path.Through, false, nil) {
			if f.Path.Where == "" || v.hasValue(mid.Node, f.Path.Where, f.Path.Equals) {
				all = v.Edges(mid.Node, f.Path.Then, false, all)
			}
		}
	} else {
		p := predicateOf(f)
		for _, n := range v.s.run(v.s.out.at(entity), p) {
			if v.stop() {
				return
			}
			if e, ok := v.edge(n, f, false); ok {
				all = append(all, e)
			}
		}
		for _, n := range v.s.run(v.s.in.at(entity), p) {
			if v.stop() {
				return
			}
			if e, ok := v.edge(n, f, true); ok {
				all = append(all, e)
			}
		}
	}
	slices.SortFunc(all, func(a, b Edge) int {
		if a.Node != b.Node {
			return strings.Compare(v.s.ids.at(a.Node), v.s.ids.at(b.Node))
		}
		return int(int64(a.Claim) - int64(b.Claim))
	})
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Node == all[0].Node {
			n++
		}
		if !fn(all[:n:n]) {
			return
		}
		all = all[n:]
	}
}

// sortTies orders the edges of one node.
func (v *View) sortTies(group []Edge) {
	if len(group) < 2 {
		return
	}
	slices.SortFunc(group, func(a, b Edge) int {
		if c := strings.Compare(v.tie(a.Claim), v.tie(b.Claim)); c != 0 {
			return c
		}
		x, y := v.s.rows.ref(a.Claim), v.s.rows.ref(b.Claim)
		return bytes.Compare(x.id[:], y.id[:])
	})
}

func (v *View) hasValue(entity uint32, predicate, value string) bool {
	found := false
	v.Claims(entity, predicate, false, func(n uint32) bool {
		found = v.s.Value(n).String() == value
		return !found
	})
	return found
}

// distinct keeps, in place, the best claim for each set of distinct qualifiers
// among the edges of one node.
func (v *View) distinct(group []Edge) []Edge {
	if len(group) < 2 {
		return group
	}
	kept := group[:1]
	for _, e := range group[1:] {
		i := slices.IndexFunc(kept, func(k Edge) bool { return v.sameQualifiers(k.Claim, e.Claim) })
		switch {
		case i < 0:
			kept = append(kept, e)
		case v.better(e.Claim, kept[i].Claim):
			kept[i] = e
		}
	}
	return kept
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
		n := v.BestOf(entity, f)
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
	for _, n := range v.s.run(v.s.out.at(entity), predicateOf(f)) {
		if v.Holds(n) == graph.HoldsNo {
			continue
		}
		i := start
		for i < len(dst) && !v.sameSlot(f, dst[i], n) {
			i++
		}
		switch {
		case i == len(dst):
			dst = append(dst, n)
		case v.better(n, dst[i]):
			dst[i] = n
		}
	}
	return dst[:start+len(withoutDeprecated(dst[start:], func(n uint32) uint32 { return n }, v.s))]
}

func (v *View) sameSlot(f *schema.Field, a, b uint32) bool {
	x, y := v.s.Value(a), v.s.Value(b)
	if f.Time == schema.Observation {
		return v.sameQualifiers(a, b) && (f.Scalar != schema.Quantity || x.Text() == y.Text())
	}
	return x == y
}

// walkTypes walks the entities of several types in the order of their ids.
func (v *View) walkTypes(types []*schema.Type, fn func(Edge) bool) {
	var lists [][]uint32
	for _, t := range types {
		if n, ok := v.s.typeNames.number(t.Name); ok {
			if list := v.s.byType.at(uint32(n)); len(list) > 0 {
				lists = append(lists, list)
			}
		}
	}
	for len(lists) > 0 {
		least := 0
		for i := 1; i < len(lists); i++ {
			if v.s.ids.at(lists[i][0]) < v.s.ids.at(lists[least][0]) {
				least = i
			}
		}
		if v.stop() {
			return
		}
		n := lists[least][0]
		if lists[least] = lists[least][1:]; len(lists[least]) == 0 {
			lists = slices.Delete(lists, least, least+1)
		}
		if v.Exists(n) && !fn(Edge{n, None}) {
			return
		}
	}
}
