package memory

import (
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
)

// Kinds returns the rules of the predicates, by their numbers.
func (s *Graph) Kinds() *vocabulary.Predicates { return s.w.kindsOf(s) }

// kindsOf returns the table of rules. It is made again when predicates were added; the writer only adds them at
// the end, and the ontology never changes.
func (w *writer) kindsOf(s *Graph) *vocabulary.Predicates {
	if ks := w.kinds.Load(); ks != nil && len(ks.Of) >= len(s.Predicates.List) {
		return ks
	}
	ks := vocabulary.PredicatesOf(s.o, s.Predicates.List, len(s.fields), s.TypesOf)
	w.kinds.Store(ks)
	return ks
}

// Beside returns the budget for what readers cache for the chunks of long lists.
func (s *Graph) Beside() *dense.Budget { return s.w.beside }

// RelationsNamed returns the relations that have the name, or whose inverse has it.
func (s *Graph) RelationsNamed(name string) []vocabulary.Relation { return s.w.relations[name] }
