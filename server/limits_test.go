package server

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/server/internal/content"
)

// TestLimits sets each limit low, goes beyond it, and asks again within it.
func TestLimits(t *testing.T) {
	const introspection = "{__schema{types{fields{type{fields{name}}}}}}"
	for _, tc := range []struct {
		code      string
		limits    gql.Limits
		query     string
		variables string
		ran       bool // refused while running: data is null, which is a partial response
	}{
		{"LIMIT_BYTES", gql.Limits{Bytes: 30}, "{a:__typename b:__typename c:__typename}", "", false},
		{"LIMIT_TOKENS", gql.Limits{Tokens: 10}, "{a:__typename b:__typename c:__typename}", "", false},
		{"LIMIT_NESTING", gql.Limits{Nesting: 3}, "{graph{a:sequence(x:[1])}}", "", false},
		{"LIMIT_OPERATIONS", gql.Limits{Operations: 1}, "query A{__typename} query B{__typename}", "", false},
		{"LIMIT_DIRECTIVES", gql.Limits{Directives: 1}, "{a:__typename @skip(if:true) b:__typename @skip(if:false)}", "", false},
		{"LIMIT_DEPTH", gql.Limits{Depth: 2}, "{countries{nodes{name}}}", "", false},
		{"LIMIT_ALIASES", gql.Limits{Aliases: 1}, "{a:__typename b:__typename}", "", false},
		{"LIMIT_ROOT_FIELDS", gql.Limits{RootFields: 1}, "{a:__typename b:__typename}", "", false},
		{"LIMIT_FIELDS", gql.Limits{Fields: 3}, "{graph{sequence} ...F ...F} fragment F on Query{graph{sequence}}", "", false},
		{"LIMIT_COST", gql.Limits{Cost: 50}, "{countries(first:1000){nodes{id}}}", "", false},
		{"LIMIT_COST", gql.Limits{Cost: 50}, "query($n:Int){countries(first:$n){nodes{id}}}", `{"n":1000}`, false},
		{"LIMIT_VARIABLES", gql.Limits{VariableBytes: 20}, "{__typename}", `{"a":"0123456789012345678"}`, false},
		{"LIMIT_VARIABLES", gql.Limits{VariableDepth: 3}, "{__typename}", `{"a":[[[1]]]}`, false},
		{"LIMIT_INTROSPECTION", gql.Limits{Introspection: 1}, introspection, "", false},
		{"INTROSPECTION_DISABLED", gql.Limits{NoIntrospection: true}, introspection, "", false},
		{"LIMIT_OUTPUT", gql.Limits{Output: 1000}, "{__schema{types{name}}}", "", true},
	} {
		s := limited(t, Options{}, tc.limits)
		body, err := json.Marshal(map[string]any{"query": tc.query, "variables": json.RawMessage(cmp.Or(tc.variables, "null"))})
		if err != nil {
			t.Fatal(err)
		}
		for media, status := range map[string]int{jsonType: http.StatusOK, content.Response: http.StatusUnprocessableEntity} {
			if tc.ran && media == content.Response {
				status = codes.Partial
			}
			w := ask(s, "POST", "/graphql", string(body), "Accept", media)
			if got := code(t, w); w.Code != status || got != tc.code {
				t.Errorf("%s as %s: %d %q, want %d: %.300s", tc.code, media, w.Code, got, status, w.Body)
			}
			if strings.HasPrefix(tc.code, "LIMIT_") && !strings.Contains(w.Body.String(), `"limit":`) {
				t.Errorf("%s: the answer does not tell the limit: %.300s", tc.code, w.Body)
			}
			if w.Header().Get("ETag") != "" {
				t.Errorf("%s: a refusal has a validator", tc.code)
			}
			if w := ask(s, "POST", "/graphql", `{"query":"{__typename}"}`); w.Code != 200 || code(t, w) != "" {
				t.Errorf("%s: the next query: %d %s", tc.code, w.Code, w.Body)
			}
		}
		if m := ask(s, "GET", "/metrics", "").Body.String(); !strings.Contains(m, `caspian_graphql_refused_total{code="`+tc.code+`"} 2`) {
			t.Errorf("%s is not counted", tc.code)
		}
	}
}

