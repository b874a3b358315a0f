package snapshot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/graph/snapshot/access"
	"github.com/caspian-kg/caspian/schema"
)

// TestValueIndexes compares what the indexes of values find, in a snapshot in which they
// were built and in those that follow it, with a look at every entity.
func TestValueIndexes(t *testing.T) {
	o := load(t)
	rapid.Check(t, func(t *rapid.T) {
		commits := drawHistory(t, o)
		s := snapshot.Empty(o)
		s.IndexValues(1<<20, func(build func()) { build() })
		for i := range commits {
			next, err := s.Apply(&commits[i])
			if err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 9).Draw(t, "rewind") == 0 {
				checkIndexes(t, next, i) // of a snapshot that is then discarded
				s.Rewind()
				if next, err = s.Apply(&commits[i]); err != nil {
					t.Fatal(err)
				}
			}
			old := s
			s = next
			checkIndexes(t, s, i)
			if i > 0 && rapid.IntRange(0, 3).Draw(t, "old") == 0 {
				checkIndexes(t, old, i)
			}
		}
	})
}

// indexedReadings are what there can be indexes of.
func indexedReadings(o *schema.Ontology) []filter.Reading {
	readings := []filter.Reading{{Own: "name"}, {Own: "name"}, {Own: "name"}}
	for _, typ := range o.Types {
		for _, f := range typ.Fields {
			if f.Kind == schema.Property && f.Stored() && f.Name != "name" {
				readings = append(readings, filter.Reading{Property: f})
			}
		}
	}
	return readings
}

func checkIndexes(t *rapid.T, s *snapshot.Snapshot, commits int) {
	by := rapid.SampledFrom(indexedReadings(s.Ontology())).Draw(t, "by")
	v, err := s.View(drawView(t, commits), today)
	if err != nil {
		t.Fatal(err)
	}
	scalar, enum := schema.String, (*schema.Enum)(nil)
	if by.Property != nil {
		scalar, enum = by.Property.Scalar, by.Property.Enum
	}
	test := drawTest(t, scalar, enum)
	what := fmt.Sprintf("%+v within %+v", by, test)
	within, ok := v.Within(by, test)
	keeps := func(n uint32) bool {
		if by.Property == nil {
			return v.Keeps(&filter.Node{Name: test}, n)
		}
		return v.Keeps(&filter.Node{Properties: []filter.Property{{Field: by.Property, Test: test}}}, n)
	}
	for n := range uint32(s.EntityCount()) {
		if ok && keeps(n) && !slices.Contains(within, n) {
			t.Fatalf("%s: %s is missing", what, s.ID(n))
		}
	}
	if by.Property != nil && by.Property.Many {
		return
	}
	checkOrder(t, v, by, test, keeps)
}

// checkOrder compares a walk in the order of values with sorted entities.
func checkOrder(t *rapid.T, v *snapshot.View, by filter.Reading, test *filter.Test, keeps func(uint32) bool) {
	s := v.Snapshot()
	key := filter.Key{By: by, Descending: rapid.Bool().Draw(t, "descending")}
	if rapid.Bool().Draw(t, "all") {
		test = nil
	}
	read := func(n uint32) graph.Value { return v.Read(by, snapshot.Edge{Node: n, Claim: snapshot.None}) }
	compare := func(a, b graph.Value) int {
		c := graph.Compare(s.Ontology(), &a, &b)
		if by.ByBytes() {
			c = strings.Compare(a.Text(), b.Text())
		}
		if key.Descending {
			return -c
		}
		return c
	}
	var from *access.Place
	if n := uint32(rapid.IntRange(0, s.EntityCount()-1).Draw(t, "from")); read(n).Kind() != graph.NoKind && rapid.Bool().Draw(t, "seek") {
		from = &access.Place{Value: read(n)}
		if rapid.Bool().Draw(t, "seek id") {
			from.ID = s.ID(n)
		}
	}
	got, ok := v.InOrder(key, test, from, s.EntityCount()+1)
	if !ok {
		return
	}
	var want, kept []string
	var all []uint32
	for n := range uint32(s.EntityCount()) {
		x := read(n)
		if x.Kind() == graph.NoKind {
			continue
		}
		if from != nil {
			if c := compare(x, from.Value); c < 0 || c == 0 && s.ID(n) < from.ID {
				continue
			}
		}
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b uint32) int {
		if c := compare(read(a), read(b)); c != 0 {
			return c
		}
		return strings.Compare(string(s.ID(a)), string(s.ID(b)))
	})
	for _, n := range all {
		if test == nil || keeps(n) {
			want = append(want, string(s.ID(n)))
		}
	}
	for _, n := range got {
		if test == nil || keeps(n) {
			kept = append(kept, string(s.ID(n)))
		}
	}
	equal(t, fmt.Sprintf("%+v from %v", key, from), kept, want)
}
