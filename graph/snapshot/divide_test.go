package snapshot_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/groups"
	"github.com/caspian-kg/caspian/graph/internal/column"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// TestDivide compares groups of long lists, by what the entities at one end have in
// common, with those of all edges one by one.
func TestDivide(t *testing.T) {
	o, err := schema.Load("dense.graphql", denseOntology)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		defer column.Shorten(rapid.IntRange(0, 3).Draw(t, "flat"), rapid.IntRange(1, 6).Draw(t, "chunk"), 2)()
		x := &traffic{o: o}
		x.grow(t)
		for range rapid.IntRange(1, 6).Draw(t, "commits") {
			x.grow(t)
			x.divide(t)
		}
	})
}

func (x *traffic) divide(t *rapid.T) {
	s := x.steps[len(x.steps)-1-rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "older")%len(x.steps)]
	v, err := s.View(drawView(t, len(x.steps)), today)
	if err != nil {
		t.Fatal(err)
	}
	f := rapid.SampledFrom(relationsOfMany(x.o)).Draw(t, "relation")
	series := rapid.Bool().Draw(t, "series")
	q := filter.Query{}
	if rapid.Bool().Draw(t, "filtered") {
		q.Edges = drawEdgeFilter(t, f, 1)
	}
	end := rapid.SampledFrom([]filter.End{filter.OfNode, filter.OfSubject}).Draw(t, "end")
	var by []filter.Reading
	for _, own := range rapid.SampledFrom([][]string{nil, {"id"}, {"name"}, {"type", "name"}}).Draw(t, "keys") {
		by = append(by, filter.Reading{Of: end, Own: own})
	}
	d, ok := v.Relation(snapshot.None, f, series).Divide(&q, by)
	if !ok {
		return
	}
	all := v.Plannings()[1].Relation(snapshot.None, f, series).Select(&q, nil)
	parts := &aggregate.Parts{Groups: []aggregate.Group{{Count: len(all)}}, Of: make([]int32, len(all))}
	if by != nil {
		groups.Divide(v, all, keysOf(by), parts)
	}
	equal(t, "groups", fmt.Sprint(d.Groups), fmt.Sprint(parts.Groups))
	sums := []filter.Reading{{Property: x.o.Type("Hub").Field("founded")}}
	for _, q := range f.Qualifiers {
		sums = append(sums, filter.ReadQualifier(q))
	}
	bounds := rapid.Bool().Draw(t, "bounds")
	for _, sum := range sums {
		got, want := d.Stats(sum, bounds, nil), v.Stats(all, sum, parts, nil)
		for i := range want {
			if !sameStats(&got[i], &want[i], bounds) {
				t.Fatalf("%v of %v, group %v: %+v instead of %+v", sum, by, parts.Groups[i], got[i], want[i])
			}
		}
	}
}

// keysOf returns plain keys.
func keysOf(by []filter.Reading) []filter.GroupKey {
	keys := make([]filter.GroupKey, len(by))
	for i, r := range by {
		keys[i].By = r
	}
	return keys
}
