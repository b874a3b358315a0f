package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// TestCapitalsFromBothSides reads the capitals of the seeds by the field of the
// country, by its inverse and by filters on either, on several dates.
func TestCapitalsFromBothSides(t *testing.T) {
	a := seeded(t)
	const document = `query($asOf: Date) {
		countries(first: 1000, where: {capital: {some: {}}}, view: {asOf: $asOf}) { totalCount nodes { id capital { id } } }
		cities(first: 1000, where: {capitalOf: {some: {}}}, view: {asOf: $asOf}) { totalCount nodes { id capitalOf { totalCount nodes { id } } } }
	}`
	for _, date := range []string{"1996-01-01", "2010-01-01", "2025-06-01"} {
		var got struct {
			Data struct {
				Countries struct {
					TotalCount int
					Nodes      []struct {
						ID      string
						Capital *struct{ ID string }
					}
				}
				Cities struct {
					TotalCount int
					Nodes      []struct {
						ID        string
						CapitalOf struct {
							TotalCount int
							Nodes      []struct{ ID string }
						}
					}
				}
			}
		}
		r := a.Begin().Execute(t.Context(), &api.Request{Query: document, Variables: json.RawMessage(`{"asOf":"` + date + `"}`)})
		if err := json.Unmarshal(r.Body, &got); err != nil || r.Errors > 0 {
			t.Fatalf("%v in %s", err, r.Body)
		}
		var one, other []string
		for _, c := range got.Data.Countries.Nodes {
			one = append(one, c.Capital.ID+" of "+c.ID)
		}
		for _, c := range got.Data.Cities.Nodes {
			if c.CapitalOf.TotalCount != len(c.CapitalOf.Nodes) {
				t.Errorf("%s: %s is said to be the capital of %d countries and is of %v", date, c.ID, c.CapitalOf.TotalCount, c.CapitalOf.Nodes)
			}
			for _, of := range c.CapitalOf.Nodes {
				other = append(other, c.ID+" of "+of.ID)
			}
		}
		slices.Sort(one)
		slices.Sort(other)
		if len(one) < 150 || got.Data.Countries.TotalCount != len(one) {
			t.Errorf("%s: %d capitals of %d countries", date, len(one), got.Data.Countries.TotalCount)
		}
		if fmt.Sprint(one) != fmt.Sprint(other) {
			t.Errorf("%s: the sides differ:\n%v\n%v", date, one, other)
		}
	}
}
