package gql

import (
	"context"
	"encoding/json"
	"testing"
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

func BenchmarkTenScalars(b *testing.B) {
	benchmark(b, `{root{id s0 s1 s2 s3 s4 s5 s6 s7 name}}`, "", 11)
}

// BenchmarkList reads 100 objects of 8 scalars: ten branches of ten.
func BenchmarkList(b *testing.B) {
	benchmark(b, `{root{nodes{...on Branch{nodes{...on Branch{id s0 s1 s2 s3 s4 s5 name}}}}}}`, "", 100*8+11)
}

// BenchmarkNested reads 10×10×10 objects of 3 scalars.
func BenchmarkNested(b *testing.B) {
	benchmark(b, `{root{nodes{...on Branch{id s0 name nodes{...on Branch{id s0 name nodes{...on Leaf{id s0 name}}}}}}}}`, "", 3*1110+112)
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
		entry, err := e.load(query)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := compile(e, entry.doc, entry.operations[0].def, nil); err != nil {
			b.Fatal(err)
		}
		e.cache = newPlanCache(1)
	}
}
