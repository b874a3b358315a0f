package memory

import (
	"cmp"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/internal/vocabulary"
)

// Link is a claim in the adjacency list of an entity, with what most readers need of the claim. The rows of the
// claims are scattered in memory, but a list is contiguous.
type Link struct {
	Claim uint32
	// Other is the entity at the other end: in lists by subject the object, or None for a literal; in lists by
	// object the subject.
	Other         uint32
	Valid         uint32 // number in Graph.Times, and marks
	Qualifiers    uint32 // the index of the first qualifier
	Predicate     uint16
	Rank          graph.Rank
	NumQualifiers uint8
}

// Plain reports whether plain fields and lists may show the claim.
func (l *Link) Plain() bool { return l.Rank != graph.Deprecated && l.Valid&Narrow == 0 }

// Run has the links of one predicate in the adjacency list of an entity. Literals come first, then the other
// links sorted by the id of the entity at the other end. Literals, and links to one entity, are sorted by the
// number of the claim.
type Run = column.List[Link, Beside]

// OutRun returns the links of one predicate to the claims with the entity as their subject, InRun to those with
// it as their object.
func (s *Graph) OutRun(entity uint32, p uint16) Run { return RunOf(s.Out.Ref(entity), p) }

func (s *Graph) InRun(entity uint32, p uint16) Run { return RunOf(s.In.Ref(entity), p) }

// Adjacency has the links of an entity in one direction, sorted by predicate and then as in a Run. A nil one is
// empty.
type Adjacency = column.Divided[Link, Beside]

// Numbers is a sorted list of entities or claims, by their numbers.
type Numbers = column.List[uint32, column.None]

func RunOf(a *Adjacency, p uint16) Run {
	list := a.Short()
	if list == nil {
		return a.Run(p)
	}
	// Most lists are so short that a search with a fixed number of steps is fastest.
	from, n := 0, len(list)
	for n > 1 {
		half := n / 2
		if list[from+half-1].Predicate < p {
			from += half
		}
		n -= half
	}
	if n == 1 && list[from].Predicate < p {
		from++
	}
	to := from
	for to < len(list) && list[to].Predicate == p {
		to++
	}
	return column.Short[Link, Beside](list[from:to])
}

// order returns the order of links in runs and adjacencies. Relations are in the order of the ids to which they
// lead, so that the lists of the API need no sorting.
func (s *Graph) order() column.Order[Link] {
	return column.Order[Link]{
		Compare: func(x, y Link) int {
			if d := int(x.Predicate) - int(y.Predicate); d != 0 {
				return d
			}
			switch {
			case x.Other == y.Other:
				return cmp.Compare(x.Claim, y.Claim)
			case x.Other == None:
				return -1
			case y.Other == None:
				return 1
			}
			return strings.Compare(s.IDs.At(x.Other), s.IDs.At(y.Other))
		},
		Together: func(x, y Link) bool { return x.Other == y.Other && x.Other != None },
		Run:      func(l Link) uint16 { return l.Predicate },
	}
}

// adjacency adds the new claims to the lists of the entities that they mention.
func (b *change) adjacency(old *Graph) {
	s := b.s
	var out []column.Entry[Link]
	var cited []column.Entry[uint32]
	for n := uint32(b.firstClaim); int(n) < s.Rows.Len(); n++ {
		r := s.Rows.Ref(n)
		l := Link{Claim: n, Other: None, Valid: s.linkValid(n, r), Predicate: r.Predicate, Rank: r.Rank, Qualifiers: r.Qualifiers, NumQualifiers: r.NumQualifiers}
		cited = append(cited, column.Entry[uint32]{List: r.Source, Item: n})
		if r.Kind == graph.EntityKind {
			l.Other = uint32(r.Value)
		}
		out = append(out, column.Entry[Link]{List: r.Subject, Item: l})
		for i := uint32(0); i < uint32(r.NumQualifiers); i++ {
			if q := s.QualifierRows.Ref(r.Qualifiers + i); q.Kind == graph.EntityKind {
				cited = append(cited, column.Entry[uint32]{List: uint32(q.value), Item: n})
			}
		}
	}
	o := s.order()
	out = s.markOpen(old, out, &o)
	var in []column.Entry[Link]
	for _, e := range out {
		if l := e.Item; l.Other != None {
			in = append(in, column.Entry[Link]{List: l.Other, Item: l})
			in[len(in)-1].Item.Other = e.List
		}
	}
	s.Out, s.In = column.MergeDivided(old.Out, out, o), column.MergeDivided(old.In, in, o)
	s.rivals = s.noteRivals(old.rivals, out)
	s.Cited = column.Merge(old.Cited, cited, column.Order[uint32]{Compare: cmp.Compare[uint32]})
	s.Named = s.nameEntities(old.Named, uint32(b.firstClaim))
}

// Touching calls fn with the links of an entity, of one predicate unless predicate is "".
func (s *Graph) Touching(entity uint32, predicate string, inverse bool, fn func(part []Link)) {
	side := s.Out.Ref(entity)
	if inverse {
		side = s.In.Ref(entity)
	}
	if predicate == "" {
		side.Parts()(func(part []Link) bool { fn(part); return true })
		return
	}
	for _, name := range []string{predicate, vocabulary.Aside + predicate} {
		if p, ok := s.Predicates.Number(name); ok {
			for part := range RunOf(side, p).Parts() {
				fn(part)
			}
		}
	}
}

// Beside is what is cached for a chunk of links.
type Beside = dense.Part

// denseMost bounds the memory that is cached for all chunks, in bytes.
const denseMost = 256 << 20
