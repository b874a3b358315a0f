package questions

import (
	"context"
	"encoding/json"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/answers"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Timeline returns the command timeline.
func Timeline(at Connect) *cli.Command {
	return &cli.Command{
		Name: "timeline", Short: "list the claims about an entity in order of time", Args: "ENTITY",
		About: `Lists the claims about an entity, and those that point to it, in order of time up to
the view's date; undated claims come last. HOLDS says whether a claim holds at that
date: YES, POSSIBLY where its end is open or unknown, NO where it is over. A year
stays a year: no date is more exact than in its source. ENTITY is an id, or a name
that only one entity has.`,
		Examples: `  caspian timeline astana
  caspian timeline "Kassym-Jomart Tokayev" --subject-only
  caspian timeline KAZ --as-of 2010 --all --json`,
		Setup: func(s *settings.Set) cli.Action {
			own := s.Toggle("subject-only", "only the claims that have it as their subject")
			pages := pagingSettings(s, 40)
			q := newQuestion(s, at, "timeline", "timeline")
			return func(ctx context.Context, e *cli.Environment, args []string) error {
				ids := q.positional(args, []string{"ENTITY"})
				q.entity("ENTITY", &ids[0])
				pages.check(s)
				view := q.view()
				return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
					return a.pages(ctx, pages, answers.TimelineDocument, map[string]any{"entity": ids[0], "about": !*own, "view": view})
				}, answers.WriteTimeline)
			}
		},
	}
}
