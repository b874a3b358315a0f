package analyses

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
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

func (b *Builder) connections() output.Field {
	degrees := new(analysis.Degrees)
	b.Meta.Defaults["Query.connections(maxLength:)"] = "4"
	b.Meta.Defaults["Query.connections(first:)"] = "5"
	b.Meta.Defaults["Query.connections(excludeTypes:)"] = `["` + schema.SourceType + `"]`
	return output.Field{Name: "connections", Type: output.List(b.pathType()),
		About: "The best explanations of how two entities are connected by claims in view, the best first. A connection does not mean cause, supply or control.",
		Args: b.WithView(graphql.FieldConfigArgument{
			"from":         {Type: output.Must(graphql.ID), Description: "The id of the one entity."},
			"to":           {Type: output.Must(graphql.ID), Description: "The id of the other entity."},
			"maxLength":    {Type: graphql.Int, Description: "Follows at most this many steps, from 1 to 6."},
			"relations":    {Type: graphql.NewList(output.Must(graphql.String)), Description: "Follows only claims with these predicates; all by default."},
			"excludeTypes": {Type: graphql.NewList(output.Must(graphql.String)), Description: "Passes no entity of these types or interfaces; from and to may have them."},
			"first":        {Type: graphql.Int, Description: "Returns at most this many, from 1 to 100."},
		}),
		Read: gql.Binding{
			Prepare: prepareConnections,
			List: func(c *gql.Call, _ gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
				a := c.Args.(*connectionsArgs)
				v, err := resolve(c, a.view)
				if err != nil {
					return nil, false, err
				}
				found, err := analysis.Connect(c.Ctx, v, degrees, a.opts)
				if err != nil {
					return nil, false, err
				}
				if found.Partial && len(found.List) == 0 {
					// An empty list would mean that there is no connection.
					return nil, false, graph.Errorf(graph.LimitWork, "connections: the search ended at its limit of work before it found a connection; "+
						"give relations, excludeTypes or a smaller maxLength")
				}
				for i := range found.List {
					dst = append(dst, gql.Ref{Obj: &path{v, &found.List[i], found.Partial}})
				}
				return dst, true, nil
			},
		}}
}

func prepareConnections(args map[string]any) (any, error) {
	a := &connectionsArgs{opts: analysis.ConnectionsOptions{From: graph.ID(args["from"].(string)), To: graph.ID(args["to"].(string)),
		Relations: texts(args["relations"]), ExcludeTypes: texts(args["excludeTypes"])}}
	var err error
	if a.view, err = input.ReadView(args); err != nil {
		return nil, err
	}
	if a.opts.MaxLength, err = positive(args, "maxLength"); err != nil {
		return nil, err
	}
	a.opts.First, err = positive(args, "first")
	return a, err
}

// path is a connection between two entities as a path of claims. It lives for one request.
type path struct {
	view *snapshot.View
	*analysis.Connection
	partial bool
}

func (b *Builder) pathType() *graphql.Object {
	return b.Object("Connection", "One path from an entity to another along claims. It does not state that one causes, supplies or controls the other.", func() []output.Field {
		return []output.Field{
			output.Number("length", "The number of steps.", func(p *path) int { return len(p.Steps) }),
			{Name: "score", Type: output.Must(graphql.Float), About: "How much it explains, from 0 to 1: the product of the confidences of its steps, divided, for each entity between the ends, by the number of entities that claims in view link it with. An entity linked with many explains little.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendFloat(dst, src.Obj.(*path).Score), nil
				}}},
			{Name: "steps", Type: output.List(b.stepType()), About: "The steps, from one entity to the other.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					p := src.Obj.(*path)
					for i := range p.Steps {
						dst = append(dst, gql.Ref{Obj: p, Index: uint64(i)})
					}
					return dst, true, nil
				}}},
			{Name: "weakest", Type: b.Claim, About: "The least confident claim of its steps.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					p := src.Obj.(*path)
					return gql.Ref{Obj: p.view, Index: uint64(p.Weakest)}, true, nil
				}}},
			{Name: "partial", Type: output.Must(graphql.Boolean), About: "Whether the search ended at its limit of work, so that there may be better connections than those listed.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendBool(dst, src.Obj.(*path).partial), nil
				}}},
		}
	})
}

func (b *Builder) stepType() *graphql.Object {
	entity := func(pick func(s *analysis.Step) uint32) gql.Binding {
		return gql.Binding{Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			p := src.Obj.(*path)
			return gql.Ref{Obj: p.view, Index: uint64(pick(&p.Steps[src.Index]))}, true, nil
		}}
	}
	return b.Object("Step", "One claim of a connection, read from one entity to the next.", func() []output.Field {
		any := b.Entity
		return []output.Field{
			{Name: "from", Type: output.Must(any), About: "The entity where the step starts.", Read: entity(func(s *analysis.Step) uint32 { return s.From })},
			{Name: "relation", Type: output.Must(graphql.String), About: "The predicate of the claim.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, src.Obj.(*path).Steps[src.Index].Relation), nil
				}}},
			{Name: "qualifier", Type: graphql.String, About: "The qualifier that names one of the two entities; null where they are the subject and the object.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					if q := src.Obj.(*path).Steps[src.Index].Qualifier; q != "" {
						dst = gql.AppendString(dst, q)
					}
					return dst, nil
				}}},
			{Name: "inverse", Type: output.Must(graphql.Boolean), About: "Whether the step goes from the claim's object to its subject; false for a symmetric relation.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendBool(dst, src.Obj.(*path).Steps[src.Index].Inverse), nil
				}}},
			{Name: "to", Type: output.Must(any), About: "The entity where the step ends.", Read: entity(func(s *analysis.Step) uint32 { return s.To })},
			{Name: "claim", Type: output.Must(b.Claim), About: "The most confident claim for the step.", Read: entity(func(s *analysis.Step) uint32 { return s.Claim })},
		}
	})
}
