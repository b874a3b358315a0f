package snapshot

import (
	"iter"

	"github.com/caspian-kg/caspian/graph/internal/cards"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// Write appends the value of a claim as a property of the given scalar shows it. The result must depend
// on the arguments alone.
type Write = func(dst []byte, s *Snapshot, n uint32, as schema.Scalar) ([]byte, error)

// Written returns what a property of one value shows for the entity, as write appends it; "" if it
// shows nothing. The text is cached. ok is false if the caller must read the claims instead.
func (v *View) Written(entity uint32, f *schema.Field, write Write) (text string, ok bool) {
	return v.written(entity, memory.PredicateOf(f), write)
}

// WrittenName is Written for the name of an entity in a list whose properties are being read
// (TouchClaims), and WrittenID for its id.
func (v *View) WrittenName(entity uint32) (text string, ok bool) {
	return v.written(entity, v.s.NamePredicate, nil)
}

func (v *View) WrittenID(entity uint32) (text string, ok bool) {
	return v.written(entity, cards.ID, nil)
}

func (v *View) written(entity uint32, p uint16, write Write) (text string, ok bool) {
	x := v.recent
	if x == nil || !v.timeless || v.planning == never || p != cards.ID && v.kinds[p].Mixed {
		return "", false
	}
	if x.entity != entity+1 {
		if write == nil && !x.reading {
			return "", false
		}
		card, wanted := v.s.Card(entity)
		if wanted && write == nil {
			return "", false // the next property creates the card
		}
		if wanted {
			card = v.s.MakeCard(entity, func(dst []byte, n uint32, as schema.Scalar) ([]byte, error) {
				return write(dst, v.snapshot, n, as)
			})
		}
		if card != nil && card.Least() < v.minConfidence {
			card = nil
		}
		x.entity, x.card = entity+1, card
	}
	return x.card.Text(p)
}

// TouchClaims prefetches, like Touch, the claims about those entities that have few claims, or their cards.
func (v *View) TouchClaims(entities iter.Seq[uint32]) {
	switch {
	case v.interrupt == nil:
	case v.recent != nil && v.timeless:
		v.recent.reading = true
		v.interrupt.Touched += v.s.TouchCards(entities)
	default:
		v.interrupt.Touched += v.s.TouchClaims(entities)
	}
}
