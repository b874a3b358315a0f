package gql

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

// hostile requests must be refused or answered in bounded time and memory, and the next
// query must be answered. Want is the code, "" for an answer.
func hostile() []struct {
	name, query, vars, want string
} {
	rep := strings.Repeat
	chain := func(n int, body func(i int) string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " fragment F%d on Country{%s}", i, body(i))
		}
		return b.String()
	}
	numbered := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	manyOps := numbered(50, " query Q%d($v:Int){...F}") + " fragment F on Query{int(v:$v)}"
	type c = struct{ name, query, vars, want string }
	return []c{
		{"fragment cycle", `{...F} fragment F on Query{...F}`, "", codes.GraphQLValidationFailed},
		{"96-byte cycle", `query{...A}fragment A on Query{...B}fragment B on Query{country{cities{country{id}}} ...A}`, "", codes.GraphQLValidationFailed},
		{"cycle through fields", `{country{...F}} fragment F on Country{neighbours{...F}}`, "", codes.GraphQLValidationFailed},
		{"exponential fragments", `{country{...F0}}` + chain(60, func(i int) string {
			if i == 59 {
				return "id"
			}
			return fmt.Sprintf("...F%d a:neighbours{...F%d} b:neighbours{...F%d}", i+1, i+1, i+1)
		}), "", "LIMIT_FIELDS"},
		{"exponential flat fragments", `{country{...F0}}` + chain(60, func(i int) string {
			if i == 59 {
				return "id"
			}
			return fmt.Sprintf("...F%d ...F%d", i+1, i+1)
		}), "", "LIMIT_FIELDS"},
		{"long fragment chain", `{country{...F0}}` + chain(1500, func(i int) string {
			if i == 1499 {
				return "id"
			}
			return fmt.Sprintf("...F%d", i+1)
		}), "", ""},
		{"deep fragment chain", `{country{...F0}}` + chain(1000, func(i int) string {
			if i == 999 {
				return "id"
			}
			return fmt.Sprintf("neighbours{...F%d}", i+1)
		}), "", "LIMIT_DEPTH"},
		{"all fragments spread all", `{country{...F0}}` + chain(60, func(i int) string { return "id " + numbered(60, "...F%d ") }), "", codes.GraphQLValidationFailed},
		{"million braces", rep("{a", 1_000_000), "", "LIMIT_BYTES"},
		{"many braces", rep("{a", 100_000), "", "LIMIT_NESTING"},
		{"many brackets", `{listInt(v:` + rep("[", 200_000), "", "LIMIT_NESTING"},
		{"many parens", `{a` + rep("(", 200_000), "", "LIMIT_NESTING"},
		{"many objects", `{anything(v:` + rep("{a:", 60_000), "", "LIMIT_NESTING"},
		{"list types", `query($v:` + rep("[", 200_000), "", "LIMIT_NESTING"},
		{"mismatched brackets", rep("{[(", 40), "", codes.GraphQLParseFailed},
		{"closing brackets", rep("}", 10_000), "", codes.GraphQLParseFailed},
		{"brackets open and shut", `{` + rep("a(b:[])", 2_000), "", codes.GraphQLParseFailed},
		{"bangs", `query($v:Int` + rep("!", 10_000), "", codes.GraphQLParseFailed},
		{"spreads", `{` + rep("...", 10_000), "", codes.GraphQLParseFailed},
		{"dollars", rep("$", 10_000), "", codes.GraphQLParseFailed},
		{"comments", rep("#\n", 100_000) + "{color}", "", ""},
		{"commas", rep(",", 200_000) + "{color}", "", ""},
		{"tokens", "{" + rep("a ", 30_000) + "}", "", "LIMIT_TOKENS"},
		{"bytes", "{color}#" + rep("x", 300_000), "", "LIMIT_BYTES"},
		{"long name", "{" + rep("a", 200_000) + "}", "", codes.GraphQLValidationFailed},
		{"long string", `{string(v:"` + rep("x", 200_000) + `")}`, "", ""},
		{"long number", `{int(v:` + rep("9", 200_000) + `)}`, "", codes.GraphQLValidationFailed},
		{"long float", `{float(v:0.` + rep("9", 200_000) + `)}`, "", ""},
		{"long exponent", `{float(v:1e` + rep("9", 200_000) + `)}`, "", codes.GraphQLValidationFailed},
		{"block string", `{string(v:"""` + rep("\n \\\"\"\" ", 20_000) + `""")}`, "", ""},
		{"aliases", "{" + numbered(5_000, "a%d:color ") + "}", "", "LIMIT_ALIASES"},
		{"aliases by fragments", `{country{...F0}}` + chain(12, func(i int) string {
			return fmt.Sprintf("x%d:id ", i) + map[bool]string{true: fmt.Sprintf("...F%d y%d:neighbours{...F%d}", i+1, i, i+1), false: ""}[i < 11]
		}), "", "LIMIT_ALIASES"},
		{"root fields", "{" + rep("color ", 5_000) + "}", "", "LIMIT_ROOT_FIELDS"},
		{"duplicate fields", "{country{" + rep("id ", 15_000) + "}}", "", ""},
		{"duplicate fields with arguments", "{country{" + rep(`title(upper:true) `, 3_000) + "}}", "", ""},
		{"duplicate nested fields", "{country{" + rep("capital{id country{id}} ", 1_500) + "}}", "", ""},
		{"duplicate lists", "{country{" + rep("neighbours{neighbours{neighbours{id}}} ", 1_000) + "}}", "", ""},
		{"conflicting fields", "{country{" + rep("x:id x:name ", 200) + "}}", "", codes.GraphQLValidationFailed},
		{"unknown fields", "{country{" + numbered(10_000, "nope%d ") + "}}", "", codes.GraphQLValidationFailed},
		{"unknown long fields", "{country{" + rep(rep("n", 1000)+" ", 200) + "}}", "", codes.GraphQLValidationFailed},
		{"unknown near fields", "{country{" + rep(rep("n", 60)+" ", 2000) + "}}", "", codes.GraphQLValidationFailed},
		{"unknown arguments", "{color(" + numbered(4_000, "a%d:1 ") + ")}", "", codes.GraphQLValidationFailed},
		{"unknown types", "query(" + numbered(3_000, "$v%d:T ") + "){color}", "", codes.GraphQLValidationFailed},
		{"directives", "{color " + rep("@skip(if:false) ", 3_000) + "}", "", "LIMIT_DIRECTIVES"},
		{"repeatable directives", "{color " + rep("@mark ", 5_000) + "}", "", "LIMIT_DIRECTIVES"},
		{"unknown directives", "{color " + rep("@a ", 400) + "}", "", codes.GraphQLValidationFailed},
		{"variables", "query(" + numbered(3_000, "$v%d:Int ") + "){listInt(v:[" + numbered(3_000, "$v%d ") + "])}", "", ""},
		{"operations", manyOps, "", codes.OperationResolutionFailure},
		{"operations and fragments", numbered(50, " query Q%d{country{...F0}}") + chain(1500, func(i int) string {
			if i == 1499 {
				return "id"
			}
			return fmt.Sprintf("...F%d", i+1)
		}), "", codes.OperationResolutionFailure},
		{"many operations", numbered(600, " query Q%d{color}"), "", "LIMIT_OPERATIONS"},
		{"input fields", `{anything(v:{` + numbered(3_000, "a%d:1 ") + `})}`, "", ""},
		{"wide abstract nesting", `{things{__typename ` + rep(`... on Country{things{__typename `, 8) + rep("}}", 8) + "}}", "", "LIMIT_COST"},
		{"nested lists", "{country{" + rep("neighbours{", 20) + "id" + rep("}", 20) + "}}", "", "LIMIT_COST"},
		{"greedy page", `{country{cities(first:2000000000){id}}}`, "", "LIMIT_COST"},
		{"negative page", `{country{cities(first:-5){id}}}`, "", ""},
		{"introspection nest", `{__schema{types{` + rep("fields{type{", 5) + "name" + rep("}}", 5) + "}}}", "", "LIMIT_INTROSPECTION"},
		{"introspection by fragments", `{__schema{types{...F}}} fragment F on __Type{fields{type{...G}}} fragment G on __Type{fields{type{...H}}} fragment H on __Type{fields{name}}`, "", "LIMIT_INTROSPECTION"},
		{"introspection wide", `{` + numbered(90, `a%d:__schema{types{name fields{name args{name type{name ofType{name}}} type{name ofType{name ofType{name}}}}}}`) + `}`, "", ""},
		{"deep variables", `query($v:Anything){anything(v:$v)}`, `{"v":` + rep("[", 100_000) + rep("]", 100_000) + `}`, "LIMIT_VARIABLES"},
		{"deep broken variables", `query($v:Anything){anything(v:$v)}`, rep(`{"v":`, 100_000), "LIMIT_VARIABLES"},
		{"huge variables", `query($v:Anything){anything(v:$v)}`, `{"v":"` + rep("x", 5<<20) + `"}`, "LIMIT_VARIABLES"},
		{"many empty objects", `query($v:Filter){filter(v:$v)}`, `{"v":{"and":[` + rep("{},", 1_300_000) + `{}]}}`, "LIMIT_VARIABLES"},
		{"many empty lists", `{color}`, `{"v":[` + rep("[],", 1_300_000) + `[]]}`, "LIMIT_VARIABLES"},
		{"many numbers", `query($v:[Int]){listInt(v:$v)}`, `{"v":[` + rep("0,", 2_000_000) + `0]}`, "LIMIT_VARIABLES"},
		{"empty objects within the limit", `query($v:Filter){filter(v:$v)}`, `{"v":{"and":[` + rep("{},", 200_000) + `{}]}}`, ""},
		{"many wrong variables", `query($v:[Int]){listInt(v:$v)}`, `{"v":[` + rep(`"x",`, 499_000) + `1]}`, codes.BadUserInput},
		{"many unknown input fields", `query($v:Filter){filter(v:$v)}`, `{"v":{` + numbered(100_000, `"a%d":1,`) + `"b":1}}`, codes.BadUserInput},
		{"deep input objects", `query($v:Filter){filter(v:$v)}`, `{"v":` + rep(`{"not":`, 95) + `{}` + rep(`}`, 95) + `}`, ""},
		{"many variables unused", `{color}`, `{` + numbered(100_000, `"a%d":1,`) + `"b":1}`, ""},
		{"variables no object", `{color}`, `[1]`, codes.BadUserInput},
		{"variables no JSON", `{color}`, `{"a":`, codes.BadUserInput},
		{"variables with a tail", `{color}`, `{} {}`, codes.BadUserInput},
		{"zero bytes", rep("\x00", 1000), "", codes.GraphQLParseFailed},
		{"not UTF-8", "{string(v:\"\xff\xfe\")}", "", codes.GraphQLParseFailed},
		{"empty", "", "", codes.GraphQLParseFailed},
	}
}

