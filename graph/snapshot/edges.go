package snapshot

import (
	"hash/maphash"
	"iter"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph/internal/memory"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/schema"
)

// Edge is one entity that a relation leads to, with the claim that says so.
// Claim is None in lists that no claim makes, such as all countries.
type Edge struct {
	Node, Claim uint32
	// Where the claim's qualifiers are stored, and their number + 1; 0 if that was not recorded.
	qualifiers uint32
	noted      uint16
	mirror     bool // the claim is one of the node, about the entity
}

// List is a list of edges in a view: where a relation of an entity leads, or of all
// entities, or all entities of some types. It is a description; walking it reads it.
type List struct {
	view   *View
	entity uint32 // None: all that have the field
	field  *schema.Field
	series bool
	narrow bool // as in groups
	types  []*schema.Type
	claims *posting // of a list of claims
}

// Relation is where a relation, an inverse or a derived field of the entity
// leads: for each object and set of distinct qualifiers (in an observation, also of
// figures) the best claim, except DEPRECATED claims and those about less than the
// field asks for. With series the list has every claim. A filter on a qualifier that
// narrows a claim keeps the claims that state it. Of figures that are parts of one whole, as shares of
// all exports, it has those of the latest period.
//
// For the entity None, and a stored relation, the list has where it leads from every
// entity of the types that declare it, one after the other, as far as Lists has the
// claims. A symmetric relation is listed from both ends. The list of one entity has mirrored
// edges as well (Edge.Mirrored), that of all has not.
func (v *View) Relation(entity uint32, f *schema.Field, series bool) *List {
	return &List{view: v, entity: entity, field: f, series: series}
}

// OfTypes is every entity of the concrete types that exists in the view, and that no
// claim says began later or ended before.
// Without types it is every entity, whether or not it exists on the date.
func (v *View) OfTypes(types []*schema.Type) *List { return &List{view: v, types: types} }

// edges appends to dst the whole list of a relation.
func (v *View) edges(entity uint32, f *schema.Field, series bool, dst []Edge) []Edge {
	v.Relation(entity, f, series).walk(&walk{ties: true}, func(e Edge) bool {
		dst = append(dst, e)
		return true
	})
	return dst
}

// All returns the list's edges in the order of their nodes' ids, those of one
// node by their distinct qualifiers; in a list of all subjects, in the order of the
// subjects' ids first. What follows the edge at which a loop ends is not read.
func (l *List) All() iter.Seq[Edge] {
	return func(yield func(Edge) bool) { l.walk(&walk{ties: true}, yield) }
}

// walk is how a list is walked: in its order, or with back the other way, beginning with
// the edges of the node, or in a list of all subjects of the subject, with the id from,
// unless that is "".
type walk struct {
	ties, back bool // without ties the edges of one node come in any order
	from       string
	keep       *filterPass
	plan       *access.Path // nil where all of the list is walked
	own        bool         // without mirrored edges
	only       bool         // the candidates of the plan, which are in any order where shuffled
	nodes      []uint32
	shuffled   bool
	read       int // how many nodes or claims were looked at
	// In a list of claims: where they are, and the one to begin with, unless that is None.
	posting *posting
	claim   uint32
}

// walk calls fn with the edges that the filter pass keeps.
func (l *List) walk(w *walk, fn func(Edge) bool) {
	switch {
	case l.claims != nil:
		l.walkClaims(w, fn)
	case l.field == nil:
		l.walkTypes(w, fn)
	case l.entity == memory.None:
		l.walkSubjects(w, fn)
	case l.field.Stored() && !w.keep.subject(l.entity):
	default:
		l.walkFrom(l.entity, l.narrow || w.keep.narrows(), w, fn)
	}
}

// walkFrom is walk for one entity; it reports whether to go on.
func (l *List) walkFrom(entity uint32, narrow bool, w *walk, fn func(Edge) bool) bool {
	v := l.view
	if links, ok := l.flat(entity, w); ok {
		return l.walkFlat(entity, links, narrow, w, fn)
	}
	g := v.groupsOf(entity, l.field, w)
	g.series, g.narrow = l.series, narrow
	if l.field.Kind == schema.Relation && l.field.Mirror != nil && !l.series {
		g.parts = v.partsOf(entity, l.field, narrow)
	}
	for group := g.next(); group != nil; group = g.next() {
		if !g.each(group, w, fn) {
			w.read += g.read
			return false
		}
	}
	w.read += g.read
	return true
}

