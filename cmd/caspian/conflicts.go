package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/console"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

var conflictsCommand = &command{
	name: "conflicts", short: "find claims that cannot all be true", args: "[SUBJECT]",
	about: `Lists sets of claims that disagree: several values of a property that has one at a
time, numbers further apart than the ontology tolerates, and conflicts that a curator
marked. Each set comes with its reason, and its claims side by side with their
sources. SUBJECT is an id, or a name that only one entity has.`,
	examples: `  caspian conflicts KAZ
  caspian conflicts --predicate capital --first 5
  caspian conflicts JPN --predicate importsFrom --as-of 2024
  caspian conflicts --all --json`,
	setup: func(s *settings.Set) func(context.Context, *environment, []string) error {
		predicate := s.Text("predicate", "NAME", "", "only claims of this predicate, such as capital")
		pages := pagingSettings(s, 10)
		q := newQuestion(s, "conflicts", "conflicts")
		return func(ctx context.Context, e *environment, args []string) error {
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
				return a.pages(ctx, pages, conflictsDocument, variables)
			}, writeConflicts)
		}
	},
}

const conflictsDocument = `query Conflicts($subject: ID, $predicate: String, $first: Int, $after: String, $view: View) {
  conflicts(subject: $subject, predicate: $predicate, first: $first, after: $after, view: $view) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { subject { id type name } predicate reason holds claims { ...ClaimRow original } } }
  }
}` + claimFragment

func writeConflicts(out *strings.Builder, answer json.RawMessage) error {
	var found struct {
		Edges []struct {
			Node struct {
				Subject           named
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
