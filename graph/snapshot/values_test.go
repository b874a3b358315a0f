package snapshot_test

import (
	"fmt"
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
