package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

var chokepointsCommand = &command{
	name: "chokepoints", short: "find what every route passes, or what a closure breaks", args: "FROM TO",
	about: `Lists the smallest sets of nodes, legs, countries and waters without which no route
is left; a set of one is a single point of failure. With --closing it tells how
many pairs, of a node where routes start and one where they arrive, lose their last
way when each of these closes. FROM, TO and the rest are ids or names that are one
entity's alone.`,
	examples: `  caspian chokepoints KAZ eu --avoid RUS,IRN
  caspian chokepoints KAZ eu --kinds country --as-of 2016
  caspian chokepoints KAZ eu --closing titr,black-sea,AZE`,
	setup: func(s *settings) func(context.Context, *environment, []string) error {
		avoid := s.many("avoid", "IDS", "countries, waters, nodes, segments, corridors, regions or organisations that no route may touch")
		closing := s.many("closing", "IDS", "instead of the sets: what each of these removes when it closes")
		kinds := s.many("kinds", "KINDS", "only sets of these: node, leg, country, water")
		modes := s.modes()
		statuses := s.statuses()
		network := s.network()
		first := s.number("first", 20, 1, "how many sets, up to 200")
		q := s.ask("chokepoints", "chokepoints")
		return func(ctx context.Context, e *environment, args []string) error {
			ids := q.positional(args, []string{"FROM", "TO"})
			q.entity("FROM", &ids[0])
			q.entity("TO", &ids[1])
			q.entities("avoid", avoid)
			q.entities("closing", closing)
			view := q.view()
			var more bool
			return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
				variables := map[string]any{"from": ids[0], "to": ids[1], "avoid": *avoid, "network": *network, "first": *first, "view": view}
				optional(variables, "modes", upper(*modes))
				optional(variables, "statuses", upper(*statuses))
				optional(variables, "kinds", upper(*kinds))
				optional(variables, "closing", *closing)
				return a.once(ctx, chokepointsDocument, variables)
			}, func(out *strings.Builder, answer json.RawMessage) error {
				found, err := writeChokepoints(out, answer)
				more = found == *first
				if more && len(*closing) == 0 {
					fmt.Fprintf(out, "These are the first %d; there may be more: --first %d shows them.\n", found, min(200, 2**first))
				}
				return err
			})
		}
	},
}

const chokepointsDocument = `query Chokepoints($from: ID!, $to: ID!, $avoid: [ID!], $closing: [ID!], $kinds: [ChokepointKind!], $modes: [Mode!],
  $statuses: [Status!], $network: RouteNetwork, $first: Int, $view: View) {
  chokepoints(from: $from, to: $to, avoid: $avoid, closing: $closing, kinds: $kinds, modes: $modes, statuses: $statuses,
    network: $network, first: $first, view: $view) {
    kind cut { id type name } removes pairs
  }
}`

func writeChokepoints(out *strings.Builder, answer json.RawMessage) (int, error) {
	var found []struct {
		Kind           string
		Cut            []named
		Removes, Pairs int
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return 0, err
	}
	if len(found) == 0 {
		fmt.Fprintln(out, "No small set closes every route, or there is no route to close: 'caspian routes' tells which.")
	}
	t := newTable("", "KIND", "WITHOUT", "IDS", "PAIRS THAT LOSE THEIR LAST WAY")
	for _, x := range found {
		ids := make([]string, len(x.Cut))
		for i, n := range x.Cut {
			ids[i] = n.ID
		}
		t.row(x.Kind, names(x.Cut, " and "), strings.Join(ids, ","), fmt.Sprintf("%d of %d", x.Removes, x.Pairs))
	}
	t.write(out)
	return len(found), nil
}
