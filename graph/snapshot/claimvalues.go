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
	switch f {
	case "holds":
		return graph.StringValue(v.Holds(n).String())
	case "basis":
		if b := v.Reading(n).Basis.String(); b != "" {
			return graph.StringValue(b)
		}
	case "distance":
		if d := v.Reading(n).Distance; d >= 0 {
			return graph.IntValue(d)
		}
	case filter.RecordedOrder:
		return graph.IntValue(int64(n))
	default:
		return v.s.ClaimField(n, string(f))
	}
	return graph.Value{}
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
