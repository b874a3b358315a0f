package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/bench/compare/gqlgen"
	"github.com/caspian-kg/caspian/bench/compare/plain"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/server"
)

// The constants are the names of the contestants.
const (
	Caspian   = "caspian"
	GraphqlGo = "graphql-go"
	Gqlgen    = "gqlgen"
	GraphqlJS = "graphql-js"
	// Hand and Flat are hand-written handlers, which answer only Nested. Hand reads the snapshot through a
	// view, Flat reads arrays that were computed in advance.
	Hand = "hand-written"
	Flat = "flat arrays"
)

// Contestant answers documents, in this process and over HTTP.
type Contestant struct {
	Name    string
	Handler http.Handler
	// Answer runs a document in this process and calls done with the response.
	Answer func(ctx context.Context, d *Document, done func(body []byte)) error
	// Only is the name of the only document that the contestant answers, or "" if it answers all.
	Only string
}

// Answers reports whether the contestant answers the document.
func (c *Contestant) Answers(d *Document) bool { return c.Only == "" || c.Only == d.Name }

// Contestants returns the contestants written in Go.
func Contestants(g *live.Graph, p *plain.Graph) ([]*Contestant, error) {
	a, err := api.New(api.Options{Graph: g})
	if err != nil {
		return nil, err
	}
	srv := server.New(server.Options{ReadOnly: true, ResponseCache: -1})
	srv.Publish(&server.Backend{Graph: g.Through(nil), SDL: a.SDL(), Begin: func() server.Session { return a.Begin() }})
	lib, err := newGraphqlGo(g)
	if err != nil {
		return nil, err
	}
	by := func(name string, write func([]byte) []byte) *Contestant {
		var buf []byte
		return &Contestant{Name: name, Only: Nested, Handler: written(write), Answer: func(_ context.Context, _ *Document, done func([]byte)) error {
			buf = write(buf[:0])
			done(buf)
			return nil
		}}
	}
	return []*Contestant{
		{Name: Caspian, Handler: srv, Answer: func(ctx context.Context, d *Document, done func([]byte)) error {
			r := a.Begin().Execute(ctx, &api.Request{Query: d.Query, Variables: json.RawMessage(d.Variables)})
			done(r.Body)
			r.Release()
			return nil
		}},
		{Name: Gqlgen, Handler: gqlgen.Handler(p), Answer: gqlgenInProcess(gqlgen.Schema(p))},
		{Name: GraphqlGo, Handler: lib, Answer: func(_ context.Context, d *Document, done func([]byte)) error {
			var vars map[string]any
			err := json.Unmarshal([]byte(d.Variables), &vars)
			if err != nil {
				return err
			}
			body, err := lib.answer(d.Query, vars)
			done(body)
			return err
		}},
		by(Hand, newHand(g).appendAnswer),
		by(Flat, newFlat(g).appendAnswer),
	}, nil
}

func gqlgenInProcess(s graphql.ExecutableSchema) func(context.Context, *Document, func([]byte)) error {
	e := executor.New(s)
	e.SetQueryCache(lru.New[*ast.QueryDocument](100))
	return func(ctx context.Context, d *Document, done func([]byte)) error {
		ctx = graphql.StartOperationTrace(ctx)
		p := &graphql.RawParams{Query: d.Query}
		if err := json.Unmarshal([]byte(d.Variables), &p.Variables); err != nil {
			return err
		}
		oc, errs := e.CreateOperationContext(ctx, p)
		if errs != nil {
			return errs
		}
		next, ctx := e.DispatchOperation(ctx, oc)
		body, err := json.Marshal(next(ctx))
		done(body)
		return err
	}
}

// data returns the member data of a response in a form for comparison: its keys are sorted, and its numbers
// have twelve digits, because contestants add numbers in different orders.
func data(body []byte) ([]byte, error) {
	var r struct {
		Data   any
		Errors []any
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	r.Data = rounded(r.Data)
	return json.Marshal(r)
}

func rounded(value any) any {
	switch x := value.(type) {
	case float64:
		x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64) // cannot fail: FormatFloat wrote the text
		return x
	case map[string]any:
		for k, v := range x {
			x[k] = rounded(v)
		}
	case []any:
		for i, v := range x {
			x[i] = rounded(v)
		}
	}
	return value
}

// overHTTP returns the answer of a handler to a document, without a network.
func overHTTP(h http.Handler, d *Document) []byte {
	req := request("localhost", d.Query, d.Variables)
	body := req[bytes.Index(req, []byte("\r\n\r\n"))+4:]
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Host = "localhost"
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return slices.Clone(w.Body.Bytes())
}
