package gql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/gql/internal/value"
)

// classedEngine has fields of several kinds of work, one of which takes its time.
func classedEngine(t *testing.T) *Engine {
	t.Helper()
	cfg, err := fromSDL(`type Query { plain: Item page(first: Int): Page search: Page slow: Int! broken: Int! }
		type Page { nodes: [Item!]! sum: Sum } type Sum { n: Int } type Item { n: Int page(first: Int): Page }`)
	if err != nil {
		t.Fatal(err)
	}
	leaf := func(read func() error) Binding {
		return Binding{Leaf: func(_ *Call, _ Ref, dst []byte) ([]byte, error) { return value.AppendInt(dst, 1), read() }}
	}
	one := leaf(func() error { return nil })
	object := func(class string) Binding {
		return Binding{Workload: class, Object: func(_ *Call, src Ref) (Ref, bool, error) { return Ref{Obj: t}, true, nil }}
	}
	cfg.Workloads = []string{"page", "sum", "search"}
	cfg.Bindings = map[string]map[string]Binding{
		"Query": {"plain": object(""), "page": object("page"), "search": object("search"),
			// This time must be found in the report.
			"slow":   leaf(func() error { time.Sleep(3 * time.Millisecond); return nil }),
			"broken": leaf(func() error { return errors.New("broken") })},
		"Page": {"sum": object("sum"), "nodes": {List: func(_ *Call, _ Ref, dst []Ref) ([]Ref, bool, error) {
			return append(dst, Ref{Obj: t}, Ref{Obj: t}), true, nil
		}}},
		"Sum":  {"n": one},
		"Item": {"n": one, "page": object("page")},
	}
	return newEngine(t, cfg)
}

