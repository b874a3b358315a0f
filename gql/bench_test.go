package gql

import (
	"context"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/graphql-go/graphql"
	legacyparser "github.com/graphql-go/graphql/language/parser"

	"github.com/caspian-kg/caspian/gql/internal/value"
)

func benchmark(b *testing.B, query, variables string, fields int) {
	e := newEngine(b, testConfig())
	req := &Request{Query: query, Variables: json.RawMessage(variables), Root: Ref{Obj: testTree()}}
	ctx := context.Background()
	r := e.Execute(ctx, req)
	if r.Errors > 0 {
		b.Fatalf("%s", r.Body)
	}
	b.SetBytes(int64(len(r.Body)))
	r.Release()
	b.ReportAllocs()
	for b.Loop() {
		e.Execute(ctx, req).Release()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(fields), "ns/field")
}

const nestedQuery = `{root{nodes{...on Branch{id s0 name nodes{...on Branch{id s0 name nodes{...on Leaf{id s0 name}}}}}}}}`

func BenchmarkTenScalars(b *testing.B) {
	benchmark(b, `{root{id s0 s1 s2 s3 s4 s5 s6 s7 name}}`, "", 11)
}

// BenchmarkList reads 100 objects of 8 scalars: ten branches of ten.
func BenchmarkList(b *testing.B) {
	benchmark(b, `{root{nodes{...on Branch{nodes{...on Branch{id s0 s1 s2 s3 s4 s5 name}}}}}}`, "", 100*8+11)
}

// BenchmarkNested reads 10×10×10 objects of 3 scalars.
func BenchmarkNested(b *testing.B) {
	benchmark(b, nestedQuery, "", 3*1110+112)
}

func BenchmarkVariables(b *testing.B) {
	benchmark(b, `query($n:Int!){root{nodes(first:$n){id}}}`, `{"n":10}`, 12)
}

// BenchmarkUncached parses, validates and compiles a document each time.
func BenchmarkUncached(b *testing.B) {
	e := newEngine(b, testConfig())
	query := `{root{nodes{id name ...on Branch{s0 nodes{id name ...on Branch{s0 nodes{id name}}}}}}}`
	b.ReportAllocs()
	for b.Loop() {
		entry, err := e.load(query, nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := compile(e, entry.doc, entry.operations[0].def, nil); err != nil {
			b.Fatal(err)
		}
		e.cache = newPlanCache(1)
	}
}

// BenchmarkNestedByHand renders BenchmarkNested's answer without an engine: the bound.
func BenchmarkNestedByHand(b *testing.B) {
	root := testTree()
	var buf []byte
	var write func(n *node, deep int)
	write = func(n *node, deep int) {
		buf = append(append(buf, `{"id":"`...), strconv.Itoa(n.id)...)
		buf = strconv.AppendInt(append(buf, `","s0":`...), int64(n.id), 10)
		buf = value.AppendString(append(buf, `,"name":`...), n.kind)
		if deep > 0 {
			buf = append(buf, `,"nodes":[`...)
			for i, c := range n.children {
				if i > 0 {
					buf = append(buf, ',')
				}
				write(c, deep-1)
			}
			buf = append(buf, ']')
		}
		buf = append(buf, '}')
	}
	b.ReportAllocs()
	for b.Loop() {
		buf = append(buf[:0], `{"data":{"root":{"nodes":[`...)
		for i, c := range root.children {
			if i > 0 {
				buf = append(buf, ',')
			}
			write(c, 2)
		}
		buf = append(buf, `]}}}`...)
	}
	b.SetBytes(int64(len(buf)))
}

// BenchmarkNestedGraphqlGo is graphql-go's executor on the same schema and document, with
// its parsing and validation done beforehand.
func BenchmarkNestedGraphqlGo(b *testing.B) {
	cfg := testConfig()
	types := cfg.Schema.TypeMap()
	set := func(typ, field string, read func(n *node) any) {
		types[typ].(*graphql.Object).Fields()[field].Resolve = func(p graphql.ResolveParams) (any, error) { return read(p.Source.(*node)), nil }
	}
	for _, typ := range []string{"Branch", "Leaf"} {
		set(typ, "id", func(n *node) any { return n.id })
		set(typ, "s0", func(n *node) any { return n.id })
		set(typ, "name", func(n *node) any { return n.kind })
	}
	set("Branch", "nodes", func(n *node) any { return n.children })
	set("Query", "root", func(n *node) any { return n })
	types["Node"].(*graphql.Interface).ResolveType = func(p graphql.ResolveTypeParams) *graphql.Object {
		return types[p.Value.(*node).kind].(*graphql.Object)
	}
	doc, err := legacyparser.Parse(legacyparser.ParseParams{Source: nestedQuery})
	if err != nil {
		b.Fatal(err)
	}
	root := testTree()
	b.ReportAllocs()
	for b.Loop() {
		r := graphql.Execute(graphql.ExecuteParams{Schema: cfg.Schema, AST: doc, Root: root, Context: context.Background()})
		if len(r.Errors) > 0 {
			b.Fatal(r.Errors)
		}
		if _, err := json.Marshal(r); err != nil {
			b.Fatal(err)
		}
	}
}
