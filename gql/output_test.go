package gql

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/caspian-kg/caspian/codes"
)

// longEngine answers {long(n:)} with n lines of a kilobyte.
func longEngine(t *testing.T, limits Limits) *Engine {
	t.Helper()
	cfg, err := fromSDL(`type Query { long(n: Int!): [Line!] } type Line { text: String }`)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(`"` + strings.Repeat("x", 1000) + `"`)
	cfg.Limits = limits
	cfg.Bindings = map[string]map[string]Binding{
		"Query": {"long": {List: func(c *Call, _ Ref, dst []Ref) ([]Ref, bool, error) {
			for range c.Args.(map[string]any)["n"].(int) {
				dst = append(dst, Ref{Obj: t})
			}
			return dst, true, nil
		}}},
		"Line": {"text": {Leaf: func(_ *Call, _ Ref, dst []byte) ([]byte, error) { return append(dst, text...), nil }}},
	}
	return newEngine(t, cfg)
}

func TestOutputTotal(t *testing.T) {
	e := longEngine(t, Limits{Output: 6 << 20, OutputTotal: 10 << 20, Cost: -1})
	ask := func(query string) *Response { return e.Execute(context.Background(), &Request{Query: query}) }
	first := ask(`{long(n:3000){text}}`)
	if first.Code != "" || e.output.Load() < int64(len(first.Body)) {
		t.Fatalf("%q, %d bytes held for %d", first.Code, e.output.Load(), len(first.Body))
	}
	second := ask(`{long(n:5000){text}}`)
	if second.Code != codes.Overloaded || !second.DataNull || !strings.Contains(string(second.Body), `"code":"OVERLOADED"`) {
		t.Errorf("%q %.200s", second.Code, second.Body)
	}
	if short := ask(`{long(n:50){text}}`); short.Code != "" { // below what is counted
		t.Errorf("%q", short.Code)
	}
	second.Release()
	first.Release()
	if n := e.output.Load(); n != 0 {
		t.Errorf("%d bytes are held after the release", n)
	}
	again := ask(`{long(n:5000){text}}`)
	if again.Code != "" {
		t.Errorf("%q", again.Code)
	}
	again.Release()
	if long := ask(`{long(n:7000){text}}`); long.Code != codes.LimitOutput {
		t.Errorf("%q", long.Code)
	}
	// The garbage collector returns the memory of responses that were never released.
	for deadline := time.Now().Add(10 * time.Second); e.output.Load() > 0; {
		if runtime.GC(); time.Now().After(deadline) {
			t.Fatalf("%d bytes are held", e.output.Load())
		}
	}
}
