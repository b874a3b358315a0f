package gql

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// fullIntrospection is the query of GraphiQL and of code generators with every option.
const fullIntrospection = `query IntrospectionQuery{__schema{description queryType{name kind}mutationType{name kind}subscriptionType{name kind}types{...FullType}directives{name description isRepeatable locations args(includeDeprecated:true){...InputValue}}}}fragment FullType on __Type{kind name description specifiedByURL isOneOf fields(includeDeprecated:true){name description args(includeDeprecated:true){...InputValue}type{...TypeRef}isDeprecated deprecationReason}inputFields(includeDeprecated:true){...InputValue}interfaces{...TypeRef}enumValues(includeDeprecated:true){name description isDeprecated deprecationReason}possibleTypes{...TypeRef}}fragment InputValue on __InputValue{name description type{...TypeRef}defaultValue isDeprecated deprecationReason}fragment TypeRef on __Type{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name}}}}}}}}}}`

// referenceDiffers lists where graphql-js 16.15 describes the introspection schema in other
// terms than the specification of September 2025, by schema coordinate, with what the
// specification has there (sections 4.2 and 3.13.3). The engine follows the specification.
var referenceDiffers = map[string]string{
	"__Type.fields(includeDeprecated:)":      "fields(includeDeprecated: Boolean! = false): [__Field!]",
	"__Type.enumValues(includeDeprecated:)":  "enumValues(includeDeprecated: Boolean! = false): [__EnumValue!]",
	"__Type.inputFields(includeDeprecated:)": "inputFields(includeDeprecated: Boolean! = false): [__InputValue!]",
	"__Field.args(includeDeprecated:)":       "args(includeDeprecated: Boolean! = false): [__InputValue!]!",
	"__Directive.args(includeDeprecated:)":   "args(includeDeprecated: Boolean! = false): [__InputValue!]!",
	"@deprecated(reason:)":                   `directive @deprecated(reason: String! = "No longer supported")`,
	// The reference also lets directives be deprecated, which is a draft after that edition.
	"@deprecated":                              "on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE",
	"__Schema.directives":                      "directives: [__Directive!]!",
	"__Schema.directives(includeDeprecated:)":  "directives: [__Directive!]!",
	"__Directive":                              "type __Directive { name description isRepeatable locations args }",
	"__Directive.isDeprecated":                 "type __Directive { name description isRepeatable locations args }",
	"__Directive.deprecationReason":            "type __Directive { name description isRepeatable locations args }",
	"__DirectiveLocation":                      "enum __DirectiveLocation ends with INPUT_FIELD_DEFINITION",
	"__DirectiveLocation.DIRECTIVE_DEFINITION": "enum __DirectiveLocation ends with INPUT_FIELD_DEFINITION",
}

func TestReferenceIntrospection(t *testing.T) {
	e := worldEngine(t, Limits{}) // the default limits must let it pass
	requests := []refRequest{
		{Mode: "execute", Query: fullIntrospection},
		{Mode: "execute", Query: `{__type(name:"City"){name fields{name args{name defaultValue}}} gone:__type(name:"Gone"){name} c:__type(name:"Color"){enumValues{name}} __typename}`},
		{Mode: "execute", Query: `{__type(name:"Pick"){isOneOf inputFields{name}} __schema{__typename types{__typename}}}`},
	}
	for i, want := range reference(t, "introspection", e.SDL(), requests) {
		got := ourAnswer(t, e, requests[i])
		if i != 0 && !same(got, want) {
			t.Errorf("%s\n ours %s\ntheirs %s", requests[i].Query, describe(got), describe(want))
		}
		if i == 0 && want.Data != nil { // live; the stored verdict is a digest
			compareCoordinates(t, coordinates(t, *got.Data), coordinates(t, *want.Data))
		}
	}
}

