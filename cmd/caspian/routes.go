package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
)

var routesCommand = &command{
	name: "routes", short: "find routes under constraints", args: "FROM TO",
	about: `Finds the best routes between two countries, cities, regions, organisations or
transport nodes. Where there is no route, it shows what blocks it. Each leg is shown
with its status at the view's date and the period for which that is stated; --json
adds the claims. FROM, TO and the other entities are ids, or names that only one
entity has.`,
	examples: `  caspian routes KAZ eu --avoid RUS,IRN
  caspian routes Kazakhstan "European Union" --avoid Russia --avoid Iran
  caspian routes KAZ eu --avoid RUS --network borders --rank borders
  caspian routes almaty istanbul --via AZE --rank distance --first 1
  caspian routes KAZ TUR --avoid RUS,IRN --as-of 2016-06-01 --json`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		avoid := s.Many("avoid", "IDS", "countries, waters, nodes, segments, corridors, regions or organisations to avoid")
		via := s.Many("via", "IDS", "what the route must pass through, in this order")
		modes := modesSetting(s)
		statuses := statusesSetting(s)
		gauges := s.Many("gauges", "GAUGES", "only railways of these gauges")
		network := networkSetting(s)
		rank := s.Choice("rank", "legs", "order of the routes, least first (certainty: most first)", "legs", "distance", "borders", "certainty")
		first := s.Number("first", 3, 1, "how many routes, up to 50")
		most := s.Text("max-borders", "N", "", "most changes of country")
		q := newQuestion(s, "routes", "routes")
		return func(ctx context.Context, e *environment, args []string) error {
			ids := q.positional(args, []string{"FROM", "TO"})
			q.entity("FROM", &ids[0])
			q.entity("TO", &ids[1])
			q.entities("avoid", avoid)
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
				return a.once(ctx, routesDocument, variables)
			}, writeRoutes)
		}
	},
}

// Settings of the commands that ask about routes.

func modesSetting(s *settings.Set) *[]string {
	return s.Many("modes", "MODES", "only these, such as RAIL,FERRY; all but PIPELINE and TANKER by default")
}

func statusesSetting(s *settings.Set) *[]string {
	return s.Many("statuses", "STATUSES", "what counts as open; OPERATIONAL, SEASONAL, DEGRADED and DISRUPTED by default")
}

func networkSetting(s *settings.Set) *string {
	return s.Choice("network", "transport", "what routes consist of", "transport", "borders")
}

const routesDocument = `query Routes($from: ID!, $to: ID!, $avoid: [ID!], $via: [ID!], $modes: [Mode!], $statuses: [Status!],
  $gauges: [String!], $network: RouteNetwork, $rank: RouteRank, $first: Int, $maxBorders: Int, $view: View) {
  routes(from: $from, to: $to, avoid: $avoid, via: $via, modes: $modes, statuses: $statuses, gauges: $gauges, network: $network,
    rank: $rank, first: $first, maxBorders: $maxBorders, view: $view) {
    routes { ...Way }
    blocked { release { id type name } opens { ...Way } }
    nearest { barredBy { id name } left leg { from { id name } to { id name } mode status segment { id } } }
    partial note
  }
}
fragment Way on Route {
  nodes { id name } countries { id name } waters { id name } borders distanceKm distanceKnown estimatedKm avoidance certainty
  weakest { ...ClaimRow }
  legs {
    from { id name } to { id name } mode segment { id } transits { id name } transitsComplete status distanceKm estimatedKm
    claims { ...ClaimRow }
  }
}` + claimFragment

type foundRoute struct {
	Nodes, Countries, Waters []named
	Borders                  int
	DistanceKm               *float64
	EstimatedKm              float64
	Avoidance                string
	Certainty                float64
	Weakest                  *claimRow
	Legs                     []foundLeg
}

type foundLeg struct {
	From, To         named
	Mode, Status     string
	Segment          *named
	Transits         []named
	TransitsComplete bool
	DistanceKm       *float64
	Claims           []claimRow
}

// when is the period for which the leg's status is stated; empty where no status is.
func (l *foundLeg) when() string {
	for i := range l.Claims {
		if c := &l.Claims[i]; c.Predicate == "status" {
			return cmp.Or(c.when(), "undated")
		}
	}
	return ""
}

// writeRoutes writes the routes, or what blocks them.
func writeRoutes(out *strings.Builder, answer json.RawMessage) error {
	var found struct {
		Routes  []foundRoute
		Blocked []struct {
			Release []named
			Opens   *foundRoute
		}
		Nearest []struct {
			BarredBy []named
			Left     int
			Leg      foundLeg
		}
		Partial bool
		Note    *string
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	for i := range found.Routes {
		if i > 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintf(out, "%d. ", i+1)
		writeRoute(out, &found.Routes[i])
	}
	if found.Note != nil {
		fmt.Fprintf(out, "No route: %s.\n", *found.Note)
	}
	for _, b := range found.Blocked {
		fmt.Fprintf(out, "\nWithout %s in the way: ", together(b.Release))
		if b.Opens != nil {
			writeRoute(out, b.Opens)
		}
	}
	if len(found.Nearest) > 0 {
		fmt.Fprintln(out, "\nThe legs that would continue, and what blocks them:")
		t := console.NewTable("   ", "FROM", "TO", "MODE", "STATUS", "BARRED BY", "LEGS LEFT")
		for _, m := range found.Nearest {
			t.Row(m.Leg.From.Name, m.Leg.To.Name, m.Leg.Mode, m.Leg.Status, names(m.BarredBy, ", "), strconv.Itoa(m.Left))
		}
		t.Write(out)
	}
	if found.Partial {
		fmt.Fprintln(out, "The search ended at its limit of work: there may be more routes.")
	}
	return nil
}

// writeRoute writes a summary of a route, then a table of its legs.
func writeRoute(out *strings.Builder, r *foundRoute) {
	km := fmt.Sprintf("about %s km, not all stated", console.Thousands(int(r.EstimatedKm+0.5)))
	if r.DistanceKm != nil {
		km = console.Thousands(int(*r.DistanceKm+0.5)) + " km"
	}
	fmt.Fprintf(out, "%s, %s, %s; avoidance %s; certainty %s\n", console.Count(len(r.Legs), "leg"), console.Count(r.Borders, "border"), km, r.Avoidance, graph.FormatNumber(r.Certainty, 3))
	fmt.Fprintf(out, "   through %s", names(r.Countries, ", "))
	if len(r.Waters) > 0 {
		fmt.Fprintf(out, "; over %s", names(r.Waters, ", "))
	}
	fmt.Fprintln(out)
	t := console.NewTable("   ", "FROM", "TO", "MODE", "STATUS", "WHEN", "KM", "TRANSITS", "SEGMENT")
	for _, l := range r.Legs {
		length, segment, all := "?", "", ""
		if l.DistanceKm != nil {
			length = console.Thousands(int(*l.DistanceKm + 0.5))
		}
		if l.Segment != nil {
			segment = l.Segment.ID
		}
		if !l.TransitsComplete {
			all = " (not all stated)"
		}
		t.Row(l.From.Name, l.To.Name, l.Mode, l.Status, l.when(), length, names(l.Transits, ", ")+all, segment)
	}
	t.Write(out)
	writeWeakest(out, "   ", r.Weakest)
}
