package snapshot

import (
	"sort"
	"time"

	"github.com/caspian-kg/caspian/graph"
)

// History calls fn with the claims about the entity, as subject or as object
// where inverse, that the view shows or would have shown on a day before its
// own: what was over by then as well, and nothing that had not yet begun. The
// order is that of Claims. fn ends the walk by returning false.
func (v *View) History(entity uint32, inverse bool, fn func(n uint32) bool) {
	list := v.s.out.At(entity)
	if inverse {
		list = v.s.in.At(entity)
	}
	for _, l := range list {
		if v.sees(l.claim) && v.begun(l.claim) && !fn(l.claim) {
			return
		}
	}
}

// Withdrawn calls fn with each claim withdrawn behind one sequence number and
// up to another, in the order of the numbers and then of the claims.
func (s *Snapshot) Withdrawn(since, last graph.Seq, fn func(n uint32, seq graph.Seq)) {
	from := sort.Search(s.gone.Len(), func(i int) bool { return graph.Seq(s.ended.At(s.gone.At(uint32(i)))) > since })
	for i := uint32(from); int(i) < s.gone.Len(); i++ {
		n := s.gone.At(i)
		seq := graph.Seq(s.ended.At(n))
		if seq > last {
			return
		}
		fn(n, seq)
	}
}

// Recorded are the claims recorded behind one sequence number and up to
// another: from the first number to before the second.
func (s *Snapshot) Recorded(since, last graph.Seq) (from, to uint32) {
	behind := func(seq graph.Seq) uint32 {
		return uint32(sort.Search(s.ClaimCount(), func(n int) bool { return s.RecordedSeq(uint32(n)) > seq }))
	}
	return behind(since), behind(last)
}

// maxUncertain bounds how far before now an instant may be the present.
const maxUncertain = time.Minute

// IsPresent tells whether an instant that a caller took for record time is the
// present, so that all is known then: it is not before now. Where the last
// commit was recorded ahead of now, as by a clock that was ahead, record times
// are only as exact as that: an instant that is no further before now is the
// present as well, up to a minute.
func (s *Snapshot) IsPresent(t, now time.Time) bool {
	ahead := s.RecordedAt(s.seq).Sub(now)
	return !t.Before(now.Add(-min(max(ahead, 0), maxUncertain)))
}

// QualifiedBy calls fn with every claim the view lists that names the entity
// by a qualifier, in record order. fn ends the walk by returning false.
func (v *View) QualifiedBy(entity uint32, fn func(n uint32) bool) {
	last := None
	for _, n := range v.s.cited.At(entity) {
		// A claim stands there for its source and each of its qualifiers.
		if n != last && v.s.qualifies(entity, n) && v.Lists(n) && !fn(n) {
			return
		}
		last = n
	}
}

func (s *Snapshot) qualifies(entity, n uint32) bool {
	for i := range s.QualifierCount(n) {
		if _, e := s.QualifierEntity(n, i); e == entity {
			return true
		}
	}
	return false
}

// QualifierEntity is the name of the claim's qualifier by its place, and the
// entity it names; None where it is a literal.
func (s *Snapshot) QualifierEntity(n uint32, i int) (name string, entity uint32) {
	q := s.quals.Ref(s.rows.Ref(n).qualifiers + uint32(i))
	if q.kind != graph.EntityKind {
		return s.qualifierNames.list[q.name], None
	}
	return s.qualifierNames.list[q.name], uint32(q.value)
}
