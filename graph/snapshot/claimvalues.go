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
	case filter.IndependentSources:
		return graph.IntValue(int64(v.IndependentSources(n)))
	case filter.NumberValue, filter.TextValue, filter.DateValue, filter.BooleanValue:
		if val := v.s.Value(n); f.Has(val.Kind()) {
			return val
		}
	default:
		return v.s.ClaimField(n, string(f))
	}
	return graph.Value{}
}

// IndependentSources returns how many sources in view state the same as a claim, with its own source. Those of one
// publisher count once, and a source that takes the place of a missing citation does not count.
func (v *View) IndependentSources(n uint32) int {
	publisher := v.s.Ontology().Type(schema.SourceType).Field("publisher")
	distinct := map[string]bool{}
	for _, c := range append(v.Agreeing(n, nil), n) {
		source := v.s.Source(c)
		by := "source " + v.s.IDs.At(source)
		if publisher != nil {
			if of := v.bestClaim(source, publisher); of != memory.None {
				by = v.s.Value(of).String()
			}
		}
		if !v.hasValue(source, "unsourced", "true") {
			distinct[by] = true
		}
	}
	return len(distinct)
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
