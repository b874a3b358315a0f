package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/export"
	"github.com/caspian-kg/caspian/graph/lens"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
	"github.com/caspian-kg/caspian/server/roles"
	"github.com/caspian-kg/caspian/server/tokens"
)

// exampleRules returns the example of docs/access.md.
func exampleRules(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rules, ok := strings.Cut(string(text), "```yml\n")
	if !ok {
		t.Fatal("docs/access.md has no example")
	}
	rules, _, _ = strings.Cut(rules, "```")
	return rules
}

// matrixCallers are the callers of the matrix, with the role and the groups of their tokens.
var matrixCallers = []struct{ name, role, groups string }{
	{"anonymous", "", ""}, {"reader", "reader", ""}, {"contributor", "contributor", ""}, {"analyst", "contributor", "analysts"},
	{"editor", "editor", ""}, {"admin", "admin", ""},
}

// matrixChange states what press says, and what the rules of the example hide.
func matrixChange(hidden bool) *graph.Change {
	ch := &graph.Change{}
	declare := func(id graph.ID, typ string) {
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Declare, Entity: graph.Entity{ID: id, Type: typ}})
	}
	say := func(subject graph.ID, predicate string, v graph.Value, source graph.ID) {
		ch.Ops = append(ch.Ops, graph.Op{Kind: graph.Assert, Claim: graph.Claim{Subject: subject, Predicate: predicate, Value: v, Source: source, Confidence: 1}})
	}
	declare("press", "Source")
	declare("KAZ", "Country")
	declare("JPN", "Country")
	declare("astana", "City")
	say("KAZ", "name", graph.StringValue("Kazakhstan"), "press")
	say("JPN", "name", graph.StringValue("Japan"), "press")
	say("astana", "name", graph.StringValue("Astana"), "press")
	say("KAZ", "capital", graph.EntityValue("astana"), "press")
	if hidden {
		declare("draft-report", "Source")
		declare("leakville", "City")
		declare("leak-mine", "Deposit")
		say("leakville", "name", graph.StringValue("Leakville"), "draft-report")
		say("KAZ", "capital", graph.EntityValue("leakville"), "draft-report")
		say("leak-mine", "name", graph.StringValue("Leak mine"), "press")
		say("leak-mine", "country", graph.EntityValue("KAZ"), "press")
		say("KAZ", "exportsTo", graph.EntityValue("JPN"), "press")
	}
	return ch
}

