package api_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/schema"
)

// timeViews are views of each kind.
var timeViews = []string{
	`{}`, `{asOf: "1992-03-01"}`, `{asOf: "2000"}`, `{asOf: "2025-12-21"}`, `{minConfidence: 0.85}`, `{sources: ["factbook", "general-knowledge"]}`,
	`{during: "1990/2020"}`, `{during: "2019/2020", mode: THROUGHOUT}`, `{sourcesPublishedUntil: "2025-12-20"}`,
}

type timedClaim struct {
	ID, Holds string
	Basis     *string
	Distance  *int
	Chosen    bool
	Predicate string
	Value     *string
	Object    *struct{ ID string }
}

// TestHoldsYESShowsTheSure: a view of what is sure lists exactly the claims that hold YES in the
// same view without it, as lists of an entity, of the graph, and as a count.
func TestHoldsYESShowsTheSure(t *testing.T) {
	a, views := seeded(t), timeViews
	if testing.Short() {
		views = views[3:5]
	}
	for _, view := range views {
		sure := strings.Replace(strings.Replace(view, "}", ", holds: YES}", 1), "{,", "{", 1)
		var body struct {
			Without, With struct {
				TotalCount int
				Nodes      []timedClaim
			}
			Graph struct{ Claims int }
		}
		askInto(t, a, fmt.Sprintf(`{ without: claims(view: %s, where: {holds: {eq: YES}}) { nodes { id } } with: claims(view: %s) { totalCount nodes { id holds } } graph(view: %s) { claims } }`, view, sure, sure), nil, &body)
		var want, got []string
		for _, c := range body.Without.Nodes {
			want = append(want, c.ID)
		}
		for _, c := range body.With.Nodes {
			if got = append(got, c.ID); c.Holds != "YES" {
				t.Errorf("%s lists %s, which holds %s", sure, c.ID, c.Holds)
			}
		}
		if !slices.Equal(got, want) || body.Graph.Claims != len(want) || body.With.TotalCount != len(want) {
			t.Errorf("%s: %d claims, counted %d and %d, of which the view without it holds YES %d", sure, len(got), body.With.TotalCount, body.Graph.Claims, len(want))
		}
	}
}

// TestChosenIsShown: the chosen claims of a field are those whose values the plain field shows.
func TestChosenIsShown(t *testing.T) {
	a := seeded(t)
	for _, view := range timeViews {
		for _, id := range []string{"KAZ", "JPN", "CHN"} {
			var body struct {
				Country *struct {
					Name       string
					Capital    *struct{ ID string }
					Population *int
					Aliases    []string
					Gdp        *struct{ Value float64 }
					MemberOf, Borders,
					ExportsTo struct {
						Edges []struct{ Claim struct{ ID string } }
					}
					Claims, About struct{ Nodes []timedClaim }
				}
			}
			askInto(t, a, fmt.Sprintf(`{ country(id: %q, view: %s) {
				name capital { id } population aliases gdp { value }
				memberOf { edges { claim { id } } } borders { edges { claim { id } } } exportsTo { edges { claim { id } } }
				claims { nodes { ...c } } about(predicate: "borders") { nodes { ...c } } } }
				fragment c on Claim { id holds basis distance chosen predicate value object { id } }`, id, view), nil, &body)
			if body.Country == nil {
				continue
			}
			c := body.Country
			chosen := map[string][]timedClaim{}
			for _, x := range append(c.Claims.Nodes, c.About.Nodes...) {
				if x.Chosen {
					chosen[x.Predicate] = append(chosen[x.Predicate], x)
				}
			}
			where := id + " " + view
			for field, shown := range map[string][]struct{ Claim struct{ ID string } }{"memberOf": c.MemberOf.Edges, "borders": c.Borders.Edges, "exportsTo": c.ExportsTo.Edges} {
				var want, got []string
				for _, e := range shown {
					want = append(want, e.Claim.ID)
				}
				for _, x := range chosen[field] {
					got = append(got, x.ID)
				}
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(slices.Compact(want), slices.Compact(got)) {
					t.Errorf("%s: %s shows %v, chosen are %v", where, field, want, got)
				}
			}
			var names []string
			for _, x := range chosen["aliases"] {
				names = append(names, *x.Value)
			}
			slices.Sort(names)
			if slices.Sort(c.Aliases); !slices.Equal(names, c.Aliases) {
				t.Errorf("%s: aliases are %q, chosen %q", where, c.Aliases, names)
			}
			one(t, where, chosen["capital"], c.Capital != nil, func(x timedClaim) bool { return x.Object.ID == c.Capital.ID })
			one(t, where, chosen["population"], c.Population != nil, func(x timedClaim) bool { return *x.Value == fmt.Sprint(*c.Population) })
			one(t, where, chosen["gdp"], c.Gdp != nil, func(x timedClaim) bool { return *x.Value != "" })
		}
	}
}

