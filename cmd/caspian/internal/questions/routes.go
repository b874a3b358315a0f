package questions

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/answers"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Routes is the command routes.
func Routes(at Connect) *cli.Command {
	return &cli.Command{
		Name: "routes", Short: "find routes under constraints", Args: "FROM TO",
		About: `Finds the best routes between two countries, cities, regions, organisations or
transport nodes. Where there is no route, it shows what blocks it. Each leg is shown
with its status at the view's date and the period for which that is stated; --json
adds the claims. FROM, TO and the other entities are ids, or names that only one
entity has.`,
		Examples: `  caspian routes KAZ eu --avoid RUS,IRN
  caspian routes Kazakhstan "European Union" --avoid Russia --avoid Iran
  caspian routes KAZ eu --avoid RUS --network borders --rank borders
  caspian routes almaty istanbul --via AZE --rank distance --first 1
  caspian routes KAZ FRA --avoid RUS --cargo uranium
  caspian routes KAZ TUR --avoid RUS,IRN --as-of 2016-06-01 --json`,
		Setup: func(s *settings.Set) cli.Action {
			avoid := s.Many("avoid", "IDS", "countries, waters, nodes, segments, corridors, regions or organisations to avoid")
			via := s.Many("via", "IDS", "what the route must pass through, in this order")
			modes := modesSetting(s)
			cargo := cargoSetting(s)
			statuses := statusesSetting(s)
			gauges := s.Many("gauges", "GAUGES", "only railways of these gauges")
			network := networkSetting(s)
			rank := s.Choice("rank", "legs", "order of the routes, lowest value first (certainty: highest first)", "legs", "distance", "borders", "certainty")
			first := s.Number("first", 3, 1, "how many routes, up to 50")
			most := s.Text("max-borders", "N", "", "maximum number of changes of country")
			q := newQuestion(s, at, "routes", "routes")
			return func(ctx context.Context, e *cli.Environment, args []string) error {
				ids := q.positional(args, []string{"FROM", "TO"})
				q.entity("FROM", &ids[0])
				q.entity("TO", &ids[1])
				q.entities("avoid", avoid)
				q.entity("--cargo", cargo, "Resource")
				q.entities("via", via)
				variables := map[string]any{"network": *network, "rank": *rank, "first": *first, "avoid": *avoid, "via": *via, "view": q.view()}
				optional(variables, "modes", upper(*modes))
				optional(variables, "statuses", upper(*statuses))
				optional(variables, "gauges", *gauges)
				if *most != "" {
					n, err := strconv.Atoi(*most)
					if err != nil {
						s.Fault("--max-borders: %q is not a whole number", *most)
					}
					variables["maxBorders"] = n
				}
				return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
					variables["from"], variables["to"] = ids[0], ids[1]
					if *cargo != "" {
						variables["cargo"] = *cargo
					}
					return a.once(ctx, answers.RoutesDocument, variables)
				}, answers.WriteRoutes)
			}
		},
	}
}

// Settings of the commands that ask about routes.

func modesSetting(s *settings.Set) *[]string {
	return s.Many("modes", "MODES", "only these, such as RAIL,FERRY; without a cargo all but PIPELINE and TANKER by default")
}

func cargoSetting(s *settings.Set) *string {
	return s.Text("cargo", "ID", "", "the resource that is carried, such as uranium: legs that take other goods only are not used")
}

func statusesSetting(s *settings.Set) *[]string {
	return s.Many("statuses", "STATUSES", "what counts as open; OPERATIONAL, SEASONAL, DEGRADED and DISRUPTED by default")
}

func networkSetting(s *settings.Set) *string {
	return s.Choice("network", "transport", "what routes consist of", "transport", "borders")
}
