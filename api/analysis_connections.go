package api

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// connectionsArgs are the prepared arguments of connections.
type connectionsArgs struct {
	view input.View
	opts analysis.ConnectionsOptions
}

func (b *builder) connections() field {
	degrees := new(analysis.Degrees)
	b.meta.Defaults["Query.connections(maxLength:)"] = "4"
	b.meta.Defaults["Query.connections(first:)"] = "5"
	b.meta.Defaults["Query.connections(excludeTypes:)"] = `["` + schema.SourceType + `"]`
	return field{name: "connections", typ: list(b.wayType()),
		about: "The best explanations of how two entities are connected, along claims in view, the best first. That they are connected says nothing of cause, supply or control.",
		args: b.WithView(graphql.FieldConfigArgument{
			"from":         {Type: must(graphql.ID)},
			"to":           {Type: must(graphql.ID)},
			"maxLength":    {Type: graphql.Int, Description: "At most so many steps, up to 6."},
			"relations":    {Type: graphql.NewList(must(graphql.String)), Description: "Only along these predicates."},
			"excludeTypes": {Type: graphql.NewList(must(graphql.String)), Description: "Through no entity of these types or interfaces; from and to may be of them."},
			"first":        {Type: graphql.Int, Description: "At most so many, up to 100."},
		}),
		read: gql.Binding{
			Prepare: prepareConnections,
			List: func(c *gql.Call, _ gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
				a := c.Args.(*connectionsArgs)
				v, err := c.Request.(*Session).resolve(c.Ctx, a.view)
				if err != nil {
					return nil, false, err
				}
				found, err := analysis.Connect(c.Ctx, v, degrees, a.opts)
				if err != nil {
					return nil, false, err
				}
				if found.Partial && len(found.List) == 0 {
					// An empty list would say that there is none.
					return nil, false, graph.Errorf(graph.LimitWork, "connections: the search ended at its limit of work before it found one; "+
						"give relations, excludeTypes or a smaller maxLength")
				}
				for i := range found.List {
					dst = append(dst, gql.Ref{Obj: &way{v, &found.List[i], found.Partial}})
				}
				return dst, true, nil
			},
		}}
}

func prepareConnections(args map[string]any) (any, error) {
	a := &connectionsArgs{opts: analysis.ConnectionsOptions{From: graph.ID(args["from"].(string)), To: graph.ID(args["to"].(string))}}
	var err error
	if a.view, err = input.ReadView(args); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		name string
		to   *int
	}{{"maxLength", &a.opts.MaxLength}, {"first", &a.opts.First}} {
		n, given := args[x.name].(int)
		if given && n < 1 {
			return nil, &gql.ArgumentError{Argument: x.name, Err: graph.Errorf(graph.BadInput, "%s: %d is below 1", x.name, n)}
		}
		*x.to = n
	}
	for _, x := range []struct {
		name string
		to   *[]string
	}{{"relations", &a.opts.Relations}, {"excludeTypes", &a.opts.ExcludeTypes}} {
		if names, given := args[x.name].([]any); given {
			*x.to = make([]string, len(names))
			for i, name := range names {
				(*x.to)[i] = name.(string)
			}
		}
	}
	return a, nil
}

// way is one connection. It lives for one request.
type way struct {
	view *snapshot.View
	*analysis.Connection
	partial bool
}

func (b *builder) wayType() *graphql.Object {
	return b.object("Connection", "One way from an entity to another along claims. It is no statement that one causes, supplies or controls the other.", func() []field {
		return []field{
			{name: "length", typ: must(graphql.Int), about: "How many steps it has.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendInt(dst, int64(len(src.Obj.(*way).Steps))), nil
				}}},
			{name: "score", typ: must(graphql.Float), about: "The confidences of its steps multiplied, divided for each entity between by the number of others that claims in view link it with: what is linked with much explains little. From 0 to 1.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendFloat(dst, src.Obj.(*way).Score), nil
				}}},
			{name: "steps", typ: list(b.stepType()), read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					w := src.Obj.(*way)
					for i := range w.Steps {
						dst = append(dst, gql.Ref{Obj: w, Index: uint64(i)})
					}
					return dst, true, nil
				}}},
			{name: "weakest", typ: b.claimType(), about: "Its least confident claim.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					w := src.Obj.(*way)
					return gql.Ref{Obj: w.view, Index: uint64(w.Weakest)}, true, nil
				}}},
			{name: "partial", typ: must(graphql.Boolean), about: "Whether the search ended at its limit of work, so that there may be better connections than those listed.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendBool(dst, src.Obj.(*way).partial), nil
				}}},
		}
	})
}

func (b *builder) stepType() *graphql.Object {
	entity := func(pick func(s *analysis.Step) uint32) gql.Binding {
		return gql.Binding{Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			w := src.Obj.(*way)
			return gql.Ref{Obj: w.view, Index: uint64(pick(&w.Steps[src.Index]))}, true, nil
		}}
	}
	return b.object("Step", "One claim of a connection, read from one entity to the next.", func() []field {
		any := b.entityType(b.o.Type(schema.EntityType))
		return []field{
			{name: "from", typ: must(any), read: entity(func(s *analysis.Step) uint32 { return s.From })},
			{name: "relation", typ: must(graphql.String), about: "The predicate of the claim.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, src.Obj.(*way).Steps[src.Index].Relation), nil
				}}},
			{name: "qualifier", typ: graphql.String, about: "The qualifier by which the claim names the entity, where that is not its object.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					if q := src.Obj.(*way).Steps[src.Index].Qualifier; q != "" {
						dst = gql.AppendString(dst, q)
					}
					return dst, nil
				}}},
			{name: "inverse", typ: must(graphql.Boolean), about: "Whether the claim is read towards its subject; false for a symmetric relation.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendBool(dst, src.Obj.(*way).Steps[src.Index].Inverse), nil
				}}},
			{name: "to", typ: must(any), read: entity(func(s *analysis.Step) uint32 { return s.To })},
			{name: "claim", typ: must(b.claimType()), about: "The surest claim that says so.", read: entity(func(s *analysis.Step) uint32 { return s.Claim })},
		}
	})
}
