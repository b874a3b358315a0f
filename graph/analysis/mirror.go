package analysis

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// Report says which end of a relation with a mirror reports a figure.
type Report uint8

// The ends: the entity in question, or its partner.
const (
	OwnReport Report = iota
	MirrorReport
)

// reports has the claims that an entity itself reports of a relation, to decide where its partners' reports are
// used.
type reports struct {
	v     *snapshot.View
	field *schema.Field
	of    map[uint32][]uint32 // the claims by object
}

// newReports returns an empty reports.
func newReports(v *snapshot.View, f *schema.Field) *reports {
	return &reports{v: v, field: f, of: map[uint32][]uint32{}}
}

// add adds a claim that the entity itself reports.
func (r *reports) add(n uint32) {
	if s := r.v.Snapshot(); r.v.Lists(n) && s.Rank(n) != graph.Deprecated {
		r.of[s.Object(n)] = append(r.of[s.Object(n)], n)
	}
}

// answers reports whether a claim that the other end reports may be used for the entity.
func (r *reports) answers(n uint32) bool {
	return r.v.Lists(n) && r.v.Answers(r.field, n, r.of[r.v.Snapshot().Subject(n)])
}
