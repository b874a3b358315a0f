package snapshot

import (
	"bytes"
	"hash/maphash"
	"iter"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/schema"
)

// Edge is one entity that a relation leads to, with the claim that says so.
// Claim is None in lists that no claim makes, such as all countries.
type Edge struct {
	Node, Claim uint32
	// Where the claim's qualifiers are stored and how many + 1 they are; 0 where that
	// was not noted.
	qualifiers uint32
	noted      uint16
}

// List is a list of edges in a view: where a relation of an entity leads, or of all
// entities, or all entities of some types. It is a description; walking it reads it.
type List struct {
	view   *View
	entity uint32   // None: all that have the field
	first  graph.ID // of all, the one to start with
	field  *schema.Field
	series bool
	narrow bool // as in groups
	types  []*schema.Type
}

// Relation is where a relation, an inverse or a derived field of the entity
// leads: for each object and set of distinct qualifiers (in an observation, also of
// figures) the best claim, except DEPRECATED claims and those about less than the
// field asks for. With series the list has every claim. A filter on a qualifier that
// narrows a claim keeps the claims that state it.
//
// For the entity None, and a stored relation, the list has where it leads from every
// entity of the types that declare it, one after the other, as far as Lists has the
// claims. A symmetric relation is listed from both ends.
func (v *View) Relation(entity uint32, f *schema.Field, series bool) *List {
	return &List{view: v, entity: entity, field: f, series: series}
}

// OfTypes is every entity of the concrete types that exists in the view, and that no
// claim says began later or ended before.
// Without types it is every entity, whether or not it exists on the date.
func (v *View) OfTypes(types []*schema.Type) *List { return &List{view: v, types: types} }

// edges appends to dst the whole list of a relation.
func (v *View) edges(entity uint32, f *schema.Field, series bool, dst []Edge) []Edge {
	v.Relation(entity, f, series).walk(true, nil, func(e Edge) bool {
		dst = append(dst, e)
		return true
	})
	return dst
}

// All returns the list's edges in the order of their nodes' ids, those of one
// node by their distinct qualifiers; in a list of all subjects, in the order of the
// subjects' ids first. What follows the edge at which a loop ends is not read.
func (l *List) All() iter.Seq[Edge] {
	return func(yield func(Edge) bool) { l.walk(true, nil, yield) }
}

// walk is All over what the filter pass keeps; without ties the edges of one node
// come in any order, for readers that sort or sum them anyway.
func (l *List) walk(ties bool, keep *filterPass, fn func(Edge) bool) {
	switch {
	case l.field == nil:
		l.view.walkTypes(l.types, func(e Edge) bool { return !keep.node(e.Node) || !keep.claim(e) || fn(e) })
	case l.entity == None:
		l.walkSubjects(ties, keep, fn)
	case l.field.Stored() && !keep.subject(l.entity):
	default:
		l.walkFrom(l.entity, l.narrow || keep.narrows(), ties, keep, fn)
	}
}

// walkFrom is walk for one entity; it reports whether to go on.
func (l *List) walkFrom(entity uint32, narrow, ties bool, keep *filterPass, fn func(Edge) bool) bool {
	v := l.view
	g := v.groupsOf(entity, l.field, keep)
	g.series, g.narrow = l.series, narrow
	for group := g.next(); group != nil; group = g.next() {
		if !l.series {
			group = g.distinct(group)
		}
		if ties {
			v.sortTies(group)
		}
		for _, e := range group {
			if keep.claim(e) && !fn(e) {
				return false
			}
		}
	}
	return true
}

// groups reads the claims of a relation that hold, in the order of the nodes' ids,
// all claims that lead to one node together. From an inverse it reads the claims
// that the subject's own field shows.
type groups struct {
	v       *View
	entity  uint32
	f       *schema.Field
	inverse bool
	single  []bool // for an inverse: the types whose own field leads to one entity
	keep    *filterPass
	run     run    // of one list
	links   []link // what is left to read of the part of the run at a place
	at      int
	edges   []Edge // of several lists put together: what is left
	series  bool   // DEPRECATED claims as well, and those about less than the field asks for
	narrow  bool   // those about less, since the filter tests for them

	rules []vocabulary.Rule // for the last claims told apart

	room [24]Edge
}

func (v *View) groupsOf(entity uint32, f *schema.Field, keep *filterPass) groups {
	g := groups{v: v, entity: entity, f: f, inverse: f.Kind == schema.Inverse, keep: keep}
	switch {
	case f.Symmetric || f.Kind == schema.Derived:
		g.edges = v.collect(entity, f)
	case g.inverse:
		p := predicateOf(f.InverseOf[0])
		g.run, g.single = v.s.inRun(entity, p), v.kinds[p].Single
	default:
		g.run = v.s.outRun(entity, predicateOf(f))
	}
	g.links, g.at = g.run.First()
	return g
}

