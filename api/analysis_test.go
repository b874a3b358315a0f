package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/schema"
)

// analysisCall is a question to an analysis that the seeds answer. Tests ask it
// with one argument after the other replaced.
type analysisCall struct {
	name string
	// args are literals of GraphQL.
	args   map[string]string
	fields string
}

var analysisCalls = []analysisCall{
	{"routes", map[string]string{"from": `"KAZ"`, "to": `"eu"`, "avoid": `["RUS"]`, "avoidBorders": `[["KAZ", "CHN"]]`, "via": `["AZE"]`, "cargo": `"uranium"`}, `routes { nodes { id } weakest { id } } note partial`},
	{"connections", map[string]string{"from": `"JPN"`, "to": `"uranium"`}, `score steps { claim { id } }`},
	{"neighbourhood", map[string]string{"of": `"KAZ"`, "depth": "2", "relations": `["borders", "importsFrom"]`}, `count nodes { node { id } distance hub } edges { claim { id } } partial`},
	{"between", map[string]string{"ids": `["KAZ", "uranium", "eu"]`}, `edges { from { id } relation to { id } claim { id } }`},
	{"exposure", map[string]string{"of": `"JPN"`, "resource": `"uranium"`, "at": `["RUS"]`}, `unknown { low high } points { share { low high } partners { partner { id } passing claims { id } } }`},
	{"importance", map[string]string{"type": `"Country"`, "relation": `"borders"`, "measure": "BETWEENNESS"}, `entities edges ranking { node { id } rank score }`},
	{"chokepoints", map[string]string{"from": `"KAZ"`, "to": `"eu"`, "avoid": `["RUS"]`, "closing": `["titr"]`, "cargo": `"uranium"`}, `cut { id } removes pairs`},
	{"dependency", map[string]string{"of": `"JPN"`, "resource": `"rare-earths"`}, `unknown { low high } partners { partner { id } } conflicts { id }`},
	{"conflicts", map[string]string{"subject": `"JPN"`}, `totalCount nodes { reason claims { id } }`},
	{"changes", map[string]string{"subject": `"KAZ"`, "from": `{asOf: "2018"}`, "to": `{asOf: "2020"}`}, `totalCount nodes { kind before { id } after { id } }`},
	{"log", map[string]string{"sinceSequence": "0", "first": "1"}, `sequence`},
	{"imports", map[string]string{"first": "1"}, `id files sources { id }`},
	{"timeline", map[string]string{"entity": `"KAZ"`}, `totalCount nodes { start claim { id } }`},
	{"history", map[string]string{"subject": `"KAZ"`, "predicate": `"capital"`}, `value object { id } from to claims { id }`},
}

// text returns the call with a view, and with some arguments replaced.
func (c analysisCall) text(view string, other map[string]string) string {
	args := maps.Clone(c.args)
	maps.Copy(args, other)
	if c.name == "changes" {
		args["from"], args["to"] = view, view
	} else if c.name != "log" && c.name != "imports" {
		args["view"] = view
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(args)) {
		list = append(list, name+": "+args[name])
	}
	return fmt.Sprintf("{ %s(%s) { %s } }", c.name, strings.Join(list, ", "), c.fields)
}

// TestEveryAnalysisIsCalled compares the calls with the list of analyses.
func TestEveryAnalysisIsCalled(t *testing.T) {
	a := seeded(t)
	known := api.AnalysisArguments(schema.MustDefault())
	for _, c := range analysisCalls {
		if known[c.name] == nil {
			t.Errorf("there is no analysis %s", c.name)
		}
		for name, typ := range known[c.name] {
			if strings.Contains(typ, "ID") && c.args[name] == "" {
				t.Errorf("the call of %s leaves out %s", c.name, name)
			}
		}
		delete(known, c.name)
		var out map[string]json.RawMessage
		askInto(t, a, c.text("{}", nil), nil, &out)
	}
	if len(known) > 0 {
		t.Errorf("no call of %v; give one in analysisCalls", slices.Sorted(maps.Keys(known)))
	}
}