// each calls fn with the edges to one node that the filter pass keeps.
func (g *groups) each(group []Edge, w *walk, fn func(Edge) bool) bool {
	if !g.series {
		group = g.distinct(group)
	}
	if w.ties {
		g.v.sortTies(group)
	}
	for i := range group {
		if w.back {
			i = len(group) - 1 - i
		}
		if w.keep.claim(group[i]) && !fn(group[i]) {
			return false
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
	run     memory.Run                              // of one list
	links   column.Walk[memory.Link, memory.Beside] // what is left to read of it
	edges   []Edge                                  // of several lists put together: what is left
	back    bool                                    // from the end
	only    bool                                    // of these nodes, which are left
	nodes   []uint32
	read    int  // how many nodes were looked at
	series  bool // DEPRECATED claims as well, and those about less than the field asks for
	narrow  bool // those about less, since the filter tests for them

	parts []parts // the latest of each whole, where earlier ones are left out

	rules []vocabulary.Rule // for the last claims that were distinguished

	room [24]Edge
}

func (v *View) groupsOf(entity uint32, f *schema.Field, w *walk) groups {
	g := groups{v: v, entity: entity, f: f, inverse: f.Kind == schema.Inverse, keep: w.keep, back: w.back, only: w.only, nodes: w.nodes}
	switch {
	case f.Symmetric || f.Kind == schema.Derived || !w.own && v.mirrors(entity, f):
		all := v.collect(entity, f)
		lo, hi := access.Seek(len(all), w.from, w.back, func(i int) string { return v.s.IDs.At(all[i].Node) })
		g.edges = all[lo:hi]
		return g
	case g.inverse:
		p := memory.PredicateOf(f.InverseOf[0])
		g.run, g.single = v.s.InRun(entity, p), v.kinds[p].Single
	default:
		g.run = v.s.OutRun(entity, memory.PredicateOf(f))
	}
	switch {
	case w.only:
		lo, hi := access.Seek(len(g.nodes), w.from, w.back, func(i int) string { return v.s.IDs.At(g.nodes[i]) })
		g.nodes = g.nodes[lo:hi]
	case w.from != "":
		g.links = g.run.From(v.s.Toward(w.from), w.back)
	default:
		g.links = g.run.Walk(w.back)
	}
	return g
}

// cut removes the links to one node from those that are left.
func (g *groups) cut() (same []memory.Link) {
	for g.only && len(g.nodes) > 0 && len(same) == 0 {
		if at := len(g.nodes) - 1; g.back {
			same, g.nodes = g.v.s.To(g.run, g.nodes[at]), g.nodes[:at]
		} else {
			same, g.nodes = g.v.s.To(g.run, g.nodes[0]), g.nodes[1:]
		}
	}
	if g.only || len(g.links.Part) == 0 {
		return same
	}
	same = g.cutPart()
	// The next part may have more of them.
	for len(g.links.Part) == 0 && g.links.Turn() {
		if at := len(g.links.Part) - 1; g.back && g.links.Part[at].Other == same[0].Other {
			same = slices.Concat(g.cutPart(), same)
		} else if !g.back && g.links.Part[0].Other == same[0].Other {
			same = slices.Concat(same, g.cutPart())
		}
	}
	return same
}

// cutPart is cut within one part of the list.
func (g *groups) cutPart() []memory.Link {
	part := g.links.Part
	if g.back {
		at := len(part) - 1
		for at > 0 && part[at-1].Other == part[at].Other {
			at--
		}
		g.links.Part = part[:at]
		return part[at:]
	}
	n := 1
	for n < len(part) && part[n].Other == part[0].Other {
		n++
	}
	g.links.Part = part[n:]
	return part[:n]
}

// next returns the edges to the next node, nil after the last. They are the
// caller's until the next call.
func (g *groups) next() []Edge {
	if g.edges != nil {
		return g.nextCollected()
	}
	v := g.v
	for !v.stop() {
		same := g.cut()
		if len(same) == 0 {
			break
		}
		node := same[0].Other
		g.read++
		// Skip literals: they belong to a property of the same name of another type. Several
		// types may also declare a relation of the same name, so when reading from the object's
		// side, skip subjects that are not of the field's target type.
		if node == memory.None || g.inverse && !v.includes(g.f, node) {
			continue
		}
		if !g.keep.node(node) {
			continue
		}
		if g.single != nil && v.s.IsOf(g.single, node) {
			if same = v.chosen(node, same); same == nil {
				continue
			}
		}
		group := g.room[:0]
		for _, l := range same {
			if v.stop() {
				return nil
			}
			if (g.series || l.Rank != graph.Deprecated && (g.narrow || l.Valid&memory.Narrow == 0)) && v.Shows(g.entity, l) {
				if e := edgeOf(&l); !g.stale(e) {
					group = append(group, e)
				}
			}
		}
		if len(group) > 0 {
			return group
		}
	}
	return nil
}

func (v *View) includes(f *schema.Field, node uint32) bool {
	t := v.s.Type(node)
	return t != nil && f.Target.Includes(t)
}

func (g *groups) nextCollected() []Edge {
	for len(g.edges) > 0 {
		from, to := 0, 1
		if g.back {
			from, to = len(g.edges)-1, len(g.edges)
		}
		for from > 0 && g.edges[from-1].Node == g.edges[from].Node {
			from--
		}
		for to < len(g.edges) && g.edges[to].Node == g.edges[from].Node {
			to++
		}
		group, rest := g.edges[from:to:to], g.edges[to:]
		if g.back {
			rest = g.edges[:from]
		}
		g.edges = rest
		g.read++
		if !g.keep.node(group[0].Node) {
			continue
		}
		if g.f.Mirror != nil {
			group = g.v.unreported(g.f, group)
		}
		if !g.series {
			group = slices.DeleteFunc(group, func(e Edge) bool { return !g.v.s.Plain(e.Claim, g.narrow) || g.stale(e) })
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
		all = v.collectClaims(entity, f, f.Symmetric)
		if f.Mirror != nil {
			all = v.mirrored(entity, f, all)
		}
	}
	slices.SortFunc(all, func(a, b Edge) int {
		if a.Node != b.Node {
			return strings.Compare(v.s.IDs.At(a.Node), v.s.IDs.At(b.Node))
		}
		return int(int64(a.Claim) - int64(b.Claim))
	})
	return all
}

// collectClaims reads the edges that the claims of the entity make, and with inverse also those of
// the claims about it.
func (v *View) collectClaims(entity uint32, f *schema.Field, inverse bool) []Edge {
	runs := [2]memory.Run{v.s.OutRun(entity, memory.PredicateOf(f))}
	if inverse {
		runs[1] = v.s.InRun(entity, memory.PredicateOf(f))
	}
	all := make([]Edge, 0, runs[0].Len()+runs[1].Len())
	for i := range runs {
		for part, at := runs[i].First(); len(part) > 0; part, at = runs[i].After(at) {
			for _, l := range part {
				if v.stop() {
					return nil
				}
				if l.Other != memory.None && (i == 0 || v.includes(f, l.Other)) && v.Shows(entity, l) {
					all = append(all, edgeOf(&l))
				}
			}
		}
	}
	return all
}

// distinct keeps, in place, the best claim for each set of distinct qualifiers among the edges of one
// node. What the entity reports itself has precedence over what the node reports.
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
		case e.mirror == kept[i].mirror && v.better(e.Claim, kept[i].Claim), kept[i].mirror && !e.mirror:
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
	links := v.s.OutRun(entity, memory.PredicateOf(f))
	for l := range links.All() {
		if v.stop() {
			break
		}
		if !l.Plain() || !v.Shows(entity, l) || v.s.Rows.Ref(l.Claim).Kind == graph.NoneKind {
			continue
		}
		n, sig := l.Claim, uint64(0)
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
func (v *View) slot(f *schema.Field, l memory.Link) uint64 {
	c := v.s.Rows.Ref(l.Claim).Cell()
	if f.Time != schema.Observation {
		return v.s.HashCell(c)
	}
	sig := v.signature(edgeOf(&l), v.rulesOf(l.Claim))
	if f.Scalar == schema.Quantity {
		sig ^= maphash.String(memory.HashSeed, v.s.Texts.At(c.Unit))
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
