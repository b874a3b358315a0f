package analysis

import (
	"math"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// link is one way on from an entity: to another, by a relation in one
// direction, and the claim that says so best.
type link struct {
	tie
	claim     uint32
	symmetric bool
	cost      float64
}

// tie identifies a link of an entity.
type tie struct {
	to uint32
	// relation is the claim's predicate; qualifier names the one that holds
	// the entity where it is not the claim's object. Both are numbers of words.
	relation, qualifier uint16
	inverse             bool
}

// words numbers the names of relations and qualifiers; 0 is none.
type words []string

func (w *words) number(name string) uint16 {
	// They are few, and mostly the one before.
	for i, x := range *w {
		if x == name {
			return uint16(i)
		}
	}
	*w = append(*w, name)
	return uint16(len(*w) - 1)
}

// linksOf reads the links of an entity, once.
func (w *connector) linksOf(x uint32) []link {
	if l, ok := w.links[x]; ok {
		return l
	}
	r := linkReader{w: w, x: x}
	for _, inverse := range [...]bool{false, true} {
		for _, relation := range w.relations {
			w.v.Claims(x, relation, inverse, func(n uint32) bool { r.take(n, inverse); return w.tick() })
		}
	}
	w.v.QualifiedBy(x, func(n uint32) bool { r.takeQualified(n); return w.tick() })
	if w.spent || w.err != nil {
		return nil // what was not read might say it better
	}
	for i := range r.list {
		r.list[i].cost = -math.Log(surely(w.s, r.list[i].claim))
	}
	w.links[x] = r.list
	return r.list
}

type linkReader struct {
	w    *connector
	x    uint32
	list []link
	// at finds the links whose claims are not adjacent: symmetric ones
	// are stated from either side, and qualifiers occur anywhere.
	at        map[tie]int
	last      int    // the last link of the others
	predicate string // the last one seen
	relation  uint16 // its number
	symmetric bool   // whether some type declares it symmetric
	single    bool   // whether it leads to one entity of some type
	// The subject whose relation of one value was read last, and the claim that the
	// relation shows.
	of, shown uint32
}

// take reads one claim about the entity.
func (r *linkReader) take(n uint32, inverse bool) {
	s := r.w.s
	to := s.Object(n)
	// The claims of a source about itself are in no list if the view selects other sources.
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

// takeQualified reads one claim that names the entity by a qualifier.
func (r *linkReader) takeQualified(n uint32) {
	s := r.w.s
	predicate := s.Predicate(n)
	if r.w.o.Relations != nil && !slices.Contains(r.w.relations, predicate) {
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
		r.single = r.single || f.Kind == schema.Relation && !f.Many
	}
}

// shows reports whether the field shows the claim, where it is a relation of one:
// an entity is linked with one capital, whichever end the search comes from.
func (r *linkReader) shows(n uint32) bool {
	s := r.w.s
	subject, f := s.Subject(n), s.Field(n)
	if f == nil || f.Many || f.Kind != schema.Relation {
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

// add takes a link that the filters let pass, or another claim of one that is there.
func (r *linkReader) add(k link) {
	if k.to == r.x || k.to != r.w.from && k.to != r.w.to && slices.Contains(r.w.excluded, r.w.s.TypeName(k.to)) {
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
		// Claims are ordered by predicate and then by the entities to which they
		// lead, so those of one link are adjacent.
		r.prefer(r.last, k.claim)
		return
	} else {
		r.last = end
	}
	r.list = append(r.list, k)
}

// prefer makes a claim that of a link where it states it better.
func (r *linkReader) prefer(at int, n uint32) {
	if r.w.surer(n, r.list[at].claim) {
		r.list[at].claim = n
	}
}

// surer returns which of two claims of one link is shown: one that is not
// DEPRECATED, then the more confident, then one that surely holds, then by id.
func (w *connector) surer(a, b uint32) bool {
	s := w.s
	if x, y := s.Rank(a) == graph.Deprecated, s.Rank(b) == graph.Deprecated; x != y {
		return y
	}
	if x, y := s.Confidence(a), s.Confidence(b); x != y {
		return x > y
	}
	if x, y := w.v.Holds(a), w.v.Holds(b); x != y {
		return x > y
	}
	x, y := s.ClaimID(a), s.ClaimID(b)
	return string(x[:]) < string(y[:])
}