// hiding are views, each with arguments of assert and a date of the source that make a claim which
// the view hides.
var hiding = []struct{ name, view, assert, published string }{
	{"confidence", `{minConfidence: 0.2}`, `confidence: 0.1, valid: "2024"`, "2024"},
	{"date", `{asOf: "2023"}`, `valid: "2024"`, "2024"},
	{"day", `{asOf: "2023-06-01"}`, `valid: "2024"`, "2024"},
	{"sure", `{asOf: "2025-06-01", holds: YES}`, `locator: "undated"`, "2026-01-01"},
	{"sure, of an undated source", `{holds: YES}`, `locator: "undated"`, ""},
	{"sure in a span", `{during: "2020/2025", holds: YES}`, `locator: "undated"`, "2026-01-01"},
	{"surely throughout", `{during: "2020/2025", mode: THROUGHOUT, holds: YES}`, `locator: "undated"`, "2024"},
	{"ever", `{during: "2020/2023", mode: EVER}`, `valid: "2024"`, "2024"},
	{"throughout", `{during: "2020/2025", mode: THROUGHOUT}`, `valid: "2024"`, "2024"},
	{"publication", `{sourcesPublishedUntil: "2024"}`, `valid: "2020"`, "2025-01-01"},
	{"publication of an undated source", `{sourcesPublishedUntil: "2024"}`, `valid: "2020"`, ""},
	{"sources", `{sources: ["factbook"]}`, `valid: "2020"`, "2024"},
	{"record time", `{knownAt: "2026-01-15T11:00:00Z"}`, `valid: "2020"`, "2024"},
}

// TestIDsThatTheViewHides: every analysis refuses an id that never existed. For one whose claims the
// view hides, it answers with nothing or as unknown, and reveals nothing hidden.
func TestIDsThatTheViewHides(t *testing.T) {
	a := freshlySeeded(t)
	known := api.AnalysisArguments(schema.MustDefault())
	for i, h := range hiding {
		// The view hides every claim about country and ore. XXX and no-ore, of the same types, have none.
		country, ore, source := "XH"+string(rune('A'+i)), fmt.Sprintf("ore-%d", i), fmt.Sprintf("src-%d", i)
		hide(t, a, country, ore, source, h.assert, h.published)
		for _, c := range analysisCalls {
			for name, typ := range known[c.name] {
				quoted := `%q`
				switch {
				case !strings.Contains(typ, "ID"):
					continue
				case strings.HasPrefix(typ, "[["):
					quoted = `[[%q, "RUS"]]`
				case strings.HasPrefix(typ, "["):
					quoted = `[%q]`
				}
				call := func(id, view string) string { return c.text(view, map[string]string{name: fmt.Sprintf(quoted, id)}) }
				if _, code, text := asked(t, a, call("gone", `{}`)); code != "UNKNOWN_ID" || text != name+`: there is no entity "gone"; search finds ids by names` {
					t.Errorf("%s: %s %s", c.name, code, text)
				}
				if _, _, text := asked(t, a, call("Kaz", `{}`)); text != name+`: there is no entity "Kaz"; did you mean "KAZ"?` {
					t.Errorf("%s: %s", c.name, text)
				}
				secret, other := country, "XXX"
				if name == "resource" || name == "cargo" {
					secret, other = ore, "no-ore"
				}
				hidden, code, text := asked(t, a, call(secret, h.view))
				if code != "" {
					t.Errorf("%s: %s refuses an id that the view hides at %s: %s", h.name, c.name, name, text)
				}
				if h.name == "publication" && strings.Contains(hidden, "Hush") {
					t.Errorf("%s shows a label that was published later: %s", c.name, hidden)
				}
				hidden = strings.ReplaceAll(hidden, "Hush", secret) // the label, by which a hidden entity is called
				if empty, _, _ := asked(t, a, call(other, h.view)); strings.ReplaceAll(empty, other, secret) != hidden {
					t.Errorf("%s: %s reveals by %s what the view hides:\n%s\n%s", h.name, c.name, name, hidden, empty)
				}
			}
		}
		hidesFromRoots(t, a, h.name, h.view, country)
	}
}

