package gql

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql/internal/value"
)

// node is the domain of the tests: a tree with ten scalars in each node.
type node struct {
	id       int
	kind     string
	children []*node
}

func tree(depth, width int, next *int) *node {
	n := &node{id: *next, kind: "Branch"}
	*next++
	if depth == 0 {
		n.kind = "Leaf"
		return n
	}
	for range width {
		n.children = append(n.children, tree(depth-1, width, next))
	}
	return n
}

func testTree() *node { next := 0; return tree(3, 10, &next) }

// codedError has its own code, as a domain error does.
type codedError struct{ code string }

func (e codedError) Error() string              { return "an error of the domain" }
func (e codedError) Extensions() map[string]any { return map[string]any{"code": e.code} }

// testSchema has an interface, failing fields, arguments and a mutation.
func testSchema() graphql.Schema {
	scalars := graphql.Fields{
		"id":    {Type: graphql.NewNonNull(graphql.ID)},
		"name":  {Type: graphql.String},
		"fail":  {Type: graphql.String},
		"boom":  {Type: graphql.String},
		"null":  {Type: graphql.String},
		"empty": {Type: graphql.NewNonNull(graphql.String)},
		"echo":  {Type: graphql.String, Args: graphql.FieldConfigArgument{"text": {Type: graphql.String}, "n": {Type: graphql.Int, DefaultValue: 7}}},
	}
	for i := range 10 {
		scalars["s"+strconv.Itoa(i)] = &graphql.Field{Type: graphql.Int}
	}
	iface := graphql.NewInterface(graphql.InterfaceConfig{Name: "Node", Fields: graphql.Fields{
		"id": {Type: graphql.NewNonNull(graphql.ID)}, "name": {Type: graphql.String},
	}})
	fields := func(extra graphql.Fields) graphql.Fields {
		out := graphql.Fields{}
		for k, v := range scalars {
			out[k] = v
		}
		for k, v := range extra {
			out[k] = v
		}
		return out
	}
	leaf := graphql.NewObject(graphql.ObjectConfig{Name: "Leaf", Interfaces: []*graphql.Interface{iface}, Fields: fields(nil)})
	branch := graphql.NewObject(graphql.ObjectConfig{Name: "Branch", Interfaces: []*graphql.Interface{iface}, Fields: graphql.FieldsThunk(func() graphql.Fields {
		return fields(graphql.Fields{
			"nodes":    {Type: graphql.NewList(graphql.NewNonNull(iface)), Args: graphql.FieldConfigArgument{"first": {Type: graphql.Int}}},
			"parent":   {Type: iface},
			"branches": {Type: graphql.NewNonNull(graphql.NewList(graphql.NewNonNull(graphql.NewObject(graphql.ObjectConfig{Name: "Twig", Fields: graphql.Fields{"id": {Type: graphql.NewNonNull(graphql.ID)}, "bad": {Type: graphql.NewNonNull(graphql.String)}}})))), Args: graphql.FieldConfigArgument{"first": {Type: graphql.Int}}},
		})
	})})
	query := graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{
		"root":  {Type: branch},
		"plain": {Type: graphql.String},
		"any":   {Type: iface},
	}})
	mutation := graphql.NewObject(graphql.ObjectConfig{Name: "Mutation", Fields: graphql.Fields{
		"bump": {Type: graphql.Int, Args: graphql.FieldConfigArgument{"by": {Type: graphql.NewNonNull(graphql.Int)}}},
	}})
	schema, err := graphql.NewSchema(graphql.SchemaConfig{Query: query, Mutation: mutation, Types: []graphql.Type{leaf, branch}})
	if err != nil {
		panic(err)
	}
	return schema
}

// testReaders reads the scalars of a node.
func testReaders() map[string]Binding {
	m := map[string]Binding{
		"id": {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
			return append(value.AppendInt(append(dst, '"'), int64(src.Obj.(*node).id)), '"'), nil
		}},
		"name": {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
			return value.AppendString(dst, src.Obj.(*node).kind), nil
		}},
		"fail":  {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) { return dst, codedError{"DOMAIN"} }},
		"boom":  {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) { panic("secret") }},
		"null":  {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) { return dst, nil }},
		"empty": {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) { return dst, nil }},
		"echo": {
			Prepare: func(args map[string]any) (any, error) {
				if args["text"] == "bad" {
					return nil, &ArgumentError{"text", errors.New("text must not be bad")}
				}
				return args, nil
			},
			Leaf: func(c *Call, _ Ref, dst []byte) ([]byte, error) {
				text, _ := json.Marshal(c.Args)
				return value.AppendString(dst, string(text)), nil
			},
		},
	}
	for i := range 10 {
		m["s"+strconv.Itoa(i)] = Binding{Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
			return value.AppendInt(dst, int64(src.Obj.(*node).id+i)), nil
		}}
	}
	return m
}

