package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/ingest"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets"
	"github.com/caspian-kg/caspian/seeds"
)

var checkCommand = &command{
	name: "check", short: "find every fault in seeds or JSON lines, without a store", args: "[FILE|DIR]...", files: true,
	about: `Reads the files as one change of an empty graph and lists every fault with its
file and line. Without arguments it checks the seeds that are built in. Files
that refer to others (sources, entities) must be checked together with them.`,
	examples: `  caspian check
  caspian check seeds/
  caspian check seeds/sources.yaml mine.yaml
  caspian check --format jsonl - < claims.txt`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		ontology, format := ontologySetting(s), s.Text("format", "NAME", "", "format of the files; by default that of each file name's ending")
		s.Offer("format", formatNames(func(f *codec.Format) bool { return f.Decode != nil || f.DecodeDir != nil })...)
		asJSON := jsonSetting(s)
		return func(ctx context.Context, e *environment, args []string) error {
			if err := s.Err(); err != nil {
				return err
			}
			inputs, err := inputsOf(args, *format, e)
			if err != nil {
				return err
			}
			o, err := loadOntology(*ontology)
			if err != nil {
				return err
			}
			bar := console.StartProgress(e.err, "reading %s", ingest.Names(inputs))
			ops, err := ingest.Read(ctx, inputs)
			bar.Show("checking %s", console.Count(len(ops), "operation"))
			var faults graph.Problems
			if err != nil && !errors.As(err, &faults) {
				bar.End()
				return err
			}
			res, problems := graph.Check(o, graph.Nothing, &graph.Change{Ops: ops})
			bar.End()
			return reportCheck(e, *asJSON, len(ops), res, append(faults, problems...))
		}
	},
}

// inputsOf finds the inputs that the arguments name; none is the built-in seeds.
func inputsOf(args []string, format string, e *environment) ([]ingest.Input, error) {
	var f *codec.Format
	if format != "" {
		var err error
		if f, err = datasets.Formats.ByName(format); err != nil {
			return nil, settings.Usagef("--format: %v", err)
		}
	}
	if len(args) == 0 {
		return ingest.Folder(seeds.Files, "seeds", f)
	}
	return ingest.Find(args, f, e.in)
}

func reportCheck(e *environment, asJSON bool, ops int, res *graph.Result, faults graph.Problems) error {
	var notices graph.Problems
	entities, claims := 0, 0
	if res != nil {
		notices, entities, claims = res.Notices, len(res.Commit.Entities), len(res.Commit.Claims)
	}
	if asJSON {
		out := struct {
			Operations int         `json:"operations"`
			Entities   int         `json:"entities"`
			Claims     int         `json:"claims"`
			Problems   []problemJS `json:"problems"`
			Notices    []problemJS `json:"notices"`
		}{ops, entities, claims, problemsJSON(faults), problemsJSON(notices)}
		enc := json.NewEncoder(e.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(out); err != nil {
			return err
		}
		if len(faults) > 0 {
			return errReported
		}
		return nil
	}
	for _, n := range notices {
		e.say("notice: %v", n)
	}
	if len(faults) > 0 {
		return faults
	}
	e.say("no faults: %s, %s", console.Count(entities, "entity"), console.Count(claims, "claim"))
	return nil
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
