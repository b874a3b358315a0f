package gql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
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

// FuzzGate holds the gate, the parser and the validator to: no panic, bounded time, and a
// text for gqlparser of the same meaning (it is valid for the gate again).
func FuzzGate(f *testing.F) {
	for _, d := range seedDocuments(f) {
		f.Add(d)
	}
	e := worldEngine(f, Limits{})
	f.Fuzz(func(t *testing.T, doc string) {
		start := time.Now()
		text, err := scan(doc, e.limits)
		if err != nil {
			return
		}
		if again, err := scan(text.text, e.limits); err != nil || again.tokens != text.tokens || again.text != text.text {
			t.Errorf("%q became %q, which the gate reads otherwise: %v", doc, text.text, err)
		}
		parsed, err := parse(text)
		if err != nil {
			return
		}
		if _, err := validate(e.schema, text, parsed, e.limits); err != nil && len(err.errs) > e.limits.Errors {
			t.Errorf("%d errors", len(err.errs))
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// FuzzExecute holds the whole engine to: no panic, valid JSON, and the same answer from a
// cached plan.
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

// FuzzCoerce holds the coercion of variables to: no panic, and a value that coerces again
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
		parsed, err := parse(&scanned{text: doc})
		if err != nil {
			t.Fatal(err)
		}
		given, err := decodeVariables(t.Context(), json.RawMessage(`{"v":`+v+`}`), e.limits)
		if err != nil {
			return
		}
		var vars variables
		defs, err := declared(e.schema, parsed.Operations[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := e.coerceVariables(t.Context(), defs, given, &vars); err != nil {
			return
		}
		val, ok := vars.lookup("v")
		if !ok {
			return
		}
		ref := e.schema.ref(parsed.Operations[0].VariableDefinitions[0].Type)
		lit, fail := literalOf(val, ref)
		if fail != nil {
			t.Fatalf("%s %s: no literal for %v: %v", typ, v, val, fail)
		}
		back, fail := coerceLiteral(lit, ref)
		if fail != nil {
			t.Fatalf("%s %s: %s does not coerce: %v", typ, v, printLiteral(lit), fail)
		}
		if a, b := string(canonicalArgs(nil, val)), string(canonicalArgs(nil, back)); a != b {
			t.Errorf("%s %s: %s, then %s", typ, v, a, b)
		}
	})
}

// halves finds escapes of surrogates, of which the lone ones are refused.
var halves = regexp.MustCompile(`(?i)\\u[d][89a-f]`)

// FuzzJSON holds the reader of variables to encoding/json.
func FuzzJSON(f *testing.F) {
	for _, v := range []string{`{"a":[1,-2.5e+3,true,false,null,"x\u00e9\ud83d\ude00\ud83d\n"]}`, ` [ ] `, `{}`, `01`, `1.`, `-`, `"\x"`, `"\u12"`, "\"\xff\"", `tru`, `{"a":1,"a":2}`, `[1,]`, `{"a"}`, `1e`, `"\ud800\u0041"`, ``, `nullx`, `"\u+123"`} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want any
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		err := dec.Decode(&want)
		if err == nil {
			if _, end := dec.Token(); end != io.EOF {
				err = errors.New("a tail")
			}
		}
		got, fail := readJSON(t.Context(), []byte(text), 10_000, len(text)+1)
		if err == nil && fail != nil && strings.ContainsRune(fmt.Sprint(want), utf8.RuneError) &&
			(!utf8.ValidString(text) || halves.MatchString(text)) {
			return // we refuse what encoding/json replaces
		}
		if (err == nil) != (fail == nil) {
			t.Fatalf("%q: encoding/json says %v, we say %v", text, err, fail)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %#v, want %#v", text, got, want)
		}
	})
}
