package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/ingest"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/draft"
	"github.com/caspian-kg/caspian/graph/match"
)

var mappingCommand = &cli.Command{
	Name: "mapping", Short: "draft a mapping of a table", Args: "suggest FILE", Words: []string{"suggest"}, Files: true,
	About: `Drafts a mapping (docs/mapping.md) of a table: CSV, TSV, Excel or JSON. By the names of the
columns, their values and the ontology, it says what the rows are about, which columns are
fields, their units and dates, and why. What the values name is looked up in the store, or
by codes only in a service. What is unsure is a comment. Read the draft, correct it, and try it
with 'caspian import --dry-run --mapping'.`,
	Examples: `  caspian mapping suggest ports.csv > ports.yaml
  caspian import --dry-run --mapping ports.yaml ports.csv`,
	Setup: func(s *settings.Set) cli.Action {
		rows := s.Number("rows", 100_000, 1, "how many rows to read")
		where := connect.Settings(s, "look up codes in")
		return func(ctx context.Context, e *cli.Environment, args []string) error {
			if len(args) != 2 || args[0] != "suggest" {
				s.Fault("what to draft a mapping of is missing, as in: suggest ports.csv")
			}
			where.Check()
			if err := s.Err(); err != nil {
				return err
			}
			o, err := where.Ontology()
			if err != nil {
				return err
			}
			file := draft.File{Name: args[1], Open: func() (io.ReadCloser, error) { return ingest.Open(args[1]) }}
			options := draft.Options{Ontology: o, Rows: *rows}
			at := where.Service()
			done := func() error { return nil }
			switch {
			case at != nil:
				options.Graph = newAtService(at)
				e.Say("caspian mapping: a service looks up codes only; stop it and use its store to look up names, too")
			case where.Store().Exists() != nil:
				e.Say("caspian mapping: there is no store in %s, so nothing is looked up", where.Store())
			default:
				g, err := connect.Open(ctx, where.Store(), connect.Options{Ontology: o, ReadOnly: true, Say: e.Say})
				if err != nil {
					return connect.OrURL(err)
				}
				options.Graph, done = ingest.In(g.Snapshot()), g.Close
			}
			text, err := draft.Mapping(ctx, file, options)
			if err = errors.Join(err, done()); err != nil {
				return err
			}
			_, err = io.WriteString(e.Out, text)
			return err
		}
	},
}

// atService finds entities at a service by their ids and codes only, and asks for each value once.
type atService struct {
	at    *client.Service
	mu    sync.Mutex // guards known and types
	known map[[2]string]graph.ID
	types map[graph.ID]string
}

func newAtService(at *client.Service) *atService {
	return &atService{at: at, known: map[[2]string]graph.ID{}, types: map[graph.ID]string{}}
}

func (s *atService) Key(ctx context.Context, key, value string) (graph.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, asked := s.known[[2]string{key, value}]
	if asked {
		return id, nil
	}
	id, err := askForKey(ctx, s.at, key, value)
	if err == nil {
		s.known[[2]string{key, value}] = id
	}
	return id, err
}

// Candidates finds the entity whose id is the text.
func (s *atService) Candidates(ctx context.Context, q match.Question) ([]match.Candidate, error) {
	if graph.CheckID(graph.ID(q.Text)) != nil {
		return nil, nil
	}
	typ, err := s.typeOf(ctx, graph.ID(q.Text))
	if err != nil || typ == "" || q.Types != nil && !slices.Contains(q.Types, typ) {
		return nil, err
	}
	return []match.Candidate{{ID: graph.ID(q.Text), Type: typ, Name: q.Text, Score: 100, Reason: "its id"}}, nil
}

// typeOf is the type of an entity; "" if there is none.
func (s *atService) typeOf(ctx context.Context, id graph.ID) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name := s.types[id]; name != "" {
		return name, nil
	}
	name, err := askForType(ctx, s.at, string(id))
	if err == nil {
		s.types[id] = name
	}
	return name, err
}

// askForKey asks a service for the entity that has the value of the key; "" if there is none.
func askForKey(ctx context.Context, at *client.Service, key, value string) (graph.ID, error) {
	var found struct {
		Claims struct {
			Nodes []struct{ Subject struct{ ID graph.ID } }
		}
	}
	err := ask(ctx, at, `query ($key: String!, $value: String!) {
		claims(where: {predicate: {eq: $key}, value: {eq: $value}}, first: 1, view: {during: "0001/9999"}) { nodes { subject { id } } }
	}`, map[string]string{"key": key, "value": value}, &found)
	if nodes := found.Claims.Nodes; err == nil && len(nodes) > 0 {
		return nodes[0].Subject.ID, nil
	}
	return "", err
}

// askForType requests from a service the type of an entity; "" if there is none.
func askForType(ctx context.Context, at *client.Service, id string) (string, error) {
	var found struct{ Entity struct{ Type string } }
	err := ask(ctx, at, `query ($id: ID!) { entity(id: $id) { type } }`, map[string]string{"id": id}, &found)
	return found.Entity.Type, err
}

// ask sends a query to a service and decodes the answer into found.
func ask(ctx context.Context, at *client.Service, query string, variables map[string]string, found any) error {
	given, err := json.Marshal(variables)
	if err != nil {
		return err
	}
	body, err := at.Ask(ctx, query, given)
	if err != nil {
		return err
	}
	answer := struct {
		Data   any
		Errors []struct{ Message string }
	}{Data: found}
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return fmt.Errorf("looking up %s: %s", given, answer.Errors[0].Message)
	}
	return nil
}
