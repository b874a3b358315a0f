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

var connectionsCommand = &command{
	name: "connections", short: "explain how two entities are connected", args: "FROM TO",
	about: `Finds the best paths along claims from one entity to another. Each step is one
claim with its source. The score is the product of the confidences, divided, for
each entity in between, by the number of its other neighbours: a meeting of six
explains more than a country that trades with everybody. A path along claims is not
a causal or supply relation. FROM and TO are ids, or names that only one entity has.`,
	examples: `  caspian connections JPN uranium
  caspian connections JPN KAZ --relations participants,host --as-of 2025-12-21
  caspian connections "Sanae Takaichi" Kazatomprom --max-length 5 --first 1`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		longest := s.Number("max-length", 4, 1, "longest path, in steps, up to 6")
		relations := s.Many("relations", "NAMES", "follow these predicates only, such as memberOf,participants")
		exclude := s.Many("exclude-types", "TYPES", "pass through no entity of these types or interfaces; Source by default")
		first := s.Number("first", 5, 1, "how many connections, up to 100")
		q := newQuestion(s, "connections", "connections")
		return func(ctx context.Context, e *environment, args []string) error {
			ids := q.positional(args, []string{"FROM", "TO"})
			q.entity("FROM", &ids[0])
			q.entity("TO", &ids[1])
			view := q.view()
			return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
				variables := map[string]any{"from": ids[0], "to": ids[1], "maxLength": *longest, "first": *first, "view": view}
				if s.Given("relations") {
					variables["relations"] = *relations
				}
				if s.Given("exclude-types") {
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
		fmt.Fprintln(out, "No path along claims in view connects them within these bounds.")
		return nil
	}
	for i, x := range found {
		if i > 0 {
			out.WriteByte('\n')
		}
		path := make([]named, 0, len(x.Steps)+1)
		t := console.NewTable("   ", claimColumns...)
		for j := range x.Steps {
			step := &x.Steps[j]
			if j == 0 {
				path = append(path, step.From)
			}
			path = append(path, step.To)
			t.Row(step.Claim.cells()...)
		}
		fmt.Fprintf(out, "%d. %s: %s, score %s\n", i+1, names(path, " – "), console.Count(x.Length, "step"), graph.FormatNumber(x.Score, 3))
		t.Write(out)
		writeWeakest(out, "   ", x.Weakest)
	}
	fmt.Fprintln(out, "\nA path along claims is not a causal or supply relation: each step is a claim, no more.")
	if found[0].Partial {
		fmt.Fprintln(out, "The search ended at its limit of work: there may be better paths. --max-length or --relations narrow it.")
	}
	return nil
}
