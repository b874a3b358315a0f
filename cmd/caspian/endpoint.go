package main

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// endpoint is what answers a command: a running service, or a store of which the command
// is the only user.
type endpoint struct {
	location
	ontology *string
}

func endpointSettings(s *settings.Set) *endpoint {
	p := &endpoint{location: location{s: s, url: urlSetting(s)}}
	p.dir = s.Text("store", "DIR", "", "query this store, through the service that runs on it if one does")
	p.ontology = ontologySetting(s)
	p.credentials = credentialSettings(s)
	return p
}

// answerer answers GraphQL requests until it is closed.
type answerer struct {
	answer func(ctx context.Context, query string, variables json.RawMessage) ([]byte, error)
	close  func() error
}

// open connects to what the settings name; call check first.
func (p *endpoint) open(ctx context.Context, e *environment) (*answerer, error) {
	at := p.service()
	switch {
	case at != nil:
	case p.s.Given("store"):
		return openAnswerer(ctx, e, *p.dir, *p.ontology)
	default:
		at = serviceAt(*p.url, p.token, p.folder())
	}
	return &answerer{answer: at.Ask, close: func() error { return nil }}, nil
}

// openAnswerer answers from a store without a service.
func openAnswerer(ctx context.Context, e *environment, dir, ontology string) (*answerer, error) {
	o, err := loadOntology(ontology)
	if err != nil {
		return nil, err
	}
	g, err := openStore(ctx, dir, openOptions{ontology: o, existing: true, readOnly: true, say: e.say})
	if err != nil {
		return nil, orURL(err)
	}
	a, err := api.New(api.Options{Graph: g.Graph, Version: version, Now: e.now})
	if err != nil {
		_ = g.Close() // the first error is the cause
		return nil, err
	}
	return &answerer{
		answer: func(ctx context.Context, query string, variables json.RawMessage) ([]byte, error) {
			res := a.Begin().Execute(ctx, &api.Request{Query: query, Variables: variables, AllowMutation: true})
			defer res.Release()
			return bytes.Clone(res.Body), nil
		},
		close: g.Close,
	}, nil
}
