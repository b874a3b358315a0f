package analyses

import (
	"context"
	"math"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/routes"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// routesArgs are the prepared arguments of routes.
type routesArgs struct {
	view    input.View
	network routes.NetworkKind
	options routes.RouteOptions
}

// routesAnswer is the object that the fields of RouteResult read. It lives for one request.
type routesAnswer struct {
	view *snapshot.View
	routes.Routes
}

// routeRef is one route of an answer, and legRef one leg.
type routeRef struct {
	view *snapshot.View
	*routes.Route
}

type legRef struct {
	view *snapshot.View
	*routes.Leg
}

func (b *Builder) routes() output.Field {
	args := b.WithView(graphql.FieldConfigArgument{
		"from":         {Type: output.Must(graphql.ID), Description: "The id of where to start: a transport node, a city, a country, a region or an organisation."},
		"to":           {Type: output.Must(graphql.ID), Description: "The id of where to arrive: the same."},
		"avoid":        {Type: ids(), Description: "The ids of what no leg and no node may touch: countries, waters, nodes, segments, corridors and their variants, regions, organisations."},
		"avoidBorders": {Type: graphql.NewList(output.Must(graphql.NewList(output.Must(graphql.ID)))), Description: "The borders that no leg may cross by land, in either direction: for each a list of the ids of its two sides, countries or groups of countries."},
		"via":          {Type: ids(), Description: "The ids of what a route must pass, in this order: the same kinds as in avoid."},
		"modes":        {Type: graphql.NewList(output.Must(b.ontologyEnum("Mode"))), Description: "Uses only legs of these modes; by default all, but without a cargo no PIPELINE and TANKER."},
		"cargo":        {Type: graphql.ID, Description: "The id of the resource that is carried: legs that take other goods only, such as pipelines, are not used. Without it, those that take one good only are not."},
		"statuses":     {Type: graphql.NewList(output.Must(b.ontologyEnum("Status"))), Description: "Uses only legs with one of these statuses; by default OPERATIONAL, SEASONAL, DEGRADED and DISRUPTED."},
		"gauges":       {Type: graphql.NewList(output.Must(graphql.String)), Description: "Uses only railways all of whose gauges are among these, and none of unknown gauge; all by default."},
		"network":      {Type: b.networkType(), Description: "The network to search."},
		"rank":         {Type: b.rankOfRoutes(), Description: "What makes one route better than another."},
		"maxBorders":   {Type: graphql.Int, Description: "Allows at most this many changes of country; any number by default."},
		"first":        {Type: graphql.Int, Description: "Returns at most this many routes, or, where there is no route, ways to open one; from 1 to 50."},
	})
	b.defaults("Query.routes", map[string]string{"network": "TRANSPORT", "rank": "LEGS", "first": "3"})
	return output.Field{
		Name: "routes", Type: output.Must(b.routeResultType()), Args: args,
		About: "The best routes from one place to another that meet the constraints, each with its evidence; where there is no route, what blocks it.",
		Read: gql.Binding{
			Prepare: prepareRoutes,
			Object: inView(func(a *routesArgs) input.View { return a.view }, func(ctx context.Context, v *snapshot.View, a *routesArgs) (*routesAnswer, error) {
				n, err := b.networks.Of(ctx, v, a.network)
				if err != nil {
					return nil, err
				}
				r, err := routes.FindRoutes(ctx, n, &a.options)
				if err != nil {
					return nil, err
				}
				return &routesAnswer{v, *r}, nil
			}),
		}}
}

func ids() *graphql.List { return graphql.NewList(output.Must(graphql.ID)) }

// defaults sets the default values of a field's arguments.
func (b *Builder) defaults(coordinate string, values map[string]string) {
	for name, value := range values {
		b.Meta.Defaults[coordinate+"("+name+":)"] = value
	}
}

// ontologyEnum returns an enum of the ontology, or String if a user's ontology has no enum of that
// name.
func (b *Builder) ontologyEnum(name string) graphql.Type {
	if e := b.Ontology.Enum(name); e != nil {
		return b.Enum(e.Name, e.Description, e.Values...)
	}
	return graphql.String
}

// legEnum returns a field of legs whose value is a member of an enum of the ontology. If a user's
// ontology lacks the member unnamed, which an analysis uses where nothing is stated, the field is
// null.
func (b *Builder) legEnum(name, about, enum, unnamed string, read func(l *legRef) string) output.Field {
	e := b.Ontology.Enum(enum)
	f := output.Field{Name: name, About: about, Type: output.Must(b.ontologyEnum(enum)), Read: gql.Binding{
		Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			value := read(src.Obj.(*legRef))
			if e != nil && !e.Has(value) {
				return dst, nil
			}
			return gql.AppendString(dst, value), nil
		}}}
	if e != nil && !e.Has(unnamed) {
		f.Type = b.ontologyEnum(enum)
	}
	return f
}

