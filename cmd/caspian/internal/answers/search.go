package answers

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
)

// SearchDocument requests a page of the entities found by a text.
const SearchDocument = `query Search($text: String!, $types: [String!], $first: Int, $after: String, $view: View) {
  search(text: $text, types: $types, first: $first, after: $after, view: $view) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    didYouMean { node { id type name } }
    edges { cursor score kind matched holds highlights { start end } node { id type name } claim { ...ClaimRow } }
  }
}` + claimFragment

// DidYouMean asks whether one of the entities is meant; it returns "" if there are none.
func DidYouMean(near []Named) string {
	if len(near) == 0 {
		return ""
	}
	return " Did you mean " + List(near, " or ") + "?"
}

// WriteSearch writes the entities that were found by the text.
func WriteSearch(out *strings.Builder, text string, answer json.RawMessage) error {
	var found struct {
		Edges []struct {
			Score   float64
			Kind    string
			Matched string
			Holds   *string
			Node    Named
			Claim   *claimRow
		}
		DidYouMean []struct{ Node Named }
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	if len(found.Edges) == 0 {
		var near []Named
		for _, x := range found.DidYouMean {
			near = append(near, x.Node)
		}
		fmt.Fprintf(out, "Nothing is called %q.%s\n", text, DidYouMean(near))
	}
	t := console.NewTable("", "ID", "TYPE", "NAME", "MATCHED", "THEN", "KIND", "SCORE")
	for _, x := range found.Edges {
		matched, then := "", ""
		if x.Matched != x.Node.Name {
			matched = x.Matched
			if x.Holds != nil && *x.Holds == "NO" && x.Claim != nil {
				then = x.Claim.when()
			}
		}
		t.Row(x.Node.ID, x.Node.Type, shorten(x.Node.Name), shorten(matched), then, x.Kind, fmt.Sprintf("%.2f", x.Score))
	}
	t.Write(out)
	return nil
}
