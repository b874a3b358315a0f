package gql

import (
	"context"
	"errors"
	"testing"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/value"
)

func subscriptionEngine(t *testing.T) *Engine {
	cfg, err := fromSDL(`type Query { a: Int } type Tick { n: Int bad: Int! } type Subscription { ticks(count: Int = 2): Tick fails: Tick none: Tick boom: Tick }`)
	if err != nil {
		t.Fatal(err)
	}
	type tick struct{ n int64 }
	cfg.Bindings = map[string]map[string]Binding{
		"Subscription": {
			"ticks": {Stream: func(c *Call, _ Ref) (<-chan Ref, error) {
				n := c.Args.(map[string]any)["count"].(int)
				ch := make(chan Ref, n)
				for i := range n {
					ch <- Ref{Obj: &tick{int64(i)}}
				}
				close(ch)
				return ch, nil
			}},
			"fails": {Stream: func(*Call, Ref) (<-chan Ref, error) { return nil, codedError{"NO_STREAM"} }},
			"none":  {Stream: func(*Call, Ref) (<-chan Ref, error) { return nil, nil }},
			"boom":  {Stream: func(*Call, Ref) (<-chan Ref, error) { panic("secret") }},
		},
		"Tick": {
			"n": {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
				return value.AppendInt(dst, src.Obj.(*tick).n), nil
			}},
			"bad": {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) { return dst, errors.New("bad") }},
		},
	}
	return newEngine(t, bound(cfg))
}

func TestSubscribe(t *testing.T) {
	e := subscriptionEngine(t)
	for _, c := range []struct {
		query string
		want  []string
	}{
		{`subscription{ticks{n}}`, []string{`{"data":{"ticks":{"n":0}}}`, `{"data":{"ticks":{"n":1}}}`}},
		{`subscription{x:ticks(count:1){n __typename}}`, []string{`{"data":{"x":{"n":0,"__typename":"Tick"}}}`}},
		{`subscription{ticks(count:1){n bad}}`, []string{`{"errors":[{"message":"bad","locations":[{"line":1,"column":31}],"path":["ticks","bad"]}],"data":{"ticks":null}}`}},
	} {
		s, refused := e.Subscribe(context.Background(), &Request{Query: c.query})
		if refused != nil {
			t.Errorf("%s: refused: %s", c.query, refused.Body)
			continue
		}
		for i := 0; ; i++ {
			r, ok := s.Next(context.Background())
			if !ok {
				if i != len(c.want) {
					t.Errorf("%s: %d events, want %d", c.query, i, len(c.want))
				}
				break
			}
			if i >= len(c.want) || string(r.Body) != c.want[i] {
				t.Errorf("%s: event %d: %s", c.query, i, r.Body)
			}
			if r.Operation != "subscription" {
				t.Errorf("operation %q", r.Operation)
			}
			r.Release()
		}
	}
}

func TestSubscribeRefused(t *testing.T) {
	e := subscriptionEngine(t)
	for query, want := range map[string]string{
		`subscription{fails{n}}`:              `{"errors":[{"message":"an error of the domain","locations":[{"line":1,"column":14}],"path":["fails"],"extensions":{"code":"NO_STREAM"}}]}`,
		`subscription{boom{n}}`:               `{"errors":[{"message":"Internal error: it has been reported.","locations":[{"line":1,"column":14}],"path":["boom"],"extensions":{"code":"INTERNAL"}}]}`,
		`subscription{none{n}}`:               `{"errors":[{"message":"field Subscription.none gave no event stream","locations":[{"line":1,"column":14}],"path":["none"]}]}`,
		`subscription{ticks(count:1){n}} {a}`: `{"errors":[{"message":"This anonymous operation must be the only defined operation.","locations":[{"line":1,"column":1}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}},{"message":"This anonymous operation must be the only defined operation.","locations":[{"line":1,"column":33}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
		`{a}`:                                 `{"data":{"a":null}}`,
	} {
		s, r := e.Subscribe(context.Background(), &Request{Query: query})
		if s != nil || r == nil {
			t.Errorf("%s: accepted", query)
		} else if string(r.Body) != want {
			t.Errorf("%s: %s", query, r.Body)
		}
	}
	r := e.Execute(context.Background(), &Request{Query: `subscription{ticks{n}}`})
	if r.Code != codes.SubscriptionNotSupported {
		t.Errorf("Execute of a subscription: %s", r.Body)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s, _ := e.Subscribe(ctx, &Request{Query: `subscription{ticks(count:0){n}}`})
	if _, ok := s.Next(ctx); ok {
		t.Error("an event after cancellation")
	}
}
