package snapshot

import (
	"cmp"
	"strings"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/column"
)

// link is a claim in the adjacency list of an entity, with what most walks read
// of it: the rows of a list are scattered over the memory, a list is in one place.
type link struct {
	claim uint32
	// other is the entity at the other end: in lists by subject the object, None
	// for a literal; in lists by object the subject.
	other      uint32
	valid      uint32 // number in times, and its marks
	qualifiers uint32 // the first of them
	predicate  uint16
	rank       graph.Rank
	nqual      uint8
}

// plain reports whether plain fields and lists may show the claim.
func (l *link) plain() bool { return l.rank != graph.Deprecated && l.valid&narrow == 0 }

// edge is the link as an edge to its other end.
func (l *link) edge() Edge { return Edge{l.other, l.claim, l.qualifiers, uint16(l.nqual) + 1} }

// run is the links of one predicate in the adjacency list of an entity. They are sorted
// by the ids of the entities at the other end, after literals; those of one entity, and
// literals, by the number of the claim.
type run = column.List[link, beside]

// outRun is the part of an entity's claims as their subject that belongs to
// one predicate, inRun of those as their object.
func (s *Snapshot) outRun(entity uint32, p uint16) run { return runOf(s.out.Ref(entity), p) }

func (s *Snapshot) inRun(entity uint32, p uint16) run { return runOf(s.in.Ref(entity), p) }

// adjacency is the links of an entity in one direction by predicate, and within one as a
// run is sorted. A nil one is empty.
type adjacency = column.Divided[link, beside]

// numbers is a sorted list of entities or claims.
type numbers = column.List[uint32, column.None]

func runOf(a *adjacency, p uint16) run {
	list := a.Short()
	if list == nil {
		return a.Run(p)
	}
	// Most are so short that a search which always takes the same steps is fastest.
	from, n := 0, len(list)
	for n > 1 {
		half := n / 2
		if list[from+half-1].predicate < p {
			from += half
		}
		n -= half
	}
	if n == 1 && list[from].predicate < p {
		from++
	}
	to := from
	for to < len(list) && list[to].predicate == p {
		to++
	}
	return column.Short[link, beside](list[from:to])
}

// order is how runs and adjacencies are sorted. Relations are in the order of the ids
// they lead to, so that the lists of the API need no sorting.
func (s *Snapshot) order() column.Order[link] {
	return column.Order[link]{
		Compare: func(x, y link) int {
			if d := int(x.predicate) - int(y.predicate); d != 0 {
				return d
			}
			switch {
			case x.other == y.other:
				return cmp.Compare(x.claim, y.claim)
			case x.other == None:
				return -1
			case y.other == None:
				return 1
			}
			return strings.Compare(s.ids.At(x.other), s.ids.At(y.other))
		},
		Together: func(x, y link) bool { return x.other == y.other && x.other != None },
		Run:      func(l link) uint16 { return l.predicate },
	}
}

// adjacency puts the new claims into the lists of the entities they touch.
func (b *change) adjacency(old *Snapshot) {
	s := b.s
	var out []column.Entry[link]
	var cited []column.Entry[uint32]
	for n := uint32(b.firstClaim); int(n) < s.rows.Len(); n++ {
		r := s.rows.Ref(n)
		l := link{claim: n, other: None, valid: s.linkValid(n, r), predicate: r.predicate, rank: r.rank, qualifiers: r.qualifiers, nqual: r.nqual}
		cited = append(cited, column.Entry[uint32]{List: r.source, Item: n})
		if r.kind == graph.EntityKind {
			l.other = uint32(r.value)
		}
		out = append(out, column.Entry[link]{List: r.subject, Item: l})
		for i := uint32(0); i < uint32(r.nqual); i++ {
			if q := s.quals.Ref(r.qualifiers + i); q.kind == graph.EntityKind {
				cited = append(cited, column.Entry[uint32]{List: uint32(q.value), Item: n})
			}
		}
	}
	o := s.order()
	out = s.markOpen(old, out, &o)
	var in []column.Entry[link]
	for _, e := range out {
		if l := e.Item; l.other != None {
			in = append(in, column.Entry[link]{List: l.other, Item: l})
			in[len(in)-1].Item.other = e.List
		}
	}
	s.out, s.in = column.MergeDivided(old.out, out, o), column.MergeDivided(old.in, in, o)
	s.rivals = s.noteRivals(old.rivals, out)
	s.cited = column.Merge(old.cited, cited, column.Order[uint32]{Compare: cmp.Compare[uint32]})
	s.named = s.nameEntities(old.named, uint32(b.firstClaim))
}

// naming is the claim of an entity's name, which most have one of and every
// list shows: with what a view asks of it, in one place.
type naming struct {
	name  string
	claim uint32 // its number + 1; 0 none, manyNames several
	valid uint32 // number in times, and its marks
	rank  graph.Rank
}

const manyNames = ^uint32(0)

// one reports whether the entity has one claim of its name.
func (n *naming) one() bool { return n != nil && n.claim != 0 && n.claim != manyNames }

// link is the link of that claim; name is the number of the predicate.
func (n *naming) link(name uint16) link {
	return link{claim: n.claim - 1, other: None, valid: n.valid, predicate: name}
}

// nameEntities adds the claims of names to the table, starting with claim number from.
func (s *Snapshot) nameEntities(named column.Table[naming], from uint32) column.Table[naming] {
	var e *column.Edit[naming]
	for n := from; int(n) < s.rows.Len(); n++ {
		r := s.rows.Ref(n)
		if r.predicate != s.name {
			continue
		}
		if e == nil {
			e = named.Begin()
		}
		if e.At(r.subject).claim == 0 {
			e.Set(r.subject, naming{s.texts.At(uint32(r.value)), n + 1, s.linkValid(n, r), r.rank})
		} else {
			e.Set(r.subject, naming{claim: manyNames})
		}
	}
	if e == nil {
		return named
	}
	return e.Table()
}
