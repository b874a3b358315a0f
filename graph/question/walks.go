package question

import (
	"context"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Learned calls fn with each claim recorded after one sequence number and up to
// another, in record order, and then with each withdrawn there.
func Learned(ctx context.Context, s *snapshot.Snapshot, since, last graph.Seq, fn func(n uint32, seq graph.Seq, withdrawn bool)) error {
	var err error
	s.Learned(since, last, func(n uint32, seq graph.Seq, withdrawn bool) bool {
		if n%CheckEvery == 0 {
			if err = ctx.Err(); err != nil {
				return false
			}
		}
		fn(n, seq, withdrawn)
		return true
	})
	return err
}

// Unsettles reports whether a claim that was recorded or withdrawn may change when claims of
// other sources, or of other subjects, hold: it gives the date of a source or what the
// source maintains, or is of a source that maintains lists. A source that was recorded after
// the older view can only date claims that were also recorded after it. Lifetimes are apart.
func Unsettles(older, v *snapshot.View, n uint32) bool {
	s := v.Snapshot()
	if subject := s.Subject(n); s.TypeName(subject) == schema.SourceType {
		switch s.Predicate(n) {
		case "maintains":
			return true
		case "date", "coversUntil":
			if int(subject) < older.Snapshot().EntityCount() {
				return true
			}
		}
	}
	maintains := false
	v.Claims(s.Source(n), "maintains", false, func(uint32) bool {
		maintains = true
		return false
	})
	return maintains
}

// Linked calls fn with each entity but its subject that a claim links the
// subject with: its object and what its qualifiers name.
func Linked(s *snapshot.Snapshot, n uint32, fn func(to uint32)) {
	subject := s.Subject(n)
	link := func(to uint32) {
		if to != snapshot.None && to != subject {
			fn(to)
		}
	}
	link(s.Object(n))
	for _, e := range s.QualifierEntities(n) {
		link(e)
	}
}