func compareCoordinates(t *testing.T, ours, reference map[string]string) {
	t.Helper()
	all := maps.Clone(ours)
	maps.Copy(all, reference)
	for _, coord := range slices.Sorted(maps.Keys(all)) {
		_, known := referenceDiffers[coord]
		switch differ := ours[coord] != reference[coord]; {
		case differ && !known:
			t.Errorf("introspection differs at %s\n ours %s\ntheirs %s", coord, ours[coord], reference[coord])
		case !differ && known:
			t.Errorf("introspection of %s no longer differs: take it from the list", coord)
		}
	}
}

// coordinates splits an answer to fullIntrospection into its elements, by schema coordinate.
// Each has the names of its members in their order, without their contents.
func coordinates(t *testing.T, data string) map[string]string {
	t.Helper()
	out := map[string]string{}
	var walk func(coord string, v map[string]any)
	walk = func(coord string, v map[string]any) {
		short := maps.Clone(v)
		for _, members := range []struct{ key, before, after string }{
			{"types", "", ""}, {"directives", "@", ""}, {"fields", coord + ".", ""}, {"inputFields", coord + ".", ""},
			{"enumValues", coord + ".", ""}, {"args", coord + "(", ":)"},
		} {
			list, ok := v[members.key].([]any)
			if !ok {
				continue
			}
			names := []any{}
			for _, m := range list {
				m := m.(map[string]any)
				names = append(names, m["name"])
				walk(members.before+m["name"].(string)+members.after, m)
			}
			short[members.key] = names
		}
		text, err := json.Marshal(short)
		if err != nil {
			t.Fatal(err)
		}
		out[coord] = string(text)
	}
	walk("schema", decoded(t, data).(map[string]any)["__schema"].(map[string]any))
	return out
}

// TestDeprecationArguments compares the six arguments with the edition of September 2025,
// even without Node. It also checks what follows for requests: null is refused, and a
// nullable variable without a value means the default.
func TestDeprecationArguments(t *testing.T) {
	e := worldEngine(t, Limits{})
	got := coordinates(t, strings.TrimSuffix(strings.TrimPrefix(answer(t, e, fullIntrospection, ""), `{"data":`), "}"))
	for coord, value := range map[string]string{
		"__Type.fields(includeDeprecated:)": "Boolean false", "__Type.enumValues(includeDeprecated:)": "Boolean false",
		"__Type.inputFields(includeDeprecated:)": "Boolean false", "__Field.args(includeDeprecated:)": "Boolean false",
		"__Directive.args(includeDeprecated:)": "Boolean false", "@deprecated(reason:)": `String "No longer supported"`,
	} {
		var arg struct {
			DefaultValue string
			Type         struct {
				Kind   string
				OfType struct{ Name string }
			}
		}
		if err := json.Unmarshal([]byte(got[coord]), &arg); err != nil {
			t.Fatalf("%s: %v", coord, err)
		}
		if is := arg.Type.OfType.Name + " " + arg.DefaultValue; arg.Type.Kind != "NON_NULL" || is != value {
			t.Errorf("%s: %s", coord, got[coord])
		}
	}
	const byVariable = `query($all:Boolean){__type(name:"City"){fields(includeDeprecated:$all){name}}}`
	for _, c := range []struct{ query, vars, want string }{
		{`{__type(name:"City"){fields(includeDeprecated:null){name}}}`, ``, `Expected value of type \"Boolean!\", found null.`},
		{byVariable, `{"all":null}`, `Argument \"includeDeprecated\" of non-null type \"Boolean!\" must not be null.`},
		{byVariable, ``, `{"data":{"__type":{"fields":[{"name":`},
		{byVariable, `{"all":true}`, `{"data":{"__type":{"fields":[{"name":`},
	} {
		if got := answer(t, e, c.query, c.vars); !strings.Contains(got, c.want) {
			t.Errorf("%s %s\n got %.200s\nwant %s", c.query, c.vars, got, c.want)
		}
	}
}

// TestIntrospectionStable: the introspection answer, which TestReferenceIntrospection
// compares with the reference, has the same bytes on every machine and in every run.
func TestIntrospectionStable(t *testing.T) {
	const path = "testdata/golden/introspection.sha256"
	for range 3 {
		sum := sha256.Sum256([]byte(answer(t, worldEngine(t, Limits{}), fullIntrospection, "")))
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

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}