func TestTiming(t *testing.T) {
	e := classedEngine(t)
	show := func(r *Response) string {
		var out []string
		for _, f := range r.Timing.Fields {
			out = append(out, f.Key+":"+f.Name+":"+f.Workload)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct{ query, want string }{
		{`{plain{n}}`, "plain:plain:"},
		{`{a:plain{n page{nodes{n}}} __typename __schema{__typename}}`, "a:plain:page __typename:__typename: __schema:__schema:introspection"},
		{`{page{nodes{n}} b:page{sum{n} nodes{n}}}`, "page:page:page b:page:sum"},
		{`{search{sum{n}}}`, "search:search:search"},
		{`{plain{n} broken slow}`, "plain:plain: broken:broken:"}, // slow was never begun
	} {
		for range 2 { // also with its plan kept, and in a run that was used
			r := e.Execute(context.Background(), &Request{Query: c.query, Timed: true})
			if got := show(r); got != c.want {
				t.Errorf("%s: %s, want %s", c.query, got, c.want)
			}
			r.Release()
		}
	}
	r := e.Execute(context.Background(), &Request{Query: `{x:slow plain{n}}`, Timed: true})
	f := r.Timing.Fields
	if r.CacheHit || r.Timing.Parse <= 0 || r.Timing.Validate <= 0 || r.Timing.Plan <= 0 {
		t.Errorf("the phases of a new document: %+v", r.Timing)
	}
	if f[0].Duration < 3*time.Millisecond || f[1].Start < f[0].Start+f[0].Duration || f[1].Duration >= 3*time.Millisecond || r.Timing.Execute < f[0].Duration+f[1].Duration {
		t.Errorf("the fields took %+v", r.Timing)
	}
	r.Release()
	r = e.Execute(context.Background(), &Request{Query: `{x:slow plain{n}}`, Timed: true})
	if !r.CacheHit || r.Timing.Parse+r.Timing.Validate+r.Timing.Plan != 0 {
		t.Errorf("the phases of a known document: %+v", r.Timing)
	}
	r.Release()
	r = e.Execute(context.Background(), &Request{Query: `query($n:Int){page(first:$n){nodes{n}}}`, Variables: []byte(`{"n":1}`), Timed: true})
	if r.Timing.Variables <= 0 || r.Timing.Prepare <= 0 {
		t.Errorf("the phases of variables: %+v", r.Timing)
	}
	r.Release()
	if r = e.Execute(context.Background(), &Request{Query: `{plain{n}}`}); r.Timing != nil {
		t.Errorf("it was timed unasked: %+v", r.Timing)
	}
	r.Release()
	// A refused request reports the steps that it completed.
	if r = e.Execute(context.Background(), &Request{Query: `{nothing}`, Timed: true}); r.Timing.Validate <= 0 || len(r.Timing.Fields) > 0 {
		t.Errorf("the phases of a refused document: %+v", r.Timing)
	}
}

// TestTimedAnswers: timed requests get the same answers as others.
func TestTimedAnswers(t *testing.T) {
	e := worldEngine(t, Limits{})
	for seed := range uint64(300) {
		d := randomDocument(e.schema, seed)
		req := Request{Query: d.Query, Variables: d.Variables, Root: Ref{Obj: &worldObject{seed: 1}}, AllowMutation: true}
		plain := string(e.Execute(context.Background(), &req).Body)
		req.Timed = true
		if timed := string(e.Execute(context.Background(), &req).Body); timed != plain {
			t.Fatalf("%s\nplain %s\ntimed %s", d.Query, plain, timed)
		}
	}
}

func TestTimedAllocations(t *testing.T) {
	if raced {
		t.Skip("the race detector makes sync.Pool drop values")
	}
	e := newEngine(t, testConfig())
	req := &Request{Query: `{root{id s0} any{id}}`, Root: Ref{Obj: testTree()}, Timed: true}
	if n := testing.AllocsPerRun(200, func() { e.Execute(context.Background(), req).Release() }); n > 0.5 {
		t.Errorf("%v allocations a request", n)
	}
}

func TestAppendCostAndTrace(t *testing.T) {
	e := classedEngine(t)
	extensions := func(r *Response, dst []byte) []byte {
		dst = r.AppendCost(append(dst, `{"cost":`...))
		return append(r.AppendTrace(append(dst, `,"trace":`...)), '}')
	}
	read := func(query string, timed bool) (body string, ext struct {
		Cost  struct{ Estimate, Limit, Fields, Bytes int }
		Trace *struct {
			Unit       string
			PlanCached bool
			Execute    int
			Fields     []struct {
				Key, Name, Class string
				Start, Duration  int
			}
		}
	}) {
		t.Helper()
		r := e.Execute(context.Background(), &Request{Query: query, Timed: timed, Extensions: extensions})
		var all map[string]json.RawMessage
		if err := json.Unmarshal(r.Body, &all); err != nil {
			t.Fatalf("%v: %s", err, r.Body)
		}
		if err := json.Unmarshal(all["extensions"], &ext); err != nil {
			t.Fatalf("%v: %s", err, r.Body)
		}
		return string(r.Body), ext
	}
	// There are two nodes with one field each; the estimate assumes ten nodes.
	body, ext := read(`{page(first: 3){nodes{n}}}`, false)
	bytes := strings.Index(body, `,"extensions"`) + 1
	if got, want := fmt.Sprint(ext.Cost), fmt.Sprintf("{5 2000000 4 %d}", bytes); got != want {
		t.Errorf("the cost is %s, want %s: %s", got, want, body)
	}
	if ext.Trace != nil {
		t.Errorf("untimed, and traced: %s", body)
	}
	body, ext = read(`{p:page(first: 3){nodes{n}} slow}`, true)
	if x := ext.Trace; x == nil || x.Unit != "ns" || x.PlanCached || len(x.Fields) != 2 || x.Fields[0].Key != "p" || x.Fields[0].Name != "page" || x.Fields[0].Class != "page" || x.Fields[1].Duration < 3e6 || x.Execute < x.Fields[1].Duration {
		t.Errorf("the trace is wrong: %s", body)
	}
	if body, ext = read(`{`, true); ext.Trace == nil || ext.Cost.Fields != 0 {
		t.Errorf("of a refusal: %s", body)
	}
}

func TestUnknownClass(t *testing.T) {
	cfg := testConfig()
	b := cfg.Bindings["Query"]["root"]
	b.Workload = "nothing"
	cfg.Bindings["Query"]["root"] = b
	if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), `Workloads does not list "nothing"`) {
		t.Errorf("%v", err)
	}
}
