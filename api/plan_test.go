package api_test

import (
	"encoding/json"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// TestPlan: the plan names the path of each list, and a slow request leaves it for the log.
func TestPlan(t *testing.T) {
	a := seeded(t)
	for query, want := range map[string]map[string]string{
		`{ countries(where: {id: {in: ["KAZ", "UZB"]}}) { nodes { id } } }`:                        {"countries": "id"},
		`{ countries(where: {iso2: {eq: "KZ"}}) { nodes { id } } }`:                                {"countries": "code iso2"},
		`{ countries(first: 3) { nodes { borders { nodes { id } } } } }`:                           {"countries": "scan", "Country.borders": "scan"},
		`{ cities(where: {country: {some: {node: {id: {eq: "KAZ"}}}}}) { nodes { id } } }`:         {"cities": "relation country to id"},
		`{ claims(where: {subject: {eq: "KAZ"}, rank: {eq: NORMAL}}, first: 1) { nodes { id } } }`: {"claims": "posting subject"},
	} {
		req := &api.Request{Query: query, Plan: true, SlowAfter: 1}
		r := a.Begin().Execute(t.Context(), req)
		var body struct {
			Errors     []any
			Extensions struct {
				Plan []struct {
					Field, Path                   string
					Lists, Estimated, Read, Shown int
				}
			}
		}
		if err := json.Unmarshal(r.Body, &body); err != nil || body.Errors != nil {
			t.Fatalf("%s: %v %s", query, err, r.Body)
		}
		got := map[string]string{}
		for _, x := range body.Extensions.Plan {
			if got[x.Field] = x.Path; x.Lists == 0 || x.Read < x.Shown || x.Shown == 0 {
				t.Errorf("%s: %+v", query, x)
			}
		}
		for field, path := range want {
			if got[field] != path {
				t.Errorf("%s: %s is read by %q, want %q", query, field, got[field], path)
			}
		}
		if !json.Valid([]byte(req.SlowPlan)) {
			t.Errorf("%s: the log gets %q", query, req.SlowPlan)
		}
		r.Release()
	}
}
