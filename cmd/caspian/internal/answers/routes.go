package answers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/graph/figures"
)

// RoutesDocument requests the best routes between two entities.
const RoutesDocument = `query Routes($from: ID!, $to: ID!, $avoid: [ID!], $via: [ID!], $modes: [Mode!], $cargo: ID, $statuses: [Status!],
  $gauges: [String!], $network: RouteNetwork, $rank: RouteRank, $first: Int, $maxBorders: Int, $view: View) {
  routes(from: $from, to: $to, avoid: $avoid, via: $via, modes: $modes, cargo: $cargo, statuses: $statuses, gauges: $gauges, network: $network,
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
	Nodes, Countries, Waters []Named
	Borders                  int
	DistanceKm               *float64
	EstimatedKm              float64
	Avoidance                string
	Certainty                float64
	Weakest                  *claimRow
	Legs                     []foundLeg
}

type foundLeg struct {
	From, To         Named
	Mode, Status     string
	Segment          *Named
	Transits         []Named
	TransitsComplete bool
	DistanceKm       *float64
	Claims           []claimRow
}

// when returns the period for which the leg's status is stated, or "" if no status is.
func (l *foundLeg) when() string {
	for i := range l.Claims {
		if c := &l.Claims[i]; c.Predicate == "status" {
			return cmp.Or(c.when(), "undated")
		}
	}
	return ""
}

// WriteRoutes writes the routes, or what blocks them.
func WriteRoutes(out *strings.Builder, answer json.RawMessage) error {
	var found struct {
		Routes  []foundRoute
		Blocked []struct {
			Release []Named
			Opens   *foundRoute
		}
		Nearest []struct {
			BarredBy []Named
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
	fmt.Fprintf(out, "%s, %s, %s; avoidance %s; certainty %s\n", console.Count(len(r.Legs), "leg"), console.Count(r.Borders, "border"), km, r.Avoidance, figures.Number(r.Certainty, 3))
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