// next returns the edges to the next node, nil after the last. They are the
// caller's until the next call.
func (g *groups) next() []Edge {
	if g.edges != nil {
		return g.nextCollected()
	}
	v := g.v
	for len(g.links) > 0 && !v.stop() {
		node, n := g.links[0].other, 1
		for n < len(g.links) && g.links[n].other == node {
			n++
		}
		same := g.links[:n]
		if g.links = g.links[n:]; len(g.links) == 0 {
			same = g.turn(same)
		}
		// A literal is another type's property of the same name. Several types
		// may declare a relation of one name: what is read from the object's
		// side counts only subjects of the field's own target.
		if node == None || g.inverse && !v.includes(g.f, node) {
			continue
		}
		if !g.keep.node(node) {
			continue
		}
		if g.single != nil && v.s.isOf(g.single, node) {
			if same = v.chosen(node, same); same == nil {
				continue
			}
		}
		group := g.room[:0]
		for _, l := range same {
			if v.stop() {
				return nil
			}
			if (g.series || l.rank != graph.Deprecated && (g.narrow || l.valid&narrow == 0)) && v.shows(g.entity, l) {
				group = append(group, l.edge())
			}
		}
		if len(group) > 0 {
			return group
		}
	}
	return nil
}

// turn goes to the next part of the run. It returns the links of the last node with
// those that the new part begins with.
func (g *groups) turn(same []link) []link {
	for {
		part, at := g.run.After(g.at)
		n := 0
		for n < len(part) && part[n].other == same[0].other {
			n++
		}
		if n > 0 {
			same = append(slices.Clip(same), part[:n]...)
		}
		g.links, g.at = part[n:], at
		if n == 0 || n < len(part) {
			return same
		}
	}
}

func (v *View) includes(f *schema.Field, node uint32) bool {
	t := v.s.Type(node)
	return t != nil && f.Target.Includes(t)
}

func (g *groups) nextCollected() []Edge {
	for len(g.edges) > 0 {
		n := 1
		for n < len(g.edges) && g.edges[n].Node == g.edges[0].Node {
			n++
		}
		group := g.edges[:n:n]
		g.edges = g.edges[n:]
		if !g.keep.node(group[0].Node) {
			continue
		}
		if !g.series {
			group = slices.DeleteFunc(group, func(e Edge) bool { return !g.v.s.plain(e.Claim, g.narrow) })
		}
		if len(group) > 0 {
			return group
		}
	}
	return nil
}

// collect reads the edges of a relation that several lists make, in the order
// of the nodes' ids.
func (v *View) collect(entity uint32, f *schema.Field) []Edge {
	all := []Edge{}
	if f.Kind == schema.Derived {
		// The claims along the way say nothing of this entity; it must exist by itself.
		if !v.lives(entity) {
			return all
		}
		for _, mid := range v.leads(entity, f.Path.Through, nil) {
			if f.Path.Where == "" || v.hasValue(mid.Node, f.Path.Where, f.Path.Equals) {
				all = v.leads(mid.Node, f.Path.Then, all)
			}
		}
	} else {
		out, in := v.s.outRun(entity, predicateOf(f)), v.s.inRun(entity, predicateOf(f))
		all = make([]Edge, 0, out.Len()+in.Len())
		for l := range out.All() {
			if v.stop() {
				return nil
			}
			if l.other != None && v.shows(entity, l) {
				all = append(all, l.edge())
			}
		}
		for l := range in.All() {
			if v.stop() {
				return nil
			}
			if v.includes(f, l.other) && v.shows(entity, l) {
				all = append(all, l.edge())
			}
		}
	}
	slices.SortFunc(all, func(a, b Edge) int {
		if a.Node != b.Node {
			return strings.Compare(v.s.ids.At(a.Node), v.s.ids.At(b.Node))
		}
		return int(int64(a.Claim) - int64(b.Claim))
	})
	return all
}

// sortTies orders the edges of one node.
func (v *View) sortTies(group []Edge) {
	if len(group) < 2 {
		return
	}
	type tied struct {
		Edge
		tie string
	}
	list := make([]tied, len(group))
	for i, e := range group {
		list[i] = tied{e, v.tie(e.Claim)}
	}
	slices.SortFunc(list, func(a, b tied) int {
		if c := strings.Compare(a.tie, b.tie); c != 0 {
			return c
		}
		x, y := v.s.rows.Ref(a.Claim), v.s.rows.Ref(b.Claim)
		return bytes.Compare(x.id[:], y.id[:])
	})
	for i, t := range list {
		group[i] = t.Edge
	}
}

