package gql

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/gql/internal/document"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

func seedDocuments(f *testing.F) (docs []string) {
	for _, c := range hostile() {
		if len(c.query) < 2000 {
			docs = append(docs, c.query)
		}
	}
	t := &testing.T{}
	_, named := rulesDocuments(t)
	docs = append(append(docs, named...), syntaxDocuments(t)...)
	s := worldEngine(f, Limits{}).schema
	for seed := range uint64(200) {
		docs = append(docs, randomDocument(s, seed).Query)
	}
	return append(docs, fullIntrospection)
}

// FuzzPrescan checks that the prescan, the parser and the validator do not panic, that their time
// is bounded, and that the text for gqlparser means the same (the prescan accepts it again).
func FuzzPrescan(f *testing.F) {
	for _, d := range seedDocuments(f) {
		f.Add(d)
	}
	e := worldEngine(f, Limits{})
	f.Fuzz(func(t *testing.T, doc string) {
		start := time.Now()
		text, err := document.Prescan(doc, e.limits.document())
		if err != nil {
			return
		}
		if again, err := document.Prescan(text.Text, e.limits.document()); err != nil || again.Tokens != text.Tokens || again.Text != text.Text {
			t.Errorf("%q became %q, which the prescan reads otherwise: %v", doc, text.Text, err)
		}
		parsed, err := document.Parse(text)
		if err != nil {
			return
		}
		if _, err := document.Validate(e.schema, text, parsed, e.limits.document()); err != nil && len(err.Errors) > e.limits.Errors {
			t.Errorf("%d errors", len(err.Errors))
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// FuzzExecute checks that the whole engine does not panic, answers with valid JSON, and gives the
// same answer from a cached plan.
func FuzzExecute(f *testing.F) {
	for _, d := range seedDocuments(f) {
		f.Add(d, "", `{"v":1,"id":"x"}`)
	}
	limits := Limits{Cost: 20_000, Output: 1 << 20}
	e := worldEngine(f, limits)
	f.Fuzz(func(t *testing.T, doc, operation, vars string) {
		run := func(e *Engine) string {
			r := e.Execute(context.Background(), &Request{
				Query: doc, OperationName: operation, Variables: json.RawMessage(vars), Root: Ref{Obj: &worldObject{seed: 1}}, AllowMutation: true,
			})
			defer r.Release()
			if !json.Valid(r.Body) {
				t.Errorf("%q: no JSON: %s", doc, r.Body)
			}
			if r.RequestError == r.HasData {
				t.Errorf("%q: RequestError %v, HasData %v", doc, r.RequestError, r.HasData)
			}
			return string(r.Body)
		}
		first := run(e)
		if again := run(e); again != first {
			t.Errorf("%q: first %s, then %s", doc, first, again)
		}
	})
}

// FuzzCoerce checks that the coercion of variables does not panic, and that its value coerces again
// to itself as a literal's default would.
func FuzzCoerce(f *testing.F) {
	types := []string{"Int", "Float!", "String", "Boolean", "ID", "Color", "Anything", "Filter", "Pick", "[Int!]", "[[Int]]", "[Point]!"}
	for i := range types {
		for _, v := range []string{`null`, `1`, `1.5`, `"RED"`, `[1,null]`, `{"x":1}`, `{"near":{"x":1},"and":[{}]}`, `{"byId":1}`, `1e999`, `[[1],2]`} {
			f.Add(i, v)
		}
	}
	e := worldEngine(f, Limits{})
	f.Fuzz(func(t *testing.T, i int, v string) {
		typ := types[uint(i)%uint(len(types))]
		doc := "query($v:" + typ + "){__typename @mark(label:$w)}"
		parsed, err := document.Parse(&document.Text{Text: doc})
		if err != nil {
			t.Fatal(err)
		}
		var vars value.Variables
		defs, err := value.Declare(e.schema, parsed.Operations[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := vars.Decode(t.Context(), json.RawMessage(`{"v":`+v+`}`), defs, e.limits.variables()); err != nil {
			return
		}
		if err := vars.Coerce(t.Context(), defs, e.limits.Errors); err != nil {
			return
		}
		val, ok := vars.Lookup("v")
		if !ok {
			return
		}
		ref := e.schema.Ref(parsed.Operations[0].VariableDefinitions[0].Type)
		lit, fail := value.LiteralOf(val, ref)
		if fail != nil {
			t.Fatalf("%s %s: no literal for %v: %v", typ, v, val, fail)
		}
		back, fail := value.CoerceConstant(lit, ref)
		if fail != nil {
			t.Fatalf("%s %s: %s does not coerce: %v", typ, v, value.Print(lit), fail)
		}
		if a, b := string(canonicalArgs(nil, val)), string(canonicalArgs(nil, back)); a != b {
			t.Errorf("%s %s: %s, then %s", typ, v, a, b)
		}
	})
}
