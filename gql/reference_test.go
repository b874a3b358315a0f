package gql

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// deviations are the documents on which the engine differs from graphql-js 16 on purpose,
// with the reason. Key: the document.
var deviations = map[string]string{
	`query($v:Anything){anything(v:$v)} {"v":1e400}`: "the reference reads it as infinity and shows null; we refuse what a double cannot hold",
	`{ string(v: "a") string(v: """a""") }`:          "both are the same value, so that the arguments are identical",
}

// notExecutable reports whether the reference refuses the document because it defines types.
// Ours refuses such documents as well, because type definitions are not part of the grammar
// of requests.
func notExecutable(a refAnswer) bool { return slices.Contains(a.Rules, "ExecutableDefinitions") }

func rulesDocuments(t *testing.T) (names, docs []string) {
	for part := range strings.SplitSeq(readFile(t, "testdata/documents.txt"), "=== ") {
		name, doc, ok := strings.Cut(part, "\n")
		if ok {
			names, docs = append(names, name), append(docs, strings.TrimSpace(doc))
		}
	}
	return names, docs
}

// TestReferenceRules compares which rules refuse each document, by name of the rule.
func TestReferenceRules(t *testing.T) {
	e := worldEngine(t, Limits{Introspection: -1})
	names, docs := rulesDocuments(t)
	var requests []refRequest
	for _, d := range docs {
		requests = append(requests, refRequest{Mode: "rules", Query: d})
	}
	classes := map[string]bool{}
	for i, want := range reference(t, "rules", e.SDL(), requests) {
		// This is one of our limits and not a rule: see Limits.Introspection.
		want.Rules = slices.DeleteFunc(want.Rules, func(r string) bool { return r == "MaxIntrospectionDepth" })
		got := ourRules(e, docs[i])
		if notExecutable(want) {
			if got.Syntax {
				t.Errorf("%s: %s is accepted", names[i], docs[i])
			}
			continue
		}
		for _, r := range want.Rules {
			classes[r] = true
		}
		if why, ok := deviations[docs[i]]; ok {
			if describe(got) == describe(want) {
				t.Errorf("%s: no longer a deviation: %s", names[i], why)
			}
			continue
		}
		if describe(got) != describe(want) {
			t.Errorf("%s: %s\n ours %s\ntheirs %s", names[i], docs[i], describe(got), describe(want))
		}
	}
	if len(classes) < 24 {
		t.Errorf("the documents break only %d rules: %v", len(classes), classes)
	}
}

// TestReferenceSyntax compares which texts are documents at all, and what their strings
// and numbers mean.
func TestReferenceSyntax(t *testing.T) {
	e := worldEngine(t, Limits{})
	var requests []refRequest
	for _, doc := range syntaxDocuments(t) {
		requests = append(requests, refRequest{Mode: "rules", Query: doc}, refRequest{Mode: "execute", Query: doc})
	}
	for i, want := range reference(t, "syntax", e.SDL(), requests) {
		r := requests[i]
		if _, ok := deviations[r.Query]; ok {
			continue
		}
		if r.Mode == "rules" {
			if got := ourRules(e, r.Query); got.Syntax != (want.Syntax && !notExecutable(want)) {
				t.Errorf("%q: ours %v, theirs %v", r.Query, got.Syntax, want.Syntax)
			}
			continue
		}
		got := ourAnswer(t, e, r)
		if got.Valid != want.Valid || got.Valid && !same(got, want) {
			t.Errorf("%q\n ours %s\ntheirs %s", r.Query, describe(got), describe(want))
		}
	}
}

// syntaxDocuments reads documents, one per line; a line that begins with a space,
// or is within a block string, belongs to the one before.
func syntaxDocuments(t *testing.T) []string {
	var out []string
	open := false
	for line := range strings.SplitSeq(readFile(t, "testdata/syntax.txt"), "\n") {
		if n := len(out); n > 0 && (open || strings.HasPrefix(line, " ") || strings.HasPrefix(line, "break")) {
			out[n-1] += "\n" + line
		} else {
			out = append(out, line)
		}
		if strings.Count(strings.ReplaceAll(line, `\"""`, ""), `"""`)%2 == 1 && !strings.Contains(line, "unterminated") {
			open = !open
		}
	}
	return append(out, "", " ", "\ufeff{ person { id } }", "{ string(v: \"\x07\") }", "{ person { id } } # \x07", "{ person { id } }\x00",
		"{ string(v: \"\u2028\u00a0\") }", "{\rperson\r\n{\nid }}", "{ string(v: \"\"\"a\r\n  b\r  c\"\"\") }")
}

