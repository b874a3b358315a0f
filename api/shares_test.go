package api_test

import (
	"encoding/json"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// TestSharesOfOneWhole compares which sums of shares are refused with the wholes that the edges of each group name.
func TestSharesOfOneWhole(t *testing.T) {
	a := seeded(t)
	for _, series := range []string{"true", "false"} {
		for _, key := range []string{"node_id", "subject_id", "measure"} {
			r := a.Begin().Execute(t.Context(), &api.Request{Query: `{ countryExportsTo(series: ` + series + `, where: {subject: {id: {lt: "C"}}}) {
				edges { share from to measure scope resource { id } subject { id } node { id } claim { id } }
				aggregate { groups(by: [` + key + `]) { key sum { share } } }
			} }`})
			var answer struct {
				Errors []struct{ Path []any }
				Data   struct {
					CountryExportsTo struct {
						Edges []struct {
							Share                *float64
							From, To             string
							Measure, Scope       string
							Resource             *struct{ ID string }
							Subject, Node, Claim struct{ ID string }
						}
						Aggregate struct {
							Groups []struct {
								Key string
								Sum struct{ Share *float64 }
							}
						}
					}
				}
			}
			if err := json.Unmarshal(r.Body, &answer); err != nil {
				t.Fatalf("%v: %.300s", err, r.Body)
			}
			list := answer.Data.CountryExportsTo
			wholes := map[string]map[string]bool{}
			for _, e := range list.Edges {
				group := map[string]string{"node_id": e.Node.ID, "subject_id": e.Subject.ID, "measure": e.Measure}[key]
				if wholes[group] == nil {
					wholes[group] = map[string]bool{}
				}
				of := e.Subject.ID + "|" + e.From + "|" + e.To + "|" + e.Measure + "|" + e.Scope + "|"
				if e.Resource != nil {
					of += e.Resource.ID
				}
				if e.Share != nil {
					wholes[group][of] = true
				}
			}
			refused := map[string]bool{}
			for _, e := range answer.Errors {
				refused[list.Aggregate.Groups[int(e.Path[3].(float64))].Key] = true
			}
			for _, g := range list.Aggregate.Groups {
				if want := len(wholes[g.Key]) > 1; refused[g.Key] != want || g.Sum.Share != nil != (len(wholes[g.Key]) == 1) {
					t.Errorf("series %s by %s, %q: refused %t with %d wholes", series, key, g.Key, refused[g.Key], len(wholes[g.Key]))
				}
			}
			r.Release()
		}
	}
}
