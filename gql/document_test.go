package gql

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/codes"
)

// TestDescriptions covers what the edition of 2025 added and graphql-js 16 refuses:
// descriptions of operations, variables and fragments.
func TestDescriptions(t *testing.T) {
	e := worldEngine(t, Limits{})
	query := `"""of the operation""" query Q("of the variable" $v: Int) { int(v: $v) ...F }
"""
of the
fragment
""" fragment F on Query { __typename }`
	got := ourAnswer(t, e, refRequest{Query: query, Variables: []byte(`{"v":1}`)})
	if want := `{"int":"{\"v\":1}","__typename":"Query"}`; !got.Valid || *got.Data != want {
		t.Errorf("got %s, want %s", describe(got), want)
	}
	if got := answer(t, e, `"no" {color}`, ""); !strings.Contains(got, codes.GraphQLParseFailed) {
		t.Errorf("a description of a shorthand: %s", got)
	}
}

// TestPositions checks that errors after edited strings are where they are in the text.
func TestPositions(t *testing.T) {
	e := worldEngine(t, Limits{})
	for query, want := range map[string]string{
		"{ a: string(v: \"\"\"one\n  two\n three\"\"\") nope }":              "{\"line\":3,\"column\":12}",
		"{ a: string(v: \"\"\"one\"\"\") nope }":                             "{\"line\":1,\"column\":27}",
		"{ a: string(v: \"\"\"é😀\"\"\", nope: 1) }":                          "{\"line\":1,\"column\":26}",
		"# \x07 comment\n{ nope }":                                           "{\"line\":2,\"column\":3}",
		"{ a: int(v: \"x\") }":                                               "{\"line\":1,\"column\":13}",
		"{ a: int(v: \"\"\"x\"\"\") }":                                       "{\"line\":1,\"column\":13}",
		"{\r\n  a: int(v: 1)\r  nope\n}":                                     "{\"line\":3,\"column\":3}",
		"{ a: filter(v: {name: \"x\", near: {x: \"y\"}}) }":                  "{\"line\":1,\"column\":38}",
		"{ a: string(v: \"\"\"\n\n\n\n\"\"\") b: string(v: 1) }":             "{\"line\":5,\"column\":19}",
		"query ($v: Int) { string(v: $v) }":                                  "{\"line\":1,\"column\":8},{\"line\":1,\"column\":29}",
		"{ person { ...F } }\nfragment F on Person {\n  friends { ...F }\n}": "{\"line\":3,\"column\":13}",
	} {
		if got := answer(t, e, query, ""); !strings.Contains(got, `"locations":[`+want+`]`) {
			t.Errorf("%q: want %s, got %s", query, want, got)
		}
	}
}

// TestCacheEstimate compares the cache's estimate of its memory with what it really takes.
func TestCacheEstimate(t *testing.T) {
	e := worldEngine(t, Limits{PlanCacheBytes: -1})
	var before, after runtime.MemStats
	var requests []refRequest
	for seed := range uint64(600) {
		requests = append(requests, randomDocument(e.schema, seed))
	}
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, r := range requests {
		e.Execute(context.Background(), &Request{Query: r.Query, Variables: r.Variables, Root: Ref{Obj: &worldObject{seed: 1}}, AllowMutation: true}).Release()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	_, _, docs, bytes := e.CacheStats()
	real := int(after.HeapAlloc) - int(before.HeapAlloc)
	t.Logf("%d documents: estimate %d KiB, heap %d KiB", docs, bytes>>10, real>>10)
	if bytes < real*6/10 || bytes > real*5/2 {
		t.Errorf("the cache counts %d bytes for %d documents that take %d", bytes, docs, real)
	}
	runtime.KeepAlive(requests)
}

func TestCheck(t *testing.T) {
	e := worldEngine(t, Limits{})
	if err := e.Check(fullIntrospection); err != nil {
		t.Error(err)
	}
	err := e.Check("{\n nope\n person { nope }\n}")
	if err == nil || err.Error() != "2:2: Cannot query field \"nope\" on type \"Query\". Did you mean \"node\"?\n3:11: Cannot query field \"nope\" on type \"Person\". Did you mean \"home\"?" {
		t.Error(err)
	}
}
