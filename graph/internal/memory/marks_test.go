package memory

import (
	"fmt"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/schema"
)

// TestMarks: the links of claims by years are not open, however many claims have the same object, until
// one of them has an exact date; then those are whose years it is in, whichever came first.
func TestMarks(t *testing.T) {
	shore := func(id graph.ID, locator, valid string) graph.Claim {
		iv, err := graph.ParseInterval(valid)
		if err != nil {
			t.Fatal(err)
		}
		return graph.Claim{Subject: id, Predicate: "littoralOf", Value: graph.EntityValue("caspian-sea"), Source: "src", Locator: locator, Confidence: 1, Valid: iv}
	}
	var first []graph.Claim
	for i := range 300 {
		first = append(first, shore("KAZ", fmt.Sprint(i), fmt.Sprintf("%d/%d", 1800+i%150, 1990+i%20)))
	}
	first = append(first, shore("UZB", "exact", "2001-03-07/"))
	commits := []graph.Commit{
		{Entities: []graph.Entity{{ID: "src", Type: "Source"}, {ID: "KAZ", Type: "Country"}, {ID: "UZB", Type: "Country"}, {ID: "caspian-sea", Type: "WaterBody"}}, Claims: first},
		{Claims: []graph.Claim{shore("KAZ", "rough", "2004/"), shore("UZB", "rough", "2001/")}},
		{Claims: []graph.Claim{shore("KAZ", "exact", "1801-03-07/")}},
	}
	s := Empty(schema.MustDefault())
	for i, want := range []string{"KAZ 0, UZB 0", "KAZ 0, UZB 1", "KAZ 2, UZB 1"} {
		c := &commits[i]
		c.Seq, c.At = graph.Seq(i+1), time.Unix(int64(i), 0)
		next, err := s.Apply(c)
		if err != nil {
			t.Fatal(err)
		}
		s = next
		open := map[graph.ID]int{}
		for _, id := range []graph.ID{"KAZ", "UZB"} {
			n, _ := s.Number(id)
			for part := range s.Out.Ref(n).Parts() {
				for _, l := range part {
					if l.Valid&Open != 0 {
						open[id]++
					}
				}
			}
		}
		if got := fmt.Sprintf("KAZ %d, UZB %d", open["KAZ"], open["UZB"]); got != want {
			t.Errorf("after commit %d, the open links are of %s, want %s", c.Seq, got, want)
		}
	}
}
