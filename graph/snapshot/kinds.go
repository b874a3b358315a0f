package snapshot

import (
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
	"github.com/caspian-kg/caspian/schema"
)

// kindsOf makes the table once for each list of predicates; the ontology never
// changes and predicates are only added, by the one writer, at the end.
func (w *writer) kindsOf(s *Snapshot) *vocabulary.Predicates {
	if ks := w.kinds.Load(); ks != nil && len(ks.Of) >= len(s.predicates.List) {
		return ks
	}
	ks := vocabulary.PredicatesOf(s.o, s.predicates.List, len(s.fields), s.typesOf)
	w.kinds.Store(ks)
	return ks
}

func (v *View) timing(r *row) schema.Timing {
	return v.kinds[r.predicate].TimingOf(v.s.types.At(r.subject))
}
