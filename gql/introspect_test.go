package gql

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// fullIntrospection is the query of GraphiQL and of code generators with every option.
const fullIntrospection = `query IntrospectionQuery{__schema{description queryType{name kind}mutationType{name kind}subscriptionType{name kind}types{...FullType}directives{name description isRepeatable locations args(includeDeprecated:true){...InputValue}}}}fragment FullType on __Type{kind name description specifiedByURL isOneOf fields(includeDeprecated:true){name description args(includeDeprecated:true){...InputValue}type{...TypeRef}isDeprecated deprecationReason}inputFields(includeDeprecated:true){...InputValue}interfaces{...TypeRef}enumValues(includeDeprecated:true){name description isDeprecated deprecationReason}possibleTypes{...TypeRef}}fragment InputValue on __InputValue{name description type{...TypeRef}defaultValue isDeprecated deprecationReason}fragment TypeRef on __Type{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name}}}}}}}}}}`

func TestReferenceIntrospection(t *testing.T) {
	for _, bound := range []bool{false, true} {
		e := worldEngine(t, bound, Limits{}) // the default limits must let it pass
		requests := []refRequest{
			{Mode: "execute", Query: fullIntrospection},
			{Mode: "execute", Query: `{__type(name:"City"){name fields{name args{name defaultValue}}} gone:__type(name:"Gone"){name} c:__type(name:"Color"){enumValues{name}} __typename}`},
			{Mode: "execute", Query: `{__type(name:"Pick"){isOneOf inputFields{name}} __schema{__typename types{__typename}}}`},
		}
		for i, want := range reference(t, "introspection", e.SDL(), requests) {
			got := ourAnswer(t, e, requests[i])
			// The reference, ahead of the edition of 2025, lets directives be deprecated;
			// these are its only additions.
			if want.Data != nil {
				without := withoutDirectiveDeprecation(t, *want.Data)
				want.Data = &without
			}
			if i != 0 && !same(got, want) {
				t.Errorf("%s\n ours %s\ntheirs %s", requests[i].Query, describe(got), describe(want))
			}
			if i == 0 && want.Data != nil {
				if d := firstDiff(decoded(t, withoutDirectiveDeprecation(t, *got.Data)), decoded(t, *want.Data), "data"); d != "" {
					t.Errorf("introspection differs at %s", d)
				}
			}
		}
	}
}

// TestIntrospectionStable holds the introspection answer, which TestReferenceIntrospection
// compares with the reference, to the same bytes on every machine and in every run.
func TestIntrospectionStable(t *testing.T) {
	const path = "testdata/golden/introspection.sha256"
	for range 3 {
		sum := sha256.Sum256([]byte(answer(t, worldEngine(t, true, Limits{}), fullIntrospection, "")))
		got := hex.EncodeToString(sum[:]) + "\n"
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got != readFile(t, path) {
			t.Errorf("introspection answers other bytes than before: see that TestReferenceIntrospection passes with Node, then run with -update")
		}
	}
}

// withoutDirectiveDeprecation removes what the reference adds to the specification from
// an introspection answer, and its two introspection types altogether.
func withoutDirectiveDeprecation(t *testing.T, data string) string {
	var v map[string]any
	if err := json.Unmarshal([]byte(data), &v); err != nil {
		t.Fatal(err)
	}
	s, ok := v["__schema"].(map[string]any)
	if !ok || s["directives"] == nil {
		return data
	}
	s["types"] = filter(s["types"], func(m map[string]any) bool {
		return m["name"] != "__Directive" && m["name"] != "__Schema" && m["name"] != "__DirectiveLocation"
	})
	s["directives"] = filter(s["directives"], func(m map[string]any) bool { return m["name"] != "deprecated" })
	out, _ := json.Marshal(v)
	return string(out)
}

func filter(list any, keep func(map[string]any) bool) []any {
	var out []any
	for _, e := range list.([]any) {
		if keep(e.(map[string]any)) {
			out = append(out, e)
		}
	}
	return out
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// firstDiff says where two decoded values differ, "" where they do not.
func firstDiff(a, b any, path string) string {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			break
		}
		for k := range x {
			if d := firstDiff(x[k], y[k], path+"."+k); d != "" {
				return d
			}
		}
		return ""
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			break
		}
		for i := range x {
			if d := firstDiff(x[i], y[i], fmt.Sprintf("%s[%d]", path, i)); d != "" {
				return d
			}
		}
		return ""
	default:
		if a == b {
			return ""
		}
	}
	p, _ := json.Marshal(a)
	q, _ := json.Marshal(b)
	return fmt.Sprintf("%s: ours %s, reference %s", path, p, q)
}
