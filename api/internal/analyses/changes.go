package analyses

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// changesArgs are the prepared arguments of changes.
type changesArgs struct {
	from, to input.View
	opts     analysis.ChangesOptions
	page     input.Page
	after    *graph.ClaimID
}

func (b *Builder) changes() output.Field {
	return output.Field{Name: "changes", Type: output.Must(b.analysisConnection("Change", "The differences between two views, and one page of them.", b.changeType())),
		About: "The claims that appear, vanish or change from one view to another: between two dates, two record times, two sets of sources, or the facts and a scenario.",
		Args: withPage(graphql.FieldConfigArgument{
			"from":    {Type: output.Must(b.ViewType()), Description: "The first view."},
			"to":      {Type: output.Must(b.ViewType()), Description: "The second view."},
			"subject": {Type: graphql.ID, Description: "The id of an entity: compares only claims about it. All by default."},
		}),
		Read: gql.Binding{
			Prepare: prepareChanges,
			Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
				a := c.Args.(*changesArgs)
				from, to, err := resolveBoth(c, a.from, a.to)
				if err != nil {
					return gql.Ref{}, false, err
				}
				p, err := pageChanges(c.Ctx, from, to, a)
				return gql.Ref{Obj: p}, err == nil, err
			},
		}}
}

// resolveBoth resolves two view arguments in one snapshot.
func resolveBoth(c *gql.Call, a, b input.View) (*snapshot.View, *snapshot.View, error) {
	// Both views read one snapshot, so the first waits for the later of the two sequence numbers.
	a.MinSeq = max(a.MinSeq, b.MinSeq)
	b.MinSeq = a.MinSeq
	return c.Request.(Request).ResolveBoth(c.Ctx, a, b)
}

func prepareChanges(args map[string]any) (any, error) {
	a := &changesArgs{}
	var err error
	for _, x := range []struct {
		name string
		to   *input.View
	}{{"from", &a.from}, {"to", &a.to}} {
		if *x.to, err = input.ReadViewOf(args, x.name); err != nil {
			return nil, err
		}
	}
	if a.page, err = input.ReadPage(args); err != nil {
		return nil, err
	}
	subject, _ := args["subject"].(string)
	a.opts.Subject = graph.ID(subject)
	if a.page.After == "" {
		return a, nil
	}
	w, err := input.ReadCursor(a.page.After, 1)
	if err != nil {
		return nil, err
	}
	id, err := graph.ParseClaimID(w[0])
	if err != nil {
		return nil, input.ForeignCursor()
	}
	a.after = &id
	return a, nil
}

type change struct {
	from, to *snapshot.View
	analysis.Change
}

func pageChanges(ctx context.Context, from, to *snapshot.View, a *changesArgs) (*analysisPage, error) {
	s := from.Snapshot()
	opts := a.opts
	if a.after != nil {
		later := from
		if to.KnownSeq() > from.KnownSeq() {
			later = to
		}
		n, ok := later.ClaimNumber(*a.after)
		if !ok {
			return nil, input.ForeignCursor()
		}
		opts.After = &n
	}
	var shown []*change
	p := &analysisPage{prev: a.after != nil}
	rest, err := analysis.Changes(ctx, from, to, opts, func(c analysis.Change) bool {
		if a.page.First != nil && len(shown) == *a.page.First {
			p.next = true
			return false
		}
		shown = append(shown, &change{from, to, c})
		return true
	})
	p.n = len(shown)
	if rest != nil {
		p.partial, p.rest = true, input.WriteCursor(s.ClaimID(*rest).String())
	}
	p.node = func(i int) gql.Ref { return gql.Ref{Obj: shown[i]} }
	p.cursor = func(i int) string { return input.WriteCursor(s.ClaimID(shown[i].Place()).String()) }
	p.total = func() (int, error) {
		if !p.next && !p.prev && !p.partial {
			return p.n, nil
		}
		n := 0
		rest, err := analysis.Changes(ctx, from, to, a.opts, func(analysis.Change) bool { n++; return true })
		if rest != nil {
			err = countedOut()
		}
		return n, err
	}
	return p, err
}

func (b *Builder) changeType() *graphql.Object {
	claim := func(view func(c *change) *snapshot.View, read func(c *change) uint32) gql.Binding {
		return gql.Binding{Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			c := src.Obj.(*change)
			n := read(c)
			return gql.Ref{Obj: view(c), Index: uint64(n)}, n != snapshot.None, nil
		}}
	}
	return b.Object("Change", "One difference between two views.", func() []output.Field {
		return []output.Field{
			{Name: "kind", Type: output.Must(b.changeKindType()), About: "What happened to the claim.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, src.Obj.(*change).Kind.String()), nil
				}}},
			{Name: "before", Type: b.Claim, About: "The claim that only the first view shows, read through that view; null for ADDED.",
				Read: claim(func(c *change) *snapshot.View { return c.from }, func(c *change) uint32 { return c.Before })},
			{Name: "after", Type: b.Claim, About: "The claim that only the second view shows, read through that view; null for REMOVED.",
				Read: claim(func(c *change) *snapshot.View { return c.to }, func(c *change) uint32 { return c.After })},
		}
	})
}

func (b *Builder) changeKindType() *graphql.Enum {
	return b.Enum("ChangeKind", "What happened to a claim from one view to another.",
		schema.EnumMember{Name: "ADDED", Description: "Only the second view shows it."},
		schema.EnumMember{Name: "REMOVED", Description: "Only the first view shows it."},
		schema.EnumMember{Name: "CHANGED", Description: "Another claim replaces it: one that supersedes it, or that states the same field for the same time."})
}