func prepareRoutes(args map[string]any) (any, error) {
	cargo, _ := args["cargo"].(string)
	a := &routesArgs{network: networkArg(args), options: routes.RouteOptions{
		Cargo: graph.ID(cargo),
		From:  graph.ID(args["from"].(string)), To: graph.ID(args["to"].(string)),
		Avoid: idList(args["avoid"]), Via: idList(args["via"]),
		Modes: texts(args["modes"]), Statuses: texts(args["statuses"]), Gauges: texts(args["gauges"]), First: 3,
	}}
	for i, name := range routes.RankNames {
		if args["rank"] == name {
			a.options.Rank = routes.Rank(i)
		}
	}
	if n, ok := args["first"].(int); ok {
		a.options.First = n
	}
	if borders, ok := args["avoidBorders"].([]any); ok {
		for _, b := range borders {
			a.options.AvoidBorders = append(a.options.AvoidBorders, idList(b))
		}
	}
	if n, ok := args["maxBorders"].(int); ok {
		a.options.MaxBorders = &n
	}
	var err error
	if a.view, err = input.ReadView(args); err != nil {
		return nil, err
	}
	return a, atArgument(a.options.Validate())
}

// atArgument locates the problems of options at the argument of the first problem.
func atArgument(err error) error {
	ps, ok := err.(graph.Problems)
	if !ok || len(ps) == 0 {
		return err
	}
	return &gql.ArgumentError{Argument: ps[0].Position.Path, Err: ps}
}

func networkArg(args map[string]any) routes.NetworkKind {
	if args["network"] == routes.Borders.String() {
		return routes.Borders
	}
	return routes.Transport
}

func texts(arg any) []string {
	list, ok := arg.([]any)
	if !ok {
		return nil
	}
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = x.(string)
	}
	return out
}

func idList(arg any) []graph.ID {
	var out []graph.ID
	for _, s := range texts(arg) {
		out = append(out, graph.ID(s))
	}
	return out
}

func (b *Builder) networkType() *graphql.Enum {
	return b.Enum("RouteNetwork", "A network in which routes are searched.",
		schema.EnumMember{Name: "TRANSPORT", Description: "Transport nodes and the segments between them."},
		schema.EnumMember{Name: "BORDERS", Description: "Countries. A leg is a common border (mode LAND), or a water on which both have a shore (mode SEA); whether it can be crossed there is not known."})
}

func (b *Builder) rankOfRoutes() *graphql.Enum {
	return b.Enum("RouteRank", "What makes one route better than another.",
		schema.EnumMember{Name: "LEGS", Description: "Fewer legs, then fewer kilometres."},
		schema.EnumMember{Name: "DISTANCE", Description: "Fewer kilometres, then fewer legs. A leg whose length nobody states counts by its estimate, estimatedKm."},
		schema.EnumMember{Name: "BORDERS", Description: "Fewer changes of country, then fewer legs."},
		schema.EnumMember{Name: "CERTAINTY", Description: "Greater certainty, then fewer legs."})
}

func (b *Builder) routeResultType() *graphql.Object {
	of := func(src gql.Ref) *routesAnswer { return src.Obj.(*routesAnswer) }
	return b.Object("RouteResult", "The routes found, or what blocks them.", func() []output.Field {
		return []output.Field{
			{Name: "routes", Type: output.List(b.routeType()), About: "The routes, the best first.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					a := of(src)
					for i := range a.Routes.Routes {
						dst = append(dst, gql.Ref{Obj: &routeRef{a.view, &a.Routes.Routes[i]}})
					}
					return dst, true, nil
				}}},
			{Name: "blocked", Type: output.List(b.blockageType()), Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					a := of(src)
					for i := range a.Blocked {
						dst = append(dst, gql.Ref{Obj: a, Index: uint64(i)})
					}
					return dst, true, nil
				}},
				About: "Where there is no route: the smallest sets of avoided entities and closed legs whose release opens one. An avoided group is released member by member."},
			{Name: "nearest", Type: output.List(b.missType()), Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					a := of(src)
					for i := range a.Nearest {
						dst = append(dst, gql.Ref{Obj: a, Index: uint64(i)})
					}
					return dst, true, nil
				}},
				About: "Where there is no route: the barred legs that lead on from what can be reached, those nearest to the end first."},
			{Name: "partial", Type: output.Must(graphql.Boolean), About: "Whether the search ended at its limit of work, so that there may be better routes, or more.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendBool(dst, of(src).Partial), nil
				}}},
			{Name: "note", Type: graphql.String, About: "Why there is no route, in words; null where there is one.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					if note := of(src).Note; note != "" {
						dst = gql.AppendString(dst, note)
					}
					return dst, nil
				}}},
		}
	})
}

