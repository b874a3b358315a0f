package snapshot

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// Figures such as a share of all exports are parts of one whole. A plain list has those of the latest
// period only: a partner that the latest list leaves out would otherwise appear with its share of years before.

// parts is the latest period of the figures of one whole, which is that of the claim like: the
// qualifiers by which the relation is compared agree.
type parts struct {
	like uint32
	last graph.Day
}

// partsOf finds the latest period of each whole of which the entity's claims state parts.
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

// statesPart reports whether the claim says for a known period which part it is of the subject's whole.
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

// stale reports whether an edge states a part of the whole of an earlier period than the latest.
func (g *groups) stale(e Edge) bool {
	if e.mirror || len(g.parts) == 0 || !g.v.statesPart(e.Claim, g.f) {
		return false
	}
	i := g.v.wholeOf(g.parts, e.Claim, g.f)
	return i >= 0 && g.v.s.Valid(e.Claim).To.Last() < g.parts[i].last
}