// testConfig binds testSchema to the tree.
func testConfig() Config {
	list := func(c *Call, src Ref, dst []Ref) ([]Ref, bool, error) {
		for i, n := range src.Obj.(*node).children {
			if first, ok := c.Args.(map[string]any)["first"].(int); ok && i >= first {
				break
			}
			dst = append(dst, Ref{Obj: n})
		}
		return dst, true, nil
	}
	schema := testSchema()
	b := testReaders()
	b["nodes"], b["branches"] = Binding{List: list}, Binding{List: list}
	b["parent"] = Binding{Object: func(*Call, Ref) (Ref, bool, error) { return Ref{}, false, nil }}
	self := Binding{Object: func(_ *Call, src Ref) (Ref, bool, error) { return src, true, nil }}
	sum := 0
	return Config{
		Schema: schema,
		Bindings: map[string]map[string]Binding{
			"Query": {"root": self, "any": self, "plain": {Leaf: func(_ *Call, _ Ref, dst []byte) ([]byte, error) { return value.AppendString(dst, "plain"), nil }}}, "Branch": b, "Leaf": testReaders(),
			"Twig": {"id": b["id"], "bad": b["empty"]},
			"Mutation": {"bump": {Leaf: func(c *Call, _ Ref, dst []byte) ([]byte, error) {
				sum += c.Args.(map[string]any)["by"].(int)
				return value.AppendInt(dst, int64(sum)), nil
			}}},
		},
		TypeOf: map[string]func(Ref) string{"": func(r Ref) string { return r.Obj.(*node).kind }},
	}
}