// entityListField returns a field that lists entities of an analysis.
func (b *Builder) entityListField(name, about string, read func(src gql.Ref) (*snapshot.View, []uint32)) output.Field {
	return output.Field{Name: name, About: about, Type: output.List(b.Entity), Read: gql.Binding{
		List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
			v, entities := read(src)
			for _, e := range entities {
				dst = append(dst, gql.Ref{Obj: v, Index: uint64(e)})
			}
			return dst, true, nil
		}}}
}

// appendNumber writes a number. For NaN it writes nothing, which means null.
func appendNumber(dst []byte, x float64) []byte {
	if math.IsNaN(x) {
		return dst
	}
	return gql.AppendFloat(dst, x)
}

// appendShare writes a product of confidences, rounded to remove the floating-point error of
// multiplying.
func appendShare(dst []byte, x float64) []byte {
	if round := math.Round(x*1e12) / 1e12; round > 0 {
		x = round
	}
	return gql.AppendFloat(dst, x)
}

func (b *Builder) avoidanceType() *graphql.Enum {
	return b.Enum("Avoidance", "Whether a route is known to touch nothing but what it names.",
		schema.EnumMember{Name: "VERIFIED", Description: "Every leg's countries and waters are declared complete."},
		schema.EnumMember{Name: "UNVERIFIED", Description: "Some leg may touch more than is stated."})
}

func (b *Builder) routeType() *graphql.Object {
	of := func(src gql.Ref) *routeRef { return src.Obj.(*routeRef) }
	leaf := output.LeafOf[routeRef]
	entities := func(name, about string, read func(r *routeRef) []uint32) output.Field {
		return b.entityListField(name, about, func(src gql.Ref) (*snapshot.View, []uint32) { return of(src).view, read(of(src)) })
	}
	return b.Object("Route", "One route through a network.", func() []output.Field {
		return []output.Field{
			entities("nodes", "The nodes that it passes, in order, with both ends.", func(r *routeRef) []uint32 { return r.Nodes }),
			entities("countries", "The countries that it passes, in order; one that is entered again is listed again.", func(r *routeRef) []uint32 { return r.Countries }),
			entities("waters", "The waters that it crosses, in order.", func(r *routeRef) []uint32 { return r.Waters }),
			{Name: "legs", Type: output.List(b.legType()), About: "The legs, in order.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					r := of(src)
					for i := range r.Legs {
						dst = append(dst, gql.Ref{Obj: &legRef{r.view, &r.Legs[i]}})
					}
					return dst, true, nil
				}}},
			output.Number("borders", "The number of changes of country.", func(r *routeRef) int { return r.Borders }),
			{Name: "distanceKm", Type: graphql.Float, About: "The length in kilometres; null unless the length of every leg is stated.",
				Read: leaf(func(r *routeRef, dst []byte) []byte { return appendNumber(dst, r.Km) })},
			{Name: "distanceKnown", Type: output.Must(graphql.Float), About: "The share of the legs whose length is stated, from 0 to 1.",
				Read: leaf(func(r *routeRef, dst []byte) []byte { return gql.AppendFloat(dst, r.Known) })},
			{Name: "estimatedKm", Type: output.Must(graphql.Float), About: "The length in kilometres with estimates for the legs whose length nobody states; what the rank DISTANCE compares.",
				Read: leaf(func(r *routeRef, dst []byte) []byte { return gql.AppendFloat(dst, r.EstimatedKm) })},
			{Name: "length", Type: output.Must(b.lengthsType()), About: "The lengths of its legs, by who says so.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: &of(src).Lengths}, true, nil
				}}},
			{Name: "avoidance", Type: output.Must(b.avoidanceType()), About: "Whether the route is known to avoid what it must.", Read: leaf(func(r *routeRef, dst []byte) []byte {
				if r.Verified {
					return gql.AppendString(dst, "VERIFIED")
				}
				return gql.AppendString(dst, "UNVERIFIED")
			})},
			{Name: "certainty", Type: output.Must(graphql.Float), About: "The product of the certainties of its legs, from 0 to 1.",
				Read: leaf(func(r *routeRef, dst []byte) []byte { return appendShare(dst, r.Certainty) })},
			{Name: "weakest", Type: b.Claim, About: "The least confident of the claims that make it a way: ends, mode, status, direction and transits, not lengths; null where no leg has claims.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					r := of(src)
					return gql.Ref{Obj: r.view, Index: uint64(r.Weakest)}, r.Weakest != snapshot.None, nil
				}}},
		}
	})
}

