package analyses

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/exposure"
	"github.com/caspian-kg/caspian/graph/routes"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// exposureArgs are the prepared arguments of exposure.
type exposureArgs struct {
	view    input.View
	network routes.NetworkKind
	opts    exposure.Options
}

// exposureAnswer is the object that the fields of Exposure read. It lives for one request.
type exposureAnswer struct {
	view *snapshot.View
	*exposure.Exposure
}

// exposurePoint is one place of an answer.
type exposurePoint struct {
	view *snapshot.View
	*exposure.Point
}

func (b *Builder) exposure() output.Field {
	b.defaults("Query.exposure", map[string]string{"network": "TRANSPORT", "first": "10"})
	return output.Field{Name: "exposure", Type: output.Must(b.exposureType()),
		About: "Which share of a country's imports must pass a place, and what remains if it closes: the shares of the partners, joined with the routes from each of them. What nobody states, of partners or of routes, makes the range wide.",
		Args: b.WithView(graphql.FieldConfigArgument{
			"of":       {Type: output.Must(graphql.ID), Description: "The id of the importing country."},
			"resource": {Type: graphql.ID, Description: "The id of what it imports; all goods together by default."},
			"year":     {Type: graphql.Int, Description: "The year of the figures; by default the latest in view."},
			"at":       {Type: ids(), Description: "The ids of the places: countries, waters, nodes and all else that avoid of routes takes, at most 50. By default those on the routes from the partners on which most depends."},
			"network":  {Type: b.networkType(), Description: "The network to search."},
			"modes":    {Type: graphql.NewList(output.Must(b.ontologyEnum("Mode"))), Description: "Uses only legs of these modes, as in routes."},
			"statuses": {Type: graphql.NewList(output.Must(b.ontologyEnum("Status"))), Description: "Uses only legs with one of these statuses, as in routes."},
			"first":    {Type: graphql.Int, Description: "Without at, returns at most this many places, from 1 to 50."},
		}),
		Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				resource, _ := args["resource"].(string)
				a := &exposureArgs{network: networkArg(args), opts: exposure.Options{Of: graph.ID(args["of"].(string)), Resource: graph.ID(resource),
					At: idList(args["at"]), Modes: texts(args["modes"]), Statuses: texts(args["statuses"])}}
				if year, ok := args["year"].(int); ok {
					a.opts.Year = &year
				}
				var err error
				if a.view, err = input.ReadView(args); err != nil {
					return nil, err
				}
				a.opts.First, err = positive(args, "first")
				return a, err
			},
			Object: inView(func(a *exposureArgs) input.View { return a.view }, func(ctx context.Context, v *snapshot.View, a *exposureArgs) (*exposureAnswer, error) {
				n, err := b.networks.Of(ctx, v, a.network)
				if err != nil {
					return nil, err
				}
				x, err := exposure.Measure(ctx, v, n, a.opts)
				return &exposureAnswer{v, x}, err
			}),
		}}
}

func (b *Builder) exposureType() *graphql.Object {
	of := func(src gql.Ref) *exposureAnswer { return src.Obj.(*exposureAnswer) }
	return b.Object("Exposure", "How a country's imports depend on places on their way.", func() []output.Field {
		return []output.Field{
			{Name: "year", Type: graphql.Int, About: "The year of the figures; null where there are none.", Read: output.LeafOf(func(x *exposureAnswer, dst []byte) []byte {
				if y := x.Dependency.Year; y != nil {
					dst = gql.AppendInt(dst, int64(*y))
				}
				return dst
			})},
			{Name: "unknown", Type: output.Must(b.intervalType()), About: "The part of the imports that nobody attributes to a partner.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: &of(src).Dependency.Unknown}, true, nil
				}}},
			{Name: "points", Type: output.List(b.exposurePointType()), About: "The places: those of at in their order, or the greatest share first.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					for i := range of(src).Points {
						dst = append(dst, gql.Ref{Obj: &exposurePoint{of(src).view, &of(src).Points[i]}})
					}
					return dst, true, nil
				}}},
			{Name: "partial", Type: output.Must(graphql.Boolean), About: "Whether the search for places ended at its limit, so that others may matter more.",
				Read: output.LeafOf(func(x *exposureAnswer, dst []byte) []byte { return gql.AppendBool(dst, x.Partial) })},
		}
	})
}

func (b *Builder) exposurePointType() *graphql.Object {
	of := func(src gql.Ref) *exposurePoint { return src.Obj.(*exposurePoint) }
	return b.Object("ExposurePoint", "A place with what depends on it.", func() []output.Field {
		return []output.Field{
			{Name: "place", Type: output.Must(b.Entity), About: "The place.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: of(src).view, Index: uint64(of(src).Entity)}, true, nil
				}}},
			{Name: "share", Type: output.Must(b.intervalType()), About: "The part of the imports that must pass the place.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) { return gql.Ref{Obj: &of(src).Share}, true, nil }}},
			{Name: "remains", Type: output.Must(b.intervalType()), About: "The part that need not pass it, and so remains if it closes.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: &of(src).Remains}, true, nil
				}}},
			{Name: "partners", Type: output.List(b.exposedPartnerType()), About: "The partners, the largest known share first, at most 60.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					for i := range of(src).Partners {
						dst = append(dst, gql.Ref{Obj: of(src), Index: uint64(i)})
					}
					return dst, true, nil
				}}},
		}
	})
}

func (b *Builder) exposedPartnerType() *graphql.Object {
	of := func(src gql.Ref) *exposure.Passage { return &src.Obj.(*exposurePoint).Partners[src.Index] }
	passing := b.Enum("Passing", "Whether routes must pass a place.",
		schema.EnumMember{Name: "UNKNOWN", Description: "The network has no route from the partner."},
		schema.EnumMember{Name: "MUST", Description: "Every route of the network passes it."},
		schema.EnumMember{Name: "MAY", Description: "There are routes around it, but of none of the best is everything stated that its legs cross."},
		schema.EnumMember{Name: "NEED_NOT", Description: "There is a route that is known to pass none of it."})
	return b.Object("ExposedPartner", "A partner's share of the imports, and whether it must pass a place.", func() []output.Field {
		return []output.Field{
			{Name: "partner", Type: output.Must(b.Entity), About: "The partner.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: src.Obj.(*exposurePoint).view, Index: uint64(of(src).Partner.Partner)}, true, nil
				}}},
			{Name: "share", Type: output.Must(b.intervalType()), About: "Its share of the imports, as in dependency.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: &of(src).Partner.Share}, true, nil
				}}},
			{Name: "passing", Type: output.Must(passing), About: "Whether its goods must pass the place.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, of(src).Passing.String()), nil
				}}},
			{Name: "around", Type: b.routeType(), About: "A route around the place: the best one that is known to avoid it, or else the best; null if there is none.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					r := of(src).Around
					return gql.Ref{Obj: &routeRef{src.Obj.(*exposurePoint).view, r}}, r != nil, nil
				}}},
			{Name: "claims", Type: output.List(b.Claim), About: "The claims that state its share.",
				Read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) {
					return src.Obj.(*exposurePoint).view, of(src).Partner.Claims
				})},
		}
	})
}
