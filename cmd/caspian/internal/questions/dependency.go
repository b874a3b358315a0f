package questions

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/answers"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Dependency returns the command dependency.
func Dependency(at Connect) *cli.Command {
	return &cli.Command{
		Name: "dependency", Short: "measure on which partners a country's trade depends", Args: "COUNTRY [RESOURCE]",
		About: `Computes the share of each partner in a country's imports (or exports) of a resource,
or of all goods, from the claims, as an interval: from what the claims state for it to
what the shares of the others leave. What no claim covers is the unknown part, and never
0. Figures that disagree are shown side by side; those that count something else are
listed separately. A partner marked MIRROR reports the trade itself, and the country
does not. COUNTRY and RESOURCE are ids, or names that only one entity has.`,
		Examples: `  caspian dependency JPN rare-earths --year 2018
  caspian dependency JPN --direction export
  caspian dependency Japan "Rare earths" --as-of 2025-12-21
  caspian dependency KAZ uranium --direction export --json`,
		Setup: func(s *settings.Set) cli.Action {
			direction := s.Choice("direction", "import", "direction of the trade", "import", "export")
			year := s.Text("year", "YEAR", "", "year of the figures; the latest in view by default")
			scope := s.Text("scope", "TEXT", "", "only figures of this scope")
			measure := s.Text("measure", "TEXT", "", "only figures of this measure")
			q := newQuestion(s, at, "dependency", "dependency")
			return func(ctx context.Context, e *cli.Environment, args []string) error {
				ids := q.positional(args, []string{"COUNTRY"}, "RESOURCE")
				q.labels["of"] = "COUNTRY"
				q.entity("COUNTRY", &ids[0], "Country")
				q.entity("RESOURCE", &ids[1], "Resource")
				view := q.view()
				variables := map[string]any{"direction": *direction, "view": view}
				if *year != "" {
					n, err := strconv.Atoi(*year)
					if err != nil {
						s.Fault("--year: %q is not a year", *year)
					}
					variables["year"] = n
				}
				for name, value := range map[string]*string{"scope": scope, "measure": measure} {
					if s.Given(name) {
						variables[name] = *value
					}
				}
				return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
					variables["of"] = ids[0]
					if ids[1] != "" {
						variables["resource"] = ids[1]
					}
					return a.once(ctx, answers.DependencyDocument, variables)
				}, func(out *strings.Builder, answer json.RawMessage) error {
					return answers.WriteDependency(out, answer, q.call(ids[0]), q.call(ids[1]), strings.ToLower(*direction)+"s")
				})
			}
		},
	}
}