// TestReferenceCoercion compares every input type with every kind of value, as a variable.
func TestReferenceCoercion(t *testing.T) {
	values := []string{
		`null`, `true`, `false`, `0`, `-0`, `1`, `-1`, `1.0`, `1.5`, `1e3`, `1e400`, `2147483647`, `2147483648`, `-2147483648`, `-2147483649`,
		`9007199254740991`, `""`, `"a"`, `"1"`, `"RED"`, `"red"`, `"GREY"`, `"\u00e9\ud83d\ude00"`, `[]`, `[null]`, `[1]`, `[1,2]`, `[[1],[2,null]]`, `["1"]`, `["RED","BLUE"]`,
		`[[[1]]]`, `{}`, `{"x":1}`, `{"x":1,"y":null}`, `{"x":"1"}`, `{"x":1,"z":1}`, `{"name":"a"}`, `{"name":null,"sizes":1}`, `{"sizes":[1,null]}`,
		`{"near":{"x":1}}`, `{"and":[{"not":{"near":{"x":true}}}]}`, `{"byId":1}`, `{"byId":null}`, `{"byId":"a","byName":"b"}`, `{"byName":null,"byId":"a"}`, `{"byPoint":{"x":2}}`,
		`{"many":[1,2]}`, `[{"x":1},{"x":2,"unit":"mi"}]`,
	}
	types := []struct{ typ, field string }{
		{"Int", "int"}, {"Int!", "intNN"}, {"Float", "float"}, {"String", "string"}, {"Boolean", "boolean"}, {"ID", "idArg"}, {"Color", "color"}, {"Anything", "anything"},
		{"Point", "point"}, {"Filter", "filter"}, {"Pick", "pick"}, {"[Int]", "listInt"}, {"[Int!]!", "listIntNN"}, {"[[Int]]", "matrix"}, {"[Color!]", "listColor"}, {"[Point]", "listPoint"},
		{"Int = 5", "int"}, {"Int = 5", "intNN"}, {"Int", "intDef"}, {"Filter = {near: {x: 3}}", "filter"},
	}
	e := worldEngine(t, Limits{})
	var requests []refRequest
	for _, c := range types {
		query := "query($v:" + c.typ + "){" + c.field + "(v:$v)}"
		requests = append(requests, refRequest{Mode: "execute", Query: query})
		for _, v := range values {
			requests = append(requests, refRequest{Mode: "execute", Query: query, Variables: json.RawMessage(`{"v":` + v + `}`)})
		}
	}
	for _, q := range []string{ // variables inside of values
		`query($v:Int){listInt(v:[1,$v,3])}`, `query($v:Int!){listIntNN(v:[$v])}`, `query($v:Float!){point(v:{x:$v,y:$v})}`, `query($v:Float){point(v:{x:1,y:$v})}`,
		`query($v:String){point(v:{x:1,unit:$v})}`, `query($v:[Int!]){filter(v:{sizes:$v})}`, `query($v:Filter){filter(v:{not:$v})}`, `query($v:Filter){filter(w:$v)}`,
		`query($v:ID!){pick(v:{byId:$v})}`, `query($v:[Color!]){listColor(v:$v)}`, `query($v:String){nullDef(v:$v)}`, `query($v:Int){matrix(v:[[$v],null])}`,
	} {
		for _, v := range []string{``, `{"v":null}`, `{"v":1}`, `{"v":"a"}`, `{"v":[1]}`, `{"v":["RED"]}`, `{"v":{"name":"x"}}`, `{"w":1}`} {
			requests = append(requests, refRequest{Mode: "execute", Query: q, Variables: json.RawMessage(v)})
		}
	}
	differ := 0
	for i, want := range reference(t, "coercion", e.SDL(), requests) {
		r := requests[i]
		key := r.Query + " " + string(r.Variables)
		got := ourAnswer(t, e, r)
		if _, ok := deviations[key]; ok {
			continue
		}
		if got.Valid != want.Valid || got.Valid && !same(got, want) {
			t.Errorf("%s\n ours %s\ntheirs %s", key, describe(got), describe(want))
		} else if !got.Valid && len(want.Errors) > 0 && got.Errors[0].Message != want.Errors[0].Message {
			differ++ // how values are printed, and suggestions
		}
	}
	t.Logf("%d of %d messages differ in words", differ, len(requests))
}
