package memory

import (
	"slices"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/values"
)

// IndexValues permits that indexes of values are built, for this snapshot and all later ones, when a query
// needs one. start runs build, at once or later. The indexes take at most limit bytes. What is cached for long
// lists takes at most the same again, and the cards of entities at most a quarter of limit.
func (s *Graph) IndexValues(limit int, start func(build func())) {
	s.LimitBeside(int64(limit))
	s.w.values.Run(limit, start)
}

// LimitBeside bounds the caches other than the indexes, like IndexValues.
func (s *Graph) LimitBeside(limit int64) {
	s.w.beside.Limit(limit)
	s.w.cards.Limit(limit / 4)
}

// Indexes describes the indexes of the newest snapshot.
func (s *Graph) Indexes() values.Stats {
	return s.w.values.Stats().With(s.w.beside.Used() + s.w.cards.Used())
}

// ValueSource returns the graph in the form from which indexes of values are built.
func (s *Graph) ValueSource() values.Source { return indexed{s} }

// indexed implements values.Source for a graph.
type indexed struct{ *Graph }

// Entries implements values.Source. It includes withdrawn claims, because a view may show the past.
func (s indexed) Entries(k values.Key, older values.Source) (list []values.Entry) {
	if older == nil {
		return s.allEntries(k)
	}
	was := older.(indexed)
	for n := uint32(was.Rows.Len()); int(n) < s.Rows.Len(); n++ {
		if r := s.Rows.Ref(n); r.Predicate == k.Predicate && r.Kind != graph.NoneKind {
			list = append(list, values.Entry{Subject: r.Subject, Claim: n})
		}
	}
	if !k.Named {
		return list
	}
	for n := uint32(was.IDs.Len()); int(n) < s.IDs.Len(); n++ {
		list = s.unnamed(list, n)
	}
	for i := uint32(was.gone.Len()); int(i) < s.gone.Len(); i++ {
		if r := s.Rows.Ref(s.gone.Ref(i).row); r.Predicate == s.NamePredicate {
			list = s.unnamed(list, r.Subject)
		}
	}
	return list
}

func (s indexed) allEntries(k values.Key) (list []values.Entry) {
	for n := range s.ofTypes(slices.Values(s.TypeNames.List)) {
		for l := range s.OutRun(n, k.Predicate).All() {
			if s.Rows.Ref(l.Claim).Kind != graph.NoneKind {
				list = append(list, values.Entry{Subject: n, Claim: l.Claim})
			}
		}
		if k.Named {
			list = s.unnamed(list, n)
		}
	}
	return list
}

// unnamed appends an entry for an entity whose id is its name in the newest views, because all claims of its
// name are withdrawn.
func (s indexed) unnamed(list []values.Entry, entity uint32) []values.Entry {
	if s.OutRun(entity, s.NamePredicate).Has(func(l Link) bool { return s.Live(l.Claim) }) {
		return list
	}
	return append(list, values.Entry{Subject: entity, Claim: values.NoClaim})
}
