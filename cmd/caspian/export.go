package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/url"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/files"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/questions"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/export"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/server"
)

var exportCommand = &cli.Command{
	Name: "export", Short: "write what a store has recorded, or a part of it",
	About: `Writes claims to the standard output or a file: everything recorded, with what is
withdrawn and why, or with the flags of a view what that view shows, with --type only
the claims about entities of a type, and with --licence only those of sources with that
licence. Parts begin with a notice of their sources where the format has comments;
tables have it in the file NOTICE. Tables, GraphML and GeoJSON show a view in any case,
that of today by default. Where a service runs on the store, that service writes its
newest snapshot; GET /export takes the same flags as parameters (asOf, minConfidence).
Formats: ` + export.About() + `.`,
	Examples: `  caspian export > graph.jsonl
  caspian export --format csv --to tables.zip
  caspian export --format graphml --type Country --as-of 2020 --to countries.graphml
  caspian export --licence "CC BY 4.0" --format nquads --to open.nq
  caspian export | caspian import --store copy -`,
	Setup: func(s *settings.Set) cli.Action {
		name := s.Text("format", "NAME", "jsonl", "what to write")
		s.Offer("format", export.Names()...)
		to := s.Text("to", "FILE", "", "write here instead of the standard output")
		types := s.Many("type", "TYPES", "only claims about entities of these types")
		licences := s.Many("licence", "NAMES", "only claims of sources with one of these licences")
		view := questions.ViewSettings(s)
		where := connect.Settings(s, "export from")
		return func(ctx context.Context, e *cli.Environment, args []string) error {
			s.NoArguments(args)
			asked := url.Values(export.Parameters(view.Value()))
			asked.Set("format", *name)
			for key, list := range map[string][]string{"type": *types, "licence": *licences} {
				if len(list) > 0 {
					asked[key] = list
				}
			}
			if _, _, err := export.Read(asked); err != nil {
				s.Fault("%v", err)
			}
			where.Check()
			if err := s.Err(); err != nil {
				return err
			}
			return writeExport(ctx, e, where, asked, *to)
		}
	},
}

// exports returns the function that prepares the exports of a service.
func exports(g interface{ Snapshot() *snapshot.Snapshot }) func(url.Values) (*server.Export, error) {
	return func(asked url.Values) (*server.Export, error) {
		f, sel, err := export.Read(asked)
		if err != nil {
			return nil, err
		}
		part, err := export.Select(g.Snapshot(), sel, graph.DayOf(time.Now()))
		if err != nil {
			return nil, err
		}
		return &server.Export{Media: f.Media, Write: func(ctx context.Context, w io.Writer) error { return f.Write(ctx, w, part) }}, nil
	}
}

// writeExport writes an export from a service or from the store.
func writeExport(ctx context.Context, e *cli.Environment, where *connect.Location, asked url.Values, to string) (err error) {
	if running := where.Service(); running != nil {
		err := files.To(to, e.Out, func(w io.Writer) error {
			bar := console.StartProgress(e.Err, "writing the export of %s", running.Name)
			defer bar.End()
			return exportFrom(ctx, running, asked, w)
		})
		if err == nil && to != "" {
			e.Say("wrote the export of %s to %s", running.Name, to)
		}
		return err
	}
	o, err := where.Ontology()
	if err != nil {
		return err
	}
	g, err := connect.Open(ctx, where.Store(), connect.Options{Ontology: o, Existing: true, ReadOnly: true, Say: e.Say})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	s := g.Snapshot()
	x, err := exports(g.Graph)(asked)
	if err != nil {
		return err
	}
	err = files.To(to, e.Out, func(w io.Writer) error {
		bar := console.StartProgress(e.Err, "writing %s", console.Count(s.Recorded(), "claim"))
		defer bar.End()
		buffered := bufio.NewWriterSize(w, 256<<10)
		return errors.Join(x.Write(ctx, buffered), buffered.Flush())
	})
	if err == nil && to != "" {
		e.Say("wrote the export of %s to %s", where.Store(), to)
	}
	return err
}
