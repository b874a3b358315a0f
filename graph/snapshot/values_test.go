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
	const many = 20_000
	o := schema.MustDefault()
	c := graph.Commit{Seq: 1, At: epoch, Entities: []graph.Entity{{ID: "src", Type: "Source"}, {ID: "KAZ", Type: "Country"}}}
	for i := range 2 * many {
		alias := graph.StringValue(fmt.Sprint("alias ", i%many))
		c.Claims = append(c.Claims, graph.Claim{Subject: "KAZ", Predicate: "aliases", Value: alias, Source: "src", Locator: fmt.Sprint(i), Confidence: 1})
	}
	s, err := snapshot.Empty(o).Apply(&c)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.View(graph.View{}, today)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := s.Number("KAZ")
	aliases := o.Type("Country").Field("aliases")
	start := time.Now()
	if list := v.Values(n, aliases, nil); len(list) != many {
		t.Errorf("%d values instead of %d", len(list), many)
	}
	if took := time.Since(start); took > 5*time.Second { // about 0.2 s; comparing all with all, 20
		t.Errorf("it took %v", took)
	}
	done := make(chan struct{})
	close(done)
	v = v.Until(done)
	if list := v.Values(n, aliases, nil); len(list) > many/10 || !v.Interrupted() {
		t.Errorf("%d values are read after the end of the request", len(list))
	}
}

// TestListedQuantities: of observations the latest shows for each unit and each
// set of distinct qualifiers.
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
	if want := []string{" 27 members", " 20 parties", "euro 20 members"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
