package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
	"github.com/caspian-kg/caspian/graph"
)

var chokepointsCommand = &command{
	name: "chokepoints", short: "find what every route passes, or what a closure breaks", args: "FROM TO",
	about: `Lists the smallest sets of nodes, legs, countries and waters without which no route
is left; a set of one is a single point of failure. With --closing it counts
the pairs of a start and a destination node that lose their last route when each of
these closes. FROM, TO and the other entities are ids, or names that
only one entity has.`,
	examples: `  caspian chokepoints KAZ eu --avoid RUS,IRN
  caspian chokepoints KAZ eu --kinds country --as-of 2016
  caspian chokepoints KAZ eu --closing titr,black-sea,AZE
  caspian chokepoints KAZ eu --avoid RUS,IRN --weight capacity`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		avoid := s.Many("avoid", "IDS", "countries, waters, nodes, segments, corridors, regions or organisations that no route may touch")
		closing := s.Many("closing", "IDS", "count what each of these removes when it closes, instead of searching for sets")
		kinds := s.Many("kinds", "KINDS", "only sets of these: node, leg, country, water")
		modes := modesSetting(s)
		statuses := statusesSetting(s)
		network := networkSetting(s)
		weight := s.Choice("weight", "count", "compare sets by their number of elements or by their capacity", "count", "capacity")
		unit := s.Text("unit", "UNIT", "MtPerYear", "unit of capacities")
		first := s.Number("first", 20, 1, "how many sets, up to 200")
		q := newQuestion(s, "chokepoints", "chokepoints")
		return func(ctx context.Context, e *environment, args []string) error {
			ids := q.positional(args, []string{"FROM", "TO"})
			q.entity("FROM", &ids[0])
			q.entity("TO", &ids[1])
			q.entities("avoid", avoid)
			q.entities("closing", closing)
			view := q.view()
			return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
				variables := map[string]any{"from": ids[0], "to": ids[1], "avoid": *avoid, "network": *network,
					"weight": *weight, "unit": *unit, "first": *first, "view": view}
				optional(variables, "modes", upper(*modes))
				optional(variables, "statuses", upper(*statuses))
				optional(variables, "kinds", upper(*kinds))
				optional(variables, "closing", *closing)
				return a.once(ctx, chokepointsDocument, variables)
			}, func(out *strings.Builder, answer json.RawMessage) error {
				n, err := writeChokepoints(out, answer, len(*closing) > 0)
				if n == *first && n < 200 && len(*closing) == 0 {
					fmt.Fprintf(out, "These are the first %d; there may be more: --first %d shows them.\n", n, min(200, 2*n))
				}
				return err
			})
		}
	},
}

const chokepointsDocument = `query Chokepoints($from: ID!, $to: ID!, $avoid: [ID!], $closing: [ID!], $kinds: [ChokepointKind!], $modes: [Mode!],
  $statuses: [Status!], $network: RouteNetwork, $weight: ChokepointWeight, $unit: String, $first: Int, $view: View) {
  chokepoints(from: $from, to: $to, avoid: $avoid, closing: $closing, kinds: $kinds, modes: $modes, statuses: $statuses,
    network: $network, weight: $weight, unit: $unit, first: $first, view: $view) {
    kind cut { id type name } removes pairs lost { from { id type name } to { id type name } } partial
    capacity { low high stated unit unstated { id type name } claims { ...ClaimRow } }
  }
}` + claimFragment

type foundChokepoint struct {
	Kind           string
	Cut            []named
	Removes, Pairs int
	Lost           []struct{ From, To named }
	Partial        bool
	Capacity       *struct {
		Low, Stated float64
		High        *float64
		Unit        string
		Unstated    []named
	}
}

// writeChokepoints writes the sets and returns their number.
func writeChokepoints(out *strings.Builder, answer json.RawMessage, closing bool) (int, error) {
	var found []foundChokepoint
	if err := json.Unmarshal(answer, &found); err != nil {
		return 0, err
	}
	if len(found) == 0 {
		fmt.Fprintln(out, "No small set closes every route, or there is no route to close: 'caspian routes' shows which.")
		return 0, nil
	}
	t := console.NewTable("", "KIND", "WITHOUT", "IDS", "PAIRS THAT LOSE THEIR LAST ROUTE", "CAPACITY", "AMONG THEM")
	for i := range found {
		x := &found[i]
		ids := make([]string, len(x.Cut))
		for i, n := range x.Cut {
			ids[i] = n.ID
		}
		among := ""
		if closing {
			among = x.pairs()
		}
		t.Row(x.Kind, together(x.Cut), strings.Join(ids, ","), fmt.Sprintf("%d of %d", x.Removes, x.Pairs), x.capacity(), among)
	}
	t.Write(out)
	if found[0].Partial {
		fmt.Fprintln(out, "The search ended at its limit of work: there may be more. --kinds narrows it.")
	}
	return len(found), nil
}

// capacity is how much can pass, and empty where no claim states any of it.
func (x *foundChokepoint) capacity() string {
	c := x.Capacity
	switch {
	case c == nil:
		return ""
	case c.High == nil && c.Stated == 0:
		return "not stated"
	case c.High == nil:
		return fmt.Sprintf("at least %s %s, not stated for %s", graph.FormatNumber(c.Low, 4), c.Unit, names(c.Unstated, ", "))
	case c.Low == *c.High:
		return graph.FormatNumber(c.Low, 4) + " " + c.Unit
	}
	return fmt.Sprintf("%s to %s %s", graph.FormatNumber(c.Low, 4), graph.FormatNumber(*c.High, 4), c.Unit)
}

// pairs names a few of the pairs that lose their last route.
func (x *foundChokepoint) pairs() string {
	const few = 3
	var list []string
	for _, p := range x.Lost[:min(few, len(x.Lost))] {
		list = append(list, p.From.Name+" – "+p.To.Name)
	}
	text := strings.Join(list, ", ")
	if x.Removes > few {
		text += fmt.Sprintf(" and %d more", x.Removes-few)
	}
	return text
}
