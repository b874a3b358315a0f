package memory

import (
	"iter"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/cards"
	"github.com/caspian-kg/caspian/schema"
)

// An entity's card has the properties of one value that have at most one claim to show, without dates. Their
// text is the same in every view that shows all current claims of the card's confidence, on any day on which
// all entities exist. Other properties are not on the card and are read from their claims.

// cardsMost bounds the memory of all cards, in bytes.
const cardsMost = 64 << 20

// Write appends the value of a claim as a property of the given scalar shows it.
type Write func(dst []byte, n uint32, as schema.Scalar) ([]byte, error)

// Card returns the card of an entity, or nil if there is none. wanted is true if the caller should make one.
func (s *Graph) Card(entity uint32) (c cards.Card, wanted bool) {
	return s.w.cards.Of(entity, s.version(entity))
}

func (s *Graph) version(entity uint32) cards.Version {
	return cards.Version{Claims: uint32(s.Out.Ref(entity).Len()), Withdrawn: s.Lost.At(entity)}
}

// MakeCard makes the card of an entity. It returns nil if there is no room.
func (s *Graph) MakeCard(entity uint32, write Write) cards.Card {
	w := cards.NewWriter()
	s.writeCard(w, entity, write)
	return s.w.cards.Keep(entity, s.version(entity), w)
}

func (s *Graph) writeCard(w *cards.Writer, entity uint32, write Write) {
	id := func(dst []byte) ([]byte, error) { return append(dst, s.IDs.At(entity)...), nil }
	w.Add(cards.ID, ^uint16(0), id)
	t := s.Type(entity)
	if t == nil {
		return
	}
	for _, f := range t.Fields {
		if f.Kind != schema.Property || f.Many || f.Scalar == schema.Quantity || f.Scalar == schema.Coordinates {
			continue
		}
		p := PredicateOf(f)
		n, ok := s.only(entity, p)
		switch {
		case !ok:
		case n == None || s.Rows.Ref(n).Kind == graph.NoneKind:
			if p != s.NamePredicate { // because a name may fall back to another text
				w.Add(p, ^uint16(0), func(dst []byte) ([]byte, error) { return dst, nil })
			}
		case p == s.NamePredicate && (!s.Named.Ref(entity).One() || s.Named.Ref(entity).Claim != n+1):
		default:
			w.Add(p, s.Rows.Ref(n).Confidence, func(dst []byte) ([]byte, error) { return write(dst, n, f.Scalar) })
		}
	}
}

// only returns the single claim of a predicate that plain fields of the entity may show, or None if there is
// none. ok is false if the claim depends on the day.
func (s *Graph) only(entity uint32, p uint16) (claim uint32, ok bool) {
	if s.Kinds().Of[p].Mixed {
		return None, false
	}
	claim = None
	for l := range s.OutRun(entity, p).All() {
		if !l.Plain() || !s.Live(l.Claim) {
			continue
		}
		if claim != None || l.Valid != 0 {
			return None, false
		}
		claim = l.Claim
	}
	return claim, true
}

// TouchCards prefetches the cards of entities, and the claims of entities without a card.
func (s *Graph) TouchCards(entities iter.Seq[uint32]) (x uint) {
	for n := range entities {
		x += uint(s.Out.Ref(n).Len()) // prefetched for the version
	}
	claims := s.TouchClaims(s.w.cards.Touch(entities, &x))
	return x + claims
}
