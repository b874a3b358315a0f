package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/ingest"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

var undoCommand = &cli.Command{
	Name: "undo", Short: "take back what an import did, or what a source states",
	About: `Retracts the claims that an import (--import, see 'caspian imports') stated and
reinstates those that it withdrew, in one change. Claims that others changed since stay
as they are, and a claim stays withdrawn if what the import put in its place was
corrected by hand. With --source, it retracts what a source states, but not what it
says of itself, and reinstates the claims of others that these replaced. An undo is
listed as an import, and can be undone too. Entities stay.`,
	Examples: `  caspian undo --import 7 --dry-run
  caspian undo --import 7 --reason "the file had the wrong year"
  caspian undo --source port-list`,
	Setup: func(s *settings.Set) cli.Action {
		number := s.Number("import", 0, 1, "the import")
		source := s.Text("source", "ID", "", "a source, of which all is taken back")
		reason := s.Text("reason", "TEXT", "", "why")
		dry := s.Toggle("dry-run", "say what it would do, and change nothing")
		where := connect.Settings(s, "undo in")
		asJSON := s.JSON()
		return func(ctx context.Context, e *cli.Environment, args []string) error {
			s.NoArguments(args)
			op := graph.Op{Kind: graph.Undo, Undo: graph.Undone{Import: graph.Seq(*number), Source: graph.ID(*source), Reason: *reason}}
			if s.Either("import", "source") == "" {
				s.Fault("what to undo is missing: --import N or --source ID")
			}
			where.Check()
			if err := s.Err(); err != nil {
				return err
			}
			to, done, err := changeTarget(ctx, e, where, *dry)
			if err != nil {
				return err
			}
			got, err := to.Commit(ctx, &graph.Change{Ops: []graph.Op{op}})
			if err := errors.Join(err, done()); err != nil {
				return err
			}
			return undone(e, got, *dry, *asJSON)
		}
	},
}

// undone prints what an undo did.
func undone(e *cli.Environment, got *live.Receipt, dry, asJSON bool) error {
	for _, n := range got.Notices {
		e.Say("notice: %s", n.Message)
	}
	if dry {
		got.Import = 0
	}
	if asJSON {
		return json.NewEncoder(e.Out).Encode((&ingest.Report{Seq: got.Seq, Import: got.Import, Counts: got.Counts, Operations: 1, Notices: got.Notices}).Outcome(nil, dry))
	}
	text := fmt.Sprintf("%s and %s", console.Count(got.Retractions, "retraction"), console.Count(got.Reinstatements, "reinstatement"))
	switch {
	case dry:
		text = "would make " + text
	case got.Import != 0:
		text = fmt.Sprintf("made %s; import %d takes this back", text, got.Import)
	default:
		text = "changed nothing"
	}
	fmt.Fprintf(e.Out, "%s; sequence %d\n", text, got.Seq)
	return nil
}

// changeTarget returns the target of a command's changes: a service, or the store, which must exist. done closes
// the target.
func changeTarget(ctx context.Context, e *cli.Environment, where *connect.Location, dry bool) (to ingest.Target, done func() error, err error) {
	if at := where.Service(); at != nil {
		if where.NamesOntology() {
			return nil, nil, graph.Errorf(graph.BadInput, "a service has the ontology that it was started with: leave out --ontology")
		}
		at.Patience, at.Say = client.ForImports, e.Say
		return client.NewImporter(ctx, at, dry), func() error { return nil }, nil
	}
	o, err := where.Ontology()
	if err != nil {
		return nil, nil, err
	}
	oo := connect.Options{Ontology: o, Existing: true, Say: e.Say}
	if dry {
		oo.Over = live.Dry
	}
	g, err := connect.Open(ctx, where.Store(), oo)
	if err != nil {
		return nil, nil, connect.OrURL(err)
	}
	return g.Graph, g.Close, nil
}
