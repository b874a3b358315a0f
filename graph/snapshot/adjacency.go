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

// outRun is the part of an entity's claims as their subject that belongs to
// one predicate, inRun of those as their object.
func (s *Snapshot) outRun(entity uint32, p uint16) []link {
	return partOf(s.out.At(entity), &s.outRuns, entity, p)
}

func (s *Snapshot) inRun(entity uint32, p uint16) []link {
	return partOf(s.in.At(entity), &s.inRuns, entity, p)
}

// run is where the claims of a predicate end in a long adjacency list.
type run struct {
	end       uint32
	predicate uint16
}

// longList is from how many claims on a list has its runs noted.
const longList = 64

// runsOf are the runs of a long list, nil of a short one. Lists are sorted by
// predicate and, within one, by the other entity's id or by number.
func runsOf(list []link) []run {
	if len(list) < longList {
		return nil
	}
	var runs []run
	for at := 0; at < len(list); {
		p := list[at].predicate
		at += lowerBound(list[at:], p+1)
		runs = append(runs, run{uint32(at), p})
	}
	return runs
}

func partOf(list []link, runs *column.Table[[]run], entity uint32, p uint16) []link {
	if len(list) >= longList {
		from := uint32(0)
		for _, r := range runs.At(entity) {
			if r.predicate >= p {
				if r.predicate == p {
					return list[from:r.end]
				}
				break
			}
			from = r.end
		}
		return nil
	}
	from := lowerBound(list, p)
	to := from
	for to < len(list) && list[to].predicate == p {
		to++
	}
	return list[from:to]
}

func lowerBound(list []link, p uint16) int {
	lo, hi := 0, len(list)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if list[mid].predicate < p {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// adjacency puts the new claims into the lists of the entities they touch.
func (b *change) adjacency(old *Snapshot) {
	s := b.s
	var out, in []column.Entry[link]
	var cited []column.Entry[uint32]
	for n := uint32(b.firstClaim); int(n) < s.rows.Len(); n++ {
		r := s.rows.Ref(n)
		l := link{claim: n, other: None, valid: s.linkValid(n, r), predicate: r.predicate, rank: r.rank, qualifiers: r.qualifiers, nqual: r.nqual}
		cited = append(cited, column.Entry[uint32]{List: r.source, Item: n})
		if r.kind == graph.EntityKind {
			l.other = r.subject
			in = append(in, column.Entry[link]{List: uint32(r.value), Item: l})
			l.other = uint32(r.value)
		}
		out = append(out, column.Entry[link]{List: r.subject, Item: l})
		for i := uint32(0); i < uint32(r.nqual); i++ {
			if q := s.quals.Ref(r.qualifiers + i); q.kind == graph.EntityKind {
				cited = append(cited, column.Entry[uint32]{List: uint32(q.value), Item: n})
			}
		}
	}
	marked := map[uint32]bool{}
	s.out, s.outRuns = s.mergeLinks(old.out, old.outRuns, out, func(list []link) { s.markOpen(list, marked) })
	s.rivals = s.noteRivals(old.rivals, out)
	s.in, s.inRuns = s.mergeLinks(old.in, old.inRuns, in, func([]link) {})
	s.markIn(marked)
	s.cited = column.Merge(old.cited, cited, cmp.Compare[uint32], func(uint32, []uint32) {})
	s.named = s.nameEntities(old.named, uint32(b.firstClaim))
}

// mergeLinks is column.Merge, with the runs of lists that are long by now.
func (s *Snapshot) mergeLinks(t column.Table[[]link], runs column.Table[[]run], entries []column.Entry[link], grown func(list []link)) (column.Table[[]link], column.Table[[]run]) {
	if len(entries) == 0 {
		return t, runs
	}
	e := runs.Begin()
	// Relations are in the order of the ids they lead to, so that the lists of
	// the API need no sorting; literals are in record order.
	merged := column.Merge(t, entries, func(x, y link) int {
		if d := int(x.predicate) - int(y.predicate); d != 0 {
			return d
		}
		if x.other != None && y.other != None && x.other != y.other {
			return strings.Compare(s.ids.At(x.other), s.ids.At(y.other))
		}
		return cmp.Compare(x.claim, y.claim)
	}, func(entity uint32, list []link) {
		if rs := runsOf(list); rs != nil {
			e.Set(entity, rs)
		}
		grown(list)
	})
	return merged, e.Table()
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
