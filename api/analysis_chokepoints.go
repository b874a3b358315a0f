package api

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// chokepointsArgs are the prepared arguments of chokepoints.
type chokepointsArgs struct {
	view    viewArg
	network analysis.NetworkKind
	options analysis.ChokepointOptions
}

// chokepointRef is one chokepoint of an answer.
type chokepointRef struct {
	view *snapshot.View
	*analysis.Chokepoint
}

func (b *builder) chokepoints(networks *analysis.Networks) field {
	args := b.withView(graphql.FieldConfigArgument{
		"from":     {Type: must(graphql.ID), Description: "Where routes start, as in routes."},
		"to":       {Type: must(graphql.ID), Description: "Where they arrive."},
		"avoid":    {Type: ids(), Description: "What no route may touch, as in routes."},
		"modes":    {Type: graphql.NewList(must(b.ontologyEnum("Mode"))), Description: "Only legs of these modes; all but PIPELINE and TANKER where it is absent."},
		"statuses": {Type: graphql.NewList(must(b.ontologyEnum("Status"))), Description: "With which status a leg is open; OPERATIONAL, SEASONAL, DEGRADED and DISRUPTED where it is absent."},
		"network":  {Type: b.networkType(), Description: "What routes are made of."},
		"kinds":    {Type: graphql.NewList(must(b.cutKindType())), Description: "Only cuts of these kinds; all where it is absent."},
		"closing":  {Type: ids(), Description: "Instead of the cuts: what each of these removes when it closes."},
		"first":    {Type: graphql.Int, Description: "At most so many, from 1 to 200."},
	})
	b.defaults("Query.chokepoints", map[string]string{"network": "TRANSPORT", "first": "20"})
	return field{
		name: "chokepoints", typ: list(b.chokepointType()), args: args,
		about: "What every route between two places passes: for each kind the smallest sets, of at most six, without which no route is left. Smaller ones first, then those nearer to the start.",
		read: gql.Binding{
			Prepare: prepareChokepoints,
			List: func(c *gql.Call, _ gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
				a := c.Args.(*chokepointsArgs)
				v, err := c.Request.(*Session).resolve(c.Ctx, a.view)
				if err != nil {
					return nil, false, err
				}
				n, err := networks.Of(c.Ctx, v, a.network)
				if err != nil {
					return nil, false, err
				}
				found, err := analysis.FindChokepoints(c.Ctx, n, &a.options)
				if err != nil {
					return nil, false, err
				}
				for i := range found {
					dst = append(dst, gql.Ref{Obj: &chokepointRef{v, &found[i]}})
				}
				return dst, true, nil
			},
		}}
}

func prepareChokepoints(args map[string]any) (any, error) {
	a := &chokepointsArgs{network: networkArg(args), options: analysis.ChokepointOptions{
		From: graph.ID(args["from"].(string)), To: graph.ID(args["to"].(string)), Avoid: idList(args["avoid"]),
		Modes: texts(args["modes"]), Statuses: texts(args["statuses"]), Closing: idList(args["closing"]), First: 20,
	}}
	if n, ok := args["first"].(int); ok {
		a.options.First = n
	}
	names := texts(args["kinds"])
	if names != nil {
		a.options.Kinds = []analysis.CutKind{}
	}
	for _, name := range names {
		for i, known := range analysis.CutNames {
			if name == known {
				a.options.Kinds = append(a.options.Kinds, analysis.CutKind(i))
			}
		}
	}
	var err error
	if a.view, err = viewInput(args); err != nil {
		return nil, err
	}
	return a, atArgument(a.options.Validate())
}

func (b *builder) cutKindType() *graphql.Enum {
	return b.enum("ChokepointKind", "What a chokepoint is made of.",
		schema.EnumMember{Name: "NODE", Description: "Transport nodes."},
		schema.EnumMember{Name: "LEG", Description: "Segments."},
		schema.EnumMember{Name: "COUNTRY", Description: "Countries, with the nodes in them and the legs that transit them."},
		schema.EnumMember{Name: "WATER", Description: "Waters, with the legs that transit them."},
		schema.EnumMember{Name: "NAMED", Description: "What the argument closing names."})
}

func (b *builder) chokepointType() *graphql.Object {
	of := func(src gql.Ref) *chokepointRef { return src.Obj.(*chokepointRef) }
	leaf := func(read func(c *chokepointRef, dst []byte) []byte) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) { return read(of(src), dst), nil }}
	}
	return b.object("Chokepoint", "A smallest set that every route passes: without all of it no route is left.", func() []field {
		return []field{
			{name: "kind", typ: must(b.cutKindType()), read: leaf(func(c *chokepointRef, dst []byte) []byte { return gql.AppendString(dst, c.Kind.String()) })},
			b.entityListField("cut", "Its elements.", func(src gql.Ref) (*snapshot.View, []uint32) { return of(src).view, of(src).Cut }),
			{name: "removes", typ: must(graphql.Int), about: "How many pairs, of a node where routes start and one where they arrive, lose their last way when it closes.",
				read: leaf(func(c *chokepointRef, dst []byte) []byte { return gql.AppendInt(dst, int64(c.Removes)) })},
			{name: "pairs", typ: must(graphql.Int), about: "How many pairs have a way before.",
				read: leaf(func(c *chokepointRef, dst []byte) []byte { return gql.AppendInt(dst, int64(c.Pairs)) })},
		}
	})
}
