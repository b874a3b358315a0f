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

// dependencyArgs are the prepared arguments of dependency.
type dependencyArgs struct {
	view input.View
	opts analysis.DependencyOptions
}

// dependencyAnswer is the object that the fields of Dependency read. It lives for one request.
type dependencyAnswer struct {
	view *snapshot.View
	*analysis.Dependency
}

func (b *Builder) dependency() output.Field {
	b.Meta.Defaults["Query.dependency(direction:)"] = "IMPORT"
	return output.Field{Name: "dependency", Type: output.Must(b.dependencyType()),
		About: "The share of each partner in a country's trade in a resource or in all goods, as far as claims state it, and the share that is unknown. Where the country reports nothing of a partner, the partner's report names it.",
		Args: b.WithView(graphql.FieldConfigArgument{
			"of":        {Type: output.Must(graphql.ID), Description: "The id of the country."},
			"resource":  {Type: graphql.ID, Description: "The id of the resource; without it, all goods together. Figures about narrower resources are listed separately, under others."},
			"direction": {Type: b.tradeDirectionType(), Description: "Whether to measure imports or exports."},
			"year":      {Type: graphql.Int, Description: "The year of the figures; by default the latest in view."},
			"scope":     {Type: graphql.String, Description: "Uses only figures of this scope, \"\" for those that state none. By default those that count the whole trade, or else the best supported; basis says which."},
			"measure":   {Type: graphql.String, Description: "Uses only figures of this measure, \"\" for those that state none; any by default."},
		}),
		Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				a := &dependencyArgs{opts: analysis.DependencyOptions{Of: graph.ID(args["of"].(string))}}
				var err error
				if resource, ok := args["resource"].(string); ok {
					if resource == "" {
						return nil, graph.Problems{{Position: graph.Position{Path: "resource"}, Code: graph.BadInput, Message: "the resource is empty; leave it out to ask about all goods"}}
					}
					a.opts.Resource = graph.ID(resource)
				}
				if a.view, err = input.ReadView(args); err != nil {
					return nil, err
				}
				if args["direction"] == "EXPORT" {
					a.opts.Direction = analysis.Export
				}
				if y, ok := args["year"].(int); ok {
					a.opts.Year = &y
				}
				if s, ok := args["scope"].(string); ok {
					a.opts.Scope = &s
				}
				if s, ok := args["measure"].(string); ok {
					a.opts.Measure = &s
				}
				return a, nil
			},
			Object: inView(func(a *dependencyArgs) input.View { return a.view }, func(ctx context.Context, v *snapshot.View, a *dependencyArgs) (*dependencyAnswer, error) {
				d, err := analysis.MeasureDependency(ctx, v, a.opts)
				return &dependencyAnswer{v, d}, err
			}),
		}}
}

func (b *Builder) tradeDirectionType() *graphql.Enum {
	return b.Enum("TradeDirection", "The direction of trade.",
		schema.EnumMember{Name: "IMPORT", Description: "What the country buys, by seller."},
		schema.EnumMember{Name: "EXPORT", Description: "What the country sells, by buyer."})
}

