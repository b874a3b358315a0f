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
		return changes(s, "undo in", func(args []string) graph.Op {
			s.NoArguments(args)
			if s.Either("import", "source") == "" {
				s.Fault("what to undo is missing: --import N or --source ID")
			}
			return graph.Op{Kind: graph.Undo, Undo: graph.Undone{Import: graph.Seq(*number), Source: graph.ID(*source), Reason: *reason}}
		})
	},
}

var mergeCommand = &cli.Command{
	Name: "merge", Short: "let one entity stand for another", Args: "ID INTO",
	About: `Merges the entity ID into INTO, of the same type: every claim that names ID is stated
of INTO from then on, and ID means INTO wherever an id is read, in files and queries. With
an earlier --known-at, both are there as they were. Where the two differ in what only one
can have, it says so; 'caspian conflicts INTO' shows it. A merge is listed as an import,
and 'caspian unmerge ID' or 'caspian undo --import N' takes it back.`,
	Examples: `  caspian merge port-of-aktau aktau --dry-run
  caspian merge port-of-aktau aktau`,
	Setup: func(s *settings.Set) cli.Action {
		return changes(s, "merge in", func(args []string) (op graph.Op) {
			if len(args) != 2 {
				s.Fault("merge takes two ids: of the entity to merge, and of that which stays")
				return op
			}
			return graph.Op{Kind: graph.Merge, Merge: graph.Merged{From: graph.ID(args[0]), Into: graph.ID(args[1])}}
		})
	},
}

var unmergeCommand = &cli.Command{
	Name: "unmerge", Short: "take the merge of an entity back", Args: "ID",
	About: `Takes the last merge of the entity ID back: what the merge stated of the other entity
is stated of ID again, unless others changed it since. What was stated since the merge
stays with the other entity, under whichever id it came.`,
	Examples: `  caspian unmerge port-of-aktau`,
	Setup: func(s *settings.Set) cli.Action {
		return changes(s, "unmerge in", func(args []string) (op graph.Op) {
			if len(args) != 1 {
				s.Fault("unmerge takes one id: of the entity that was merged")
				return op
			}
			return graph.Op{Kind: graph.Unmerge, Merge: graph.Merged{From: graph.ID(args[0])}}
		})
	},
}

// changes is the action of a command that makes a change of one operation and prints what it did. read makes the operation
// of the arguments, or adds a fault.
func changes(s *settings.Set, use string, read func(args []string) graph.Op) cli.Action {
	dry := s.Toggle("dry-run", "say what it would do, and change nothing")
	where := connect.Settings(s, use)
	asJSON := s.JSON()
	return func(ctx context.Context, e *cli.Environment, args []string) error {
		op := read(args)
		where.Check()
		if err := s.Err(); err != nil {
			return err
		}
		got, err := change(ctx, e, where, op, *dry)
		if err != nil {
			return err
		}
		return changed(e, got, *dry, *asJSON)
	}
}

// changed prints what a change of one operation did.
func changed(e *cli.Environment, got *live.Receipt, dry, asJSON bool) error {
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
	if got.Merges > 0 {
		text = fmt.Sprintf("%s, %s restated, %s and %s", console.Count(got.Merges, "merge"), console.Count(got.Superseded, "claim"),
			console.Count(got.Retractions-got.Superseded, "retraction"), console.Count(got.Reinstatements, "reinstatement"))
	}
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

// change makes a change of one operation through a service, or in the store, which must exist.
func change(ctx context.Context, e *cli.Environment, where *connect.Location, op graph.Op, dry bool) (*live.Receipt, error) {
	if at := where.Service(); at != nil {
		if where.NamesOntology() {
			return nil, graph.Errorf(graph.BadInput, "a service has the ontology that it was started with: leave out --ontology")
		}
		at.Patience, at.Say = client.ForImports, e.Say
		return at.Change(ctx, op, dry)
	}
	o, err := where.Ontology()
	if err != nil {
		return nil, err
	}
	oo := connect.Options{Ontology: o, Existing: true, Say: e.Say}
	if dry {
		oo.Over = live.Dry
	}
	g, err := connect.Open(ctx, where.Store(), oo)
	if err != nil {
		return nil, connect.OrURL(err)
	}
	got, err := g.Commit(ctx, &graph.Change{Ops: []graph.Op{op}})
	return got, errors.Join(err, g.Close())
}
