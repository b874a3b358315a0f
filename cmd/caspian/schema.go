package main

import (
	"context"
	"io"
	"os"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

var schemaCommand = &cli.Command{
	Name: "schema", Short: "print the API's schema or the ontology", Args: "[api|ontology|language]", Words: []string{"api", "ontology", "language"},
	About: `Prints the GraphQL schema of the API that the ontology makes (api, the default),
the ontology itself, or the directives that ontologies are written with
(language). A faulty ontology is refused with file and line.`,
	Examples: `  caspian schema > schema.graphql
  caspian schema ontology > mine.graphql
  caspian schema ontology --store data
  caspian schema --ontology mine.graphql`,
	Setup: func(s *settings.Set) cli.Action {
		ontology := connect.OntologySetting(s)
		of := connect.SchemaSetting(s)
		return func(ctx context.Context, e *cli.Environment, args []string) error {
			what := "api"
			if len(args) > 0 {
				what = args[0]
			}
			if len(args) > 1 || what != "api" && what != "ontology" && what != "language" {
				s.Fault("print one of api, ontology and language")
			}
			if s.Given("store") && what != "ontology" {
				s.Fault("--store: possible with ontology only")
			}
			if err := s.Err(); err != nil {
				return err
			}
			text := schema.Default
			switch {
			case s.Given("store"):
				kept, err := connect.KeptOntology(ctx, of)
				if err != nil {
					return err
				}
				text = kept
			case what == "language":
				text = schema.Directives()
			case what == "api":
				o, err := connect.LoadOntology(*ontology)
				if err != nil {
					return err
				}
				g, err := live.Open(ctx, &live.Unkept{}, o, live.Options{}) // empty and in memory
				if err != nil {
					return err
				}
				a, err := api.New(api.Options{Graph: g, Version: version})
				if err != nil {
					return err
				}
				text = a.SDL()
			case *ontology != "":
				file, err := os.ReadFile(*ontology)
				if err != nil {
					return err
				}
				text = string(file)
			}
			_, err := io.WriteString(e.Out, text)
			return err
		}
	},
}