// distinct keeps, in place, the best claim for each set of distinct qualifiers
// among the edges of one node.
func (g *groups) distinct(group []Edge) []Edge {
	if len(group) < 2 {
		return group
	}
	v := g.v
	// The claims of one subject have one field.
	rules := g.rules
	if rules == nil || g.inverse || g.edges != nil {
		rules = v.rulesOf(group[0].Claim)
		g.rules = rules
	}
	var room [16]uint64
	var known lists.Finder
	signatures := room[:0] // of those kept
	kept := group[:0]
	for _, e := range group {
		sig := v.signature(e, rules)
		switch i := known.Find(signatures, sig, func(i int) bool { return v.sameQualifiers(kept[i], e, rules) }); {
		case i == len(kept):
			kept = append(kept, e)
			signatures = append(signatures, sig)
			known = known.With(signatures)
		case v.better(e.Claim, kept[i].Claim):
			kept[i] = e
		}
	}
	return kept
}

// Values appends to dst the claims that a property of many values shows: for
// each value the best claim. A property of observations shows the latest claim for
// each unit and set of distinct qualifiers. DEPRECATED claims, and those about less
// than the field asks for, never show.
func (v *View) Values(entity uint32, f *schema.Field, dst []uint32) []uint32 {
	start := len(dst)
	var room [16]uint64
	var known lists.Finder
	signatures := room[:0] // of those kept
	links := v.s.outRun(entity, predicateOf(f))
	for l := range links.All() {
		if v.stop() {
			break
		}
		if !l.plain() || !v.shows(entity, l) {
			continue
		}
		n, sig := l.claim, uint64(0)
		if links.Len() > 1 {
			sig = v.slot(f, l)
		}
		shown := dst[start:]
		switch i := known.Find(signatures, sig, func(i int) bool { return v.sameSlot(f, shown[i], n) }); {
		case i == len(shown):
			dst = append(dst, n)
			signatures = append(signatures, sig)
			known = known.With(signatures)
		case v.better(n, shown[i]):
			shown[i] = n
		}
	}
	return dst
}

// slot is the same for claims of the sameSlot, and hardly ever for others.
func (v *View) slot(f *schema.Field, l link) uint64 {
	c := v.s.rows.Ref(l.claim).cell()
	if f.Time != schema.Observation {
		return v.s.hashCell(c)
	}
	sig := v.signature(l.edge(), v.rulesOf(l.claim))
	if f.Scalar == schema.Quantity {
		sig ^= maphash.String(hashSeed, v.s.texts.At(c.unit))
	}
	return sig
}

// sameSlot reports whether two claims of a property of many values answer one
// question, so that only the better one shows.
func (v *View) sameSlot(f *schema.Field, a, b uint32) bool {
	x, y := v.s.Value(a), v.s.Value(b)
	if f.Time == schema.Observation {
		return v.sameQualifiers(Edge{Claim: a}, Edge{Claim: b}, v.rulesOf(a)) && (f.Scalar != schema.Quantity || x.Text() == y.Text())
	}
	return x == y
}

// walkTypes walks the entities of several types in the order of their ids.
func (v *View) walkTypes(types []*schema.Type, fn func(Edge) bool) {
	ever := types == nil || v.allLive
	if types == nil {
		types = v.s.o.Types
	}
	v.declared(types, func(n uint32) bool {
		return !(ever || v.lives(n)) || !v.Exists(n) || fn(Edge{Node: n, Claim: None})
	})
}

// declared walks the entities declared to be of the types, shown or not, in the
// order of their ids.
func (v *View) declared(types []*schema.Type, fn func(n uint32) bool) {
	var lists []typed
	for _, t := range types {
		if n, ok := v.s.typeNames.Number(t.Name); ok {
			l := typed{all: v.s.byType.At(uint32(n))}
			if l.part, l.at = l.all.First(); len(l.part) > 0 {
				lists = append(lists, l)
			}
		}
	}
	for len(lists) > 0 {
		least := 0
		for i := 1; i < len(lists); i++ {
			if v.s.ids.At(lists[i].part[0]) < v.s.ids.At(lists[least].part[0]) {
				least = i
			}
		}
		if v.stop() {
			return
		}
		n := lists[least].part[0]
		if !lists[least].step() {
			lists = slices.Delete(lists, least, least+1)
		}
		if !fn(n) {
			return
		}
	}
}

// typed is what is left to read of the entities of a type.
type typed struct {
	all  numbers
	part []uint32
	at   int
}

// step goes to the next entity and reports whether there is one.
func (l *typed) step() bool {
	if l.part = l.part[1:]; len(l.part) == 0 {
		l.part, l.at = l.all.After(l.at)
	}
	return len(l.part) > 0
}