// matrixServer returns a server with the example's rules over a graph with or without what they hide, and a token for each caller.
func matrixServer(t *testing.T, hidden bool) (*Server, map[string]string) {
	t.Helper()
	o, now := schema.MustDefault(), func() time.Time { return time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC) }
	g, err := live.Open(t.Context(), &live.Unkept{}, o, live.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	ch := matrixChange(hidden)
	if _, err := g.Commit(t.Context(), ch); err != nil {
		t.Fatal(err)
	}
	p, err := roles.Read("access.yaml", strings.NewReader(exampleRules(t)))
	if err == nil {
		p, err = p.For(o, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	token := map[string]string{}
	for _, c := range matrixCallers[1:] {
		h := tokens.Holder{Name: c.name, Role: c.role}
		if c.groups != "" {
			h.Groups = []string{c.groups}
		}
		made, line := tokens.Make(h)
		token[c.name] = made
		file.WriteString(line + "\n")
	}
	set, err := tokens.Read("tokens", strings.NewReader(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Options{Graph: g, Version: "test", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{Keys: Keys{Writers: []*tokens.Tokens{set}, Policy: p}, Now: now, Batch: 4})
	through := func(l *lens.Lens) *Backend {
		reader, under := a.Through(l), g.Through(l)
		return &Backend{Graph: under, Begin: func() Session { return reader.Begin() }, SDL: a.SDL(), Plans: a.Engine().CacheStats,
			Import: func(context.Context, *ImportRequest) (*Imported, error) { return nil, errNoToken },
			Export: func(asked url.Values) (*Export, error) {
				f, sel, err := export.Read(asked)
				if err != nil {
					return nil, err
				}
				part, err := export.Select(under.Snapshot(), sel, graph.DayOf(now()))
				if err != nil {
					return nil, err
				}
				return &Export{Media: f.Media, Write: func(ctx context.Context, w io.Writer) error { return f.Write(ctx, w, part) }}, nil
			}}
	}
	b := through(nil)
	b.Through = through
	s.Publish(b)
	return s, token
}

// An operation of the matrix: its request, the pattern of the routes that it is for, and for each caller what it
// gets: s sees what the embargo on the source, d that on deposits, x that on exports hides; . only what is not hidden;
// a number is the status of a refusal.
type matrixRow struct{ name, pattern, method, target, body, cells string }

const matrixAll = `{ country(id: \"KAZ\") { name capital { name } exportsTo { totalCount } claims { totalCount } } cities { nodes { id name } } deposits { totalCount nodes { id name } } search(text: \"leak\") { totalCount nodes { id name } } graph { claims recordedClaims entities digest } log(sinceSequence: 0) { added { totalCount nodes { id } } } }`

var matrix = []matrixRow{
	{"a query", "/graphql", "POST", "/graphql", `{"query":"` + matrixAll + `"}`, ". . . d s sdx"},
	{"again, from the cache", "/graphql", "POST", "/graphql", `{"query":"` + matrixAll + `"}`, ". . . d s sdx"},
	{"a batch", "/graphql", "POST", "/graphql", `[{"query":"` + matrixAll + `"}]`, ". . . d s sdx"},
	{"a table", "/graphql", "GET", "/graphql.csv?query=" + url.QueryEscape(`{ deposits { nodes { id name } } }`), "", ". . . d . d"},
	{"a stream", "/graphql/stream", "POST", "/graphql/stream", `{"query":"` + matrixAll + `"}`, ". . . d s sdx"},
	{"an error with suggestions", "/graphql", "POST", "/graphql", `{"query":"{ timeline(entity: \"LEAKVILLE\") { totalCount } }"}`, ". . . . s s"},
	{"an entity's page", "/e/{id}", "GET", "/e/leakville", "", ". . . . s s"},
	{"the home page", "/", "GET", "/", "", ". . . . . ."},
	{"another page", "/routes", "GET", "/routes", "", ". . . . . ."},
	{"the labels of pages", "/assets/", "GET", "/assets/ontology.json", "", ". . . . . ."},
	{"an export", "/export", "GET", "/export?format=jsonl", "", ". . . d s sdx"},
	{"a reconciliation", "reconcilePath", "GET", "/reconcile?queries=" + url.QueryEscape(`{"q":{"query":"Leakville"}}`), "", ". . . d s s"},
	{"suggestions", "reconcilePath", "GET", "/reconcile/suggest/entity?prefix=Leakv", "", ". . . . s s"},
	{"the metrics", "/metrics", "GET", "/metrics", "", "403 403 403 403 403 ."},
	{"an import", "importPath", "POST", "/import", "", "READ_ONLY READ_ONLY READ_ONLY READ_ONLY READ_ONLY 400"},
	{"a snapshot", "/snapshot", "GET", "/snapshot", "", "401 403 403 403 403 sdx"},
	{"the schema", "/schema.graphql", "GET", "/schema.graphql", "", ". . . . . ."},
	{"alive", "/healthz", "GET", "/healthz", "", ". . . . . ."},
	{"ready", "/readyz", "GET", "/readyz", "", ". . . . . ."},
	{"a backup", "/backup", "GET", "/backup", "", "403 403 403 403 403 403"},
	{"a verification", "/verify", "GET", "/verify", "", "403 403 403 403 403 403"},
	{"a tool of agents", "agents.Path", "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query","arguments":{"query":"` + matrixAll + `"}}}`, ". . . d s sdx"},
	{"a write", "/graphql", "POST", "/graphql", `{"query":"mutation { transact(input: {operations: [{declare: {id: \"new-place\", type: \"City\"}}]}) { sequence } }"}`, "READ_ONLY READ_ONLY READ_ONLY READ_ONLY READ_ONLY ."},
}

var matrixSecrets = map[byte]*regexp.Regexp{'s': regexp.MustCompile(`(?i)leakville|draft-report`), 'd': regexp.MustCompile(`(?i)leak.mine`), 'x': regexp.MustCompile(`(?i)"exportsTo":\{"totalCount":1|"predicate":"exportsTo"|exportsTo\\":\{\\"totalCount\\":1|exportsTo`)}

// TestAccessMatrix asks each operation as each caller. Every address has a row.
func TestAccessMatrix(t *testing.T) {
	with, token := matrixServer(t, true)
	without, other := matrixServer(t, false)
	for _, row := range matrix {
		cells := strings.Fields(row.cells)
		if len(cells) != len(matrixCallers) {
			t.Fatalf("%s has %d cells for %d callers", row.name, len(cells), len(matrixCallers))
		}
		for i, c := range matrixCallers {
			headers := func(token string) []string {
				h := []string{"-", "Authorization", "Accept", "application/json, text/event-stream"}
				if strings.HasPrefix(row.target, "/graphql.csv") {
					h = []string{"-", "Authorization", "Accept", "text/csv"}
				}
				if token != "" {
					h = append(h, "Authorization", "Bearer "+token)
				}
				return h
			}
			w := ask(with, row.method, row.target, row.body, headers(token[c.name])...)
			body := w.Body.String()
			matrixCell(t, row.name+" as "+c.name, row.target, cells[i], w.Code, body)
			if cells[i] == "." && with.keys.Load().Policy.Lens(roles.OfToken(tokens.Holder{Role: c.role, Groups: strings.Fields(c.groups)}, roles.Reader)) != nil && c.role != "editor" && c.groups == "" {
				same := ask(without, row.method, row.target, row.body, headers(other[c.name])...).Body.String()
				if body != same {
					t.Errorf("%s as %s: not the answer of a graph without what is hidden\n%s\n%s", row.name, c.name, body, same)
				}
			}
		}
	}
	text, err := os.ReadFile("server.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\s+(?:read|s\.mux\.HandleFunc)\("?([^",+]+?)"?(?:\+[^,]*)?, `).FindAllSubmatch(text, -1) {
		pattern := string(bytes.TrimSpace(m[1]))
		if pattern != "p.pattern" && !slices.ContainsFunc(matrix, func(r matrixRow) bool { return r.pattern == pattern }) {
			t.Errorf("the address %s has no row in the matrix", pattern)
		}
	}
}

// matrixCell compares an answer with its cell.
func matrixCell(t *testing.T, what, target, cell string, status int, body string) {
	t.Helper()
	if code := fmt.Sprint(status); strings.Trim(cell, "0123456789") == "" {
		if code != cell {
			t.Errorf("%s: status %s, want %s: %.300s", what, code, cell, body)
		}
		return
	}
	if strings.HasPrefix(cell, "READ") {
		if !strings.Contains(body, cell) {
			t.Errorf("%s: want %s: %.300s", what, cell, body)
		}
		return
	}
	if strings.HasPrefix(target, "/e/") || strings.HasPrefix(target, "/schema") || strings.HasPrefix(target, "/assets") {
		return // the answer repeats the question, or has the names of the ontology
	}
	if strings.Contains(body, "LEAKVILLE") {
		body = strings.ReplaceAll(body, "LEAKVILLE", "")
	}
	for secret, in := range matrixSecrets {
		if secret == 'x' && !strings.Contains(body, `exportsTo\":{\"totalCount\":1`) && !strings.Contains(body, `"exportsTo":{"totalCount":1`) && !strings.Contains(body, `"predicate":"exportsTo"`) {
			if strings.ContainsRune(cell, 'x') && target != "/snapshot" {
				t.Errorf("%s does not show %c: %.600s", what, secret, body)
			}
			continue
		}
		if shows := in.MatchString(body); shows != strings.ContainsRune(cell, rune(secret)) {
			t.Errorf("%s shows %c: %v, want %s: %d %.900s", what, secret, shows, cell, status, body)
		}
	}
}
