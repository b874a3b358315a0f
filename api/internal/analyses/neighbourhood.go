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

// neighbourhoodArgs are the prepared arguments of neighbourhood.
type neighbourhoodArgs struct {
	view input.View
	opts analysis.NeighbourhoodOptions
}

// surroundings is the object that the fields of Neighbourhood read. The search runs when the first of them is
// read; a request for the count alone needs much less. It lives for one request.
type surroundings struct {
	ties
	opts  analysis.NeighbourhoodOptions
	kept  *analysis.Neighbours
	found *analysis.Neighbourhood
}

func (b *Builder) neighbourhood() output.Field {
	kept := new(analysis.Neighbours)
	b.Meta.Defaults["Query.neighbourhood(depth:)"] = "1"
	b.Meta.Defaults["Query.neighbourhood(direction:)"] = string(analysis.BothWays)
	b.Meta.Defaults["Query.neighbourhood(maxLinks:)"] = "100"
	b.Meta.Defaults["Query.neighbourhood(first:)"] = "100"
	return output.Field{Name: "neighbourhood", Type: output.Must(b.neighbourhoodType()),
		About: "The entities that claims in view link with an entity, in up to three steps, and the edges among them.",
		Args: b.WithView(graphql.FieldConfigArgument{
			"of":        {Type: output.Must(graphql.ID), Description: "The id of the entity."},
			"depth":     {Type: graphql.Int, Description: "Goes at most this many steps, from 1 to 3."},
			"relations": {Type: graphql.NewList(output.Must(graphql.String)), Description: "Follows only claims with these predicates; all by default."},
			"types":     {Type: graphql.NewList(output.Must(graphql.String)), Description: "Finds and passes only entities of these types or interfaces; by default all but sources."},
			"direction": {Type: b.linkDirectionType(), Description: "Which claims lead from an entity to the next. Symmetric relations lead both ways."},
			"maxLinks":  {Type: graphql.Int, Description: "Goes on only from entities that the question links with at most this many others, and marks the rest as hubs; null goes on from all."},
			"first":     {Type: graphql.Int, Description: "Returns at most this many entities, from 1 to 1000; count has the number of all."},
		}),
		Read: gql.Binding{
			Prepare: prepareNeighbourhood,
			Object: inView(func(a *neighbourhoodArgs) input.View { return a.view }, func(_ context.Context, v *snapshot.View, a *neighbourhoodArgs) (*surroundings, error) {
				return &surroundings{ties: ties{view: v}, opts: a.opts, kept: kept}, a.opts.Validate(v)
			}),
		}}
}

func prepareNeighbourhood(args map[string]any) (any, error) {
	a := &neighbourhoodArgs{opts: analysis.NeighbourhoodOptions{Of: graph.ID(args["of"].(string)), Relations: texts(args["relations"]), Types: texts(args["types"])}}
	var err error
	if a.view, err = input.ReadView(args); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		name string
		to   *int
	}{{"depth", &a.opts.Depth}, {"first", &a.opts.First}, {"maxLinks", &a.opts.MaxLinks}} {
		if *x.to, err = positive(args, x.name); err != nil {
			return nil, err
		}
	}
	if most, given := args["maxLinks"]; given && most == nil {
		a.opts.EveryHub = true
	}
	if to, ok := args["direction"].(string); ok {
		a.opts.Direction = analysis.LinkDirection(to)
	}
	return a, nil
}

// positive returns a number that is at least 1, or 0 if it is not given.
func positive(args map[string]any, name string) (int, error) {
	n, given := args[name].(int)
	if given && n < 1 {
		return 0, &gql.ArgumentError{Argument: name, Err: graph.Errorf(graph.BadInput, "%s: %d is below 1", name, n)}
	}
	return n, nil
}

func (b *Builder) linkDirectionType() *graphql.Enum {
	return b.Enum("LinkDirection", "Which claims lead from an entity to its neighbours.",
		schema.EnumMember{Name: string(analysis.BothWays), Description: "All claims."},
		schema.EnumMember{Name: string(analysis.Outward), Description: "The claims of which the entity is the subject."},
		schema.EnumMember{Name: string(analysis.Inward), Description: "The claims of which the entity is the object or in a qualifier."})
}

