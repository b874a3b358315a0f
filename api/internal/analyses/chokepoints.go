package analyses

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/routes"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// chokepointsArgs are the prepared arguments of chokepoints.
type chokepointsArgs struct {
	view    input.View
	network routes.NetworkKind
	options routes.ChokepointOptions
}

// chokepointRef is one chokepoint of an answer.
type chokepointRef struct {
	view *snapshot.View
	*routes.Chokepoint
	partial bool
}

func (b *Builder) chokepoints() output.Field {
	args := b.WithView(graphql.FieldConfigArgument{
		"from":     {Type: output.Must(graphql.ID), Description: "The id of where routes start, as in routes."},
		"to":       {Type: output.Must(graphql.ID), Description: "The id of where routes arrive."},
		"avoid":    {Type: ids(), Description: "The ids of what no route may touch, as in routes."},
		"modes":    {Type: graphql.NewList(output.Must(b.ontologyEnum("Mode"))), Description: "Uses only legs of these modes; by default all, but without a cargo no PIPELINE and TANKER."},
		"cargo":    {Type: graphql.ID, Description: "The id of the resource that is carried, as in routes."},
		"statuses": {Type: graphql.NewList(output.Must(b.ontologyEnum("Status"))), Description: "Uses only legs with one of these statuses; by default OPERATIONAL, SEASONAL, DEGRADED and DISRUPTED."},
		"network":  {Type: b.networkType(), Description: "The network to search."},
		"kinds":    {Type: graphql.NewList(output.Must(b.cutKindType())), Description: "Returns only chokepoints of these kinds; all by default."},
		"closing":  {Type: ids(), Description: "The ids of entities to close: returns what each of them removes, instead of searching for chokepoints."},
		"weight":   {Type: b.cutWeightType(), Description: "What makes one set smaller than another."},
		"unit":     {Type: graphql.String, Description: "The unit of capacities, a member of the ontology's enum Unit; figures in other units of its dimension are converted."},
		"first":    {Type: graphql.Int, Description: "Returns at most this many, from 1 to 200."},
	})
	b.defaults("Query.chokepoints", map[string]string{"network": "TRANSPORT", "weight": "COUNT", "unit": `"` + routes.CapacityUnit + `"`, "first": "20"})
	return output.Field{
		Name: "chokepoints", Type: output.List(b.chokepointType()), Args: args,
		About: "What every route between two places must pass: for each kind the smallest sets, of at most six elements, without which no route is left; smaller ones first, then those nearer to the start. LIMIT_WORK where the search ended before it found one.",
		Read: gql.Binding{
			Prepare: prepareChokepoints,
			List: func(c *gql.Call, _ gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
				a := c.Args.(*chokepointsArgs)
				v, err := resolve(c, a.view)
				if err != nil {
					return nil, false, err
				}
				n, err := b.networks.Of(c.Ctx, v, a.network)
				if err != nil {
					return nil, false, err
				}
				found, err := routes.FindChokepoints(c.Ctx, n, &a.options)
				if err != nil {
					return nil, false, err
				}
				for i := range found.List {
					dst = append(dst, gql.Ref{Obj: &chokepointRef{v, &found.List[i], found.Partial}})
				}
				return dst, true, nil
			},
		}}
}

func prepareChokepoints(args map[string]any) (any, error) {
	cargo, _ := args["cargo"].(string)
	a := &chokepointsArgs{network: networkArg(args), options: routes.ChokepointOptions{
		Cargo: graph.ID(cargo),
		From:  graph.ID(args["from"].(string)), To: graph.ID(args["to"].(string)), Avoid: idList(args["avoid"]),
		Modes: texts(args["modes"]), Statuses: texts(args["statuses"]), Closing: idList(args["closing"]), First: 20,
	}}
	if n, ok := args["first"].(int); ok {
		a.options.First = n
	}
	// A user's ontology may lack the default unit.
	if unit, ok := args["unit"].(string); ok && unit != routes.CapacityUnit {
		a.options.Unit = unit
	}
	for i, name := range routes.CutWeights {
		if args["weight"] == name {
			a.options.Weight = routes.CutWeight(i)
		}
	}
	names := texts(args["kinds"])
	if names != nil {
		a.options.Kinds = []routes.CutKind{}
	}
	for _, name := range names {
		for i, known := range routes.CutNames {
			if name == known {
				a.options.Kinds = append(a.options.Kinds, routes.CutKind(i))
			}
		}
	}
	var err error
	if a.view, err = input.ReadView(args); err != nil {
		return nil, err
	}
	return a, atArgument(a.options.Validate())
}

func (b *Builder) cutKindType() *graphql.Enum {
	return b.Enum("ChokepointKind", "What the elements of a chokepoint are.",
		schema.EnumMember{Name: "NODE", Description: "Transport nodes."},
		schema.EnumMember{Name: "LEG", Description: "Segments."},
		schema.EnumMember{Name: "COUNTRY", Description: "Countries, with the nodes in them and the legs that transit them."},
		schema.EnumMember{Name: "WATER", Description: "Waters, with the legs that transit them."},
		schema.EnumMember{Name: "NAMED", Description: "The entity that the argument closing names."})
}