func TestHostile(t *testing.T) {
	e := worldEngine(t, Limits{})
	for _, c := range hostile() {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			r := e.Execute(context.Background(), &Request{Query: c.query, Variables: json.RawMessage(c.vars), Root: Ref{Obj: &worldObject{seed: 1}}})
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if !json.Valid(r.Body) {
				t.Errorf("no JSON: %.200s", r.Body)
			}
			if r.Code != c.want {
				t.Errorf("code %q, want %q: %.300s", r.Code, c.want, r.Body)
			}
			if len(r.Body) > 1<<20 && r.Code != "" {
				t.Errorf("a refusal of %d bytes", len(r.Body))
			}
			// The bounds are ten times what a busy machine shows, and the race detector takes longer.
			most := 2 * time.Second
			if raced {
				most *= 5
			}
			if took > most {
				t.Errorf("took %v", took)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 256<<20 {
				t.Errorf("allocated %d MiB", used>>20)
			}
			t.Logf("%v, %d KiB allocated, code %q", took, (after.TotalAlloc-before.TotalAlloc)>>10, r.Code)
			if got := answer(t, e, `{__typename}`, ""); got != `{"data":{"__typename":"Query"}}` {
				t.Errorf("the next query: %s", got)
			}
		})
	}
}

// TestLimits checks the message of each limit: it states the limit and the value met.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		limits      Limits
		query, vars string
		want        string
	}{
		{Limits{Bytes: 5}, `{color}`, "", `{"errors":[{"message":"The document's length in bytes is 7, above the limit of 5: ask for less in one request.","extensions":{"code":"LIMIT_BYTES","actual":7,"limit":5}}]}`},
		{Limits{Tokens: 2}, `{color}`, "", "LIMIT_TOKENS"},
		{Limits{Nesting: 1}, `{person{id}}`, "", "LIMIT_NESTING"},
		{Limits{Operations: 1}, `query A{color} query B{color}`, "", "LIMIT_OPERATIONS"},
		{Limits{Depth: 1}, `{person{id}}`, "", "LIMIT_DEPTH"},
		{Limits{Aliases: 1}, `{a:color b:color}`, "", "LIMIT_ALIASES"},
		{Limits{RootFields: 1}, `{color a:color}`, "", "LIMIT_ROOT_FIELDS"},
		{Limits{Directives: 1}, `{color @mark @mark}`, "", "LIMIT_DIRECTIVES"},
		{Limits{Fields: 1}, `{color person{id}}`, "", "LIMIT_FIELDS"},
		{Limits{Cost: 1}, `{color person{id}}`, "", "LIMIT_COST"},
		{Limits{Output: 10}, `{a:__typename b:__typename country{id}}`, "", "LIMIT_OUTPUT"},
		{Limits{VariableBytes: 3}, `{color}`, `{"a":1}`, "LIMIT_VARIABLES"},
		{Limits{VariableDepth: 1}, `{color}`, `{"a":[]}`, "LIMIT_VARIABLES"},
		{Limits{VariableValues: 4}, `{color}`, `{"a":[1,{"b":[]}]}`, `{"errors":[{"message":"The number of values in the variables is 5, above the limit of 4: ask for less in one request.","extensions":{"code":"LIMIT_VARIABLES","actual":5,"limit":4}}]}`},
		{Limits{VariableValues: 5}, `{__typename}`, `{"a":[1,{"b":[]}]}`, `{"data":{"__typename":"Query"}}`},
		{Limits{NoIntrospection: true}, `{__schema{types{name}}}`, "", codes.IntrospectionDisabled},
		{Limits{NoIntrospection: true}, `{...F} fragment F on Query{__type(name:"A"){name}}`, "", codes.IntrospectionDisabled},
		{Limits{NoIntrospection: true}, `{__typename}`, "", `{"data":{"__typename":"Query"}}`},
		{Limits{Bytes: -1, Tokens: -1, Nesting: -1, Depth: -1, Aliases: -1, RootFields: -1, Directives: -1, Fields: -1, Cost: -1, Output: -1, VariableBytes: -1, VariableDepth: -1, VariableValues: -1, Introspection: -1, Errors: -1, PlanCacheBytes: -1}, `{__typename}`, "", `{"data":{"__typename":"Query"}}`},
	} {
		e := worldEngine(t, c.limits)
		got := e.Execute(context.Background(), &Request{Query: c.query, Variables: json.RawMessage(c.vars), Root: Ref{Obj: &worldObject{seed: 1}}})
		if got.Code != c.want && string(got.Body) != c.want {
			t.Errorf("%+v: %s\n got %s\nwant %s", c.limits, c.query, got.Body, c.want)
		}
	}
}

// leaving is the context of a client that leaves: it ends when it is checked for the given
// time.
type leaving struct {
	context.Context
	looks, at int
}

func (c *leaving) Err() error {
	if c.looks++; c.looks >= c.at {
		return context.Canceled
	}
	return nil
}

// TestVariablesCancelled: when the client leaves, reading or coercing its long variables stops.
func TestVariablesCancelled(t *testing.T) {
	e := worldEngine(t, Limits{})
	const values = 100_000
	vars := json.RawMessage(`{"v":[` + strings.Repeat("1,", values) + `1]}`)
	for stage, at := range map[string]int{"reading": 2, "coercing": values/value.CheckValues + 2} {
		ctx := &leaving{t.Context(), 0, at}
		r := e.Execute(ctx, &Request{Query: `query($v:[Int]){listInt(v:$v)}`, Variables: vars, Root: Ref{Obj: &worldObject{seed: 1}}})
		if r.Code != codes.Cancelled || !r.RequestError || ctx.looks > at {
			t.Errorf("%s: code %q after %d looks at the context, which had ended at %d: %.200s", stage, r.Code, ctx.looks, at, r.Body)
		}
	}
}
