package analysis

import (
	"context"
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/question"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// Spell is a value of a field and the time for which it held.
type Spell struct {
	// Claims state the value for that time; the one that gives it most exactly comes first.
	Claims []uint32
	Time   graph.Interval
}

// History returns the values that a stored field of an entity had, in order of time: those that the view shows or would
// have shown on an earlier day. Claims that agree are one spell; claims without dates join the spell that they may be of.
// Deprecated claims are left out.
func History(ctx context.Context, v *snapshot.View, subject graph.ID, predicate string) ([]Spell, error) {
	var f question.Faults
	entity := f.Entity(v, "subject", subject)
	s := v.Snapshot()
	f.Predicate(s.Ontology(), "predicate", predicate)
	if err := f.Err(); err != nil {
		return nil, err
	}
	var all []Moment
	w := walk{ctx: ctx}
	v.History(entity, false, func(n uint32) bool {
		if s.Predicate(n) == predicate && s.Rank(n) != graph.Deprecated {
			all = append(all, MomentOf(s, n))
		}
		return w.tick()
	})
	slices.SortFunc(all, func(a, b Moment) int { return a.Compare(s, b) })
	inList := map[uint32]bool{}
	for _, m := range all {
		inList[m.Claim] = true
	}
	var spells []Spell
	for _, m := range all {
		if !w.tick() {
			return nil, w.err
		}
		if !inList[m.Claim] {
			continue
		}
		x := Spell{Claims: []uint32{m.Claim}, Time: v.Exactly(m.Claim)}
		delete(inList, m.Claim)
		for _, n := range v.Agreeing(m.Claim, nil) {
			if inList[n] {
				x.Claims = append(x.Claims, n)
				delete(inList, n)
			}
		}
		spells = append(spells, x)
	}
	return spells, ctx.Err()
}
