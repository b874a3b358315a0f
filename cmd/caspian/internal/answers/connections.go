package answers

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/graph/figures"
)

// ConnectionsDocument requests the best paths along claims between two entities.
const ConnectionsDocument = `query Connections($from: ID!, $to: ID!, $maxLength: Int, $relations: [String!], $excludeTypes: [String!] = ["Source"],
  $first: Int, $view: View) {
  connections(from: $from, to: $to, maxLength: $maxLength, relations: $relations, excludeTypes: $excludeTypes, first: $first, view: $view) {
    length score partial
    steps { from { id type name } relation qualifier inverse to { id type name } claim { ...ClaimRow } }
    weakest { ...ClaimRow }
  }
}` + claimFragment

// WriteConnections writes each connection with its claims.
func WriteConnections(out *strings.Builder, answer json.RawMessage) error {
	var found []struct {
		Length  int
		Score   float64
		Partial bool
		Steps   []struct {
			From, To Named
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
		path := make([]Named, 0, len(x.Steps)+1)
		t := console.NewTable("   ", claimColumns...)
		for j := range x.Steps {
			step := &x.Steps[j]
			if j == 0 {
				path = append(path, step.From)
			}
			path = append(path, step.To)
			t.Row(step.Claim.cells()...)
		}
		fmt.Fprintf(out, "%d. %s: %s, score %s\n", i+1, names(path, " – "), console.Count(x.Length, "step"), figures.Number(x.Score, 3))
		t.Write(out)
		writeWeakest(out, "   ", x.Weakest)
	}
	fmt.Fprintln(out, "\nA path along claims is not a causal or supply relation: each step is a claim, no more.")
	if found[0].Partial {
		fmt.Fprintln(out, "The search ended at its limit of work: there may be better paths. --max-length or --relations narrow it.")
	}
	return nil
}
