package main

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/questions"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/gql/sheet"
)

// endpoint answers questions from a running service, or from a store that only this command uses.
type endpoint struct{ *connect.Location }

// endpointSettings implements questions.Connect for the program.
func endpointSettings(s *settings.Set) questions.Endpoint { return endpoint{connect.QuerySettings(s)} }

// Open implements questions.Endpoint.
func (p endpoint) Open(ctx context.Context, e *cli.Environment) (*questions.Backend, error) {
	at := p.Service()
	switch {
	case at != nil:
	case p.NamesStore():
		return p.openStore(ctx, e)
	default:
		at = p.ServiceAtURL()
	}
	return &questions.Backend{Answer: at.Ask, Read: at.Read, Table: at.Table, Close: func() error { return nil }}, nil
}

// openStore returns a backend that answers from the store itself, without a service.
func (p endpoint) openStore(ctx context.Context, e *cli.Environment) (*questions.Backend, error) {
	o, err := p.Ontology()
	if err != nil {
		return nil, err
	}
	g, err := connect.Open(ctx, p.Store(), connect.Options{Ontology: o, Existing: true, ReadOnly: true, Say: e.Say})
	if err != nil {
		return nil, connect.OrURL(err)
	}
	a, err := api.New(api.Options{Graph: g.Graph, Version: e.Version, Now: e.Now})
	if err != nil {
		_ = g.Close() // the first error is the cause
		return nil, err
	}
	answer := func(mutations bool) func(context.Context, string, json.RawMessage) ([]byte, error) {
		return func(ctx context.Context, query string, variables json.RawMessage) ([]byte, error) {
			res := a.Begin().Execute(ctx, &api.Request{Query: query, Variables: variables, AllowMutation: mutations})
			defer res.Release()
			return bytes.Clone(res.Body), nil
		}
	}
	table := func(ctx context.Context, query string, variables json.RawMessage) (table, body []byte, err error) {
		res := a.Begin().Execute(ctx, &api.Request{Query: query, Variables: variables})
		defer res.Release()
		if res.Errors > 0 {
			return nil, bytes.Clone(res.Body), nil
		}
		rows, err := sheet.New(res.Shape())
		if err != nil {
			return nil, nil, err
		}
		var out bytes.Buffer
		err = rows.Write(&out, res.Body)
		return out.Bytes(), nil, err
	}
	return &questions.Backend{Answer: answer(true), Read: answer(false), Table: table, Close: g.Close}, nil
}