func (b *Builder) legType() *graphql.Object {
	of := func(src gql.Ref) *legRef { return src.Obj.(*legRef) }
	leaf := output.LeafOf[legRef]
	entity := func(read func(l *legRef) uint32) gql.Binding {
		return gql.Binding{Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			l := of(src)
			e := read(l)
			return gql.Ref{Obj: l.view, Index: uint64(e)}, e != snapshot.None, nil
		}}
	}
	return b.Object("Leg", "One leg of a route, in the direction of travel.", func() []output.Field {
		any := b.Entity
		return []output.Field{
			{Name: "from", Type: output.Must(any), About: "Where the leg starts.", Read: entity(func(l *legRef) uint32 { return l.From })},
			{Name: "to", Type: output.Must(any), About: "Where the leg ends.", Read: entity(func(l *legRef) uint32 { return l.To })},
			b.legEnum("mode", "The mode of transport; LAND for a common border, SEA for a common water.", "Mode", "LAND", func(l *legRef) string { return l.Mode }),
			{Name: "segment", Type: any, About: "The segment used; null in the network BORDERS.", Read: entity(func(l *legRef) uint32 { return l.Segment })},
			b.entityListField("transits", "The countries that it passes, in order and with those of its ends, then the waters.",
				func(src gql.Ref) (*snapshot.View, []uint32) { return of(src).view, of(src).Transits }),
			{Name: "transitsComplete", Type: output.Must(graphql.Boolean), About: "Whether a claim declares transits to be complete.",
				Read: leaf(func(l *legRef, dst []byte) []byte { return gql.AppendBool(dst, l.Complete) })},
			b.legEnum("status", "The status on the view's date; UNKNOWN where nobody states it.", "Status", "UNKNOWN", func(l *legRef) string { return l.Status }),
			{Name: "distanceKm", Type: graphql.Float, About: "The length in kilometres; null where nobody states it.", Read: leaf(func(l *legRef, dst []byte) []byte { return appendNumber(dst, l.Km) })},
			{Name: "distanceGuessed", Type: output.Must(graphql.Boolean), About: "Whether the source of distanceKm only estimates it.",
				Read: leaf(func(l *legRef, dst []byte) []byte { return gql.AppendBool(dst, l.Guessed) })},
			{Name: "estimatedKm", Type: output.Must(graphql.Float), About: "The length in kilometres that the rank DISTANCE counts: the one stated, or 1.25 times the straight line between the ends, or 1,000.",
				Read: leaf(func(l *legRef, dst []byte) []byte { return gql.AppendFloat(dst, l.EstimatedKm) })},
			{Name: "certainty", Type: output.Must(graphql.Float), About: "The least confidence of the claims that make it usable (ends, mode, status, direction), from 0 to 1.",
				Read: leaf(func(l *legRef, dst []byte) []byte { return gql.AppendFloat(dst, l.Certainty) })},
			{Name: "claims", Type: output.List(b.Claim), About: "The evidence: the claims for its ends, mode, status, direction, transits and length.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					l := of(src)
					for _, c := range l.Claims {
						dst = append(dst, gql.Ref{Obj: l.view, Index: uint64(c)})
					}
					return dst, true, nil
				}}},
		}
	})
}

func (b *Builder) blockageType() *graphql.Object {
	return b.Object("Blockage", "A set of obstacles whose release opens a route.", func() []output.Field {
		return []output.Field{
			b.entityListField("release", "The obstacles: avoided entities, and legs and nodes that are closed. Without all of them there is a route.",
				func(src gql.Ref) (*snapshot.View, []uint32) {
					a := src.Obj.(*routesAnswer)
					return a.view, a.Blocked[src.Index].Release
				}),
			{Name: "opens", Type: b.routeType(), About: "The best route that their release opens.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					a := src.Obj.(*routesAnswer)
					return gql.Ref{Obj: &routeRef{a.view, &a.Blocked[src.Index].Opens}}, true, nil
				}}},
		}
	})
}

func (b *Builder) missType() *graphql.Object {
	of := func(src gql.Ref) (*routesAnswer, *routes.Miss) {
		a := src.Obj.(*routesAnswer)
		return a, &a.Nearest[src.Index]
	}
	return b.Object("Miss", "A barred leg that leads on from what can be reached.", func() []output.Field {
		return []output.Field{
			{Name: "leg", Type: output.Must(b.legType()), About: "The barred leg.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					a, m := of(src)
					return gql.Ref{Obj: &legRef{a.view, &m.Leg}}, true, nil
				}}},
			b.entityListField("barredBy", "The obstacles that bar the leg and the node at its end, as in release.",
				func(src gql.Ref) (*snapshot.View, []uint32) { a, m := of(src); return a.view, m.Bars }),
			{Name: "left", Type: output.Must(graphql.Int), About: "The number of legs from its end to the destination, if nothing were barred.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					_, m := of(src)
					return gql.AppendInt(dst, int64(m.Left)), nil
				}}},
		}
	})
}
