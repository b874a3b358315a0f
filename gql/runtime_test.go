package gql

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/caspian-kg/caspian/codes"
)

// TestAllocations: a request on a cached plan allocates nothing if its response is
// released. It logs the allocations if the response is kept.
func TestAllocations(t *testing.T) {
	if raced {
		t.Skip("the race detector makes sync.Pool drop values")
	}
	e := newEngine(t, testConfig())
	root := Ref{Obj: testTree()}
	for _, query := range []string{`{root{id s0 s1 s2 s3 s4 s5 s6 s7 name}}`, `{root{nodes{__typename ...on Branch{id nodes{id name}}}}}`, `{any{id}}`} {
		req := &Request{Query: query, Root: root}
		run := func(release bool) float64 {
			return testing.AllocsPerRun(200, func() {
				r := e.Execute(context.Background(), req)
				if r.Errors != 0 {
					t.Fatal(string(r.Body))
				}
				if release {
					r.Release()
				}
			})
		}
		if n := run(true); n > 0.5 { // the pool may be emptied by the collector
			t.Errorf("%s: %v allocations a request", query, n)
		}
		t.Logf("%s: %v allocations where the response is kept", query, run(false))
	}
}

// TestConcurrent runs one engine from many goroutines from its first request on, with
// interfaces, enums, variables and errors; the race detector watches.
func TestConcurrent(t *testing.T) {
	e := worldEngine(t, Limits{PlanCacheBytes: 100_000}) // small, to evict
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]string{}
	for range 8 {
		wg.Go(func() {
			for seed := range uint64(150) {
				r := randomDocument(e.schema, seed)
				resp := e.Execute(context.Background(), &Request{Query: r.Query, Variables: r.Variables, Root: Ref{Obj: &worldObject{seed: 1}}, AllowMutation: true})
				body := string(resp.Body)
				resp.Release()
				mu.Lock()
				if old, ok := seen[r.Query]; ok && old != body {
					t.Errorf("%s: %s, then %s", r.Query, old, body)
				}
				seen[r.Query] = body
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if _, _, n, bytes := e.CacheStats(); bytes > 100_000 || n == 0 {
		t.Errorf("the cache holds %d documents of %d bytes, above its limit of 100,000", n, bytes)
	}
}

func TestCacheVariants(t *testing.T) {
	e := newEngine(t, testConfig())
	query := `query($a:Boolean!,$b:Boolean!){root{id @skip(if:$a) name @skip(if:$b)}}`
	want := map[string]string{"truetrue": `{}`, "truefalse": `{"name":"Branch"}`, "falsetrue": `{"id":"0"}`, "falsefalse": `{"id":"0","name":"Branch"}`}
	for range 2 {
		for _, a := range []bool{true, false} {
			for _, b := range []bool{true, false} {
				got := answer(t, e, query, fmt.Sprintf(`{"a":%v,"b":%v}`, a, b))
				if w := `{"data":{"root":` + want[fmt.Sprint(a)+fmt.Sprint(b)] + `}}`; got != w {
					t.Errorf("%v %v: %s", a, b, got)
				}
			}
		}
	}
	hits, misses, docs, _ := e.CacheStats()
	if hits != 7 || misses != 1 || docs != 1 {
		t.Errorf("hits %d, misses %d, documents %d", hits, misses, docs)
	}
	if got := answer(t, e, `query($a:Boolean=true){root{id @skip(if:$a)}}`, `{"a":null}`); !strings.Contains(got, codes.BadUserInput) {
		t.Errorf("null for @skip: %s", got)
	}
}

func TestCancel(t *testing.T) {
	for name, c := range map[string]struct {
		cause func(context.Context) (context.Context, context.CancelFunc)
		code  string
	}{
		"cancelled": {context.WithCancel, codes.Cancelled},
		"timeout":   {func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, 0) }, codes.Timeout},
	} {
		cfg := testConfig()
		ctx, cancel := c.cause(context.Background())
		calls := 0
		name2 := cfg.Bindings["Leaf"]["name"]
		cfg.Bindings["Leaf"]["name"] = Binding{Leaf: func(call *Call, src Ref, dst []byte) ([]byte, error) {
			calls++
			if calls == 10 {
				cancel()
			}
			return name2.Leaf(call, src, dst)
		}}
		e := newEngine(t, cfg)
		r := e.Execute(ctx, &Request{Query: `{root{nodes{...on Branch{nodes{...on Branch{nodes{name}}}}}}}`, Root: Ref{Obj: testTree()}})
		if r.Code != c.code || !json.Valid(r.Body) || strings.Contains(string(r.Body), "Leaf") {
			t.Errorf("%s: code %q: %.200s", name, r.Code, r.Body)
		}
		if calls > 10+checkEvery {
			t.Errorf("%s: %d objects were read after it", name, calls-10)
		}
		cancel()
	}
}

func TestOutputLimit(t *testing.T) {
	cfg := testConfig()
	cfg.Limits.Output = 1000
	e := newEngine(t, cfg)
	got := answer(t, e, `{root{nodes{...on Branch{nodes{id name}}}}}`, "")
	if want := `"code":"LIMIT_OUTPUT"`; !strings.Contains(got, want) || !strings.HasSuffix(got, `"data":null}`) {
		t.Errorf("%.300s", got)
	}
}

// TestErrorsCapped answers 1,110 failing fields with 100 errors and a count of the rest.
func TestErrorsCapped(t *testing.T) {
	e := newEngine(t, testConfig())
	r := e.Execute(context.Background(), &Request{Query: `{root{nodes{...on Branch{fail nodes{...on Branch{fail nodes{...on Leaf{fail}}}}}}}}`, Root: Ref{Obj: testTree()}})
	var body struct{ Errors []struct{ Message string } }
	if err := json.Unmarshal(r.Body, &body); err != nil {
		t.Fatal(err)
	}
	if len(body.Errors) != 101 || r.Errors != 1110 || body.Errors[100].Message != "1010 more errors are not listed: the limit is 100." {
		t.Errorf("%d errors listed of %d, last %q", len(body.Errors), r.Errors, body.Errors[len(body.Errors)-1].Message)
	}
}

// TestPanics: after a panic in any kind of reader, its field has an error, siblings are
// answered, and the text goes to OnPanic and not to the client.
func TestPanics(t *testing.T) {
	cfg := testConfig()
	var reported []string
	cfg.OnPanic = func(field string, v any, stack []byte) { reported = append(reported, fmt.Sprintf("%s: %v", field, v)) }
	boom := func() { panic("secret") }
	b := cfg.Bindings["Branch"]
	b["nodes"] = Binding{List: func(*Call, Ref, []Ref) ([]Ref, bool, error) { boom(); return nil, false, nil }}
	b["parent"] = Binding{Object: func(*Call, Ref) (Ref, bool, error) { boom(); return Ref{}, false, nil }}
	b["branches"] = Binding{List: func(_ *Call, src Ref, dst []Ref) ([]Ref, bool, error) {
		return append(dst, src, Ref{Obj: "not a node"}), true, nil
	}}
	b["echo"] = Binding{Prepare: func(map[string]any) (any, error) { boom(); return nil, nil }, Leaf: b["id"].Leaf}
	cfg.TypeOf[""] = func(Ref) string { boom(); return "" }
	cfg.Bindings["Query"]["plain"] = Binding{Leaf: func(*Call, Ref, []byte) ([]byte, error) { boom(); return nil, nil }}
	e := newEngine(t, cfg)
	for query, data := range map[string]string{
		`{root{a:id nodes{id} b:id}}`:           `{"root":{"a":"0","nodes":null,"b":"0"}}`,
		`{root{a:id parent{id} b:id}}`:          `{"root":{"a":"0","parent":null,"b":"0"}}`,
		`{root{a:id echo b:id}}`:                `{"root":{"a":"0","echo":null,"b":"0"}}`,
		`{root{a:id branches{id} b:id}}`:        `null`, // non-null items of a non-null list
		`{any{id} plain b:root{id}}`:            `{"any":null,"plain":null,"b":{"id":"0"}}`,
		`query($t:String){root{echo(text:$t)}}`: `{"root":{"echo":null}}`,
	} {
		reported = nil
		r := e.Execute(context.Background(), &Request{Query: query, Root: Ref{Obj: testTree()}})
		var body struct {
			Data   json.RawMessage
			Errors []struct{ Extensions struct{ Code string } }
		}
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Fatal(err)
		}
		want := data
		if data == "null" {
			want = `{"root":null}`
		}
		if string(body.Data) != want || len(body.Errors) == 0 || body.Errors[0].Extensions.Code != codes.Internal || strings.Contains(string(r.Body), "secret") {
			t.Errorf("%s: %s", query, r.Body)
		}
		if len(reported) == 0 {
			t.Errorf("%s: OnPanic was not called", query)
		}
	}
}

