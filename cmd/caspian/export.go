package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/codec"
	"github.com/caspian-kg/caspian/graph/datasets"
)

var exportCommand = &command{
	name: "export", short: "write everything that a store has recorded",
	about: `Writes every entity and claim to the standard output or a file, withdrawn ones
included where the format can express it. Where a service runs on the store, that service
writes its newest snapshot.

Formats: ` + formatList(func(f *codec.Format) bool { return f.Encode != nil }) + `.`,
	examples: `  caspian export > graph.jsonl
  caspian export --format nquads --to graph.nq
  caspian export | caspian import --store copy -`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		name := s.Text("format", "NAME", "jsonl", "what to write")
		s.Offer("format", formatNames(func(f *codec.Format) bool { return f.Encode != nil })...)
		dir, ontology := storeSetting(s), ontologySetting(s)
		to := s.Text("to", "FILE", "", "write here instead of the standard output")
		return func(ctx context.Context, e *environment, args []string) error {
			s.NoArguments(args)
			f, err := formatToWrite(*name)
			if err != nil {
				s.Fault("--format: %v", err)
			}
			if err := s.Err(); err != nil {
				return err
			}
			return export(ctx, e, f, *dir, *ontology, *to)
		}
	},
}

// formatToWrite returns the named format, if it can be written.
func formatToWrite(name string) (*codec.Format, error) {
	f, err := datasets.Formats.ByName(name)
	if err == nil && f.Encode == nil {
		return nil, graph.Errorf(graph.BadInput, "%s can be read and not written", f.Name)
	}
	return f, err
}

func export(ctx context.Context, e *environment, f *codec.Format, dir, ontology, to string) (err error) {
	if running := serviceOn(dir); running != nil {
		err := writeTo(e, to, func(w io.Writer) error {
			bar := console.StartProgress(e.err, "writing the export of the service on %s", dir)
			defer bar.End()
			return exportFrom(ctx, running, f.Name, w)
		})
		if err == nil && to != "" {
			e.say("wrote the export of the service on %s to %s", dir, to)
		}
		return err
	}
	o, err := loadOntology(ontology)
	if err != nil {
		return err
	}
	g, err := openStore(ctx, dir, openOptions{ontology: o, existing: true, readOnly: true, say: e.say})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	s := g.Snapshot()
	err = writeTo(e, to, func(w io.Writer) error {
		bar := console.StartProgress(e.err, "writing %s", console.Count(s.Recorded(), "claim"))
		defer bar.End()
		buffered := bufio.NewWriterSize(w, 256<<10)
		return errors.Join(f.Encode(ctx, buffered, s), buffered.Flush())
	})
	if err == nil && to != "" {
		e.say("wrote %s and %s to %s", console.Count(s.EntityCount(), "entity"), console.Count(s.Recorded(), "claim"), to)
	}
	return err
}

// writeTo calls write with the file, which it creates, or with the standard output where
// the path is empty.
func writeTo(e *environment, path string, write func(io.Writer) error) error {
	if path == "" {
		return write(e.out)
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	// A full disk may show only when the file is closed.
	return errors.Join(write(file), file.Close())
}
