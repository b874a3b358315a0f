package names

import (
	"slices"
	"sync"
)

// candidate is an entity that was found, with the best of its names so far.
type candidate struct {
	entity, claim uint32
	original      bool
	kind          MatchKind
	score         int16
	prominence    uint16
	word, words   uint8 // see Match
	wording       bool  // found by a source's wording for the object of a relation
	doubtful      bool  // the match may be by chance
	lesser        bool  // the entity has a better candidate
}

// room is the memory of one search, which later searches reuse. Its array by entity is faster than a map if a
// letter finds a tenth of all names.
type room struct {
	// For each entity, two indexes in found + 1: of the best candidate by its own names, and of the best by
	// wordings. They are separate, because wordings may turn out not to count.
	slots [][2]uint32
	found []candidate
	// The names that are considered together, and the entities that have them.
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

// best returns the entity's best candidate so far, by its own names or by wordings, or nil if there is none.
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

// namedBy returns the entity that has a name.
func (s *searcher) namedBy(ref Ref) Named {
	s.room.refs[0] = ref
	s.graph.Named(s.room.named[:1], s.room.refs[:1])
	return s.room.named[0]
}

// consider considers a candidate for the entity that has a name.
func (s *searcher) consider(ref Ref, c candidate) { s.considerNamed(ref, s.namedBy(ref), c) }

// needless reports whether the entity is not sought, or already has a candidate with a higher score.
func (s *searcher) needless(named Named, score int16) bool {
	if s.sought != nil && !s.sought[named.Type] {
		return true
	}
	was := s.room.best(named.Entity, named.Object)
	return was != nil && !was.doubtful && was.score > score
}

// considerNamed adds a candidate for the entity, unless the entity already has a better one, the view does not
// show it, or its score falls to 0.
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

// keepWordings removes candidates by wordings if the wording is also the name of another entity that is not
// linked with the candidate's: some sources write Beijing for China, but not for a summit. If an entity was
// found both by its own names and by wordings, it keeps the better candidate.
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

// sameNames raises an entity whose name sounds like the text if a linked entity has the text as a name, because both
// may have one name in different romanisations, such as a port and the city that it serves.
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

// preferred reports whether candidate a is shown instead of candidate b for the same entity.
func preferred(a, b *candidate) bool {
	switch {
	case a.doubtful != b.doubtful:
		return b.doubtful
	case a.score != b.score:
		return a.score > b.score
	case max(a.kind, MatchWord) != max(b.kind, MatchWord):
		return a.kind < b.kind // a match by spelling before one by sound
	case a.claim != b.claim:
		return a.claim < b.claim
	case a.original != b.original:
		return b.original
	case a.word != b.word:
		return a.word < b.word
	}
	return a.words > b.words
}