// hidesFromRoots checks that no field but those of analyses shows an entity in a view.
func hidesFromRoots(t *testing.T, a *api.API, name, view, id string) {
	t.Helper()
	for query, want := range map[string]string{
		`node(id: %[2]q, view: %[1]s) { id }`:                                                              `null`,
		`country(id: %[2]q, view: %[1]s) { id }`:                                                           `null`,
		`countries(view: %[1]s, where: {id: {eq: %[2]q}}) { totalCount nodes { id } }`:                     `{"totalCount":0,"nodes":[]}`,
		`entities(view: %[1]s, where: {id: {eq: %[2]q}}) { totalCount aggregate { count } }`:               `{"totalCount":0,"aggregate":{"count":0}}`,
		`claims(view: %[1]s, where: {subject: {eq: %[2]q}}) { totalCount }`:                                `{"totalCount":0}`,
		`country(id: "KAZ", view: %[1]s) { borders(where: {node: {id: {eq: %[2]q}}}) { totalCount } }`:     `{"borders":{"totalCount":0}}`,
		`country(id: "KAZ", view: %[1]s) { about(where: {subject: {eq: %[2]q}}) { totalCount } }`:          `{"about":{"totalCount":0}}`,
		`countries(view: %[1]s, where: {borders: {some: {node: {id: {eq: %[2]q}}}}}) { totalCount }`:       `{"totalCount":0}`,
		`search(text: "Hush", view: %[1]s) { edges { node { id } } }`:                                      ``,
		`search(text: %[2]q, view: %[1]s) { edges { node { id } } }`:                                       ``,
		`timeline(entity: %[2]q, view: %[1]s) { totalCount }`:                                              `{"totalCount":0}`,
		`organisation(id: "eu", view: %[1]s) { members(where: {node: {id: {eq: %[2]q}}}) { totalCount } }`: `{"members":{"totalCount":0}}`,
	} {
		body, _, _ := asked(t, a, fmt.Sprintf("{ x: "+query+" }", view, id))
		empty := strings.Contains(body, `"x":null`) // the view hides KAZ as well
		if want != "" && !strings.Contains(body, `{"x":`+want+`}`) && !empty || want == "" && strings.Contains(body, id) {
			t.Errorf("%s: %s: %s", name, fmt.Sprintf(query, view, id), body)
		}
	}
}

// hide asserts claims of one source about a country and a resource.
func hide(t *testing.T, a *api.API, country, ore, source, assert, published string) {
	t.Helper()
	var ops []string
	if published != "" {
		ops = append(ops, fmt.Sprintf(`{assert: {subject: %[1]q, predicate: "date", value: %[2]q, source: %[1]q}}`, source, published))
	}
	for _, c := range []string{
		`subject: %[2]q, predicate: "name", value: "Hush"`,
		`subject: %[1]q, predicate: "name", value: "Hush"`,
		`subject: %[1]q, predicate: "borders", object: "KAZ"`,
		`subject: %[1]q, predicate: "memberOf", object: "eu"`,
		`subject: %[1]q, predicate: "importsFrom", object: "KAZ", qualifiers: [{name: "resource", value: "uranium"}, {name: "share", value: 0.5}]`,
	} {
		ops = append(ops, fmt.Sprintf(`{assert: {source: %[3]q, %[4]s, `+c+`}}`, country, ore, source, assert))
	}
	var out any
	askInto(t, a, fmt.Sprintf(`mutation { transact(input: {operations: [
		{declare: {id: %q, type: "Source"}}, {declare: {id: %q, type: "Country"}}, {declare: {id: %q, type: "Resource"}},
		{declare: {id: "XXX", type: "Country"}}, {declare: {id: "no-ore", type: "Resource"}},
		%s]}) { sequence } }`, source, country, ore, strings.Join(ops, ", ")), nil, &out)
}

