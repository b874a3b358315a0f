package snapshot_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/aggregate"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// viewOf is a view of one commit under the default ontology.
func viewOf(t *testing.T, c graph.Commit) *snapshot.View {
	t.Helper()
	return viewUnder(t, schema.MustDefault(), c)
}

func viewUnder(t *testing.T, o *schema.Ontology, c graph.Commit) *snapshot.View {
	t.Helper()
	c.Seq, c.At = 1, epoch
	s, err := snapshot.Empty(o).Apply(&c)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(graph.View{}, today)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestCodesOfEdges: qualifiers that are codes order and part a list by their
// bytes, other texts by the collation.
func TestCodesOfEdges(t *testing.T) {
	c := graph.Commit{Entities: []graph.Entity{{ID: "src", Type: "Source"}, {ID: "way", Type: "Corridor"}, {ID: "AAA", Type: "Country"}, {ID: "gas", Type: "Resource"}}}
	for _, text := range []string{"b", "Z", "a", "A-1", "É", "A1"} {
		id := graph.ID("leg-" + string(rune('a'+len(c.Claims))))
		c.Entities = append(c.Entities, graph.Entity{ID: id, Type: "Segment"})
		of := func(name string) []graph.QualifierValue {
			return []graph.QualifierValue{{Name: name, Value: graph.StringValue(text)}}
		}
		c.Claims = append(c.Claims,
			graph.Claim{Subject: "way", Predicate: "segments", Value: graph.EntityValue(id), Qualifiers: of("sign"), Source: "src", Confidence: 1},
			graph.Claim{Subject: "AAA", Predicate: "imports", Value: graph.EntityValue("gas"), Qualifiers: of("scope"), Source: "src", Confidence: 1})
	}
	o, err := schema.Load("test.graphql", strings.Replace(schema.Default, "segments(", "segments(sign: String @code @distinct, ", 1))
	if err != nil {
		t.Fatal(err)
	}
	v := viewUnder(t, o, c)
	for _, x := range []struct {
		entity graph.ID
		field  *schema.Field
		by     string
		want   []string
	}{
		{"way", o.Type("Corridor").Field("segments"), "sign", []string{"A-1", "A1", "Z", "a", "b", "É"}},
		{"AAA", o.Type("Country").Field("imports"), "scope", []string{"a", "A-1", "A1", "b", "É", "Z"}},
	} {
		n, _ := v.Snapshot().Number(x.entity)
		by := filter.ReadQualifier(x.field.Qualifier(x.by))
		for _, descending := range []bool{false, true} {
			for _, first := range []int{3, 6} { // of the whole list, and of one too long for the page
				var page snapshot.Page
				q := filter.Query{Order: []filter.Key{{By: by, Descending: descending}}, First: &first}
				if err := v.Relation(n, x.field, true).Run(&q, &page); err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, e := range page.Edges {
					got = append(got, v.Read(by, e).Text())
				}
				want := slices.Clone(x.want)
				if descending {
					slices.Reverse(want)
				}
				if !slices.Equal(got, want[:first]) {
					t.Errorf("%s by %s, descending %t: %q, want %q", x.field.Name, x.by, descending, got, want[:first])
				}
			}
		}
		var parts aggregate.Parts
		v.PartBy(slices.Collect(v.Relation(n, x.field, true).All()), by, &parts)
		var got []string
		for _, g := range parts.Groups {
			got = append(got, g.Key.Text())
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s parted by %s: %q, want %q", x.field.Name, x.by, got, x.want)
		}
	}
}

// TestKeyShown: a key finds an entity where the entity shows it, and not where
// another claim outranks it.
func TestKeyShown(t *testing.T) {
	claim := func(id graph.ID, code string, rank graph.Rank) graph.Claim {
		return graph.Claim{Subject: id, Predicate: "iso2", Value: graph.StringValue(code), Source: "src", Confidence: 1, Rank: rank}
	}
	v := viewOf(t, graph.Commit{
		Entities: []graph.Entity{{ID: "src", Type: "Source"}, {ID: "AAA", Type: "Country"}, {ID: "BBB", Type: "Country"}},
		Claims: []graph.Claim{
			claim("AAA", "XB", graph.Normal), claim("AAA", "XA", graph.Preferred),
			claim("BBB", "XB", graph.Normal), claim("BBB", "XC", graph.Deprecated),
		},
	})
	for code, want := range map[string]graph.ID{"XA": "AAA", "XB": "BBB", "XC": ""} {
		var got graph.ID
		if n, ok := v.Find("iso2", code); ok {
			got = v.Snapshot().ID(n)
		}
		if got != want {
			t.Errorf("%s names %q, want %q", code, got, want)
		}
	}
}
