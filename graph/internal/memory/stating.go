package memory

import (
	"slices"
	"sort"
	"sync"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
)

// stating has lists of claims by predicate, for the predicates that requests needed. All snapshots of a line
// share it: the lists grow at their ends, and each snapshot reads its part.
type stating struct {
	mu    sync.Mutex // guards lists; not held while a list is made for the first time
	lists map[uint16]stated
}

// stated has the claims of one predicate among the first upTo claims, in record order.
type stated struct {
	claims []uint32
	upTo   int
}

// Stating returns the claims with a predicate in record order, and in a separate list those that do not fit the
// ontology. The first request for a predicate reads all claims.
func (s *Graph) Stating(predicate string) (lists []Numbers) {
	for _, name := range []string{predicate, vocabulary.Aside + predicate} {
		if p, ok := s.Predicates.Number(name); ok {
			lists = append(lists, column.Short[uint32, column.None](s.stating(p)))
		}
	}
	return lists
}

func (s *Graph) stating(p uint16) []uint32 {
	x, n := &s.w.stating, s.Rows.Len()
	l, known := x.extend(s, p)
	if !known {
		if base := s.w.base; base != nil {
			l = stated{slices.Clip(base.stating(p)), base.Rows.Len()}
		}
		l.extend(s, p) // without the lock, because it may take long
		l = x.keep(p, l)
	}
	return l.claims[:sort.Search(len(l.claims), func(i int) bool { return int(l.claims[i]) >= n })]
}

// extend adds the claims of a snapshot that the list lacks.
func (l *stated) extend(s *Graph, p uint16) {
	for n := s.Rows.Len(); l.upTo < n; l.upTo++ {
		if s.Rows.Ref(uint32(l.upTo)).Predicate == p {
			l.claims = append(l.claims, uint32(l.upTo))
		}
	}
}

// extend returns the list of a predicate with all claims of a snapshot; known is false if there is no list yet.
func (x *stating) extend(s *Graph, p uint16) (l stated, known bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if l, known = x.lists[p]; known {
		l.extend(s, p)
		x.lists[p] = l
	}
	return l, known
}

// keep stores a list unless a longer one is stored, and returns the longer.
func (x *stating) keep(p uint16, l stated) stated {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.lists == nil {
		x.lists = map[uint16]stated{}
	}
	if x.lists[p].upTo < l.upTo {
		x.lists[p] = l
	}
	return x.lists[p]
}

// forget drops all lists, because they may have claims of discarded snapshots.
func (x *stating) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.lists = nil
}

// ClaimsBy returns lists and links that include all claims with a value in a field, and with a predicate unless
// predicate is "", as known at a sequence number. They may include other claims, and a claim twice; ok is false
// if there are no such lists.
func (s *Graph) ClaimsBy(field, value, predicate string, known graph.Seq) (lists []Numbers, links [][]Link, ok bool) {
	switch field {
	case "id":
		if id, err := graph.ParseClaimID(value); err == nil {
			if n, ok := s.ClaimNumberAt(id, known); ok {
				lists = append(lists, column.Short[uint32, column.None]([]uint32{n}))
			}
		}
	case "predicate":
		return s.Stating(value), nil, true
	case "source", "subject", "object":
		n, known := s.Number(graph.ID(value))
		if !known {
			return nil, nil, true
		}
		if field == "source" {
			return []Numbers{s.Cited.At(n)}, nil, true
		}
		s.Touching(n, predicate, field == "object", func(part []Link) { links = append(links, part) })
	default:
		return nil, nil, false
	}
	return lists, links, true
}
