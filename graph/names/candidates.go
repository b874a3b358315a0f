package names

import (
	"slices"
	"sync"
)

// candidate is an entity found, by the best of its names so far.
type candidate struct {
	entity, claim uint32
	original      bool
	kind          MatchKind
	score         int16
	prominence    uint16
	word, words   uint8 // as in Match
	wording       bool  // by a source's wording for the object of a relation
	doubtful      bool  // it may match by chance
	lesser        bool  // the entity has a better one
}

// room is the memory of one search, used again by others: an array by entity
// beats a map where a letter finds every tenth name.
type room struct {
	// By entity, the indexes in found + 1: of the best by its own names, and of the best by wordings, which
	// must not displace it before it is known whether they count.
	slots [][2]uint32
	found []candidate
	// The names that are considered together, and what has them.
	refs  [nearby]Ref
	named [nearby]Named
}

var rooms sync.Pool

func roomFor(entities int) *room {
	r, ok := rooms.Get().(*room)
	if !ok || len(r.slots) < entities {
		return &room{slots: make([][2]uint32, entities+entities/8)}
	}
	return r
}

func (s *searcher) giveBack() {
	for i := range s.room.found {
		s.room.slots[s.room.found[i].entity] = [2]uint32{}
	}
	s.room.found = s.room.found[:0]
	rooms.Put(s.room)
}

// best is the candidate for the entity so far, by its own names or by wordings; nil if there is none.
func (r *room) best(entity uint32, wording bool) *candidate {
	if i := *r.slot(entity, wording); i > 0 {
		return &r.found[i-1]
	}
	return nil
}

func (r *room) slot(entity uint32, wording bool) *uint32 {
	if wording {
		return &r.slots[entity][1]
	}
	return &r.slots[entity][0]
}

func (r *room) put(c candidate) {
	if was := r.best(c.entity, c.wording); was != nil {
		*was = c
		return
	}
	r.found = append(r.found, c)
	*r.slot(c.entity, c.wording) = uint32(len(r.found))
}

// namedBy is what has a name.
func (s *searcher) namedBy(ref Ref) Named {
	s.room.refs[0] = ref
	s.graph.Named(s.room.named[:1], s.room.refs[:1])
	return s.room.named[0]
}

// consider takes the candidate that a name makes its entity.
func (s *searcher) consider(ref Ref, c candidate) { s.considerNamed(ref, s.namedBy(ref), c) }

// needless reports whether the entity is not sought, or has a better match than one of this score.
func (s *searcher) needless(named Named, score int16) bool {
	if s.sought != nil && !s.sought[named.Type] {
		return true
	}
	was := s.room.best(named.Entity, named.Object)
	return was != nil && !was.doubtful && was.score > score
}

// considerNamed takes the candidate for its entity unless the entity has a
// better one already, the view does not show it, or its score falls to 0.
func (s *searcher) considerNamed(ref Ref, named Named, c candidate) {
	c.entity, c.claim, c.original = named.Entity, ref.Claim, ref.Original
	if named.Object {
		c.score -= lessWording
		c.wording = true
	}
	if s.source[named.Type] {
		c.score -= lessSource
	}
	was := s.room.best(c.entity, c.wording)
	if s.needless(named, c.score) || was != nil && c.doubtful && !was.doubtful {
		return
	}
	visibility := s.graph.Visibility(ref.Claim)
	switch visibility {
	case Hidden:
		return
	case Past:
		c.score -= lessPast
	}
	if c.score <= 0 {
		return
	}
	if was != nil && preferred(&c, was) || was == nil && (visibility == Current || s.graph.Exists(c.entity)) {
		s.room.put(c)
	}
}

// keepWordings takes away what a source's wording names that is the name of another thing,
// unless the two are linked: Beijing is written for China, but not for a summit. Of an entity found by its own
// names and by wordings it keeps the better one.
func (s *searcher) keepWordings() {
	var exact, worded []*candidate
	for i := range s.room.found {
		switch c := &s.room.found[i]; {
		case c.wording:
			worded = append(worded, c)
		case c.kind == MatchExact:
			exact = append(exact, c)
		}
	}
	if len(worded) == 0 {
		return
	}
	for _, c := range worded {
		others, linked := 0, false
		for _, x := range exact {
			if x.entity != c.entity {
				others++
				linked = linked || s.graph.Linked(c.entity, x.entity)
			}
		}
		c.doubtful = c.doubtful || others > 0 && !linked
		if own := s.room.best(c.entity, false); own != nil {
			own.lesser = preferred(c, own)
			c.lesser = !own.lesser
		}
	}
	s.room.found = slices.DeleteFunc(s.room.found, func(c candidate) bool { return c.lesser })
}

// sameNames lets what sounds like the text rank with what is linked with it and has the text as a name: a port and the
// city that it serves have one name in different romanisations.
func (s *searcher) sameNames() {
	for i := range s.room.found {
		named := &s.room.found[i]
		if named.kind != MatchExact || named.doubtful {
			continue
		}
		for j := range s.room.found {
			if c := &s.room.found[j]; c.kind == MatchTransliterated && c.score == scoreWhole-lessSound && !c.doubtful && s.graph.Linked(named.entity, c.entity) {
				c.score = named.score
			}
		}
	}
}

// preferred reports whether a candidate for an entity is to be shown rather
// than another.
func preferred(a, b *candidate) bool {
	switch {
	case a.doubtful != b.doubtful:
		return b.doubtful
	case a.score != b.score:
		return a.score > b.score
	case max(a.kind, MatchWord) != max(b.kind, MatchWord):
		return a.kind < b.kind // as written rather than as it sounds
	case a.claim != b.claim:
		return a.claim < b.claim
	case a.original != b.original:
		return b.original
	case a.word != b.word:
		return a.word < b.word
	}
	return a.words > b.words
}