func newEngine(t testing.TB, cfg Config) *Engine {
	t.Helper()
	e, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// answer executes a document over the test tree.
func answer(t testing.TB, e *Engine, query, variables string) string {
	t.Helper()
	r := e.Execute(context.Background(), &Request{Query: query, Variables: json.RawMessage(variables), Root: Ref{Obj: testTree()}, AllowMutation: true})
	defer r.Release()
	if !json.Valid(r.Body) {
		t.Fatalf("%s: the answer is not JSON: %s", query, r.Body)
	}
	return string(r.Body)
}

func TestExecute(t *testing.T) {
	e := newEngine(t, testConfig())
	for _, c := range []struct{ name, query, vars, want string }{
		{"selection order", `{root{name id s1}}`, "", `{"data":{"root":{"name":"Branch","id":"0","s1":1}}}`},
		{"alias and merge", `{root{x:id} root{y:id x:id}}`, "", `{"data":{"root":{"x":"0","y":"0"}}}`},
		{"a leaf of the root", `{plain}`, "", `{"data":{"plain":"plain"}}`},
		{"fragments", `{any{__typename ...on Branch{b:id} ...F}} fragment F on Node{...on Leaf{l:id} name}`, "", `{"data":{"any":{"__typename":"Branch","b":"0","name":"Branch"}}}`},
		{"list", `{root{nodes(first:2){id}}}`, "", `{"data":{"root":{"nodes":[{"id":"1"},{"id":"112"}]}}}`},
		{"list by variable", `query($n:Int){root{nodes(first:$n){id}}}`, `{"n":1}`, `{"data":{"root":{"nodes":[{"id":"1"}]}}}`},
		{"null object", `{root{parent{id}}}`, "", `{"data":{"root":{"parent":null}}}`},
		{"skip", `query($a:Boolean!){root{id @skip(if:$a) name @include(if:$a)}}`, `{"a":true}`, `{"data":{"root":{"name":"Branch"}}}`},
		{"not skip", `query($a:Boolean!){root{id @skip(if:$a) name @include(if:$a)}}`, `{"a":false}`, `{"data":{"root":{"id":"0"}}}`},
		{"all skipped", `{root{id @skip(if:true)}}`, "", `{"data":{"root":{}}}`},
		{"default", `{root{echo}}`, "", `{"data":{"root":{"echo":"{\"n\":7}"}}}`},
		{"null argument", `{root{echo(text:null)}}`, "", `{"data":{"root":{"echo":"{\"n\":7,\"text\":null}"}}}`},
		{"absent variable", `query($t:String){root{echo(text:$t)}}`, "", `{"data":{"root":{"echo":"{\"n\":7}"}}}`},
		{"error with code", `{root{id fail}}`, "", `{"errors":[{"message":"an error of the domain","locations":[{"line":1,"column":10}],"path":["root","fail"],"extensions":{"code":"DOMAIN"}}],"data":{"root":{"id":"0","fail":null}}}`},
		{"panic", `{root{id boom name}}`, "", `{"errors":[{"message":"Internal error: it has been reported.","locations":[{"line":1,"column":10}],"path":["root","boom"],"extensions":{"code":"INTERNAL"}}],"data":{"root":{"id":"0","boom":null,"name":"Branch"}}}`},
		{"null propagates", `{root{id empty}}`, "", `{"errors":[{"message":"Cannot return null for non-nullable field Branch.empty.","locations":[{"line":1,"column":10}],"path":["root","empty"],"extensions":{"code":"NULL_IN_NON_NULL"}}],"data":{"root":null}}`},
		{"null propagates through lists", `{root{branches(first:2){id bad}}}`, "", `{"errors":[{"message":"Cannot return null for non-nullable field Twig.bad.","locations":[{"line":1,"column":28}],"path":["root","branches",0,"bad"],"extensions":{"code":"NULL_IN_NON_NULL"}}],"data":{"root":null}}`},
		{"argument error", `query($t:String){root{id echo(n:1,text:$t)}}`, `{"t":"bad"}`, `{"errors":[{"message":"text must not be bad","locations":[{"line":1,"column":40}],"path":["root","echo"],"extensions":{"code":"BAD_USER_INPUT"}}],"data":{"root":{"id":"0","echo":null}}}`},
		{"constant argument error", `{root{id echo(n:1,text:"bad")}}`, ``, `{"errors":[{"message":"text must not be bad","locations":[{"line":1,"column":24}],"path":["root","echo"],"extensions":{"code":"BAD_USER_INPUT"}}],"data":{"root":{"id":"0","echo":null}}}`},
		{"serial mutation", `mutation{a:bump(by:1) b:bump(by:2)}`, ``, `{"data":{"a":1,"b":3}}`},
		{"syntax", `{`, "", `{"errors":[{"message":"Syntax Error: Expected Name, found <EOF>","locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_PARSE_FAILED"}}]}`},
		{"unknown field", `{root{nam}}`, "", `{"errors":[{"message":"Cannot query field \"nam\" on type \"Branch\". Did you mean \"name\"?","locations":[{"line":1,"column":7}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`},
		{"required variable", `query($n:Int!){root{nodes(first:$n){id}}}`, `{}`, `{"errors":[{"message":"Variable \"$n\" of required type \"Int!\" was not provided.","locations":[{"line":1,"column":7}],"extensions":{"code":"BAD_USER_INPUT"}}]}`},
		{"cost", `{root{a:nodes(first:1000000){id}b:nodes(first:1000000){id}}}`, ``, `{"errors":[{"message":"The estimated cost of the operation is 2000003, above the limit of 2000000: ask for less in one request.","extensions":{"code":"LIMIT_COST","actual":2000003,"limit":2000000}}]}`},
		{"cost by variable", `query($n:Int=1000000){root{a:nodes(first:$n){id}b:nodes(first:$n){id}}}`, ``, `{"errors":[{"message":"The estimated cost of the operation is 2000003, above the limit of 2000000: ask for less in one request.","extensions":{"code":"LIMIT_COST","actual":2000003,"limit":2000000}}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := answer(t, e, c.query, c.vars)
			if !strings.Contains(c.want, `\n`) && got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.query, got, c.want)
			}
			if again := answer(t, e, c.query, c.vars); c.name != "serial mutation" && again != got {
				t.Errorf("the cached plan answers differently: %s", again)
			}
		})
	}
}
