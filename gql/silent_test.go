package gql

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// TestNoSuggestions sends misspelled names: without introspection, no answer suggests the
// right ones.
func TestNoSuggestions(t *testing.T) {
	open, silent := worldEngine(t, Limits{}), worldEngine(t, Limits{NoIntrospection: true})
	for _, doc := range suggesting {
		if got := answer(t, open, doc.query, doc.vars); !strings.Contains(got, "Did you mean") {
			t.Errorf("%s: nothing is suggested at all: %s", doc.query, got)
		}
		if got := answer(t, silent, doc.query, doc.vars); strings.Contains(got, "id you mean") || !strings.Contains(got, `"errors"`) {
			t.Errorf("%s: %s", doc.query, got)
		}
	}
}

// suggesting are documents of each kind that is answered with a suggestion.
var suggesting = []struct{ query, vars string }{
	{`{colr}`, ""},
	{`{thing{name}}`, ""},
	{`{node(id:"x"){name}}`, ""},
	{`{... on Contry{name}}`, ""},
	{`{city(idd:"c"){id}}`, ""},
	{`{country{id @skip(iff:true)}}`, ""},
	{`{color(v:REDD)}`, ""},
	{`{filter(v:{nam:"x"})}`, ""},
	{`query($v:Colour){color(v:$v)}`, ""},
	{`query($v:Color){color(v:$v)}`, `{"v":"REDD"}`},
	{`query($v:Filter){filter(v:$v)}`, `{"v":{"nam":"x"}}`},
	{`query($v:Filter){filter(v:$v)}`, `{"v":{"color":"GREN"}}`},
	{`query($v:Color=REDD){color(v:$v)}`, ""},
}

// TestSilentMessages breaks every rule of validation and coerces every kind of wrong
// variable without introspection: no message has a name of the schema that the request
// did not bring itself.
func TestSilentMessages(t *testing.T) {
	e := worldEngine(t, Limits{NoIntrospection: true})
	types, members := namesOfSchema(e)
	word, quoted := regexp.MustCompile(`[_A-Za-z][_0-9A-Za-z]*`), regexp.MustCompile(`"[^"]*"`)
	rules := 0
	for _, r := range wrongRequests(t) {
		resp := e.Execute(t.Context(), &Request{Query: r.query, Variables: json.RawMessage(r.vars), Root: Ref{Obj: &worldObject{seed: 1}}, AllowMutation: true})
		var body struct{ Errors []refError }
		if err := json.Unmarshal(resp.Body, &body); err != nil {
			t.Fatal(err)
		}
		brought := map[string]bool{}
		for _, w := range word.FindAllString(r.query+" "+r.vars, -1) {
			brought[w] = true
		}
		for _, f := range body.Errors {
			rules++
			for _, w := range word.FindAllString(f.Message, -1) {
				if types[w] && !brought[w] {
					t.Errorf("%s %s: the type %s is named: %s", r.query, r.vars, w, f.Message)
				}
			}
			for _, w := range word.FindAllString(strings.Join(quoted.FindAllString(f.Message, -1), " "), -1) {
				if members[w] && !brought[w] {
					t.Errorf("%s %s: %s is named: %s", r.query, r.vars, w, f.Message)
				}
			}
		}
	}
	if rules < 150 {
		t.Errorf("only %d messages were looked at", rules)
	}
}

// namesOfSchema returns the names that no message must show: those of types, and
// those of fields, arguments and values.
func namesOfSchema(e *Engine) (types, members map[string]bool) {
	types, members = map[string]bool{}, map[string]bool{}
	for _, typ := range e.schema.Types {
		if typ.Builtin || typ == e.schema.Subscription { // messages begin with "Anonymous Subscription"
			continue
		}
		types[typ.Name] = true
		for _, f := range typ.Fields {
			members[f.Name] = true
			for _, a := range f.Args {
				members[a.Name] = true
			}
		}
		for _, d := range typ.Inputs {
			members[d.Name] = true
		}
		for _, v := range typ.EnumValues {
			members[v.Name] = true
		}
	}
	for _, d := range e.schema.Directives {
		for _, a := range d.Args {
			members[a.Name] = members[a.Name] || !d.Specified
		}
	}
	return types, members
}

type request struct{ query, vars string }

// wrongRequests break every rule of validation, and coerce every kind of wrong variable.
func wrongRequests(t *testing.T) []request {
	var requests []request
	_, docs := rulesDocuments(t)
	for _, d := range docs {
		requests = append(requests, request{d, ""})
	}
	for _, d := range suggesting {
		requests = append(requests, request{d.query, d.vars})
	}
	for _, c := range []struct{ typ, field string }{
		{"Int", "int"}, {"Color", "color"}, {"Point", "point"}, {"Filter", "filter"}, {"Pick", "pick"}, {"[Color!]", "listColor"}, {"[Point]", "listPoint"}, {"Anything", "anything"},
	} {
		for _, v := range []string{`null`, `"PINK"`, `1e400`, `{}`, `{"x":"1"}`, `{"near":{}}`, `{"near":{"y":null}}`, `{"and":[{"color":"PINK","not":1}]}`, `{"byId":null}`, `{"byPoint":{"z":1}}`, `[[{}]]`} {
			requests = append(requests, request{"query($v:" + c.typ + "){" + c.field + "(v:$v)}", `{"v":` + v + `}`})
		}
	}
	return requests
}
