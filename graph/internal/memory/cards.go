package memory

import (
	"iter"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/cards"
	"github.com/caspian-kg/caspian/schema"
)

// A card has what the properties of one value show of an entity in every view that shows all of the
// newest claims of a confidence, on any day on which all entities exist: where at most one claim
// without dates may show. The others are not on the card, and are read from their claims.

// cardsMost bounds the memory of all cards, in bytes.
const cardsMost = 64 << 20

// Write appends the value of a claim as a property of the scalar shows it.
type Write func(dst []byte, n uint32, as schema.Scalar) ([]byte, error)

// Card returns the card of an entity; nil if there is none. wanted says that one should be made.
func (s *Graph) Card(entity uint32) (c cards.Card, wanted bool) {
	return s.w.cards.Of(entity, s.version(entity))
}

func (s *Graph) version(entity uint32) cards.Version {
	return cards.Version{Claims: uint32(s.Out.Ref(entity).Len()), Withdrawn: s.Lost.At(entity)}
}

// MakeCard makes the card of an entity; nil if there is no room.
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
			if p != s.NamePredicate { // a name falls back to another
				w.Add(p, ^uint16(0), func(dst []byte) ([]byte, error) { return dst, nil })
			}
		case p == s.NamePredicate && (!s.Named.Ref(entity).One() || s.Named.Ref(entity).Claim != n+1):
		default:
			w.Add(p, s.Rows.Ref(n).Confidence, func(dst []byte) ([]byte, error) { return write(dst, n, f.Scalar) })
		}
	}
}

// only is the claim of a predicate that plain fields of the entity may show, None if there is none; ok
// is false if a day decides which.
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

// TouchCards begins to read the cards of entities, and of those without a card the claims.
func (s *Graph) TouchCards(entities iter.Seq[uint32]) (x uint) {
	for n := range entities {
		x += uint(s.Out.Ref(n).Len()) // for its version
	}
	claims := s.TouchClaims(s.w.cards.Touch(entities, &x))
	return x + claims
}
