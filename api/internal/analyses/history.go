package analyses

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// historyArgs are the prepared arguments of history.
type historyArgs struct {
	view      input.View
	subject   graph.ID
	predicate string
}

type spell struct {
	view *snapshot.View
	analysis.Spell
}

func (b *Builder) history() output.Field {
	return output.Field{Name: "history", Type: output.List(b.spellType()),
		About: "The values that a field of an entity had, in order of time, with the time for which each held: up to the view's date. Values without dates come last.",
		Args: b.WithView(graphql.FieldConfigArgument{
			"subject":   {Type: output.Must(graphql.ID), Description: "The entity's id."},
			"predicate": {Type: output.Must(graphql.String), Description: "The name of a stored field."},
		}),
		Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				v, err := input.ReadView(args)
				return &historyArgs{v, graph.ID(args["subject"].(string)), args["predicate"].(string)}, err
			},
			List: func(c *gql.Call, _ gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
				a := c.Args.(*historyArgs)
				v, err := resolve(c, a.view)
				if err != nil {
					return nil, false, err
				}
				spells, err := analysis.History(c.Ctx, v, a.subject, a.predicate)
				for _, x := range spells {
					dst = append(dst, gql.Ref{Obj: &spell{v, x}})
				}
				return dst, err == nil, err
			},
		}}
}

func (b *Builder) spellType() *graphql.Object {
	return b.Object("Spell", "A value of a field, and the time for which it held.", func() []output.Field {
		return []output.Field{
			{Name: "value", Type: graphql.String, About: "The literal, as text; null for an entity, and where there is nothing.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					x := src.Obj.(*spell)
					if s, n := x.view.Snapshot(), x.Claims[0]; s.Object(n) == snapshot.None && !s.IsNone(n) {
						dst = gql.AppendString(dst, s.Value(n).String())
					}
					return dst, nil
				}}},
			{Name: "object", Type: b.Entity, About: "The entity; null for a literal.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					x := src.Obj.(*spell)
					to := x.view.Snapshot().Object(x.Claims[0])
					return gql.Ref{Obj: x.view, Index: uint64(to)}, to != snapshot.None, nil
				}}},
			{Name: "from", Type: input.Date, About: "The date from which it held, as exactly as any of the claims gives it; null where nobody states one.",
				Read: dateOf(func(x *spell) graph.Date { return x.Time.From })},
			{Name: "to", Type: input.Date, About: "The date until which it held; \"..\" where the source leaves it open, null where nobody states one.",
				Read: dateOf(func(x *spell) graph.Date { return x.Time.To })},
			{Name: "claims", Type: output.List(b.Claim), About: "The claims that state it for this time.",
				Read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) {
					x := src.Obj.(*spell)
					return x.view, x.Claims
				})},
		}
	})
}
