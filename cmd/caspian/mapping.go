package main

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
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
				options.Graph = byCode{newAtService(at)}
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

// byCode finds entities at a service by their ids and codes only.
type byCode struct{ *atService }

// Candidates finds the entity whose id is the text.
func (s byCode) Candidates(ctx context.Context, q match.Question) ([]match.Candidate, error) {
	if graph.CheckID(graph.ID(q.Text)) != nil {
		return nil, nil
	}
	typ, err := s.TypeOf(ctx, graph.ID(q.Text))
	if err != nil || typ == "" || q.Types != nil && !slices.Contains(q.Types, typ) {
		return nil, err
	}
	return []match.Candidate{{ID: graph.ID(q.Text), Type: typ, Name: q.Text, Score: 100, Reason: "its id"}}, nil
}
