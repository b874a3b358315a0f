package memory

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/cards"
)

// Fork returns a graph with the same content that begins a separate line: what is applied to it does not show in
// s, nor in the snapshots after s, and these may be advanced at the same time. The commits of a fork are
// hypothetical: they are in no log, and their claims precede those of s. A fork shares with s all that its commits
// do not change, so its cost depends on these alone. s must not be a fork itself. layers
// are the names of the scenarios of the commits, in order.
func (s *Graph) Fork(layers ...string) *Graph {
	f := *s
	f.IDs, f.Types, f.Rows, f.QualifierRows = s.IDs.Fork(), s.Types.Fork(), s.Rows.Fork(), s.QualifierRows.Fork()
	f.Texts, f.Times, f.Extras = s.Texts.Fork(), s.Times.Fork(), s.Extras.Fork()
	f.gone, f.back, f.imports, f.merges, f.commits = s.gone.Fork(), s.back.Fork(), s.imports.Fork(), s.merges.Fork(), s.commits.Fork()
	// A fork has no cards: those of s are for other claims, and few entities of a fork are read often.
	f.w = &writer{relations: s.w.relations, beside: s.w.beside, cards: cards.New(0), base: s, layers: layers, tip: &f}
	f.w.forget()
	// A later snapshot may have added predicates, whose numbers the fork may give to others.
	if ks := s.w.kinds.Load(); ks != nil && len(ks.Of) == len(s.Predicates.List) {
		f.w.kinds.Store(ks)
	}
	f.w.values, f.ValueIndexes = s.ValueIndexes.Fork(indexed{&f})
	f.facts, f.guard = uint32(s.seq), guard{}
	return &f
}

// Base returns the graph from which the line of s was forked, or nil if it was not.
func (s *Graph) Base() *Graph { return s.w.base }

// layer returns the number of the fork's commit that states a claim, counted from 1; 0 for a fact.
func (s *Graph) layer(r *Row) uint32 {
	if r.Seq <= s.facts {
		return 0
	}
	return r.Seq - s.facts
}

var rankOrder = [...]int{graph.Preferred: 0, graph.Normal: 1, graph.Deprecated: 2}

// CompareRanks returns a negative number if claim a precedes claim b because it is of a later scenario, or else by
// its rank. It is 0 for claims of one scenario, or of none, with one rank.
func (s *Graph) CompareRanks(a, b *Row) int {
	if max(a.Seq, b.Seq) > s.facts && s.layer(a) != s.layer(b) {
		return cmp.Compare(s.layer(b), s.layer(a))
	}
	return rankOrder[a.Rank] - rankOrder[b.Rank]
}

// ScenarioOf returns the name of the scenario that states a claim, or "" for a fact.
func (s *Graph) ScenarioOf(n uint32) string {
	if l := int(s.layer(s.Rows.Ref(n))); l > 0 && l <= len(s.w.layers) {
		return s.w.layers[l-1]
	}
	return ""
}

// forkLosses counts the claims that forks withdrew.
var forkLosses atomic.Uint32

// losses returns the value after n of Lost for an entity of which one more claim is withdrawn. What is cached for
// a list belongs to such a value, and forks share lists with other graphs, so each withdrawal in a fork gets a
// value that no other has.
func (s *Graph) losses(n uint32) uint32 {
	if s.w.base == nil {
		return n + 1
	}
	return 1<<31 | forkLosses.Add(1)&(1<<31-1)
}

// Scenarios returns the scenarios in the order of their names. The list must not be changed.
func (s *Graph) Scenarios() []graph.Scenario { return s.scenarios }

// Scenario returns the scenario with a name.
func (s *Graph) Scenario(name string) (sc graph.Scenario, ok bool) {
	i, ok := slices.BinarySearchFunc(s.scenarios, name, byScenario)
	if ok {
		sc = s.scenarios[i]
	}
	return sc, ok
}

func byScenario(sc graph.Scenario, name string) int { return strings.Compare(sc.Name, name) }

// suppose records what a scenario has from now on; nil changes nothing.
func (s *Graph) suppose(sc *graph.Scenario) {
	if sc == nil {
		return
	}
	list := slices.Clone(s.scenarios)
	i, have := slices.BinarySearchFunc(list, sc.Name, byScenario)
	switch {
	case sc.Lines == "" && have:
		list = slices.Delete(list, i, i+1)
	case sc.Lines == "":
	case have:
		list[i] = *sc
	default:
		list = slices.Insert(list, i, *sc)
	}
	s.scenarios = list
}
