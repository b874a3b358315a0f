package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
)

// askInto executes a query that must succeed, and decodes its data.
func askInto(t *testing.T, a *api.API, query string, variables map[string]any, into any) {
	t.Helper()
	vars, err := json.Marshal(variables)
	if err != nil {
		t.Fatal(err)
	}
	r := a.Begin().Execute(t.Context(), &api.Request{Query: query, Variables: vars, AllowMutation: true})
	var body struct{ Data, Errors json.RawMessage }
	if err := json.Unmarshal(r.Body, &body); err != nil {
		t.Fatal(err)
	}
	if body.Errors != nil {
		t.Fatalf("%s\n%s", query, body.Errors)
	}
	if err := json.Unmarshal(body.Data, into); err != nil {
		t.Fatal(err)
	}
}

// TestPagesOfAnalysesJoin: the pages of each list, found by following its cursors, are together the
// whole list.
func TestPagesOfAnalysesJoin(t *testing.T) {
	a := seeded(t)
	for field, node := range map[string]string{
		`conflicts(%s)`:                                                               `predicate reason claims { id }`,
		`conflicts(%s, subject: "KAZ")`:                                               `predicate reason claims { id }`,
		`timeline(%s, entity: "jca-summit-2025")`:                                     `start claim { id }`,
		`timeline(%s, entity: "TKM", about: false)`:                                   `start claim { id }`,
		`changes(%s, from: {asOf: "2010"}, to: {asOf: "2011"})`:                       `kind before { id } after { id }`,
		`changes(%s, from: {asOf: "1990"}, to: {asOf: "2025-12-19"}, subject: "KAZ")`: `kind before { id } after { id }`,
	} {
		t.Run(field, func(t *testing.T) {
			if testing.Short() && !strings.Contains(field, `"KAZ"`) && !strings.Contains(field, "timeline") {
				t.Skip("the list of the whole graph")
			}
			query := `query($first: Int, $after: String) { list: ` + fmt.Sprintf(field, "first: $first, after: $after") +
				` { totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { ` + node + ` } } nodes { ` + node + ` } } }`
			type page struct {
				List struct {
					TotalCount int
					PageInfo   struct {
						HasNextPage, HasPreviousPage bool
						EndCursor                    string
					}
					Edges []struct {
						Cursor string
						Node   json.RawMessage
					}
					Nodes []json.RawMessage
				}
			}
			var whole page
			askInto(t, a, query, nil, &whole)
			size := max(1, whole.List.TotalCount/7)
			var joined []json.RawMessage
			for vars := (map[string]any{"first": size}); ; {
				var p page
				askInto(t, a, query, vars, &p)
				if p.List.TotalCount != whole.List.TotalCount || p.List.PageInfo.HasPreviousPage != (vars["after"] != nil) {
					t.Fatalf("after %v: %d items, %+v", vars["after"], p.List.TotalCount, p.List.PageInfo)
				}
				for i, e := range p.List.Edges {
					joined = append(joined, e.Node)
					if string(e.Node) != string(p.List.Nodes[i]) {
						t.Fatal("nodes and edges differ")
					}
				}
				if !p.List.PageInfo.HasNextPage {
					break
				}
				if len(p.List.Edges) != size {
					t.Fatalf("a page of %d", len(p.List.Edges))
				}
				vars["after"] = p.List.PageInfo.EndCursor
			}
			if len(joined) < 2 || len(joined) != whole.List.TotalCount {
				t.Fatalf("%d items of %d", len(joined), whole.List.TotalCount)
			}
			for i := range joined {
				if string(joined[i]) != string(whole.List.Nodes[i]) {
					t.Fatalf("item %d is %s and in the whole %s", i, joined[i], whole.List.Nodes[i])
				}
			}
		})
	}
}

// TestLogHasWithdrawals records a claim, corrects it and withdraws the correction: the log has each
// step, and so have the changes between record times.
func TestLogHasWithdrawals(t *testing.T) {
	a := freshlySeeded(t)
	write := func(op string) (id string) {
		var out struct{ Transact struct{ IDs []string } }
		askInto(t, a, `mutation { transact(input: {operations: [`+op+`]}) { ids } }`, nil, &out)
		if len(out.Transact.IDs) > 0 {
			id = out.Transact.IDs[0]
		}
		return id
	}
	const said = `subject: "KAZ", predicate: "terrain", source: "factbook", valid: "2020", confidence: 0.9`
	wrong := write(`{assert: {` + said + `, value: "flat"}}`)
	right := write(`{supersede: {claims: ["` + wrong + `"], by: {` + said + `, value: "flat, with mountains in the east"}}}`)
	write(`{retract: {claim: "` + right + `"}}`)
	var out struct {
		Log []struct {
			Sequence         int
			Added, Withdrawn struct{ Nodes []struct{ ID string } }
			Entities         []struct{ ID string }
		}
	}
	askInto(t, a, `{ log(sinceSequence: 1) { sequence added { nodes { id } } withdrawn { nodes { id } } entities { id } } }`, nil, &out)
	want := fmt.Sprintf("[{2 {[{%s}]} {[]} [{KAZ}]} {3 {[{%s}]} {[{%s}]} [{KAZ}]} {4 {[]} {[{%s}]} [{KAZ}]}]", wrong, right, wrong, right)
	if got := fmt.Sprint(out.Log); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for args, want := range map[string]string{
		"(first: 2)": "1 2", "(last: 2)": "3 4", "(newestFirst: true, first: 2)": "4 3", "(newestFirst: true, last: 2)": "2 1",
		"(newestFirst: true, beforeSequence: 3)": "2 1", "(sinceSequence: 1, beforeSequence: 4)": "2 3", "": "1 2 3 4",
	} {
		var out struct{ Log []struct{ Sequence int } }
		askInto(t, a, `{ log`+args+` { sequence } }`, nil, &out)
		var got []string
		for _, x := range out.Log {
			got = append(got, fmt.Sprint(x.Sequence))
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("log%s has %s; want %s", args, got, want)
		}
	}
}
