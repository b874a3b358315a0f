package questions

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/answers"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Imports returns the command imports.
func Imports(at Connect) *cli.Command {
	return &cli.Command{
		Name: "imports", Short: "list the imports, show what one did, or compare two", Args: "[N [M]]",
		About: `Lists what was imported, the newest first: files, changes with a label, and undos,
each with its number, which 'caspian undo --import N' takes. With N it shows the claims
that this import stated and withdrew. With N and M it compares the graph as it was after
import N with the graph as it was after import M, in the view of the other flags.`,
		Examples: `  caspian imports
  caspian imports 7 --claims 20
  caspian imports 7 12`,
		Setup: func(s *settings.Set) cli.Action {
			f := &importFlags{claims: s.Number("claims", 5, 0, "with N: how many of its claims to show")}
			f.pages = pagingSettings(s, 20)
			f.q = newQuestion(s, at, "imports", "imports")
			return func(ctx context.Context, e *cli.Environment, args []string) error {
				names := f.q.positional(args, nil, "N", "M")
				f.pages.check(s)
				numbers := make([]int, len(args))
				for i := range args {
					n, err := strconv.Atoi(names[i])
					if numbers[i] = n; err != nil || n < 1 {
						s.Fault("%q is not the number of an import", names[i])
					}
				}
				if len(args) == 2 {
					return f.compare(ctx, e, numbers[0], numbers[1])
				}
				f.q.withoutView("imports have")
				if len(args) == 1 {
					return f.q.run(ctx, e, func(a *asker) (json.RawMessage, error) { return oneImport(ctx, a, numbers[0], *f.claims) }, answers.WriteImport)
				}
				return f.q.run(ctx, e, func(a *asker) (json.RawMessage, error) { return f.list(ctx, a) }, answers.WriteImports)
			}
		},
	}
}

// importFlags are the flags of imports.
type importFlags struct {
	q      *question
	claims *int
	pages  *paging
}

// importRow has the fields of an import that the command reads.
type importRow struct {
	ID         int
	RecordedAt string
}

// list fetches as many imports as the flags request.
func (f *importFlags) list(ctx context.Context, a *asker) (json.RawMessage, error) {
	list := []json.RawMessage{}
	variables := map[string]any{}
	for {
		size := f.pages.size(len(list))
		variables["first"] = size
		raw, err := a.once(ctx, answers.ImportsDocument, variables)
		if err != nil {
			return nil, err
		}
		got, err := decoded[[]json.RawMessage](raw)
		if err != nil {
			return nil, err
		}
		if list = append(list, got...); len(got) < size || !*f.pages.all && len(list) >= *f.pages.first {
			return json.Marshal(list)
		}
		last, err := decoded[importRow](got[len(got)-1])
		if err != nil {
			return nil, err
		}
		variables["before"] = last.ID
	}
}

// oneImport fetches the import with a number, and some of its claims.
func oneImport(ctx context.Context, a *asker, n, claims int) (json.RawMessage, error) {
	raw, err := a.once(ctx, answers.ImportDocument, map[string]any{"before": n + 1, "claims": claims})
	if err != nil {
		return nil, err
	}
	got, err := decoded[[]json.RawMessage](raw)
	if err != nil {
		return nil, err
	}
	for _, one := range got {
		its, err := decoded[importRow](one)
		if err != nil || its.ID == n {
			return one, err
		}
	}
	a.e.Say("caspian imports: there is no import %d; 'caspian imports' lists them", n)
	return nil, cli.ErrReported
}

// decoded reads a part of an answer.
func decoded[T any](raw json.RawMessage) (v T, err error) {
	if err = json.Unmarshal(raw, &v); err != nil {
		err = fmt.Errorf("reading the answer: %w", err)
	}
	return v, err
}

// compare shows the differences between the graph after import n and after import m.
func (f *importFlags) compare(ctx context.Context, e *cli.Environment, n, m int) error {
	both := f.q.view()
	return f.q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
		views := map[string]any{}
		for name, number := range map[string]int{"from": n, "to": m} {
			raw, err := oneImport(ctx, a, number, 0)
			if err != nil {
				return nil, err
			}
			its, err := decoded[importRow](raw)
			if err != nil {
				return nil, err
			}
			view := maps.Clone(both)
			view["knownAt"] = its.RecordedAt
			views[name] = view
		}
		a.field = "changes"
		return a.pages(ctx, f.pages, answers.ChangesDocument, views)
	}, answers.WriteChanges)
}
