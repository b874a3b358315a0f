package questions

import (
	"context"
	"encoding/json"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/answers"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Conflicts returns the command conflicts.
func Conflicts(at Connect) *cli.Command {
	return &cli.Command{
		Name: "conflicts", Short: "find claims that cannot all be true", Args: "[SUBJECT]",
		About: `Lists sets of claims that disagree: several values of a property that has one at a
time, several holders of one office, numbers further apart than the ontology tolerates,
a number of members and another number listed, dates in the wrong order, and conflicts
that a curator marked. Each set comes with its reason, and its claims side by side with
their sources. SUBJECT is an id, or a name that only one entity has.`,
		Examples: `  caspian conflicts KAZ
  caspian conflicts --predicate capital --first 5
  caspian conflicts JPN --predicate importsFrom --as-of 2024
  caspian conflicts --all --json`,
		Setup: func(s *settings.Set) cli.Action {
			predicate := s.Text("predicate", "NAME", "", "only claims of this predicate, such as capital")
			pages := pagingSettings(s, 10)
			q := newQuestion(s, at, "conflicts", "conflicts")
			return func(ctx context.Context, e *cli.Environment, args []string) error {
				ids := q.positional(args, nil, "SUBJECT")
				q.entity("SUBJECT", &ids[0])
				pages.check(s)
				view := q.view()
				return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
					variables := map[string]any{"view": view}
					if ids[0] != "" {
						variables["subject"] = ids[0]
					}
					if *predicate != "" {
						variables["predicate"] = *predicate
					}
					return a.pages(ctx, pages, answers.ConflictsDocument, variables)
				}, answers.WriteConflicts)
			}
		},
	}
}
