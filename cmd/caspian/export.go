package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/export"
	"github.com/caspian-kg/caspian/graph/live"
	"github.com/caspian-kg/caspian/server"
)

var exportCommand = &command{
	name: "export", short: "write what a store has recorded, or a part of it",
	about: `Writes claims to the standard output or a file: everything recorded, with what is
withdrawn and why, or with the flags of a view what that view shows, with --type only
the claims about entities of a type, and with --licence only those of sources with that
licence. Parts begin with a notice of their sources where the format has comments;
tables have it in the file NOTICE. Tables, GraphML and GeoJSON show a view in any case,
that of today by default. Where a service runs on the store, that service writes its
newest snapshot; GET /export takes the same flags as parameters (asOf, minConfidence).
Formats: ` + exportFormats() + `.`,
	examples: `  caspian export > graph.jsonl
  caspian export --format csv --to tables.zip
  caspian export --format graphml --type Country --as-of 2020 --to countries.graphml
  caspian export --licence "CC BY 4.0" --format nquads --to open.nq
  caspian export | caspian import --store copy -`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		name := s.Text("format", "NAME", "jsonl", "what to write")
		s.Offer("format", exportNames()...)
		where := location{s: s, dir: storeSetting(s)}
		ontology := ontologySetting(s)
		to := s.Text("to", "FILE", "", "write here instead of the standard output")
		types := s.Many("type", "TYPES", "only claims about entities of these types")
		licences := s.Many("licence", "NAMES", "only claims of sources with one of these licences")
		view := viewSettings(s)
		where.url = s.Text("url", "URL", "", "export from this running service instead of a store")
		where.credentials = credentialSettings(s)
		return func(ctx context.Context, e *environment, args []string) error {
			s.NoArguments(args)
			asked := parameters(view.view())
			asked.Set("format", *name)
			for key, list := range map[string][]string{"type": *types, "licence": *licences} {
				if len(list) > 0 {
					asked[key] = list
				}
			}
			if _, _, err := readExport(asked); err != nil {
				s.Fault("%v", err)
			}
			where.check()
			if err := s.Err(); err != nil {
				return err
			}
			return writeExport(ctx, e, &where, asked, *ontology, *to)
		}
	},
}

func exportNames() (names []string) {
	for _, f := range export.Formats {
		names = append(names, f.Name)
	}
	return names
}

func exportFormats() string {
	var list []string
	for _, f := range export.Formats {
		list = append(list, f.Name+" ("+f.About+")")
	}
	return strings.Join(list, "; ")
}

// parameters are the members of a view as parameters of an address.
func parameters(view map[string]any) url.Values {
	asked := url.Values{}
	for name, v := range view {
		if list, ok := v.([]string); ok {
			asked[name] = list
		} else {
			asked.Set(name, fmt.Sprint(v))
		}
	}
	return asked
}

// exportParts are the parameters of a view, and how each is read.
var exportParts = map[string]func(v *graph.View, text string) error{
	"asOf":   func(v *graph.View, text string) (err error) { v.AsOf, err = graph.ParseDate(text); return err },
	"during": func(v *graph.View, text string) (err error) { v.During, err = graph.ParseSpan(text); return err },
	"sourcesPublishedUntil": func(v *graph.View, text string) (err error) {
		v.PublishedUntil, err = graph.ParseDate(text)
		return err
	},
	"minConfidence": func(v *graph.View, text string) (err error) {
		v.MinConfidence, err = strconv.ParseFloat(text, 64)
		return err
	},
	"knownAt": func(v *graph.View, text string) error {
		t, err := time.Parse(time.RFC3339, text)
		v.KnownAt = &t
		return err
	},
	"mode": func(v *graph.View, text string) error {
		modes := map[string]graph.Mode{"EVER": graph.Ever, "THROUGHOUT": graph.Throughout}
		v.Mode = modes[strings.ToUpper(text)]
		return oneOf(text, modes)
	},
	"holds": func(v *graph.View, text string) error {
		holds := map[string]graph.Holds{"YES": graph.HoldsYes, "POSSIBLY": graph.HoldsPossibly}
		v.Holds = holds[strings.ToUpper(text)]
		return oneOf(text, holds)
	},
	"sources": func(v *graph.View, text string) error { v.Sources = append(v.Sources, graph.ID(text)); return nil },
}

func oneOf[V any](text string, known map[string]V) error {
	if _, ok := known[strings.ToUpper(text)]; !ok {
		return fmt.Errorf("%q is not one of %s", text, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
	}
	return nil
}

// readExport reads the parameters of an export.
func readExport(asked url.Values) (*export.Format, export.Selection, error) {
	sel := export.Selection{Types: asked["type"], Licences: asked["licence"]}
	var view graph.View
	for name, values := range asked {
		read := exportParts[name]
		if read == nil && name != "format" && name != "type" && name != "licence" {
			return nil, sel, graph.Errorf(graph.BadInput, "an export has no parameter %q; it has format, type, licence, %s", graph.Clip(name), strings.Join(slices.Sorted(maps.Keys(exportParts)), ", "))
		}
		for _, text := range values {
			if read == nil {
				continue
			}
			sel.View = &view
			if err := read(&view, text); err != nil {
				return nil, sel, graph.Errorf(graph.BadInput, "%s: %v", name, err)
			}
		}
	}
	name := asked.Get("format")
	if name == "" {
		name = "jsonl"
	}
	f, err := export.ByName(name)
	return f, sel, err
}

// exports returns what prepares the exports of a service.
func exports(g *live.Graph) func(url.Values) (*server.Export, error) {
	return func(asked url.Values) (*server.Export, error) {
		f, sel, err := readExport(asked)
		if err != nil {
			return nil, err
		}
		year, month, day := time.Now().UTC().Date()
		part, err := export.Select(g.Snapshot(), sel, graph.DayDate(year, int(month), day).First())
		if err != nil {
			return nil, err
		}
		return &server.Export{Media: f.Media, Write: func(ctx context.Context, w io.Writer) error { return f.Write(ctx, w, part) }}, nil
	}
}

// writeExport writes an export of a service, or of the store.
func writeExport(ctx context.Context, e *environment, where *location, asked url.Values, ontology, to string) (err error) {
	if running := where.service(); running != nil {
		err := writeTo(e, to, func(w io.Writer) error {
			bar := console.StartProgress(e.err, "writing the export of %s", running.Name)
			defer bar.End()
			return exportFrom(ctx, running, asked, w)
		})
		if err == nil && to != "" {
			e.say("wrote the export of %s to %s", running.Name, to)
		}
		return err
	}
	o, err := loadOntology(ontology)
	if err != nil {
		return err
	}
	g, err := openStore(ctx, where.folder(), openOptions{ontology: o, existing: true, readOnly: true, say: e.say})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	s := g.Snapshot()
	x, err := exports(g.Graph)(asked)
	if err != nil {
		return err
	}
	err = writeTo(e, to, func(w io.Writer) error {
		bar := console.StartProgress(e.err, "writing %s", console.Count(s.Recorded(), "claim"))
		defer bar.End()
		buffered := bufio.NewWriterSize(w, 256<<10)
		return errors.Join(x.Write(ctx, buffered), buffered.Flush())
	})
	if err == nil && to != "" {
		e.say("wrote the export of %s to %s", where.folder(), to)
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