func (b *Builder) dependencyType() *graphql.Object {
	return b.Object("Dependency", "How a country's trade in a resource or in all goods is spread over its partners. Shares are parts of the whole, from 0 to 1; one that no claim states is unknown, not 0.", func() []output.Field {
		return []output.Field{
			{Name: "year", Type: graphql.Int, About: "The year of the figures; null where there are none.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					if y := src.Obj.(*dependencyAnswer).Year; y != nil {
						dst = gql.AppendInt(dst, int64(*y))
					}
					return dst, nil
				}}},
			{Name: "basis", Type: b.tradeFiguresType(), About: "The figures that the shares are computed from; null where there are none.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					d := src.Obj.(*dependencyAnswer)
					return gql.Ref{Obj: &tradeFigures{d.view, d.Basis}}, d.Basis != nil, nil
				}}},
			{Name: "partners", Type: output.List(b.shareType()), About: "The partners, the largest known share first.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					d := src.Obj.(*dependencyAnswer)
					for i := range d.Partners {
						dst = append(dst, gql.Ref{Obj: d, Index: uint64(i)})
					}
					return dst, true, nil
				}}},
			{Name: "unknown", Type: output.Must(b.intervalType()), About: "The part of the whole that nobody attributes to a partner.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: &src.Obj.(*dependencyAnswer).Unknown}, true, nil
				}}},
			{Name: "hhi", Type: output.Must(b.intervalType()), About: "The Herfindahl-Hirschman index of concentration, from 0 to 1: low if the unknown part is spread over very many partners, high if it belongs to the largest.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: &src.Obj.(*dependencyAnswer).HHI}, true, nil
				}}},
			{Name: "conflicts", Type: output.List(b.Claim), About: "The claims that differ by more than the ontology tolerates, or that a curator marked as competing with one of the basis.",
				Read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) {
					d := src.Obj.(*dependencyAnswer)
					return d.view, d.Conflicts
				})},
			{Name: "others", Type: output.List(b.tradeFiguresType()), About: "The figures of the year that count something else and are not part of the shares: another scope or measure, plans, narrower resources.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					d := src.Obj.(*dependencyAnswer)
					for i := range d.Others {
						dst = append(dst, gql.Ref{Obj: &tradeFigures{d.view, &d.Others[i]}})
					}
					return dst, true, nil
				}}},
			{Name: "totals", Type: output.List(b.Claim), About: "The claims about the whole trade from which shares were computed.",
				Read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) {
					d := src.Obj.(*dependencyAnswer)
					return d.view, d.Totals
				})},
			{Name: "cutOff", Type: output.List(b.Source), About: "The sources of the basis that list only some of the partners, by their own account: what they leave out is part of the unknown.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					d := src.Obj.(*dependencyAnswer)
					for _, n := range d.CutOff {
						dst = append(dst, gql.Ref{Obj: d.view, Index: uint64(n)})
					}
					return dst, true, nil
				}}},
			{Name: "weakest", Type: b.Claim, About: "The least confident claim of the basis; null where there is none.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					d := src.Obj.(*dependencyAnswer)
					return gql.Ref{Obj: d.view, Index: uint64(d.Weakest)}, d.Weakest != snapshot.None, nil
				}}},
		}
	})
}

// claimsOf binds a field that lists claims of an analysis.
func claimsOf(read func(src gql.Ref) (*snapshot.View, []uint32)) gql.Binding {
	return gql.Binding{List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
		v, claims := read(src)
		for _, n := range claims {
			dst = append(dst, gql.Ref{Obj: v, Index: uint64(n)})
		}
		return dst, true, nil
	}}
}

func (b *Builder) intervalType() *graphql.Object {
	leaf := func(pick func(x *analysis.Bounds) float64) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return gql.AppendFloat(dst, pick(src.Obj.(*analysis.Bounds))), nil
		}}
	}
	return b.Object("Interval", "The range in which a number is known to be.", func() []output.Field {
		return []output.Field{
			{Name: "low", Type: output.Must(graphql.Float), About: "The least that it can be.", Read: leaf(func(x *analysis.Bounds) float64 { return x.Low })},
			{Name: "high", Type: output.Must(graphql.Float), About: "The most that it can be.", Read: leaf(func(x *analysis.Bounds) float64 { return x.High })},
		}
	})
}

type tradeFigures struct {
	view *snapshot.View
	*analysis.Figures
}

func (b *Builder) tradeFiguresType() *graphql.Object {
	text := func(read func(f *tradeFigures) string) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			if s := read(src.Obj.(*tradeFigures)); s != "" {
				dst = gql.AppendString(dst, s)
			}
			return dst, nil
		}}
	}
	return b.Object("TradeFigures", "Claims that count the same thing.", func() []output.Field {
		return []output.Field{
			{Name: "relation", Type: output.Must(graphql.String), About: "The predicate of the claims.", Read: text(func(f *tradeFigures) string { return f.Relation })},
			{Name: "resource", Type: b.Entity, About: "The resource that they count; null for all goods.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					f := src.Obj.(*tradeFigures)
					return gql.Ref{Obj: f.view, Index: uint64(f.Resource)}, f.Resource != snapshot.None, nil
				}}},
			{Name: "scope", Type: graphql.String, About: "The part of the trade that they count; null for all of it.", Read: text(func(f *tradeFigures) string { return f.Scope })},
			{Name: "measure", Type: graphql.String, About: "What they count, such as volume or value; null where they do not state it.", Read: text(func(f *tradeFigures) string { return f.Measure })},
			{Name: "planned", Type: output.Must(graphql.Boolean), About: "Whether they state plans, not trade.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendBool(dst, src.Obj.(*tradeFigures).Planned), nil
				}}},
			{Name: "report", Type: output.Must(b.ReportType()), About: "MIRROR if the claims are those of the partners.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return AppendReport(dst, src.Obj.(*tradeFigures).Report), nil
				}}},
			{Name: "claims", Type: output.List(b.Claim), About: "The claims.",
				Read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) {
					f := src.Obj.(*tradeFigures)
					return f.view, f.Claims
				})},
		}
	})
}
