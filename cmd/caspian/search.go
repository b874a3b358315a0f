package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

var searchCommand = &command{
	name: "search", short: "find entities and their ids by name", args: "TEXT...",
	about: `Finds entities by their names, aliases and original forms, of any date and in any
script, also misspelt or in another romanisation; the best match first. MATCHED is the
name that was found, where it differs from the name at the view's date; THEN is the
period in which it was in use, where that is over. The other commands take the ids:
'caspian timeline ID' lists the claims about one.`,
	examples: `  caspian search kasachstan
  caspian search Казахстан --json
  caspian search uranium --types Resource,Deposit
  caspian search Aktau port --first 3`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		types := s.Many("types", "TYPES", "only entities of these types or interfaces, such as Country,City")
		pages := pagingSettings(s, 20)
		q := newQuestion(s, "search", "search")
		return func(ctx context.Context, e *environment, args []string) error {
			text := strings.Join(args, " ")
			if strings.TrimSpace(text) == "" {
				s.Fault("TEXT is missing: what to look for")
			}
			q.labels["text"] = "TEXT"
			pages.check(s)
			variables := map[string]any{"text": text, "view": q.view()}
			if len(*types) > 0 {
				variables["types"] = *types
			}
			return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
				return a.pages(ctx, pages, searchDocument, variables)
			}, func(out *strings.Builder, answer json.RawMessage) error { return writeFound(out, text, answer) })
		}
	},
}

const searchDocument = `query Search($text: String!, $types: [String!], $first: Int, $after: String, $view: View) {
  search(text: $text, types: $types, first: $first, after: $after, view: $view) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor score kind matched holds highlights { start end } node { id type name } claim { ...ClaimRow } }
  }
}` + claimFragment

func writeFound(out *strings.Builder, text string, answer json.RawMessage) error {
	var found struct {
		Edges []struct {
			Score   float64
			Kind    string
			Matched string
			Holds   *string
			Node    named
			Claim   *claimRow
		}
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return err
	}
	if len(found.Edges) == 0 {
		fmt.Fprintf(out, "Nothing is called %q.\n", text)
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
