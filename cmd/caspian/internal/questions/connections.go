package questions

import (
	"context"
	"encoding/json"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/answers"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Connections returns the command connections.
func Connections(at Connect) *cli.Command {
	return &cli.Command{
		Name: "connections", Short: "explain how two entities are connected", Args: "FROM TO",
		About: `Finds the best paths along claims from one entity to another. Each step is one
claim with its source. The score is the product of the confidences, divided, for
each entity in between, by the number of its other neighbours: a meeting of six
explains more than a country that trades with everybody. A path along claims is not
a causal or supply relation. FROM and TO are ids, or names that only one entity has.`,
		Examples: `  caspian connections JPN uranium
  caspian connections JPN KAZ --relations participants,host --as-of 2025-12-21
  caspian connections "Sanae Takaichi" Kazatomprom --max-length 5 --first 1`,
		Setup: func(s *settings.Set) cli.Action {
			longest := s.Number("max-length", 4, 1, "longest path, in steps, up to 6")
			relations := s.Many("relations", "NAMES", "follow these predicates only, such as memberOf,participants")
			exclude := s.Many("exclude-types", "TYPES", "pass through no entity of these types or interfaces; Source by default")
			first := s.Number("first", 5, 1, "how many connections, up to 100")
			q := newQuestion(s, at, "connections", "connections")
			return func(ctx context.Context, e *cli.Environment, args []string) error {
				ids := q.ends(args)
				view := q.view()
				return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
					variables := map[string]any{"from": ids[0], "to": ids[1], "maxLength": *longest, "first": *first, "view": view}
					if s.Given("relations") {
						variables["relations"] = *relations
					}
					if s.Given("exclude-types") {
						variables["excludeTypes"] = *exclude
					}
					return a.once(ctx, answers.ConnectionsDocument, variables)
				}, answers.WriteConnections)
			}
		},
	}
}