func (b *Builder) cutWeightType() *graphql.Enum {
	return b.Enum("ChokepointWeight", "What makes one chokepoint smaller than another.",
		schema.EnumMember{Name: "COUNT", Description: "Fewer elements."},
		schema.EnumMember{Name: "CAPACITY", Description: "Fewer elements whose capacity nobody states, then less capacity: the best-known bound on what can pass. For nodes and legs only."})
}

func (b *Builder) chokepointType() *graphql.Object {
	of := func(src gql.Ref) *chokepointRef { return src.Obj.(*chokepointRef) }
	leaf := output.LeafOf[chokepointRef]
	return b.Object("Chokepoint", "A smallest set that every route passes: without it no route is left.", func() []output.Field {
		return []output.Field{
			{Name: "kind", Type: output.Must(b.cutKindType()), About: "What its elements are.", Read: leaf(func(c *chokepointRef, dst []byte) []byte { return gql.AppendString(dst, c.Kind.String()) })},
			b.entityListField("cut", "The elements.", func(src gql.Ref) (*snapshot.View, []uint32) { return of(src).view, of(src).Cut }),
			output.Number("removes", "The number of pairs, of a node where routes start and one where they arrive, that lose their last route when it closes.",
				func(c *chokepointRef) int { return c.Removes }),
			output.Number("pairs", "The number of pairs that have a route while it is open.", func(c *chokepointRef) int { return c.Pairs }),
			{Name: "lost", Type: output.List(b.endPairType()), About: "The first hundred of the pairs that removes counts.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					for i := range of(src).Lost {
						dst = append(dst, gql.Ref{Obj: of(src), Index: uint64(i)})
					}
					return dst, true, nil
				}}},
			{Name: "capacity", Type: b.cutCapacityType(), About: "What can pass through it, as far as claims state it; null for countries, waters and corridors, which have no capacity.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) { return src, of(src).Capacity != nil, nil }}},
			{Name: "partial", Type: output.Must(graphql.Boolean), About: "Whether the search ended at its limit of work, so that there may be more chokepoints than are listed.",
				Read: leaf(func(c *chokepointRef, dst []byte) []byte { return gql.AppendBool(dst, c.partial) })},
		}
	})
}

func (b *Builder) endPairType() *graphql.Object {
	end := func(pick func(p routes.Pair) uint32) gql.Binding {
		return gql.Binding{Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			c := src.Obj.(*chokepointRef)
			return gql.Ref{Obj: c.view, Index: uint64(pick(c.Lost[src.Index]))}, true, nil
		}}
	}
	return b.Object("EndPair", "A node where routes start and one where they arrive.", func() []output.Field {
		any := b.Entity
		return []output.Field{
			{Name: "from", Type: output.Must(any), About: "Where routes start.", Read: end(func(p routes.Pair) uint32 { return p.From })},
			{Name: "to", Type: output.Must(any), About: "Where they arrive.", Read: end(func(p routes.Pair) uint32 { return p.To })},
		}
	})
}

func (b *Builder) cutCapacityType() *graphql.Object {
	of := func(src gql.Ref) *routes.CutCapacity { return src.Obj.(*chokepointRef).Capacity }
	leaf := func(read func(t *routes.CutCapacity, dst []byte) []byte) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) { return read(of(src), dst), nil }}
	}
	return b.Object("CutCapacity", "How much can pass through some nodes or legs together. A capacity that nobody states is unknown, neither zero nor unlimited.", func() []output.Field {
		return []output.Field{
			{Name: "low", Type: output.Must(graphql.Float), About: "The least, in unit: the sum of the least figures stated; an element without a figure counts as 0.",
				Read: leaf(func(t *routes.CutCapacity, dst []byte) []byte { return gql.AppendFloat(dst, t.Stated.Low) })},
			{Name: "high", Type: graphql.Float, About: "The most, in unit: the sum of the largest figures stated; null where the capacity of some element is not stated, or only a range without an upper end.",
				Read: leaf(func(t *routes.CutCapacity, dst []byte) []byte {
					if len(t.Unstated) > 0 || t.Open {
						return dst
					}
					return gql.AppendFloat(dst, t.Stated.High)
				})},
			{Name: "stated", Type: output.Must(graphql.Float), About: "The sum of the largest figures stated, in unit, also where some element has none.",
				Read: leaf(func(t *routes.CutCapacity, dst []byte) []byte { return gql.AppendFloat(dst, t.Stated.High) })},
			{Name: "unit", Type: output.Must(graphql.String), About: "The unit of the figures: a member of the ontology's enum Unit.", Read: leaf(func(t *routes.CutCapacity, dst []byte) []byte { return gql.AppendString(dst, t.Unit) })},
			b.entityListField("unstated", "The elements whose capacity nobody states.",
				func(src gql.Ref) (*snapshot.View, []uint32) { return src.Obj.(*chokepointRef).view, of(src).Unstated }),
			{Name: "claims", Type: output.List(b.Claim), About: "The claims that state the figures.",
				Read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) { return src.Obj.(*chokepointRef).view, of(src).Claims })},
		}
	})
}
