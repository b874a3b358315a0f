package question

import (
	"context"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Learned calls fn with each claim recorded after since and up to last, in record order, and then with each
// claim withdrawn in that span.
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

// Linked calls fn with the entities that a claim links with its subject: its object and the entities in its
// qualifiers.
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

// Listed reports whether the list of the entity's type contains the entity.
func Listed(v *snapshot.View, entity uint32) bool {
	s := v.Snapshot()
	t := s.Type(entity)
	if t == nil {
		return false
	}
	id := graph.StringValue(string(s.ID(entity)))
	return len(v.OfTypes([]*schema.Type{t}).Select(&filter.Query{Nodes: &filter.Node{ID: &filter.Test{Eq: &id, ByBytes: true}}}, nil)) > 0
}
