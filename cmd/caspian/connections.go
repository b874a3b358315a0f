package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/graph"
)

var connectionsCommand = &command{
	name: "connections", short: "explain how two entities are connected", args: "FROM TO",
	about: `Finds the best ways along claims from one entity to another. Each step is one
claim with its source. The score is the confidences multiplied, divided for each
entity between by the number of others it is linked with: a meeting of six explains
more than a country that trades with everybody. A way along claims is no causal or
supply relation. FROM and TO are ids or names that are one entity's alone.`,
	examples: `  caspian connections JPN uranium
  caspian connections JPN KAZ --relations participants,host --as-of 2025-12-21
  caspian connections "Sanae Takaichi" Kazatomprom --max-length 5 --first 1`,
	setup: func(s *settings) func(context.Context, *environment, []string) error {
		longest := s.number("max-length", 4, 1, "at most so many steps, up to 6")
		relations := s.many("relations", "NAMES", "only along these predicates, such as memberOf,participants")
		exclude := s.many("exclude-types", "TYPES", "through no entity of these types or interfaces; Source otherwise")
		first := s.number("first", 5, 1, "how many connections, up to 100")
		q := s.ask("connections", "connections")
		return func(ctx context.Context, e *environment, args []string) error {
			ids := q.positional(args, []string{"FROM", "TO"})
			q.entity("FROM", &ids[0])
			q.entity("TO", &ids[1])
			view := q.view()
			return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
				variables := map[string]any{"from": ids[0], "to": ids[1], "maxLength": *longest, "first": *first, "view": view}
				if s.find("relations").given {
					variables["relations"] = *relations
				}
				if s.find("exclude-types").given {
					variables["excludeTypes"] = *exclude
				}
				return a.once(ctx, connectionsDocument, variables)
			}, writeConnections)
		}
	},
}

const connectionsDocument = `query Connections($from: ID!, $to: ID!, $maxLength: Int, $relations: [String!], $excludeTypes: [String!] = ["Source"],
  $first: Int, $view: View) {
  connections(from: $from, to: $to, maxLength: $maxLength, relations: $relations, excludeTypes: $excludeTypes, first: $first, view: $view) {
    length score partial
    steps { from { id type name } relation qualifier inverse to { id type name } claim { ...ClaimRow } }
    weakest { ...ClaimRow }
  }
}` + claimFragment

func writeConnections(out *strings.Builder, answer json.RawMessage) error {
	var found []struct {
		Length  int
		Score   float64
		Partial bool
		Steps   []struct {
			From, To named
			Claim    claimRow
		}
		Weakest *claimRow
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	if len(found) == 0 {
		fmt.Fprintln(out, "No way along claims in view connects them within these bounds.")
		return nil
	}
	for i, x := range found {
		if i > 0 {
			out.WriteByte('\n')
		}
		way := make([]named, 0, len(x.Steps)+1)
		t := newTable("   ", claimColumns...)
		for j := range x.Steps {
			step := &x.Steps[j]
			if j == 0 {
				way = append(way, step.From)
			}
			way = append(way, step.To)
			t.row(step.Claim.cells()...)
		}
		fmt.Fprintf(out, "%d. %s: %s, score %s\n", i+1, names(way, " – "), count(x.Length, "step"), graph.FormatNumber(x.Score, 3))
		t.write(out)
		writeWeakest(out, "   ", x.Weakest)
	}
	fmt.Fprintln(out, "\nA way along claims is no causal or supply relation: sources speak of both along the way, and no more.")
	if found[0].Partial {
		fmt.Fprintln(out, "The search ended at its limit of work: there may be better ones. Fewer steps (--max-length) or --relations narrow it.")
	}
	return nil
}
