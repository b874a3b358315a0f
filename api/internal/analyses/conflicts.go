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
)

// conflictsArgs are the prepared arguments of conflicts.
type conflictsArgs struct {
	view input.View
	opts analysis.ConflictsOptions
	page input.Page
}

func (b *Builder) conflicts() output.Field {
	return output.Field{Name: "conflicts", Type: output.Must(b.analysisConnection("Conflict", "Sets of claims that disagree, and one page of them.", b.conflictType())),
		About: "Sets of claims in view that cannot all be true: different values of a field that has one at a time, more holders of an office than it has seats, figures of one period or one border that differ by more than the ontology tolerates, a stated number of members and another number listed, dates in the wrong order, and claims that a curator marked.",
		Args: b.WithView(withPage(graphql.FieldConfigArgument{
			"subject":   {Type: graphql.ID, Description: "The id of an entity: lists only sets with a claim about it, or about who holds it. All by default."},
			"predicate": {Type: graphql.String, Description: "Compares only claims with this predicate; all by default."},
		})),
		Read: gql.Binding{
			Prepare: prepareConflicts,
			Object:  inView(func(a *conflictsArgs) input.View { return a.view }, pageConflicts),
		}}
}

func prepareConflicts(args map[string]any) (any, error) {
	a := &conflictsArgs{}
	var err error
	if a.view, err = input.ReadView(args); err != nil {
		return nil, err
	}
	if a.page, err = input.ReadPage(args); err != nil {
		return nil, err
	}
	subject, _ := args["subject"].(string)
	a.opts.Subject = graph.ID(subject)
	a.opts.Predicate, _ = args["predicate"].(string)
	if a.page.After != "" {
		w, err := input.ReadCursor(a.page.After, 3)
		if err != nil {
			return nil, err
		}
		a.opts.After = &analysis.ConflictPlace{Subject: graph.ID(w[0]), Predicate: w[1], Claim: w[2]}
	}
	return a, nil
}

type conflict struct {
	view *snapshot.View
	analysis.Conflict
}

func pageConflicts(ctx context.Context, v *snapshot.View, a *conflictsArgs) (*analysisPage, error) {
	var shown []*conflict
	p := &analysisPage{prev: a.opts.After != nil}
	rest, err := analysis.Conflicts(ctx, v, a.opts, func(c analysis.Conflict) bool {
		if a.page.First != nil && len(shown) == *a.page.First {
			p.next = true
			return false
		}
		shown = append(shown, &conflict{v, c})
		return true
	})
	p.n = len(shown)
	if rest != nil {
		p.partial, p.rest = true, input.WriteCursor(string(rest.Subject), rest.Predicate, rest.Claim)
	}
	p.node = func(i int) gql.Ref { return gql.Ref{Obj: shown[i]} }
	p.cursor = func(i int) string {
		at := shown[i].Place
		return input.WriteCursor(string(at.Subject), at.Predicate, at.Claim)
	}
	p.total = func() (int, error) {
		if !p.next && !p.prev && !p.partial {
			return p.n, nil
		}
		all, n := a.opts, 0
		all.After = nil
		rest, err := analysis.Conflicts(ctx, v, all, func(analysis.Conflict) bool { n++; return true })
		if rest != nil {
			err = countedOut()
		}
		return n, err
	}
	return p, err
}

func (b *Builder) conflictType() *graphql.Object {
	text := func(read func(c *conflict) string) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return gql.AppendString(dst, read(src.Obj.(*conflict))), nil
		}}
	}
	return b.Object("Conflict", "A set of claims that cannot all be true.", func() []output.Field {
		return []output.Field{
			{Name: "subject", Type: output.Must(b.Entity), About: "The entity that the claims are about; the first one where a curator marked claims about several.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					c := src.Obj.(*conflict)
					return gql.Ref{Obj: c.view, Index: uint64(c.Subject)}, true, nil
				}}},
			{Name: "predicate", Type: output.Must(graphql.String), About: "The predicate of the claims.", Read: text(func(c *conflict) string { return c.Predicate })},
			{Name: "claims", Type: output.List(b.Claim), About: "The claims, in the order in which the store recorded them.",
				Read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) { c := src.Obj.(*conflict); return c.view, c.Claims })},
			{Name: "holds", Type: output.Must(b.HoldsType()), About: "Whether all of them surely hold on the view's date. POSSIBLY also for a term that ends before it begins, since it may be two.",
				Read: text(func(c *conflict) string { return c.Holds.String() })},
			{Name: "reason", Type: output.Must(graphql.String), About: "Why they cannot all be true, in words.", Read: text(func(c *conflict) string { return c.Reason })},
		}
	})
}
