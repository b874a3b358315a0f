package snapshot_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// TestManyValues reads a property that has a great many values, in time that
// grows with them and not with their square, and no longer than the request.
func TestManyValues(t *testing.T) {
	if snapshot.Checked {
		t.Skip("with the tag invariants a commit reads the whole graph")
	}
	aliases := schema.MustDefault().Type("Country").Field("aliases")
	// fastest is the least of some times that reading this many takes.
	fastest := func(many int) (v *snapshot.View, n uint32, least time.Duration) {
		v, n = manyAliases(t, many)
		for i := range 20 {
			start := time.Now()
			list := v.Values(n, aliases, nil)
			if took := time.Since(start); i == 0 || took < least {
				least = took
			}
			different := map[graph.Value]bool{}
			for _, c := range list {
				different[v.Snapshot().Value(c)] = true
			}
			if len(list) != many || len(different) != many {
				t.Fatalf("%d values, %d different ones, instead of %d", len(list), len(different), many)
			}
		}
		return v, n, least
	}
	const many = 20_000
	_, _, few := fastest(many / 10)
	v, n, took := fastest(many)
	// Comparing all with all takes a hundred times as long for ten times as many.
	if took > 40*few {
		t.Errorf("%d values take %v, a tenth of them %v", many, took, few)
	}
	done := make(chan struct{})
	close(done)
	v = v.WithDone(done)
	if list := v.Values(n, aliases, nil); len(list) > many/10 || v.Err() == nil {
		t.Errorf("%d values are read after the end of the request", len(list))
	}
}

// manyAliases is a country with this many aliases, each claimed twice.
func manyAliases(t *testing.T, many int) (*snapshot.View, uint32) {
	t.Helper()
	c := graph.Commit{Seq: 1, At: epoch, Entities: []graph.Entity{{ID: "src", Type: "Source"}, {ID: "KAZ", Type: "Country"}}}
	for i := range 2 * many {
		alias := graph.StringValue(fmt.Sprint("alias ", i%many))
		c.Claims = append(c.Claims, graph.Claim{Subject: "KAZ", Predicate: "aliases", Value: alias, Source: "src", Locator: fmt.Sprint(i), Confidence: 1})
	}
	s, err := snapshot.Empty(schema.MustDefault()).Apply(&c)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(graph.View{}, today)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := s.Number("KAZ")
	return v, n
}

// TestListedQuantities: the latest observation shows, for each unit and each set of
// distinct qualifiers.
func TestListedQuantities(t *testing.T) {
	o := schema.MustDefault()
	c := graph.Commit{Seq: 1, At: epoch, Entities: []graph.Entity{{ID: "src", Type: "Source"}, {ID: "eu", Type: "Organisation"}}}
	for _, x := range []struct{ scope, value, year string }{
		{"", "6 members", "1958"}, {"", "27 members", "2021"}, {"", "28 members", "2013"},
		{"", "19 parties", "2015"}, {"", "20 parties", "2023"},
		{"euro", "20 members", "2023"}, {"euro", "12 members", "2002"},
	} {
		value, err := graph.ParseValue(graph.QuantityKind, x.value)
		if err != nil {
			t.Fatal(err)
		}
		valid, err := graph.ParseInterval(x.year)
		if err != nil {
			t.Fatal(err)
		}
		claim := graph.Claim{Subject: "eu", Predicate: "memberCount", Value: value, Source: "src", Confidence: 1, Valid: valid}
		if x.scope != "" {
			claim.Qualifiers = []graph.QualifierValue{{Name: "scope", Value: graph.StringValue(x.scope)}}
		}
		c.Claims = append(c.Claims, claim)
	}
	s, err := snapshot.Empty(o).Apply(&c)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(graph.View{}, today)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := s.Number("eu")
	var got []string
	for _, claim := range v.Values(n, o.Type("Organisation").Field("memberCount"), nil) {
		scope, _ := s.Qualifier(claim, "scope")
		got = append(got, scope.Text()+" "+s.Value(claim).String())
	}
	if want := []string{" 27 members", " 20 parties"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
