package analyses

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/importance"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// importanceArgs are the prepared arguments of importance.
type importanceArgs struct {
	view input.View
	opts importance.Options
}

// ranking is the object that the fields of Importance read. It lives for one request.
type ranking struct {
	view *snapshot.View
	*importance.Ranking
}

func (b *Builder) importance() output.Field {
	kept := new(importance.Cache)
	b.Meta.Defaults["Query.importance(measure:)"] = string(importance.Degree)
	b.Meta.Defaults["Query.importance(first:)"] = "20"
	return output.Field{Name: "importance", Type: output.Must(b.importanceType()),
		About: "The entities of a type by their place in the graph of one relation, as the view shows it.",
		Args: b.WithView(graphql.FieldConfigArgument{
			"type":     {Type: output.Must(graphql.String), Description: "The type or interface of the entities to rank."},
			"relation": {Type: output.Must(graphql.String), Description: "The predicate that makes the graph, such as borders."},
			"measure":  {Type: b.importanceMeasureType(), Description: "What makes an entity important."},
			"first":    {Type: graphql.Int, Description: "Returns at most this many, from 1 to 1000."},
		}),
		Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				a := &importanceArgs{opts: importance.Options{Type: args["type"].(string), Relation: args["relation"].(string)}}
				var err error
				if a.view, err = input.ReadView(args); err != nil {
					return nil, err
				}
				if m, ok := args["measure"].(string); ok {
					a.opts.Measure = importance.Measure(m)
				}
				a.opts.First, err = positive(args, "first")
				return a, err
			},
			Object: inView(func(a *importanceArgs) input.View { return a.view }, func(ctx context.Context, v *snapshot.View, a *importanceArgs) (*ranking, error) {
				r, err := importance.Rank(ctx, v, kept, a.opts)
				return &ranking{v, r}, err
			}),
		}}
}

func (b *Builder) importanceMeasureType() *graphql.Enum {
	return b.Enum("ImportanceMeasure", "What makes an entity important in a graph.",
		schema.EnumMember{Name: string(importance.Degree), Description: "The number of others with which it is linked, in either direction."},
		schema.EnumMember{Name: string(importance.PageRank), Description: "The share of time that a random walk along the relation spends there (damping 0.85)."},
		schema.EnumMember{Name: string(importance.Betweenness), Description: "The number of pairs of others that it connects: the sum, over all pairs, of the share of their shortest ways that lead through it. In a symmetric relation, each pair counts in both directions."})
}

func (b *Builder) importanceType() *graphql.Object {
	return b.Object("Importance", "Entities ranked by their place in the graph of one relation.", func() []output.Field {
		return []output.Field{
			output.Number("entities", "How many entities the graph has, of all types.", func(r *ranking) int { return r.Entities }),
			output.Number("edges", "How many edges the graph has: pairs of subject and object; a symmetric relation has two for each.", func(r *ranking) int { return r.Edges }),
			{Name: "ranking", Type: output.List(b.rankedType()), About: "The entities of the type that the relation links, the highest score first.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					r := src.Obj.(*ranking)
					for i := range r.List {
						dst = append(dst, gql.Ref{Obj: r, Index: uint64(i)})
					}
					return dst, true, nil
				}}},
		}
	})
}

func (b *Builder) rankedType() *graphql.Object {
	return b.Object("Ranked", "An entity with its place in a ranking.", func() []output.Field {
		return []output.Field{
			{Name: "node", Type: output.Must(b.Entity), About: "The entity.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					r := src.Obj.(*ranking)
					return gql.Ref{Obj: r.view, Index: uint64(r.List[src.Index].Entity)}, true, nil
				}}},
			{Name: "rank", Type: output.Must(graphql.Int), About: "Its place, from 1; entities with the same score share one.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendInt(dst, int64(src.Obj.(*ranking).List[src.Index].Rank)), nil
				}}},
			{Name: "score", Type: output.Must(graphql.Float), About: "Its measure, to six digits.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendFloat(dst, src.Obj.(*ranking).List[src.Index].Score), nil
				}}},
		}
	})
}
