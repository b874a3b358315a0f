package memory

import "github.com/caspian-kg/caspian/graph"

// Keyed calls fn with the claims that state a value of a key, whether or not a view shows them.
func (s *Graph) Keyed(predicate, value string, fn func(n uint32)) {
	s.keys.Find(hashKey(predicate, value), func(n uint32) bool {
		r := s.Rows.Ref(n)
		if s.Predicates.List[r.Predicate] == predicate && s.ValueOf(r.Cell()).String() == value {
			fn(n)
		}
		return false
	})
}

// holder returns the entity that has the value of the key in a live claim.
func (s *Graph) holder(predicate string, v graph.Value, live func(claim uint32) bool) (graph.ID, bool) {
	holder := None
	s.Keyed(predicate, v.String(), func(n uint32) {
		if holder == None && live(n) {
			holder = s.Rows.Ref(n).Subject
		}
	})
	if holder == None {
		return "", false
	}
	return s.ID(holder), true
}

func (s *Graph) keyHash(n uint32) uint64 {
	r := s.Rows.Ref(n)
	return hashKey(s.Predicates.List[r.Predicate], s.ValueOf(r.Cell()).String())
}

func hashKey(predicate, value string) uint64 { return hashText(predicate + "\x00" + value) }

// indexKeys adds the new codes to the index.
func (b *change) indexKeys() {
	b.s.keys = b.s.keys.With(b.keyed, b.s.keyHash)
	b.keyed = b.keyed[:0]
}
