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
	{"routes", map[string]string{"from": `"KAZ"`, "to": `"eu"`, "avoid": `["RUS"]`, "via": `["AZE"]`}, `routes { nodes { id } weakest { id } } note partial`},
	{"connections", map[string]string{"from": `"JPN"`, "to": `"uranium"`}, `score steps { claim { id } }`},
	{"chokepoints", map[string]string{"from": `"KAZ"`, "to": `"eu"`, "avoid": `["RUS"]`, "closing": `["titr"]`}, `cut { id } removes pairs`},
	{"dependency", map[string]string{"of": `"JPN"`, "resource": `"rare-earths"`}, `unknown { low high } partners { partner { id } } conflicts { id }`},
	{"conflicts", map[string]string{"subject": `"JPN"`}, `totalCount nodes { reason claims { id } }`},
	{"changes", map[string]string{"subject": `"KAZ"`, "from": `{asOf: "2018"}`, "to": `{asOf: "2020"}`}, `totalCount nodes { kind before { id } after { id } }`},
	{"log", map[string]string{"sinceSequence": "0", "first": "1"}, `sequence`},
	{"timeline", map[string]string{"entity": `"KAZ"`}, `totalCount nodes { start claim { id } }`},
}

// text is the call with a view, and with some arguments replaced.
func (c analysisCall) text(view string, other map[string]string) string {
	args := maps.Clone(c.args)
	maps.Copy(args, other)
	if c.name == "changes" {
		args["from"], args["to"] = view, view
	} else if c.name != "log" {
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

// TestIDsThatTheViewHides: every analysis refuses an id that never existed. For one whose claims the
// view hides, it answers with nothing or as unknown, and reveals nothing hidden.
func TestIDsThatTheViewHides(t *testing.T) {
	a := freshlySeeded(t)
	var out any
	askInto(t, a, `mutation { transact(input: {operations: [
		{declare: {id: "XHA", type: "Country"}}, {declare: {id: "XHB", type: "Country"}},
		{declare: {id: "x-ore", type: "Resource"}}, {declare: {id: "y-ore", type: "Resource"}},
		{assert: {subject: "x-ore", predicate: "name", value: "Hush", source: "factbook", confidence: 0.1}},
		{assert: {subject: "XHA", predicate: "name", value: "Hush", source: "factbook", confidence: 0.1}},
		{assert: {subject: "XHA", predicate: "borders", object: "KAZ", source: "factbook", confidence: 0.1}},
		{assert: {subject: "XHA", predicate: "memberOf", object: "eu", source: "factbook", confidence: 0.1}},
		{assert: {subject: "XHA", predicate: "importsFrom", object: "KAZ", source: "factbook", confidence: 0.1, valid: "2024",
			qualifiers: [{name: "resource", value: "uranium"}, {name: "share", value: 0.5}]}}
	]}) { sequence } }`, nil, &out)
	ask := func(query string) (body string, code, message string) {
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
	known := api.AnalysisArguments(schema.MustDefault())
	for _, c := range analysisCalls {
		for name, typ := range known[c.name] {
			quoted := `%q`
			switch {
			case !strings.Contains(typ, "ID"):
				continue
			case strings.HasPrefix(typ, "["):
				quoted = `[%q]`
			}
			call := func(id, view string) string { return c.text(view, map[string]string{name: fmt.Sprintf(quoted, id)}) }
			if _, code, text := ask(call("gone", `{}`)); code != "UNKNOWN_ID" || text != name+`: there is no entity "gone"; search finds ids by names` {
				t.Errorf("%s: %s %s", c.name, code, text)
			}
			if _, _, text := ask(call("Kaz", `{}`)); text != name+`: there is no entity "Kaz"; did you mean "KAZ"?` {
				t.Errorf("%s: %s", c.name, text)
			}
			// Of two entities of one type, the view hides all claims about the first, and the second has none.
			secret, other := "XHA", "XHB"
			if name == "resource" {
				secret, other = "x-ore", "y-ore"
			}
			const view = `{minConfidence: 0.2}`
			hidden, code, text := ask(call(secret, view))
			if code != "" {
				t.Errorf("%s refuses an id that the view hides at %s: %s", c.name, name, text)
			}
			hidden = strings.ReplaceAll(hidden, "Hush", secret) // the label, by which a hidden entity is called
			if empty, _, _ := ask(call(other, view)); strings.ReplaceAll(empty, other, secret) != hidden {
				t.Errorf("%s reveals by %s what the view hides:\n%s\n%s", c.name, name, hidden, empty)
			}
		}
	}
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
			next := func(from []string) string { from[0], from[1] = from[1], from[0]; return from[1] }
			var val any
			switch strings.Trim(typ, "[]!") {
			case "ID":
				val = next(ids)
			case "Int":
				val = n
			case "Boolean":
				val = n%2 == 0
			case "View":
				val = map[string]any{"minConfidence": float64(n%11) / 10}
				if n%3 == 0 {
					val = map[string]any{"asOf": text}
				}
			default: // texts and members of enums
				val = next(texts)
			}
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
