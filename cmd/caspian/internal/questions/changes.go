package questions

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"

	"github.com/caspian-kg/caspian/cmd/caspian/internal/answers"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/cli"
	"github.com/caspian-kg/caspian/cmd/caspian/internal/settings"
)

// Changes returns the command changes.
func Changes(at Connect) *cli.Command {
	return &cli.Command{
		Name: "changes", Short: "list what differs between two views, or what the store has recorded", Args: "[SUBJECT]",
		About: `Compares two views, two dates (--from, --to), two record times, or two sets of
sources, and lists what appeared (ADDED), vanished (REMOVED) or changed (CHANGED: the
claim before, then the one after). The other flags of the view apply to both. With
--since N it lists what the store recorded after sequence number N instead, commit
by commit. SUBJECT is an id, or a name that only one entity has; only
claims with this subject are compared: who holds an office is a claim about the
person, not about the country.`,
		Examples: `  caspian changes KAZ --from 2018 --to 2020
  caspian changes --from-known-at 2026-01-01T00:00:00Z --first 50
  caspian changes jca-summit-2025 --from-sources libyawire-2025-12-21
  caspian changes --since 0`,
		Setup: func(s *settings.Set) cli.Action {
			f := &changeFlags{
				from:        s.Text("from", "DATE", "", "date of the first view"),
				to:          s.Text("to", "DATE", "", "date of the second view; today by default"),
				fromKnown:   s.Text("from-known-at", "TIME", "", "the first view is what the store had recorded at this time"),
				toKnown:     s.Text("to-known-at", "TIME", "", "the second view is what the store had recorded at this time; now by default"),
				fromSources: s.Many("from-sources", "IDS", "the first view has only claims of these sources"),
				toSources:   s.Many("to-sources", "IDS", "the second view has only claims of these sources"),
				since:       s.Text("since", "N", "", "what the store recorded after this sequence number, instead of two views"),
				claims:      s.Number("claims", 5, 0, "with --since: how many claims of each commit to show"),
			}
			f.pages = pagingSettings(s, 20)
			q := newQuestion(s, at, "changes", "changes")
			f.q = q
			return func(ctx context.Context, e *cli.Environment, args []string) error {
				ids := q.positional(args, nil, "SUBJECT")
				f.pages.check(s)
				if s.Given("since") {
					return f.log(ctx, e, ids[0])
				}
				from, to := f.views()
				q.entity("SUBJECT", &ids[0])
				return q.run(ctx, e, func(a *asker) (json.RawMessage, error) {
					variables := map[string]any{"from": from, "to": to}
					if ids[0] != "" {
						variables["subject"] = ids[0]
					}
					return a.pages(ctx, f.pages, answers.ChangesDocument, variables)
				}, answers.WriteChanges)
			}
		},
	}
}

// changeFlags are the flags of changes.
type changeFlags struct {
	q                                   *question
	from, to, fromKnown, toKnown, since *string
	fromSources, toSources              *[]string
	claims                              *int
	pages                               *paging
}

// views returns the two views that the flags describe.
func (f *changeFlags) views() (from, to map[string]any) {
	q := f.q
	both := q.view()
	from, to = maps.Clone(both), maps.Clone(both)
	differ := false
	for _, x := range []struct {
		side   map[string]any
		shared string
		flag   string
		set    func(side map[string]any, flag string)
	}{
		{from, "as-of", "from", func(m map[string]any, flag string) { q.date(m, flag, *f.from) }},
		{to, "as-of", "to", func(m map[string]any, flag string) { q.date(m, flag, *f.to) }},
		{from, "known-at", "from-known-at", func(m map[string]any, flag string) { q.instant(m, flag, *f.fromKnown) }},
		{to, "known-at", "to-known-at", func(m map[string]any, flag string) { q.instant(m, flag, *f.toKnown) }},
		{from, "sources", "from-sources", func(m map[string]any, flag string) {
			q.entities(flag, f.fromSources, "Source")
			m["sources"] = *f.fromSources
		}},
		{to, "sources", "to-sources", func(m map[string]any, flag string) {
			q.entities(flag, f.toSources, "Source")
			m["sources"] = *f.toSources
		}},
	} {
		if !q.s.Given(x.flag) {
			continue
		}
		differ = true
		x.set(x.side, x.flag)
	}
	if !differ {
		q.s.Fault("what to compare is missing: --from DATE and --to DATE, --from-known-at TIME, --from-sources IDS, or --since N")
	}
	return from, to
}

// log lists what the store has recorded.
func (f *changeFlags) log(ctx context.Context, e *cli.Environment, subject string) error {
	s := f.q.s
	if subject != "" {
		s.Fault("--since lists whole commits: leave out SUBJECT, which is only for comparing two views")
	}
	f.q.withoutView("--since has", "from", "to", "from-known-at", "to-known-at", "from-sources", "to-sources")
	since, err := strconv.Atoi(*f.since)
	if err != nil || since < 0 {
		s.Fault("--since: %q is not a sequence number", *f.since)
	}
	f.q.field = "log"
	f.q.labels["sinceSequence"] = "--since"
	return f.q.run(ctx, e, func(a *asker) (json.RawMessage, error) { return f.entries(ctx, a, since) }, answers.WriteLog)
}

// entries fetches as many commits as the flags request.
func (f *changeFlags) entries(ctx context.Context, a *asker, since int) (json.RawMessage, error) {
	list := []json.RawMessage{}
	for at := since; ; {
		size := f.pages.size(len(list))
		raw, head, err := a.ask(ctx, answers.LogDocument, map[string]any{"since": at, "first": size, "claims": *f.claims})
		if err != nil {
			return nil, err
		}
		got, err := decoded[[]json.RawMessage](raw)
		if err != nil {
			return nil, err
		}
		list = append(list, got...)
		if len(got) > 0 {
			last, err := decoded[struct{ Sequence int }](got[len(got)-1])
			if err != nil {
				return nil, err
			}
			at = last.Sequence
		}
		full := !*f.pages.all && len(list) >= *f.pages.first
		if !full && len(got) == size {
			continue
		}
		switch {
		case int64(at) > head:
			a.note("the store has not reached %d; it is at %d", at, head)
		case int64(at) < head:
			a.note("the store is at %d; --since %d goes on from here", head, at)
		}
		return json.Marshal(list)
	}
}
