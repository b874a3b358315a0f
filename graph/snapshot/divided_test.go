package snapshot_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// TestFieldsOfOneNameDiffer reads a field that is an enum, a text and a list of texts in three types: each shows its own.
func TestFieldsOfOneNameDiffer(t *testing.T) {
	o, err := schema.Load("divided.graphql", `
interface Entity @entity(plural: "entities") { name: String @time(kind: STATE) }
enum Form { ROUND FLAT }
type Ball implements Entity { kind: Form @time(kind: STATE) }
type Town implements Entity { kind: String @time(kind: STATE) }
type Zone implements Entity { kind: [String!] @time(kind: STATE) }
type Source implements Entity { date: Date @time(kind: ETERNAL) }
`)
	if err != nil {
		t.Fatal(err)
	}
	c := graph.Commit{Seq: 1}
	want := map[graph.ID]graph.Value{"ball": graph.EnumOf("FLAT"), "town": graph.StringValue("port"), "zone": graph.StringValue("dry")}
	for id, typ := range map[graph.ID]string{"ball": "Ball", "town": "Town", "zone": "Zone", "s": "Source"} {
		c.Entities = append(c.Entities, graph.Entity{ID: id, Type: typ})
	}
	for id, v := range want {
		c.Claims = append(c.Claims, graph.Claim{Subject: id, Predicate: "kind", Value: v, Source: "s", Confidence: 1})
	}
	slices.SortFunc(c.Entities, func(a, b graph.Entity) int { return cmp.Compare(a.ID, b.ID) })
	for i := range c.Claims {
		c.Claims[i].Normalise()
	}
	s, err := snapshot.Empty(o).Apply(&c)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(graph.View{}, graph.DayDate(2025, 6, 1).First())
	if err != nil {
		t.Fatal(err)
	}
	for id, value := range want {
		n, _ := s.Number(id)
		f := s.Type(n).Field("kind")
		claims := v.Values(n, f, nil)
		if !f.Many {
			shown, ok := v.One(n, f)
			if claims = nil; ok {
				claims = []uint32{shown.Claim}
			}
		}
		if len(claims) != 1 || s.Value(claims[0]) != value || s.Field(claims[0]) != f {
			t.Errorf("%s shows %d values of its kind, not %s", id, len(claims), value)
		}
	}
}