// find finds the neighbourhood, once.
func (s *surroundings) find(c *gql.Call) (*analysis.Neighbourhood, error) {
	if s.found == nil {
		found, err := analysis.FindNeighbourhood(c.Ctx, s.view, s.kept, s.opts)
		if err != nil {
			return nil, err
		}
		s.found, s.edges = found, found.Edges
	}
	return s.found, nil
}

// count returns the number of entities, by the whole search if another field needs that anyway.
func (s *surroundings) count(c *gql.Call) (int, error) {
	if s.found != nil {
		return s.found.Count, nil
	}
	n, partial, err := analysis.CountNeighbours(c.Ctx, s.view, s.kept, s.opts)
	if err == nil && partial {
		err = graph.Errorf(graph.LimitWork, "count: the search ended at its limit of work; give relations, types or a smaller maxLinks or depth")
	}
	return n, err
}

func (b *Builder) neighbourhoodType() *graphql.Object {
	return b.Object("Neighbourhood", "The graph around an entity.", func() []output.Field {
		return []output.Field{
			{Name: "count", Type: output.Must(graphql.Int), About: "How many entities there are, without the one that was asked about.", Read: gql.Binding{
				Leaf: func(c *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					n, err := src.Obj.(*surroundings).count(c)
					return gql.AppendInt(dst, int64(n)), err
				}}},
			{Name: "nodes", Type: output.List(b.neighbourType()), About: "The entities: the nearest first, then the most specific.", Read: gql.Binding{
				List: func(c *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					s := src.Obj.(*surroundings)
					found, err := s.find(c)
					if err != nil {
						return nil, false, err
					}
					for i := range found.List {
						dst = append(dst, gql.Ref{Obj: s, Index: uint64(i)})
					}
					return dst, true, nil
				}}},
			{Name: "edges", Type: output.List(b.tieType()), About: "The edges among the nodes and the entity that was asked about, along the relations that were asked for, in either direction.", Read: gql.Binding{
				List: func(c *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					s := src.Obj.(*surroundings)
					if _, err := s.find(c); err != nil {
						return nil, false, err
					}
					return s.refs(dst), true, nil
				}}},
			{Name: "partial", Type: output.Must(graphql.Boolean), About: "Whether the search ended at its limit of work or of edges, so that nodes and edges may be missing.", Read: gql.Binding{
				Leaf: func(c *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					found, err := src.Obj.(*surroundings).find(c)
					return gql.AppendBool(dst, err == nil && found.Partial), err
				}}},
		}
	})
}

func (b *Builder) neighbourType() *graphql.Object {
	of := func(src gql.Ref) *analysis.Neighbour { return &src.Obj.(*surroundings).found.List[src.Index] }
	return b.Object("Neighbour", "An entity near another.", func() []output.Field {
		return []output.Field{
			{Name: "node", Type: output.Must(b.Entity), About: "The entity.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: src.Obj.(*surroundings).view, Index: uint64(of(src).Entity)}, true, nil
				}}},
			{Name: "distance", Type: output.Must(graphql.Int), About: "The number of steps to it.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendInt(dst, int64(of(src).Distance)), nil
				}}},
			{Name: "links", Type: graphql.Int, About: "With how many others the question links it, found or not; null for a hub, and where the search ended before they were counted.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					if n := of(src).Links; n >= 0 {
						dst = gql.AppendInt(dst, int64(n))
					}
					return dst, nil
				}}},
			{Name: "hub", Type: output.Must(graphql.Boolean), About: "Whether it has more than maxLinks links, so that the search did not go on from it.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendBool(dst, of(src).Hub), nil
				}}},
			{Name: "specificity", Type: output.Must(graphql.Float), About: "From 0 to 1: 1 at distance 1; farther away, the product of 1/links of the entities between, for the best of the shortest ways. What is reached through an entity with many links is less specific.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendFloat(dst, of(src).Specificity), nil
				}}},
		}
	})
}
