package snapshot_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// side is one side of a relation: a field of the subject's type and what reads
// it from the object's.
type side struct{ stated, inverse *schema.Field }

func sides(o *schema.Ontology) []side {
	var list []side
	for _, t := range o.Types {
		for _, f := range t.Fields {
			if f.Owner != t {
				continue
			}
			for _, of := range f.InverseOf {
				list = append(list, side{of, f})
			}
			if f.Symmetric {
				list = append(list, side{f, f})
			}
		}
	}
	return list
}

// TestSides compares the two sides of every relation: an entity
// leads to another if and only if that one leads back, by the same claim, by
// the fields and by filters alike.
func TestSides(t *testing.T) {
	o := load(t)
	rapid.Check(t, func(t *rapid.T) {
		defer snapshot.Shorten(t)()
		commits := drawHistory(t, o)
		s := snapshot.Empty(o)
		for i := range commits {
			next, err := s.Apply(&commits[i])
			if err != nil {
				t.Fatal(err)
			}
			s = next
		}
		v, err := s.View(drawView(t, len(commits)), today)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range sides(o) {
			for _, series := range []bool{false, true} {
				there, back := sideOf(v, x.stated, series), sideOf(v, x.inverse, series)
				for i, e := range back {
					back[i] = [3]string{e[1], e[0], e[2]}
				}
				slices.SortFunc(back, compareEdges)
				equal(t, fmt.Sprintf("%s.%s and %s.%s", x.inverse.Owner.Name, x.inverse.Name, x.stated.Owner.Name, x.stated.Name),
					within(o, back, x.stated.Owner), within(o, there, x.inverse.Target))
			}
			equal(t, "by "+x.inverse.Name, led(v, x.inverse, x.stated), led(v, x.stated, x.inverse))
		}
	})
}

func compareEdges(a, b [3]string) int { return slices.Compare(a[:], b[:]) }

// within keeps the edges from entities of a type.
func within(o *schema.Ontology, es [][3]string, t *schema.Type) [][3]string {
	return slices.DeleteFunc(es, func(e [3]string) bool {
		return !slices.ContainsFunc(t.Concrete, func(c *schema.Type) bool { return slices.Contains(pool[c.Name], graph.ID(e[0])) })
	})
}

// sideOf lists from where a field leads where, by which claim.
func sideOf(v *snapshot.View, f *schema.Field, series bool) [][3]string {
	s := v.Snapshot()
	var all [][3]string
	for _, id := range pool.Of(f.Owner) {
		n, _ := s.Number(id)
		var es []snapshot.Edge
		if f.Many {
			es = slices.Collect(v.Relation(n, f, series).All())
		} else if e, ok := v.One(n, f); ok {
			es = []snapshot.Edge{e}
		}
		for _, e := range es {
			all = append(all, [3]string{string(id), string(s.ID(e.Node)), s.ClaimID(e.Claim).String()})
		}
	}
	slices.SortFunc(all, compareEdges)
	return all
}

// led lists the pairs that a filter by one field finds, asked of each entity
// from which another leads.
func led(v *snapshot.View, by, from *schema.Field) []string {
	s := v.Snapshot()
	var found []string
	for _, a := range pool.Of(by.Owner) {
		for _, b := range pool.Of(from.Owner) {
			to := graph.StringValue(string(b))
			f := &filter.Node{Relations: []filter.Relation{{Field: by, Some: &filter.Edge{Node: &filter.Node{ID: &filter.Test{Eq: &to}}}}}}
			n, _ := s.Number(a)
			if v.Keeps(f, n) {
				pair := []string{string(a), string(b)}
				if by.Kind == schema.Inverse {
					slices.Reverse(pair)
				}
				found = append(found, fmt.Sprint(pair))
			}
		}
	}
	slices.Sort(found)
	return found
}
