package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/connect"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/store/gizmo"
)

var gizmoCommand = &cli.Command{
	Name: "gizmo", Short: "query the quads of a store in Cayley's language", Args: "'QUERY'",
	About: `Runs Gizmo, the query language of Cayley, over the quads of a store, and prints a line of
JSON for each row. Entities, fields and types have their names: g.V("KAZ").Out("borders").
Such a query sees what was recorded and not what a view shows: it knows no dates and no
confidence, and it finds withdrawn claims (docs/cayley.md). It only reads. A service that
has the store in a folder open must be stopped first, unless you query a copy.`,
	Examples: `  caspian gizmo 'g.V("KAZ").Out("borders").All()'
  caspian gizmo --store postgres://user@host/name 'g.V("KAZ").Out("borders").GetLimit(5)'`,
	Setup: func(s *settings.Set) cli.Action {
		at := connect.StoreSetting(s)
		most := s.Number("rows", 1000, 1, "print at most this many rows")
		patience := s.Duration("timeout", 30*time.Second, "stop a query that takes longer")
		return func(ctx context.Context, e *cli.Environment, args []string) (err error) {
			if len(args) != 1 || strings.TrimSpace(args[0]) == "" {
				s.Fault("one query is expected, in quotes, such as 'g.V(\"KAZ\").Out(\"borders\").All()'")
			}
			if err := s.Err(); err != nil {
				return err
			}
			opened, err := openQuads(at)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, opened.Close()) }()
			ctx, cancel := context.WithTimeoutCause(ctx, *patience, graph.Errorf(graph.LimitWork, "the query took longer than %s; ask for less, or raise --timeout", *patience))
			defer cancel()
			lines := json.NewEncoder(e.Out)
			lines.SetEscapeHTML(false)
			more, err := opened.Run(ctx, args[0], *most, func(row any) error { return lines.Encode(row) })
			if more {
				e.Say("caspian gizmo: there are more rows than %d; raise --rows to see them", *most)
			}
			return err
		}
	},
}

// openQuads opens the store for queries.
func openQuads(at *connect.Place) (*gizmo.Store, error) {
	if at.IsDatabase() {
		return gizmo.Database(at.Address())
	}
	if err := at.Exists(); err != nil {
		return nil, err
	}
	return gizmo.Folder(at.Folder())
}
