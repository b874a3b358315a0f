package questions

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// pageSize is how many items of a list one request fetches.
const pageSize = 200

// paging has the flags of a question whose answer is a list.
type paging struct {
	first *int
	all   *bool
	after *string
}

func pagingSettings(s *settings.Set, standard int) *paging {
	return &paging{
		first: s.Number("first", standard, 1, "how many to show"),
		all:   s.Toggle("all", "show all of them"),
		after: s.Text("after", "CURSOR", "", "continue after this cursor; an answer has it in its last line, or as endCursor in JSON"),
	}
}

// check adds a fault for flags that exclude each other.
func (p *paging) check(s *settings.Set) {
	if *p.all && s.ByFlag("first") {
		s.Fault("--all and --first: give one of the two")
	}
}

// size returns how many items the next request should fetch, when had items have arrived.
func (p *paging) size(had int) int {
	if *p.all {
		return pageSize
	}
	return min(pageSize, *p.first-had)
}

// page is a page of a connection, or several joined pages. Its JSON has the API's form.
type page struct {
	TotalCount int `json:"totalCount"`
	PageInfo   struct {
		HasNextPage     bool    `json:"hasNextPage"`
		HasPreviousPage bool    `json:"hasPreviousPage"`
		StartCursor     *string `json:"startCursor"`
		EndCursor       *string `json:"endCursor"`
	} `json:"pageInfo"`
	Edges []json.RawMessage `json:"edges"`
}

// pages sends the document, which has the variables $first and $after, until enough items have arrived, and
// joins the pages.
func (a *asker) pages(ctx context.Context, p *paging, document string, variables map[string]any) (json.RawMessage, error) {
	joined := page{Edges: []json.RawMessage{}}
	variables = maps.Clone(variables)
	if *p.after != "" {
		variables["after"] = *p.after
	}
	for requests, sequence := 0, int64(0); ; requests++ {
		variables["first"] = p.size(len(joined.Edges))
		raw, seq, err := a.ask(ctx, document, variables)
		if err != nil {
			return nil, err
		}
		got, err := decoded[page](raw)
		if err != nil {
			return nil, err
		}
		if requests == 0 {
			joined.PageInfo, sequence = got.PageInfo, seq
		} else if seq != sequence {
			a.note("the graph changed while its pages were read (sequence %d to %d)", sequence, seq)
			sequence = seq
		}
		joined.TotalCount = got.TotalCount
		joined.PageInfo.HasNextPage, joined.PageInfo.EndCursor = got.PageInfo.HasNextPage, got.PageInfo.EndCursor
		joined.Edges = append(joined.Edges, got.Edges...)
		if !got.PageInfo.HasNextPage || len(got.Edges) == 0 || !*p.all && len(joined.Edges) >= *p.first {
			break
		}
		variables["after"] = *got.PageInfo.EndCursor
	}
	if joined.PageInfo.HasNextPage {
		a.note("these are %d of %s; --all shows all, --after %s the next", len(joined.Edges), console.Thousands(joined.TotalCount), *joined.PageInfo.EndCursor)
	}
	return json.Marshal(joined)
}
