package analysis

import (
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// link leads from an entity to another, by a relation in one direction, with the best claim for it.
type link struct {
	tie
	claim     uint32
	symmetric bool
	cost      float64
}

// tie identifies one of the links of an entity.
type tie struct {
	to uint32
	// relation is the claim's predicate. qualifier is the qualifier that has the entity, if it is not the
	// claim's object. Both are numbers in words.
	relation, qualifier uint16
	inverse             bool
}

// words numbers the names of relations and qualifiers; 0 means none.
type words []string

func (w *words) number(name string) uint16 {
	// There are few words, and usually the name is the last one.
	for i, x := range *w {
		if x == name {
			return uint16(i)
		}
	}
	*w = append(*w, name)
	return uint16(len(*w) - 1)
}

// linker says which links of entities to read.
type linker struct {
	v *snapshot.View
	s *snapshot.Snapshot
	// relations are the predicates to follow, sorted; nil means all.
	relations []string
	// keeps reports whether a link to an entity is read.
	keeps func(to uint32) bool
	words words
}

// followed returns the predicates to follow as View.Claims takes them.
func (l *linker) followed() []string {
	if l.relations == nil {
		return []string{""}
	}
	return l.relations
}

// linksOf returns the links of an entity. It reads them once.
func (w *connector) linksOf(x uint32) []link {
	if l, ok := w.links[x]; ok {
		return l
	}
	r := linkReader{w: &w.linker, x: x}
	for _, inverse := range [...]bool{false, true} {
		for _, relation := range w.followed() {
			w.v.Claims(x, relation, inverse, func(n uint32) bool { r.take(n, inverse); return w.tick() })
		}
	}
	qualifiedBy(w.v, x, func(n uint32) bool { r.takeQualified(n); return w.tick() })
	if w.spent || w.err != nil {
		return nil // because an unread claim might be the better one
	}
	for i := range r.list {
		r.list[i].cost = -math.Log(surely(w.s, r.list[i].claim))
	}
	w.links[x] = r.list
	return r.list
}

// qualifiedBy calls fn with every claim that names the entity in a qualifier and that lists show, in record order,
// until fn returns false.
func qualifiedBy(v *snapshot.View, entity uint32, fn func(n uint32) bool) {
	s, interrupt := v.Snapshot(), v.Interrupt()
	for n := range s.Cited.At(entity).All() {
		if interrupt != nil && interrupt.Step() {
			return
		}
		for _, e := range s.QualifierEntities(n) {
			if e == entity {
				if v.Lists(n) && !fn(n) {
					return
				}
				break
			}
		}
	}
}

type linkReader struct {
	w    *linker
	x    uint32
	list []link
	// at finds the links whose claims are not adjacent: those of symmetric relations, which either side may
	// state, and those by qualifiers, which may be anywhere.
	at        map[tie]int
	last      int    // the last of the other links
	predicate string // the last one seen
	relation  uint16 // its number
	symmetric bool   // whether some type declares it symmetric
	single    bool   // whether it leads to one entity of some type
	// The subject whose relation of one value was read last, and the claim that the relation shows.
	of, shown uint32
}

// take adds the links of one claim about the entity.
func (r *linkReader) take(n uint32, inverse bool) {
	s := r.w.s
	to := s.Object(n)
	// If the view selects other sources, a source's claims about itself are in no list.
	if to == snapshot.None && !namesEntity(s, n) || s.Source(n) == s.Subject(n) && !r.w.v.Lists(n) {
		return
	}
	r.see(s.Predicate(n))
	if r.single && !r.shows(n) {
		return
	}
	if to != snapshot.None {
		if inverse {
			to = s.Subject(n)
		}
		symmetric := r.symmetric && s.Field(n) != nil && s.Field(n).Symmetric
		r.add(link{tie: tie{to: to, relation: r.relation, inverse: inverse && !symmetric}, claim: n, symmetric: symmetric})
	}
	if !inverse {
		for name, to := range s.QualifierEntities(n) {
			r.add(link{tie: tie{to: to, relation: r.relation, qualifier: r.w.words.number(name)}, claim: n})
		}
	}
}

// namesEntity reports whether a qualifier of the claim names an entity.
func namesEntity(s *snapshot.Snapshot, n uint32) bool {
	for range s.QualifierEntities(n) {
		return true
	}
	return false
}

// takeQualified adds the links of one claim that names the entity in a qualifier.
func (r *linkReader) takeQualified(n uint32) {
	s := r.w.s
	predicate := s.Predicate(n)
	if r.w.relations != nil && !slices.Contains(r.w.relations, predicate) {
		return
	}
	r.see(predicate)
	if r.single && !r.shows(n) {
		return
	}
	for name, e := range s.QualifierEntities(n) {
		if e == r.x {
			r.add(link{tie: tie{to: s.Subject(n), relation: r.relation, qualifier: r.w.words.number(name), inverse: true}, claim: n})
		}
	}
}

// see records the predicate of the claim being read; claims are ordered by it.
func (r *linkReader) see(predicate string) {
	if predicate == r.predicate {
		return
	}
	r.predicate, r.relation, r.symmetric, r.single, r.of = predicate, r.w.words.number(predicate), false, false, snapshot.None
	for _, f := range r.w.s.Ontology().Predicate(predicate) {
		r.symmetric = r.symmetric || f.Symmetric
		r.single = r.single || f.Single()
	}
}

// shows reports whether the subject's field shows the claim if it is a relation of one value. So an entity is
// linked with one capital, from whichever end the search comes.
func (r *linkReader) shows(n uint32) bool {
	s := r.w.s
	subject, f := s.Subject(n), s.Field(n)
	if !f.Single() {
		return true
	}
	if subject != r.of {
		r.of, r.shown = subject, snapshot.None
		if e, ok := r.w.v.One(subject, f); ok {
			r.shown = e.Claim
		}
	}
	return n == r.shown
}

// add adds a link that passes the filters, or another claim of a link that exists already.
func (r *linkReader) add(k link) {
	if k.to == r.x || !r.w.keeps(k.to) {
		return
	}
	end := len(r.list)
	if k.symmetric || k.qualifier != 0 {
		if at, ok := r.at[k.tie]; ok {
			r.prefer(at, k.claim)
			return
		}
		if r.at == nil {
			r.at = map[tie]int{}
		}
		r.at[k.tie] = end
	} else if r.last < end && r.list[r.last].tie == k.tie {
		// Claims are ordered by predicate and then by the entity to which they lead, so the claims of one link
		// are adjacent.
		r.prefer(r.last, k.claim)
		return
	} else {
		r.last = end
	}
	r.list = append(r.list, k)
}

// prefer makes a claim the one of a link if it is better.
func (r *linkReader) prefer(at int, n uint32) {
	if r.w.surer(n, r.list[at].claim) {
		r.list[at].claim = n
	}
}

// surer reports whether claim a is shown instead of claim b for the same link: first a claim that is not
// DEPRECATED, then the higher confidence, then one that certainly holds, then the id.
func (l *linker) surer(a, b uint32) bool {
	s := l.s
	if x, y := s.Rank(a) == graph.Deprecated, s.Rank(b) == graph.Deprecated; x != y {
		return y
	}
	if x, y := s.Confidence(a), s.Confidence(b); x != y {
		return x > y
	}
	if x, y := l.v.Holds(a), l.v.Holds(b); x != y {
		return x > y
	}
	x, y := s.ClaimID(a), s.ClaimID(b)
	return string(x[:]) < string(y[:])
}
