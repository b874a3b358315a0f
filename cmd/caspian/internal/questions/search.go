package questions

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/answers"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Search returns the command search.
func Search(at Connect) *cli.Command {
	return &cli.Command{
		Name: "search", Short: "find entities and their ids by name", Args: "TEXT...",
		About: `Finds entities by their names, aliases and original forms, of any date and in any
script, also misspelt or in another romanisation; the best match first. MATCHED is the
name that was found, where it differs from the name at the view's date; THEN is the
period in which it was in use, where that is over. The other commands take the ids:
'caspian timeline ID' lists the claims about one.`,
		Examples: `  caspian search kasachstan
  caspian search Казахстан --json
  caspian search uranium --types Resource,Deposit
  caspian search Aktau port --first 3`,
		Setup: func(s *settings.Set) cli.Action {
			types := s.Many("types", "TYPES", "only entities of these types or interfaces, such as Country,City")
			pages := pagingSettings(s, 20)
			q := newQuestion(s, at, "search", "search")
			return func(ctx context.Context, e *cli.Environment, args []string) error {
				text := strings.Join(args, " ")
				if strings.TrimSpace(text) == "" {
					s.Fault("TEXT is missing: what to look for")
				}
				q.labels["text"] = "TEXT"
				pages.check(s)
				variables := map[string]any{"text": text, "view": q.view()}
				optional(variables, "types", *types)
				return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
					return a.pages(ctx, pages, answers.SearchDocument, variables)
				}, func(out *strings.Builder, answer json.RawMessage) error {
					return answers.WriteSearch(out, text, answer)
				})
			}
		},
	}
}
