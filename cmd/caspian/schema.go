package main

import (
	"context"
	"io"
	"os"

	"github.com/caspian-kg/caspian/api"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/schema"
)

var schemaCommand = &command{
	name: "schema", short: "print the API's schema or the ontology", args: "[api|ontology|language]", words: []string{"api", "ontology", "language"},
	about: `Prints the GraphQL schema of the API that the ontology makes (api, the default),
the ontology itself, or the directives that ontologies are written with
(language). A faulty ontology is refused with file and line.`,
	examples: `  caspian schema > schema.graphql
  caspian schema ontology > mine.graphql
  caspian schema ontology --store data
  caspian schema --ontology mine.graphql`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		ontology := ontologySetting(s)
		of := s.Text("store", "DIR", "", "print the ontology under which this store was written")
		return func(ctx context.Context, e *environment, args []string) error {
			what := "api"
			if len(args) > 0 {
				what = args[0]
			}
			if len(args) > 1 || what != "api" && what != "ontology" && what != "language" {
				s.Fault("print one of api, ontology and language")
			}
			if *of != "" && what != "ontology" {
				s.Fault("--store: possible with ontology only")
			}
			if err := s.Err(); err != nil {
				return err
			}
			text := schema.Default
			switch {
			case *of != "":
				kept, err := keptOntology(*of)
				if err != nil {
					return err
				}
				text = kept
			case what == "language":
				text = schema.Directives()
			case what == "api":
				o, err := loadOntology(*ontology)
				if err != nil {
					return err
				}
				g, err := live.Open(ctx, &live.Unkept{}, o, live.Options{}) // empty, in memory
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
			_, err := io.WriteString(e.out, text)
			return err
		}
	},
}
