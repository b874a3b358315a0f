package answers

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
)

// ConflictsDocument requests a page of sets of claims that disagree.
const ConflictsDocument = `query Conflicts($subject: ID, $predicate: String, $first: Int, $after: String, $view: View) {
  conflicts(subject: $subject, predicate: $predicate, first: $first, after: $after, view: $view) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { subject { id type name } predicate reason holds claims { ...ClaimRow original } } }
  }
}` + claimFragment

// WriteConflicts writes each set of claims that disagree.
func WriteConflicts(out *strings.Builder, answer json.RawMessage) error {
	var found struct {
		Edges []struct {
			Node struct {
				Subject           Named
				Predicate, Reason string
				Holds             string
				Claims            []struct {
					claimRow
					Original *string
				}
			}
		}
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	if len(found.Edges) == 0 {
		fmt.Fprintln(out, "No claims in view disagree.")
	}
	for i, x := range found.Edges {
		n := &x.Node
		if i > 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintf(out, "%s, %s: %s; all hold: %s\n", n.Subject.Name, n.Predicate, n.Reason, n.Holds)
		t := console.NewTable("   ", append(claimColumns[:len(claimColumns):len(claimColumns)], "AS WRITTEN")...)
		for j := range n.Claims {
			c := &n.Claims[j]
			original := ""
			if c.Original != nil {
				original = shorten(*c.Original)
			}
			t.Row(append(c.cells(), original)...)
		}
		t.Write(out)
	}
	return nil
}
