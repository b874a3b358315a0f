package analyses

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// betweenArgs are the prepared arguments of between.
type betweenArgs struct {
	view input.View
	opts analysis.BetweenOptions
}

// ties are edges in a view. They live for one request.
type ties struct {
	view    *snapshot.View
	edges   []analysis.Tie
	partial bool
}

// refs appends a Ref for each edge.
func (t *ties) refs(dst []gql.Ref) []gql.Ref {
	for i := range t.edges {
		dst = append(dst, gql.Ref{Obj: t, Index: uint64(i)})
	}
	return dst
}

func (b *Builder) between() output.Field {
	return output.Field{Name: "between", Type: output.Must(b.betweenType()),
		About: "The edges among given entities: the claims in view that link one of them with another.",
		Args: b.WithView(graphql.FieldConfigArgument{
			"ids":       {Type: output.List(graphql.ID), Description: "The ids of the entities, at most 1000."},
			"relations": {Type: graphql.NewList(output.Must(graphql.String)), Description: "Finds only edges of these predicates; all by default."},
		}),
		Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				a := &betweenArgs{opts: analysis.BetweenOptions{IDs: idList(args["ids"]), Relations: texts(args["relations"])}}
				var err error
				a.view, err = input.ReadView(args)
				return a, err
			},
			Object: inView(func(a *betweenArgs) input.View { return a.view }, func(ctx context.Context, v *snapshot.View, a *betweenArgs) (*ties, error) {
				found, err := analysis.Between(ctx, v, a.opts)
				if err != nil {
					return nil, err
				}
				return &ties{v, found.Edges, found.Partial}, nil
			}),
		}}
}

func (b *Builder) betweenType() *graphql.Object {
	return b.Object("Between", "The edges among given entities.", func() []output.Field {
		return []output.Field{
			{Name: "edges", Type: output.List(b.tieType()), About: "The edges, in the order of the ids: of from, then of to, then by relation.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					return src.Obj.(*ties).refs(dst), true, nil
				}}},
			{Name: "partial", Type: output.Must(graphql.Boolean), About: "Whether the search ended at its limit of work or of edges, so that edges may be missing.",
				Read: output.LeafOf(func(t *ties, dst []byte) []byte { return gql.AppendBool(dst, t.partial) })},
		}
	})
}

// tieType returns the type of an edge; the object of its Ref is a *ties.
func (b *Builder) tieType() *graphql.Object {
	of := func(src gql.Ref) *analysis.Tie { return &src.Obj.(*ties).edges[src.Index] }
	entity := func(pick func(t *analysis.Tie) uint32) gql.Binding {
		return gql.Binding{Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			return gql.Ref{Obj: src.Obj.(*ties).view, Index: uint64(pick(of(src)))}, true, nil
		}}
	}
	return b.Object("Tie", "An edge between two entities: all claims that state one relation of them.", func() []output.Field {
		return []output.Field{
			{Name: "from", Type: output.Must(b.Entity), About: "The subject of the claims.", Read: entity(func(t *analysis.Tie) uint32 { return t.From })},
			{Name: "relation", Type: output.Must(graphql.String), About: "The predicate of the claims.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, of(src).Relation), nil
				}}},
			{Name: "qualifier", Type: graphql.String, About: "The qualifier that names the entity at the end; null where that is the object.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					if q := of(src).Qualifier; q != "" {
						dst = gql.AppendString(dst, q)
					}
					return dst, nil
				}}},
			{Name: "to", Type: output.Must(b.Entity), About: "The object of the claims, or the entity in the qualifier.", Read: entity(func(t *analysis.Tie) uint32 { return t.To })},
			{Name: "claim", Type: output.Must(b.Claim), About: "The most confident of the claims.", Read: entity(func(t *analysis.Tie) uint32 { return t.Claim })},
		}
	})
}
