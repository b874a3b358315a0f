package snapshot

import (
	"hash/maphash"
	"iter"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/lists"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/schema"
)

// Edge is one entity to which a relation leads, with the claim that states it. Claim is None in
// lists without claims, such as the list of all countries.
type Edge struct {
	Node, Claim uint32
	// The position of the claim's qualifiers, and noted, their number + 1. noted is 0 if they were not looked up.
	qualifiers uint32
	noted      uint16
	mirror     bool // the node states the claim about the entity, not the reverse
}

// List is a list of edges in a view: a relation of an entity, all entities, or all entities of some
// types. A List only describes what to read; iterating it reads the edges.
type List struct {
	view   *View
	entity uint32 // None means all entities that have the field
	field  *schema.Field
	series bool
	narrow bool // see groups.narrow
	types  []*schema.Type
	claims *posting // where a list of claims is read from
}

// Relation returns the list of a relation, an inverse or a derived field of the entity. For each object and set of
// distinct qualifiers (in an observation, also of figures), the list has the best claim. It leaves out DEPRECATED
// claims and claims about less than the field asks for. With series it has every claim. If a filter tests a
// qualifier that narrows a claim, the list also has the claims that state the qualifier. For figures that are parts
// of one whole, such as shares of all exports, it has those of the latest period.
//
// For the entity None and a stored relation, the list has the relation of every entity of the types that declare
// it, one after the other, with the claims that Lists accepts. A symmetric relation is listed from both ends. The
// list of one entity also has mirrored edges (Edge.Mirrored); the list of all entities does not.
func (v *View) Relation(entity uint32, f *schema.Field, series bool) *List {
	return &List{view: v, entity: entity, field: f, series: series}
}

// OfTypes returns the list of every entity of the concrete types that exists in the view and whose lifetime
// includes the view's date. Without types it has every entity that exists in the view, on any date.
func (v *View) OfTypes(types []*schema.Type) *List { return &List{view: v, types: types} }

// edges appends to dst the whole list of a relation.
func (v *View) edges(entity uint32, f *schema.Field, series bool, dst []Edge) []Edge {
	v.Relation(entity, f, series).walk(&walk{ties: true}, func(e Edge) bool {
		dst = append(dst, e)
		return true
	})
	return dst
}

// All iterates over the list's edges. Their order is by the nodes' ids, and among the edges of one node by distinct
// qualifiers; in a list of all subjects, by the subjects' ids first. When the loop ends, the rest is not read.
func (l *List) All() iter.Seq[Edge] {
	return func(yield func(Edge) bool) { l.walk(&walk{ties: true}, yield) }
}

// walk says how to iterate over a list: in its order, or backwards if back is set. If from is not "", the iteration
// starts at the node (in a list of all subjects, at the subject) with the id from.
type walk struct {
	ties, back bool // if ties is false, the edges of one node may come in any order
	from       string
	keep       *filterPass
	plan       *access.Path // nil to iterate over the whole list
	own        bool         // leaves out mirrored edges
	only       bool         // only the candidates of the plan, in any order if shuffled is set
	nodes      []uint32
	shuffled   bool
	read       int // how many nodes or claims were read
	// For a list of claims: where it is read from, and the claim to start at, unless that is None.
	posting *posting
	claim   uint32
}

// walk calls fn with the edges that the filter pass keeps, until fn returns false.
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

// walkFrom does the work of walk for one entity. It returns false if fn did.
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

// each calls fn with the edges of a group, which lead to one node, that the filter pass keeps.
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

// groups reads the claims of a relation that hold, grouped by node, in the order of the nodes' ids.
// From an inverse it reads the claims that the subject's own field shows.
type groups struct {
	v       *View
	entity  uint32
	f       *schema.Field
	inverse bool
	single  []bool // for an inverse: by type, whether its own field has one value
	keep    *filterPass
	run     memory.Run                              // if the list is one run of links
	links   column.Walk[memory.Link, memory.Beside] // the part of the run that is not read yet
	edges   []Edge                                  // if the list is collected from several runs: the edges not read yet
	back    bool                                    // reads from the end
	only    bool                                    // only these nodes, of which nodes has the rest
	nodes   []uint32
	read    int  // how many nodes were read
	series  bool // includes DEPRECATED claims and claims about less than the field asks for
	narrow  bool // includes claims about less than the field asks for, because the filter tests for them

	parts []parts // the latest period of each whole, if earlier ones are left out

	rules []vocabulary.Rule // of the claims that were distinguished last

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

// cut removes the links to the next node from the unread links and returns them.
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
	// The next part of the run may have more links to the node.
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

// next returns the edges to the next node, or nil after the last. They are valid until the next call.
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
		// Skip literals: they are values of a property of the same name in another type. Several types may declare
		// a relation with one name, so an inverse skips subjects that are not of the field's target type.
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

// collect returns the edges of a relation that is read from several runs, in the order of the nodes' ids.
func (v *View) collect(entity uint32, f *schema.Field) []Edge {
	all := []Edge{}
	if f.Kind == schema.Derived {
		// The claims along the way are not about this entity, so its existence is checked separately.
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

// collectClaims returns the edges from the claims of the entity, and with inverse also from the claims about it.
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
// node. Claims of the entity precede claims that the node reports about it.
func (g *groups) distinct(group []Edge) []Edge {
	if len(group) < 2 {
		return group
	}
	v := g.v
	// All claims of one subject are of the same field.
	rules := g.rules
	if rules == nil || g.inverse || g.edges != nil {
		rules = v.rulesOf(group[0].Claim)
		g.rules = rules
	}
	var room [16]uint64
	var known lists.Finder
	signatures := room[:0] // of the kept edges
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

// Values appends to dst the claims that a property of many values shows: for each value the best
// claim. A property of observations shows the latest claim for each unit and set of distinct
// qualifiers. It never shows DEPRECATED claims or claims about less than the field asks for.
func (v *View) Values(entity uint32, f *schema.Field, dst []uint32) []uint32 {
	start := len(dst)
	var room [16]uint64
	var known lists.Finder
	signatures := room[:0] // of the kept claims
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

// slot returns a hash that is equal for claims that are sameSlot, and rarely for others.
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

// sameSlot reports whether two claims of a property of many values answer the same question, so
// that only the better claim is shown.
func (v *View) sameSlot(f *schema.Field, a, b uint32) bool {
	x, y := v.s.Value(a), v.s.Value(b)
	if f.Time == schema.Observation {
		return v.sameQualifiers(Edge{Claim: a}, Edge{Claim: b}, v.rulesOf(a)) && (f.Scalar != schema.Quantity || x.Text() == y.Text())
	}
	return x == y
}
