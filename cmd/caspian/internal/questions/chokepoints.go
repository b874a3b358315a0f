package questions

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/answers"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Chokepoints returns the command chokepoints.
func Chokepoints(at Connect) *cli.Command {
	return &cli.Command{
		Name: "chokepoints", Short: "find what every route passes, or what a closure breaks", Args: "FROM TO",
		About: `Lists the smallest sets of nodes, legs, countries and waters without which no route
is left; a set of one is a single point of failure. With --closing it counts
the pairs of a start and a destination node that lose their last route when each of
these closes. FROM, TO and the other entities are ids, or names that
only one entity has.`,
		Examples: `  caspian chokepoints KAZ eu --avoid RUS,IRN
  caspian chokepoints KAZ eu --kinds country --as-of 2016
  caspian chokepoints KAZ eu --closing titr,black-sea,AZE
  caspian chokepoints KAZ eu --avoid RUS,IRN --weight capacity`,
		Setup: func(s *settings.Set) cli.Action {
			f := waySettings(s, "countries, waters, nodes, segments, corridors, regions or organisations that no route may touch")
			closing := s.Many("closing", "IDS", "count what each of these removes when it closes, instead of searching for sets")
			kinds := s.Many("kinds", "KINDS", "only sets of these: node, leg, country, water")
			f.carriage(s)
			f.networks(s)
			weight := s.Choice("weight", "count", "compare sets by their number of elements or by their capacity", "count", "capacity")
			unit := s.Text("unit", "UNIT", "MtPerYear", "unit of capacities")
			first := s.Number("first", 20, 1, "how many sets, up to 200")
			q := newQuestion(s, at, "chokepoints", "chokepoints")
			return func(ctx context.Context, e *cli.Environment, args []string) error {
				ids := f.entities(q, args)
				q.entities("closing", closing)
				variables := map[string]any{"weight": *weight, "unit": *unit, "first": *first, "view": q.view()}
				optional(variables, "kinds", upper(*kinds))
				optional(variables, "closing", *closing)
				return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
					f.set(variables, ids)
					return a.once(ctx, answers.ChokepointsDocument, variables)
				}, func(out *strings.Builder, answer json.RawMessage) error {
					n, err := answers.WriteChokepoints(out, answer, len(*closing) > 0)
					if n == *first && n < 200 && len(*closing) == 0 {
						fmt.Fprintf(out, "These are the first %d; there may be more: --first %d shows them.\n", n, min(200, 2*n))
					}
					return err
				})
			}
		},
	}
}