// hostile are requests that are meant to harm, over HTTP. The engine's own list is in
// package gql; these go through the whole server.
var hostile = map[string]string{
	"fragment cycle":       `{"query":"{...A} fragment A on Query{...B} fragment B on Query{...A}"}`,
	"fragment doubling":    `{"query":"{...F0}` + doubling(40) + `"}`,
	"a million brackets":   `{"query":"` + strings.Repeat("{a", 1_000_000) + `"}`,
	"a million lists":      `{"query":"{a(b:` + strings.Repeat("[", 1_000_000) + `)}"}`,
	"nested JSON":          strings.Repeat(`{"query":`, 1_000_000),
	"nested JSON lists":    `{"query":"{__typename}","variables":{"a":` + strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000) + `}}`,
	"nested extensions":    `{"query":"{__typename}","extensions":` + strings.Repeat(`{"a":`, 1_000_000),
	"nested batch":         strings.Repeat("[", 1_000_000),
	"long batch":           "[" + strings.Repeat(`{"query":"{__typename}"},`, 100_000) + "1]",
	"many aliases":         `{"query":"{` + strings.Repeat("a:__typename ", 100_000) + `"}`,
	"many names":           `{"query":"{` + strings.Repeat("unknown ", 20_000) + `}"}`,
	"many directives":      `{"query":"{__typename ` + strings.Repeat("@skip(if:false)", 100_000) + `}"}`,
	"many members":         `{"query":"{__typename}"` + strings.Repeat(`,"query":"x"`, 100_000) + `}`,
	"a long number":        `{"query":"query($n:Int){countries(first:$n){totalCount}}","variables":{"n":` + strings.Repeat("9", 1_000_000) + `}}`,
	"a large exponent":     `{"query":"query($n:Int){countries(first:$n){totalCount}}","variables":{"n":1e999999999}}`,
	"nested filter":        `{"query":"query($w:CountryFilter){countries(where:$w){totalCount}}","variables":{"w":` + strings.Repeat(`{"not":`, 4_000) + `{}` + strings.Repeat("}", 4_000) + `}}`,
	"nested introspection": `{"query":"{__schema{types{` + strings.Repeat("fields{type{", 50) + "name" + strings.Repeat("}}", 50) + `}}}"}`,
	"a long name":          `{"query":"{` + strings.Repeat("x", 200_000) + `}"}`,
	"a long operation":     `{"query":"{__typename}","operationName":"` + strings.Repeat("x", 1_000_000) + `"}`,
	"zero bytes":           strings.Repeat("\x00", 1_000_000),
}

func doubling(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Query{...F%d ...F%d}", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Query{__typename}", n)
	return b.String()
}

// TestHostile sends the list over a connection and checks that every request is refused with a code,
// in little time, and the next query answered.
func TestHostile(t *testing.T) {
	ts := seededServer(t)
	for name, body := range hostile {
		t.Run(name, func(t *testing.T) {
			for _, packedToo := range []bool{false, true} {
				sent := body
				if packedToo {
					sent = packed(t, body)
				}
				r, err := http.NewRequestWithContext(t.Context(), "POST", ts.URL+"/graphql", strings.NewReader(sent))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Accept", content.Response)
				if packedToo {
					r.Header.Set("Content-Encoding", "gzip")
				}
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				var answer struct {
					Errors []struct{ Extensions struct{ Code string } }
				}
				err = json.NewDecoder(res.Body).Decode(&answer)
				res.Body.Close()
				if err != nil || res.StatusCode/100 != 4 || len(answer.Errors) == 0 || answer.Errors[0].Extensions.Code == "" {
					t.Errorf("%s: %v %+.300v", res.Status, err, answer)
				}
				next, err := http.Get(ts.URL + "/graphql?query={graph{sequence}}")
				if err != nil {
					t.Fatal(err)
				}
				next.Body.Close()
				if next.StatusCode != http.StatusOK {
					t.Errorf("the next query: %s", next.Status)
				}
			}
		})
	}
}