func asked(t *testing.T, a *api.API, query string) (body, code, message string) {
	t.Helper()
	r := a.Begin().Execute(t.Context(), &api.Request{Query: query})
	var answer struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(r.Body, &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Errors) > 0 {
		code, message = answer.Errors[0].Extensions.Code, answer.Errors[0].Message
	}
	return string(r.Body), code, message
}

// FuzzAnalyses calls each analysis with arguments of any kind: each call is answered or refused,
// and none is an internal error. The bits of with say which of the optional arguments are given.
func FuzzAnalyses(f *testing.F) {
	a := seeded(f)
	known := api.AnalysisArguments(schema.MustDefault())
	names := slices.Sorted(maps.Keys(known))
	for i := range names {
		for _, s := range [][3]string{{"JPN", "rare-earths", ""}, {"KAZ", "eu", "WyJBIl0"}, {"astana", "JPN", "WyJjNTNkNmxwa3Zla3c2ZHZoZmJwaG9kanMyN3kiXQ"}, {"", "\x00", "WyJBIiwiQiIsIkMiXQ"}} {
			f.Add(uint(i), uint(0), s[0], s[1], "capital", s[2], 3)
			f.Add(uint(i), ^uint(0), s[0], s[1], "RAIL", s[2], 1)
		}
	}
	f.Add(uint(1), ^uint(0), "JPN", "uranium", "", "", -1<<31)
	for i := range names {
		f.Add(uint(i), ^uint(0), "KAZ", "YES", "2010/2020", "THROUGHOUT", 1)
		f.Add(uint(i), ^uint(0), "KAZ", "NO", "2010/..", "ON_DATE", 6)
		f.Add(uint(i), ^uint(0), "KAZ", "eu", "2025", "", 2)
	}
	f.Fuzz(func(t *testing.T, which, with uint, id, to, text, after string, n int) {
		name := names[which%uint(len(names))]
		vars := map[string]any{}
		var declared, passed []string
		texts := []string{text, after}
		ids := []string{id, to}
		for i, arg := range slices.Sorted(maps.Keys(known[name])) {
			typ := known[name][arg]
			if !strings.HasSuffix(typ, "!") && with>>i&1 == 0 {
				continue
			}
			val := fuzzedArgument(typ, ids, texts, n)
			if strings.HasPrefix(typ, "[") {
				val = []any{val}
			}
			vars[arg] = val
			declared = append(declared, "$"+arg+": "+typ)
			passed = append(passed, arg+": $"+arg)
		}
		fields := "__typename"
		for _, c := range analysisCalls {
			if c.name == name {
				fields = c.fields
			}
		}
		query := fmt.Sprintf("query(%s) { %s(%s) { %s } }", strings.Join(declared, ", "), name, strings.Join(passed, ", "), fields)
		body, err := json.Marshal(vars)
		if err != nil {
			t.Fatal(err)
		}
		r := a.Begin().Execute(t.Context(), &api.Request{Query: query, Variables: body})
		if !json.Valid(r.Body) || strings.Contains(string(r.Body), `"INTERNAL"`) || strings.Contains(string(r.Body), "NULL_IN_NON_NULL") ||
			strings.Contains(string(r.Body), "GRAPHQL_VALIDATION_FAILED") {
			t.Fatalf("%s\n%s\n%s", query, body, r.Body)
		}
	})
}

// fuzzedArgument is a value of an argument's type, from ids and texts in turns.
func fuzzedArgument(typ string, ids, texts []string, n int) any {
	next := func(from []string) string { from[0], from[1] = from[1], from[0]; return from[1] }
	switch strings.Trim(typ, "[]!") {
	case "ID":
		return next(ids)
	case "Int":
		return n
	case "Boolean":
		return n%2 == 0
	case "View":
		switch n % 5 {
		case 0:
			return map[string]any{"asOf": texts[0]}
		case 1:
			return map[string]any{"during": texts[0], "mode": texts[1], "holds": ids[1]}
		case 2:
			return map[string]any{"sourcesPublishedUntil": texts[0], "holds": "YES"}
		}
		return map[string]any{"minConfidence": float64(n%11) / 10}
	}
	return next(texts) // texts and members of enums
}
