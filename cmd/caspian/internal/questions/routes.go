package questions

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/answers"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Routes returns the command routes.
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
			f := waySettings(s, "countries, waters, nodes, segments, corridors, regions or organisations to avoid")
			via := s.Many("via", "IDS", "what the route must pass through, in this order")
			f.carriage(s)
			gauges := s.Many("gauges", "GAUGES", "only railways of these gauges")
			f.networks(s)
			rank := s.Choice("rank", "legs", "order of the routes, lowest value first (certainty: highest first)", "legs", "distance", "borders", "certainty")
			first := s.Number("first", 3, 1, "how many routes, up to 50")
			most := s.Text("max-borders", "N", "", "maximum number of changes of country")
			q := newQuestion(s, at, "routes", "routes")
			return func(ctx context.Context, e *cli.Environment, args []string) error {
				ids := f.entities(q, args)
				q.entities("via", via)
				variables := map[string]any{"rank": *rank, "first": *first, "via": *via, "view": q.view()}
				optional(variables, "gauges", *gauges)
				if *most != "" {
					n, err := strconv.Atoi(*most)
					if err != nil {
						s.Fault("--max-borders: %q is not a whole number", *most)
					}
					variables["maxBorders"] = n
				}
				return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
					f.set(variables, ids)
					return a.once(ctx, answers.RoutesDocument, variables)
				}, answers.WriteRoutes)
			}
		},
	}
}

// wayFlags has the flags that routes and chokepoints share.
type wayFlags struct {
	avoid, modes, statuses *[]string
	cargo, network         *string
}

// waySettings declares --avoid. The command's own flags follow, and then the other shared ones.
func waySettings(s *settings.Set, avoid string) *wayFlags {
	return &wayFlags{avoid: s.Many("avoid", "IDS", avoid)}
}

// carriage declares the flags for the cargo and the modes.
func (f *wayFlags) carriage(s *settings.Set) {
	f.modes = s.Many("modes", "MODES", "only these, such as RAIL,FERRY; without a cargo all but PIPELINE and TANKER by default")
	f.cargo = s.Text("cargo", "ID", "", "the resource that is carried, such as uranium: legs that take other goods only are not used")
	f.statuses = s.Many("statuses", "STATUSES", "what counts as open; OPERATIONAL, SEASONAL, DEGRADED and DISRUPTED by default")
}

func (f *wayFlags) networks(s *settings.Set) {
	f.network = s.Choice("network", "transport", "what routes consist of", "transport", "borders")
}

// entities declares the entities that FROM, TO and the flags name, and returns the ids of FROM and TO.
func (f *wayFlags) entities(q *question, args []string) []string {
	ids := q.ends(args)
	q.entities("avoid", f.avoid)
	q.entity("--cargo", f.cargo, "Resource")
	return ids
}

// set adds FROM, TO and the flags to the variables. Names must be resolved.
func (f *wayFlags) set(variables map[string]any, ids []string) {
	variables["from"], variables["to"], variables["avoid"], variables["network"] = ids[0], ids[1], *f.avoid, *f.network
	optional(variables, "modes", upper(*f.modes))
	optional(variables, "statuses", upper(*f.statuses))
	if *f.cargo != "" {
		variables["cargo"] = *f.cargo
	}
}
