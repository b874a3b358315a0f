package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// claimValue reads a field of a claim; the zero Value where it has none.
func (v *View) claimValue(n uint32, f filter.ClaimField) graph.Value {
	s := v.s
	r := s.Rows.Ref(n)
	text := func(t string) graph.Value {
		if t == "" {
			return graph.Value{}
		}
		return graph.StringValue(t)
	}
	switch f {
	case "id":
		return text(r.ID.String())
	case "subject":
		return text(s.IDs.At(r.Subject))
	case "predicate":
		return text(s.Predicates.List[r.Predicate])
	case "object":
		if r.Kind == graph.EntityKind {
			return text(s.IDs.At(uint32(r.Value)))
		}
	case "value":
		if r.Kind != graph.EntityKind {
			return text(s.Value(n).String())
		}
	case "source":
		return text(s.IDs.At(r.Source))
	case "locator":
		return text(s.Locator(n))
	case "confidence":
		return graph.FloatValue(s.Confidence(n))
	case "rank":
		return text(r.Rank.String())
	case "attribution":
		return text(r.Attribution.String())
	case "attributedTo":
		return text(s.Details(n).AttributedTo)
	case "holds":
		return text(v.Holds(n).String())
	case "basis":
		return text(v.Reading(n).Basis.String())
	case "distance":
		if d := v.Reading(n).Distance; d >= 0 {
			return graph.IntValue(d)
		}
	case "validFrom":
		return bound(s.Valid(n).From, graph.OpenStart)
	case "validTo":
		return bound(s.Valid(n).To, graph.OpenDate)
	case "original":
		return text(s.Details(n).Original)
	case "conflict":
		return text(s.Details(n).Conflict)
	case "note":
		return text(s.Details(n).Note)
	case "recordedSequence":
		return graph.IntValue(int64(r.Seq))
	case filter.RecordedOrder:
		return graph.IntValue(int64(n))
	}
	return graph.Value{}
}

// bound is an end of a valid time: missing where nobody states it.
func bound(d, open graph.Date) graph.Value {
	switch d.Precision() {
	case graph.Unknown:
		return graph.Value{}
	case graph.Open:
		return graph.DateValue(open)
	}
	return graph.DateValue(d)
}

// Cell is a value as it is laid out in memory. Kind says which of Snapshot.TextIn and
// Snapshot.ValueOf reads it; the Bits of an entity are its number, those of an int the int.
type Cell = dense.Cell

// QualifierOf is the value of a qualifier of an edge's claim; of NoKind where it has none.
func (s *Snapshot) QualifierOf(e Edge, q *schema.Qualifier) Cell {
	return qualifierIn(s.Graph, e, memory.QualifierOf(q))
}

// Recorded is the sequence number that recorded the claim, and the one that
// withdrew it as far as the view knows; 0 where none did.
func (v *View) Recorded(n uint32) (recorded, withdrawn graph.Seq) {
	recorded = graph.Seq(v.s.Rows.Ref(n).Seq)
	if e := graph.Seq(v.s.Ended.At(n)); e <= v.known {
		withdrawn = e
	}
	return recorded, withdrawn
}
