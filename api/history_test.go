package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// TestHistoryAgainstTimeline: each claim about a field that the timeline lists is in one spell with others of the same value,
// unless it is deprecated.
func TestHistoryAgainstTimeline(t *testing.T) {
	a := seeded(t)
	type claim struct {
		ID, Predicate, Rank string
		Value               *string
		Object              *struct{ ID string }
	}
	for _, view := range []string{`{}`, `{asOf: "1996"}`, `{minConfidence: 0.85}`, `{sources: ["factbook", "factbook-2025"]}`, `{holds: YES}`} {
		for _, of := range []string{"KAZ capital", "KAZ memberOf", "astana name", "JPN population", "RUS borders"} {
			var subject, predicate string
			if _, err := fmt.Sscan(of, &subject, &predicate); err != nil {
				t.Fatal(err)
			}
			r := a.Begin().Execute(t.Context(), &api.Request{Query: fmt.Sprintf(`{
				history(subject: %[1]q, predicate: %[2]q, view: %[3]s) { value object { id } claims { id value object { id } } }
				timeline(entity: %[1]q, about: false, view: %[3]s) { nodes { claim { id predicate rank } } }
			}`, subject, predicate, view)})
			var answer struct {
				Data struct {
					History []struct {
						Value  *string
						Object *struct{ ID string }
						Claims []claim
					}
					Timeline struct{ Nodes []struct{ Claim claim } }
				}
			}
			if err := json.Unmarshal(r.Body, &answer); err != nil || r.Errors > 0 {
				t.Fatalf("%v: %.300s", err, r.Body)
			}
			var want, got []string
			for _, n := range answer.Data.Timeline.Nodes {
				if n.Claim.Predicate == predicate && n.Claim.Rank != "DEPRECATED" {
					want = append(want, n.Claim.ID)
				}
			}
			for _, x := range answer.Data.History {
				for _, c := range x.Claims {
					got = append(got, c.ID)
					if fmt.Sprint(text(c.Value), c.Object) != fmt.Sprint(text(x.Value), x.Object) && (c.Object == nil || c.Object.ID != x.Object.ID) {
						t.Errorf("%s in %s: a claim of another value in a spell: %+v", of, view, x)
					}
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s in %s: the spells have %d claims, the timeline %d", of, view, len(got), len(want))
			}
			r.Release()
		}
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