// one checks that exactly one claim is chosen where a field of one value shows something.
func one(t *testing.T, where string, chosen []timedClaim, shows bool, same func(timedClaim) bool) {
	t.Helper()
	if shows && (len(chosen) != 1 || !same(chosen[0])) || !shows && len(chosen) != 0 {
		t.Errorf("%s: chosen are %+v", where, chosen)
	}
}

// TestBasisAndDistance checks that a claim has a basis if it holds on some days but not
// always. An attested claim has distance 0, unless it is an event, which holds on all later
// days.
func TestBasisAndDistance(t *testing.T) {
	a, o := seeded(t), schema.MustDefault()
	views := []string{timeViews[2], timeViews[0], timeViews[7]}
	if testing.Short() {
		views = views[:1]
	}
	for _, view := range views {
		var body struct{ Claims struct{ Nodes []timedClaim } }
		askInto(t, a, fmt.Sprintf(`{ claims(view: %s) { nodes { id holds basis distance predicate } } }`, view), nil, &body)
		count := map[string]int{}
		for _, c := range body.Claims.Nodes {
			basis := "none"
			if c.Basis != nil {
				basis = *c.Basis
			}
			count[basis]++
			switch {
			case c.Holds == "POSSIBLY" && basis != "REACH", c.Holds == "YES" && basis == "REACH":
				t.Errorf("%s: %s holds %s by %s", view, c.ID, c.Holds, basis)
			case basis == "ATTESTED" && (c.Distance == nil || *c.Distance != 0 && o.Predicate(c.Predicate)[0].Time != schema.Event):
				t.Errorf("%s: %s is attested at a distance", view, c.ID)
			case c.Distance != nil && *c.Distance < 0:
				t.Errorf("%s: the distance of %s is %d", view, c.ID, *c.Distance)
			}
		}
		for basis, n := range count {
			where := fmt.Sprintf("{basis: {eq: %s}}", basis)
			if basis == "none" {
				where = "{basis: {isNull: true}}"
			}
			want(t, ask(t, a, `{ claims(view: %s, where: %s) { totalCount } }`, view, where), fmt.Sprintf(`{"claims":{"totalCount":%d}}`, n))
		}
	}
}

// TestEdgesOwnNames: no ontology may give a qualifier the name of a field that every edge has.
func TestEdgesOwnNames(t *testing.T) {
	var answer struct {
		Type struct{ Fields []struct{ Name string } } `json:"__type"`
	}
	body := execute(t, seeded(t), `{ __type(name: "CityLinkEdge") { fields { name } } }`, "")
	var data struct{ Data json.RawMessage }
	if err := json.Unmarshal([]byte(body), &data); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data.Data, &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Type.Fields) < 7 {
		t.Fatalf("the edge has only %v", answer.Type.Fields)
	}
	ontology, err := os.ReadFile("testdata/small-ontology.graphql")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range answer.Type.Fields {
		_, err := schema.Load("my.graphql", fmt.Sprintf("%s\ntype Road implements Entity { x(%s: Date): [Road!] @time(kind: STATE) }", ontology, f.Name))
		if err == nil || !strings.Contains(err.Error(), f.Name+" is a name of the API itself") {
			t.Errorf("a qualifier %s: %v", f.Name, err)
		}
	}
}

// TestChosenCostsOnce checks that saying which claims of a long list are chosen takes about
// as long as reading the list.
func TestChosenCostsOnce(t *testing.T) {
	a, _, _ := small(t)
	ask(t, a, setup)
	const claims = 20_000
	var ops []any
	for i := range claims {
		ops = append(ops, map[string]any{"assert": map[string]any{"subject": "KAZ", "predicate": "population", "value": i, "source": "src", "locator": fmt.Sprint(i), "valid": "2025"}})
	}
	var out any
	askInto(t, a, `mutation($ops: [Operation!]!) { transact(input: {operations: $ops}) { claims } }`, map[string]any{"ops": ops}, &out)
	r := a.Begin().Execute(t.Context(), &api.Request{Query: `{ country(id: "KAZ") { claims(predicate: "population") { nodes { chosen } } } }`})
	defer r.Release()
	if n := strings.Count(string(r.Body), `"chosen":true`); n != 1 || strings.Count(string(r.Body), "chosen") != claims+1 {
		t.Errorf("%d of the claims are chosen: %.300s", n, r.Body)
	}
}
