package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/ingest"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/coverage"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/seeds"
)

var checkCommand = &cli.Command{
	Name: "check", Short: "find every fault in seeds or JSON lines, without a store", Args: "[FILE|DIR]...", Files: true,
	About: `Reads the files as one change of an empty graph and lists every fault with its
file and line. Without arguments it checks the seeds that are built in. Files
that refer to others (sources, entities) must be checked together with them.

With --coverage, it prints how well the claims are supported: how many of those that
change with time say when they hold (DATED), how many say where in their source they are
(LOCATED), and how many facts more than one source states, a fact being one subject,
predicate and value, whatever the qualifiers and dates. Claims about sources do not count.`,
	Examples: `  caspian check
  caspian check seeds/
  caspian check seeds/sources.yaml mine.yaml
  caspian check --format jsonl - < claims.txt
  caspian check --coverage types
  caspian check --coverage predicates seeds/`,
	Setup: func(s *settings.Set) cli.Action {
		ontology, format := connect.OntologySetting(s), formatSetting(s)
		by := s.Choice("coverage", "", "how well the claims are supported, by type or also by predicate", "types", "predicates")
		asJSON := s.JSON()
		return func(ctx context.Context, e *cli.Environment, args []string) error {
			if err := s.Err(); err != nil {
				return err
			}
			inputs, err := inputsOf(args, *format, e)
			if err != nil {
				return err
			}
			o, err := connect.LoadOntology(*ontology)
			if err != nil {
				return err
			}
			bar := console.StartProgress(e.Err, "reading %s", ingest.Names(inputs))
			ops, err := ingest.Read(ctx, inputs)
			bar.Show("checking %s", console.Count(len(ops), "operation"))
			var faults graph.Problems
			if err != nil && !errors.As(err, &faults) {
				bar.End()
				return err
			}
			res, problems := graph.Check(o, graph.Nothing, &graph.Change{Ops: ops})
			bar.End()
			c := &checked{operations: len(ops), faults: append(faults, problems...)}
			if res != nil {
				c.notices, c.entities, c.claims = res.Notices, len(res.Commit.Entities), len(res.Commit.Claims)
			}
			if len(c.faults) == 0 && (*asJSON || *by != "") {
				c.coverage = coverage.Of(o, &res.Commit)
			}
			if *asJSON {
				return c.json(e)
			}
			return c.text(e, *by == "PREDICATES")
		}
	},
}

// formatSetting declares --format for a command that reads files.
func formatSetting(s *settings.Set) *string {
	format := s.Text("format", "NAME", "", "format of the files; by default that of each file name's ending")
	var names []string
	for _, f := range readable() {
		names = append(names, f.Name)
	}
	s.Offer("format", names...)
	return format
}

// readable returns the formats that can be read.
func readable() codec.List {
	return slices.DeleteFunc(slices.Clone(datasets.Formats), func(f *codec.Format) bool { return f.Decode == nil && f.DecodeDir == nil })
}

// inputsOf returns the inputs that the arguments name; without arguments, the built-in seeds.
func inputsOf(args []string, format string, e *cli.Environment) ([]ingest.Input, error) {
	var f *codec.Format
	if format != "" {
		var err error
		if f, err = datasets.Formats.ByName(format); err != nil {
			return nil, settings.Usagef("--format: %v", err)
		}
	}
	if len(args) == 0 {
		return ingest.Folder(seeds.Files, "seeds", f, nil)
	}
	return ingest.Find(args, f, e.In, e.Say)
}

// checked is the result of the command check.
type checked struct {
	operations, entities, claims int
	faults, notices              graph.Problems
	coverage                     *coverage.Report // nil unless requested, or if there are faults
}

func (c *checked) json(e *cli.Environment) error {
	out := struct {
		Operations int              `json:"operations"`
		Entities   int              `json:"entities"`
		Claims     int              `json:"claims"`
		Problems   []problemJS      `json:"problems"`
		Notices    []problemJS      `json:"notices"`
		Coverage   *coverage.Report `json:"coverage,omitempty"`
	}{c.operations, c.entities, c.claims, problemsJSON(c.faults), problemsJSON(c.notices), c.coverage}
	enc := json.NewEncoder(e.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	if len(c.faults) > 0 {
		return cli.ErrReported
	}
	return nil
}

func (c *checked) text(e *cli.Environment, predicates bool) error {
	for _, n := range c.notices {
		e.Say("notice: %v", n)
	}
	if len(c.faults) > 0 {
		return c.faults
	}
	e.Say("no faults: %s, %s", console.Count(c.entities, "entity"), console.Count(c.claims, "claim"))
	if c.coverage == nil {
		return nil
	}
	var table strings.Builder
	writeCoverage(&table, c.coverage, predicates)
	_, err := io.WriteString(e.Out, table.String())
	return err
}

// problemJS is a problem as --json prints it.
type problemJS struct {
	File    string     `json:"file,omitempty"`
	Line    int        `json:"line,omitempty"`
	Path    string     `json:"path,omitempty"`
	Code    graph.Code `json:"code"`
	Message string     `json:"message"`
}

func problemsJSON(ps graph.Problems) []problemJS {
	out := make([]problemJS, len(ps))
	for i, p := range ps {
		out[i] = problemJS{p.Position.File, p.Position.Line, p.Position.Path, p.Code, p.Message}
	}
	return out
}
