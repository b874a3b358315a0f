package answers

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
)

// TimelineDocument requests a page of the claims about an entity.
const TimelineDocument = `query Timeline($entity: ID!, $about: Boolean, $first: Int, $after: String, $view: View) {
  timeline(entity: $entity, about: $about, first: $first, after: $after, view: $view) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { start end precision claim { ...ClaimRow } } }
  }
}` + claimFragment

// WriteTimeline writes the claims with their times.
func WriteTimeline(out *strings.Builder, answer json.RawMessage) error {
	var found struct {
		Edges []struct {
			Node struct {
				Start, End *string
				Claim      claimRow
			}
		}
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	if len(found.Edges) == 0 {
		fmt.Fprintln(out, "No claim in view is about it.")
	}
	t := console.NewTable("", "WHEN", "HOLDS", "CLAIM", "CONF.", "SOURCE")
	for _, x := range found.Edges {
		c := &x.Node.Claim
		when := span(x.Node.Start, x.Node.End)
		if when == "" {
			when = "undated"
		}
		t.Row(when, c.Holds, c.sentence(), c.confidence(), c.cite())
	}
	t.Write(out)
	return nil
}
