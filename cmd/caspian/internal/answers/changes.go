package answers

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
)

// ChangesDocument requests a page of the differences between two views.
const ChangesDocument = `query Changes($from: View!, $to: View!, $subject: ID, $first: Int, $after: String) {
  changes(from: $from, to: $to, subject: $subject, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { kind before { ...ClaimRow } after { ...ClaimRow } } }
  }
}` + claimFragment

// WriteChanges writes the claims that differ.
func WriteChanges(out *strings.Builder, answer json.RawMessage) error {
	var found struct {
		Edges []struct {
			Node struct {
				Kind          string
				Before, After *claimRow
			}
		}
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	if len(found.Edges) == 0 {
		fmt.Fprintln(out, "The two views show the same.")
	}
	t := console.NewTable("", append([]string{"KIND", "SIDE"}, claimColumns...)...)
	for _, x := range found.Edges {
		kind := x.Node.Kind
		if c := x.Node.Before; c != nil {
			t.Row(append([]string{kind, "before"}, c.cells()...)...)
			kind = ""
		}
		if c := x.Node.After; c != nil {
			t.Row(append([]string{kind, "after"}, c.cells()...)...)
		}
	}
	t.Write(out)
	return nil
}