// TestPanicsOutside covers panics in callbacks that belong to no field.
func TestPanicsOutside(t *testing.T) {
	cfg := testConfig()
	reported := 0
	cfg.OnPanic = func(string, any, []byte) { reported++ }
	nodes := cfg.Bindings["Branch"]["nodes"]
	nodes.Items = func(map[string]any) int { panic("secret") }
	cfg.Bindings["Branch"]["nodes"] = nodes
	e := newEngine(t, cfg)
	for _, req := range []*Request{
		{Query: `{root{nodes{id}}}`},
		{Query: `{plain}`, Extensions: func(*Response, []byte) []byte { panic("secret") }},
	} {
		r := e.Execute(context.Background(), req)
		if want := `{"errors":[{"message":"Internal error: it has been reported.","extensions":{"code":"INTERNAL"}}]}`; string(r.Body) != want {
			t.Errorf("%s: %s", req.Query, r.Body)
		}
		if got := answer(t, e, `{plain}`, ""); got != `{"data":{"plain":"plain"}}` {
			t.Errorf("afterwards: %s", got)
		}
	}
	if reported != 2 {
		t.Errorf("OnPanic was called %d times", reported)
	}
}

func TestExtensions(t *testing.T) {
	e := newEngine(t, testConfig())
	for query, want := range map[string]string{
		`{plain}`:   `{"data":{"plain":"plain"},"extensions":{"cost":1,"op":"query"}}`,
		`query N{`:  `{"errors":[{"message":"Syntax Error: Expected Name, found <EOF>","locations":[{"line":1,"column":9}],"extensions":{"code":"GRAPHQL_PARSE_FAILED"}}],"extensions":{"cost":0,"op":""}}`,
		`{a:plain}`: `{"data":{"a":"plain"}}`,
	} {
		r := e.Execute(context.Background(), &Request{Query: query, Extensions: func(r *Response, dst []byte) []byte {
			if strings.HasPrefix(query, "{a") {
				return dst
			}
			return fmt.Appendf(dst, `{"cost":%d,"op":%q}`, r.Cost, r.Operation)
		}})
		if string(r.Body) != want {
			t.Errorf("%s\n got %s\nwant %s", query, r.Body, want)
		}
	}
}
