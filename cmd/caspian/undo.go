package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/client"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/ingest"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/live"
)

var undoCommand = &command{
	name: "undo", short: "take back what an import did, or what a source states",
	about: `Retracts the claims that an import (--import, see 'caspian imports') stated and
reinstates those that it withdrew, in one change. Claims that others changed since stay
as they are, and a claim stays withdrawn if what the import put in its place was
corrected by hand. With --source, it retracts what a source states, but not what it
says of itself, and reinstates the claims of others that these replaced. An undo is
listed as an import, and can be undone too. Entities stay.`,
	examples: `  caspian undo --import 7 --dry-run
  caspian undo --import 7 --reason "the file had the wrong year"
  caspian undo --source port-list`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		number := s.Number("import", 0, 1, "the import")
		source := s.Text("source", "ID", "", "a source, of which all is taken back")
		reason := s.Text("reason", "TEXT", "", "why")
		dry := s.Toggle("dry-run", "say what it would do, and change nothing")
		where := location{s: s, dir: storeSetting(s)}
		ontology := ontologySetting(s)
		where.url = s.Text("url", "URL", "", "undo in this running service instead of a store")
		where.credentials = credentialSettings(s)
		asJSON := jsonSetting(s)
		return func(ctx context.Context, e *environment, args []string) error {
			s.NoArguments(args)
			op := graph.Op{Kind: graph.Undo, Undo: graph.Undone{Import: graph.Seq(*number), Source: graph.ID(*source), Reason: *reason}}
			if s.Either("import", "source") == "" {
				s.Fault("what to undo is missing: --import N or --source ID")
			}
			where.check()
			if err := s.Err(); err != nil {
				return err
			}
			to, done, err := where.target(ctx, e, *ontology, *dry)
			if err != nil {
				return err
			}
			got, err := to.Commit(ctx, &graph.Change{Ops: []graph.Op{op}})
			if err := errors.Join(err, done()); err != nil {
				return err
			}
			return e.undone(got, *dry, *asJSON)
		}
	},
}

// undone prints what an undo did.
func (e *environment) undone(got *live.Receipt, dry, asJSON bool) error {
	for _, n := range got.Notices {
		e.say("notice: %s", n.Message)
	}
	if dry {
		got.Import = 0
	}
	if asJSON {
		return json.NewEncoder(e.out).Encode(&ingest.Report{Seq: got.Seq, Import: got.Import, Retractions: got.Retractions, Reinstatements: got.Reinstatements, Operations: 1, Known: got.Known})
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
	fmt.Fprintf(e.out, "%s; sequence %d\n", text, got.Seq)
	return nil
}

// target returns what takes the changes of a command: a service, or the store, which exists. done closes it.
func (l *location) target(ctx context.Context, e *environment, ontology string, dry bool) (to ingest.Target, done func() error, err error) {
	if at := l.service(); at != nil {
		if l.s.Given("ontology") {
			return nil, nil, graph.Errorf(graph.BadInput, "a service has the ontology that it was started with: leave out --ontology")
		}
		at.Patience, at.Say = client.ForImports, func(format string, a ...any) { e.say(format, a...) }
		return client.NewImporter(ctx, at, dry), func() error { return nil }, nil
	}
	o, err := loadOntology(ontology)
	if err != nil {
		return nil, nil, err
	}
	oo := openOptions{ontology: o, existing: true, say: e.say}
	if dry {
		oo.over = live.Dry
	}
	g, err := openStore(ctx, *l.dir, oo)
	if err != nil {
		return nil, nil, orURL(err)
	}
	return g.Graph, g.Close, nil
}
