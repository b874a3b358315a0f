package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// claimValue returns the value of a field of a claim, or the zero Value if the claim has none.
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

// Cell is a value as it is stored in memory. Kind says whether Snapshot.TextIn or Snapshot.ValueOf
// reads it. The Bits of an entity are its number, the Bits of an int the int.
type Cell = dense.Cell

// QualifierOf returns the value of a qualifier of an edge's claim; a cell of NoKind if the claim lacks it.
func (s *Snapshot) QualifierOf(e Edge, q *schema.Qualifier) Cell {
	return qualifierIn(s.Graph, e, memory.QualifierOf(q))
}

// Recorded returns the sequence number that recorded the claim, and the one that withdrew it as far
// as the view knows, or 0 if none did.
func (v *View) Recorded(n uint32) (recorded, withdrawn graph.Seq) {
	recorded = graph.Seq(v.s.Rows.Ref(n).Seq)
	if e := graph.Seq(v.s.Ended.At(n)); e <= v.known {
		withdrawn = e
	}
	return recorded, withdrawn
}
