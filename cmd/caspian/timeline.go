package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

var timelineCommand = &command{
	name: "timeline", short: "list the claims about an entity in order of time", args: "ENTITY",
	about: `Lists the claims about an entity, and those that point to it, in order of time up to
the view's date; undated claims come last. HOLDS says whether a claim holds at that
date: YES, POSSIBLY where its end is open or unknown, NO where it is over. A year
stays a year: no date is more exact than in its source. ENTITY is an id, or a name
that only one entity has.`,
	examples: `  caspian timeline astana
  caspian timeline "Kassym-Jomart Tokayev" --subject-only
  caspian timeline KAZ --as-of 2010 --all --json`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		own := s.Toggle("subject-only", "only the claims that have it as their subject")
		pages := pagingSettings(s, 40)
		q := newQuestion(s, "timeline", "timeline")
		return func(ctx context.Context, e *environment, args []string) error {
			ids := q.positional(args, []string{"ENTITY"})
			q.entity("ENTITY", &ids[0])
			pages.check(s)
			view := q.view()
			return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
				return a.pages(ctx, pages, timelineDocument, map[string]any{"entity": ids[0], "about": !*own, "view": view})
			}, writeTimeline)
		}
	},
}

const timelineDocument = `query Timeline($entity: ID!, $about: Boolean, $first: Int, $after: String, $view: View) {
  timeline(entity: $entity, about: $about, first: $first, after: $after, view: $view) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { start end precision claim { ...ClaimRow } } }
  }
}` + claimFragment

func writeTimeline(out *strings.Builder, answer json.RawMessage) error {
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
