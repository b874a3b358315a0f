package analysis

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Report says which end of a relation with a mirror states a figure.
type Report uint8

// The ends: the entity asked about, or the other one.
const (
	OwnReport Report = iota
	MirrorReport
)

// reports are what an entity reports itself of a relation, to tell where its partners' reports answer.
type reports struct {
	v     *snapshot.View
	field *schema.Field
	of    map[uint32][]uint32 // claims by object
}

// newReports has none of the entity's reports yet.
func newReports(v *snapshot.View, f *schema.Field) *reports {
	return &reports{v: v, field: f, of: map[uint32][]uint32{}}
}

// add notes a claim of the entity itself.
func (r *reports) add(n uint32) {
	if s := r.v.Snapshot(); r.v.Lists(n) && s.Rank(n) != graph.Deprecated {
		r.of[s.Object(n)] = append(r.of[s.Object(n)], n)
	}
}

// answers reports whether a claim of the other end answers for the entity.
func (r *reports) answers(n uint32) bool {
	return r.v.Lists(n) && r.v.Answers(r.field, n, r.of[r.v.Snapshot().Subject(n)])
}
