package analysis

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// wander goes from entity to entity along claims in view. It reads the adjacency lists themselves, because a
// neighbourhood of three steps has tens of thousands of links.
type wander struct {
	walk
	v     *snapshot.View
	s     *snapshot.Snapshot
	ways  []way  // by number of the predicate
	types []bool // by number of the type: whether entities of the type are found
	// sources says which types are Source, whose claims about themselves need another test.
	sources   []bool
	kept      *lists32 // the others of all entities, or nil
	qualified bool     // whether entities in qualifiers lead to the subject
}

// way says how a question follows the claims of a predicate.
type way struct {
	out, in   bool
	symmetric bool // some type declares it symmetric, so that it is followed from either end
	single    bool // it leads to one entity of some type
	names     bool // a qualifier may name an entity
}

// newWander returns a wander along the relations, or all, in a direction, to entities that accept admits.
func newWander(ctx context.Context, v *snapshot.View, relations []string, to LinkDirection, admits func(t *schema.Type) bool, work int) *wander {
	s := v.Snapshot()
	w := &wander{walk: walk{ctx: ctx, work: work}, v: v, s: s, qualified: to != Outward}
	w.ways = make([]way, len(s.Predicates.List))
	for p, name := range s.Predicates.List {
		if relations != nil && !slices.Contains(relations, name) {
			continue
		}
		x := way{out: to != Inward, in: to != Outward}
		fields := s.Ontology().Predicate(name)
		x.names = len(fields) == 0 // the ontology no longer has it, so any qualifier is possible
		for _, f := range fields {
			x.symmetric = x.symmetric || f.Symmetric
			x.single = x.single || f.Single()
			x.names = x.names || slices.ContainsFunc(f.Qualifiers, func(q *schema.Qualifier) bool { return q.Target != nil })
		}
		w.ways[p] = x
	}
	for _, t := range s.TypesOf {
		w.types = append(w.types, t != nil && admits(t))
		w.sources = append(w.sources, t != nil && t.Name == schema.SourceType)
	}
	return w
}

// marks says which entities were seen: those with a number above base. It is used for one search after the
// other, and is cleared only when the numbers run out.
type marks struct {
	of   []uint32
	base uint32
}

var markPool = sync.Pool{New: func() any { return new(marks) }}

// marksFor returns marks for n entities, none of which is marked.
func marksFor(n int) *marks {
	m := markPool.Get().(*marks)
	if len(m.of) < n || m.base > math.MaxUint32/2 {
		*m = marks{of: make([]uint32, n)}
	}
	return m
}

// done returns marks to the pool; highest is the highest number that was used.
func (m *marks) done(highest uint32) {
	m.base = max(m.base, highest)
	markPool.Put(m)
}

// others appends to dst the entities to which links of x lead, except those with this mark, and marks them.
// It ends early when dst has more than most entities.
func (w *wander) others(x uint32, m *marks, mark uint32, dst []uint32, most int) []uint32 {
	if w.kept != nil {
		return w.kept.others(w, x, m, mark, dst, most)
	}
	own := w.s.IsOf(w.sources, x)
	for part := range w.s.Out.Ref(x).Parts() {
		for i := range part {
			l := &part[i]
			y := &w.ways[l.Predicate]
			if !y.out && !y.symmetric {
				continue
			}
			if !w.tick() || len(dst) > most {
				return dst
			}
			if fresh := l.Other != memory.None && m.of[l.Other] != mark && l.Other != x && (y.out || w.turns(l.Claim)); !fresh && (!y.names || !y.out) || !w.shown(x, x, l, y, own) {
				continue
			} else if fresh && w.s.IsOf(w.types, l.Other) {
				m.of[l.Other] = mark
				dst = append(dst, l.Other)
			}
			if y.names && y.out {
				dst = w.named(x, l.Claim, m, mark, dst)
			}
		}
	}
	dst = w.back(x, m, mark, dst, most)
	if w.qualified {
		qualifiedBy(w.v, x, func(n uint32) bool {
			if subject, p := w.s.Subject(n), w.s.Rows.Ref(n).Predicate; w.ways[p].in && subject != x && m.of[subject] != mark && w.s.IsOf(w.types, subject) && w.chosen(subject, n, &w.ways[p]) {
				m.of[subject] = mark
				dst = append(dst, subject)
			}
			return w.tick() && len(dst) <= most
		})
	}
	return dst
}

// back is others for the claims of which x is the object.
func (w *wander) back(x uint32, m *marks, mark uint32, dst []uint32, most int) []uint32 {
	for part := range w.s.In.Ref(x).Parts() {
		for i := range part {
			l := &part[i]
			y := &w.ways[l.Predicate]
			if !y.in && !y.symmetric {
				continue
			}
			if !w.tick() || len(dst) > most {
				return dst
			}
			if m.of[l.Other] == mark || l.Other == x || !w.s.IsOf(w.types, l.Other) || !y.in && !w.turns(l.Claim) || !w.shown(x, l.Other, l, y, w.s.IsOf(w.sources, l.Other)) {
				continue
			}
			m.of[l.Other] = mark
			dst = append(dst, l.Other)
		}
	}
	return dst
}

// turns reports whether the field of a claim is symmetric.
func (w *wander) turns(n uint32) bool {
	f := w.s.Field(n)
	return f != nil && f.Symmetric
}

// named appends the entities in the qualifiers of a claim of x.
func (w *wander) named(x, n uint32, m *marks, mark uint32, dst []uint32) []uint32 {
	for _, e := range w.s.QualifierEntities(n) {
		if e != x && m.of[e] != mark && w.s.IsOf(w.types, e) {
			m.of[e] = mark
			dst = append(dst, e)
		}
	}
	return dst
}

// shown reports whether the view shows the claim of a link of x, and the field of the subject shows it too.
func (w *wander) shown(x, subject uint32, l *memory.Link, y *way, own bool) bool {
	// If the view selects other sources, a source's claims about itself are in no list.
	return w.v.Shows(x, *l) && (!own || w.s.Source(l.Claim) != subject || w.v.Lists(l.Claim)) &&
		(!y.single || !w.s.Several(subject) && l.Plain() || w.chosen(subject, l.Claim, y))
}

// chosen reports whether the subject's field shows the claim if it is a relation of one value. So an entity is
// linked with one capital.
func (w *wander) chosen(subject, n uint32, y *way) bool {
	if !y.single {
		return true
	}
	f := w.s.Field(n)
	if !f.Single() {
		return true
	}
	e, ok := w.v.One(subject, f)
	return ok && e.Claim == n
}
