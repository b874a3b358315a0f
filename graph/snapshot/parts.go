package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// Figures such as shares of all exports are parts of one whole. A plain list has only those of the latest
// period; otherwise a partner that the latest period leaves out would appear with its share of an earlier year.

// parts is the latest period with figures of one whole. The whole is that of the claim like, whose
// qualifiers for comparing the relation agree.
type parts struct {
	like uint32
	last graph.Day
}

// partsOf returns the latest period for each whole of which the entity's claims state parts.
func (v *View) partsOf(entity uint32, f *schema.Field, narrow bool) (all []parts) {
	for l := range v.s.OutRun(entity, memory.PredicateOf(f)).All() {
		if v.stop() {
			return all
		}
		if l.Other == memory.None || l.Rank == graph.Deprecated || !narrow && l.Valid&memory.Narrow != 0 || !v.statesPart(l.Claim, f) || !v.Shows(entity, l) {
			continue
		}
		last := v.s.Valid(l.Claim).To.Last()
		if i := v.wholeOf(all, l.Claim, f); i < 0 {
			all = append(all, parts{l.Claim, last})
		} else {
			all[i].last = max(all[i].last, last)
		}
	}
	return all
}

// statesPart reports whether the claim states a part of the subject's whole for a known period.
func (v *View) statesPart(n uint32, f *schema.Field) bool {
	return v.s.Valid(n).To.Known() && slices.ContainsFunc(f.Mirror.Of.Mirror.Own, func(q *schema.Qualifier) bool {
		return v.s.ClaimQualifier(n, memory.QualifierOf(q)).Kind != graph.NoKind
	})
}

func (v *View) wholeOf(all []parts, n uint32, f *schema.Field) int {
	return slices.IndexFunc(all, func(p parts) bool {
		return !slices.ContainsFunc(f.Mirror.Same, func(q *schema.Qualifier) bool {
			name := memory.QualifierOf(q)
			return !v.s.SameCell(v.s.ClaimQualifier(p.like, name), v.s.ClaimQualifier(n, name))
		})
	})
}

// stale reports whether an edge states a part of a whole for a period before the latest.
func (g *groups) stale(e Edge) bool {
	if e.mirror || len(g.parts) == 0 || !g.v.statesPart(e.Claim, g.f) {
		return false
	}
	i := g.v.wholeOf(g.parts, e.Claim, g.f)
	return i >= 0 && g.v.s.Valid(e.Claim).To.Last() < g.parts[i].last
}
