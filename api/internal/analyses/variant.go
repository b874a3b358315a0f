package analyses

import (
	"math"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/routes"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// courseRef is the course that all legs of a variant determine together. courseItem is one item of a list in
// it.
type courseRef struct {
	view *snapshot.View
	*routes.Course
}

type courseItem[T any] struct {
	view *snapshot.View
	item *T
}

// course computes, from its legs, the course of the variant that a field belongs to.
func (b *Builder) course(c *gql.Call, src gql.Ref) (*courseRef, error) {
	v, e := src.Obj.(*snapshot.View), uint32(src.Index)
	n, err := b.networks.Of(c.Ctx, v, routes.Transport)
	if err != nil {
		return nil, err
	}
	x, err := n.Course(c.Ctx, e)
	return &courseRef{v, x}, err
}

// Variant returns the fields of corridor variants that are computed from the legs.
func (b *Builder) Variant() []output.Field {
	fs := []output.Field{
		b.courseStatus(),
		b.courseLeaf("open", "Whether traffic can use all of it on the view's date.", output.Must(graphql.Boolean), func(x *courseRef, dst []byte) []byte {
			return gql.AppendBool(dst, len(x.Legs) > 0 && len(x.Obstacles) == 0 && len(x.Absent) == 0)
		}),
		b.courseLeaf("statusHolds", "How surely: YES where the status of each leg and node holds surely on the date.", output.Must(b.HoldsType()), func(x *courseRef, dst []byte) []byte {
			return gql.AppendString(dst, x.Holds.String())
		}),
		courseList(b, "blockedBy", "The legs and nodes that keep it closed on the view's date, in order.", b.obstacleType(),
			func(x *courseRef) []routes.Obstacle { return x.Obstacles }),
		b.courseLegs("legs", "Its legs, in order.", func(x *courseRef) []routes.Leg { return x.Legs }),
		b.courseEntities("nodes", "The nodes that it passes, in order, with both ends.", func(x *courseRef) []uint32 { return x.Nodes }),
		b.courseEntities("countries", "The countries that it touches, in order; one that is entered again is listed again.", func(x *courseRef) []uint32 { return x.Countries }),
		b.courseEntities("waters", "The waters that it crosses, in order.", func(x *courseRef) []uint32 { return x.Waters }),
		b.courseLeaf("transitsComplete", "Whether claims declare the countries and waters of every leg to be complete.", output.Must(graphql.Boolean), func(x *courseRef, dst []byte) []byte {
			return gql.AppendBool(dst, len(x.Legs) > 0 && x.Verified && len(x.Absent) == 0)
		}),
		b.courseLeaf("continuous", "Whether each leg begins where the one before it ends, and may be used in that direction.", output.Must(graphql.Boolean), func(x *courseRef, dst []byte) []byte {
			return gql.AppendBool(dst, x.Continuous)
		}),
		b.courseEntities("absent", "Its segments of which the view does not show enough to be a leg.", func(x *courseRef) []uint32 { return x.Absent }),
		{Name: "length", Type: output.Must(b.lengthsType()), About: "The lengths of its legs, by who says so.", Read: gql.Binding{
			Object: func(c *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
				x, err := b.course(c, src)
				if err != nil {
					return gql.Ref{}, false, err
				}
				return gql.Ref{Obj: &x.Lengths}, true, nil
			}}},
		b.leastCapacity(),
		courseList(b, "gaugeBreaks", "Where the gauge changes, in order.", b.gaugeBreakType(), func(x *courseRef) []routes.GaugeBreak { return x.Breaks }),
		b.courseLegs("gaugeUnknown", "Its railways whose gauge nobody states.", func(x *courseRef) []routes.Leg { return x.Ungauged }),
		{Name: "inServiceSince", Type: b.sinceType(), About: "When the last of its legs came into service; null where nobody states it of any leg.", Read: gql.Binding{
			Object: func(c *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
				x, err := b.course(c, src)
				if err != nil {
					return gql.Ref{}, false, err
				}
				return gql.Ref{Obj: x}, x.Since.Claim != snapshot.None, nil
			}}},
		b.courseLeaf("certainty", "The product of the certainties of its legs, from 0 to 1.", output.Must(graphql.Float), func(x *courseRef, dst []byte) []byte {
			return appendShare(dst, x.Certainty)
		}),
		{Name: "weakest", Type: b.Claim, About: "The least confident of the claims that make it a way; null where it has no legs.", Read: gql.Binding{
			Object: func(c *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
				x, err := b.course(c, src)
				if err != nil || x.Weakest == snapshot.None {
					return gql.Ref{}, false, err
				}
				return gql.Ref{Obj: x.view, Index: uint64(x.Weakest)}, true, nil
			}}},
	}
	return fs
}

func (b *Builder) courseLeaf(name, about string, typ graphql.Output, read func(x *courseRef, dst []byte) []byte) output.Field {
	return output.Field{Name: name, About: about, Type: typ, Read: gql.Binding{
		Leaf: func(c *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			x, err := b.course(c, src)
			if err != nil {
				return dst, err
			}
			return read(x, dst), nil
		}}}
}

func (b *Builder) courseStatus() output.Field {
	e := b.Ontology.Enum("Status")
	return b.courseLeaf("status", "The worst status of its legs and nodes on the view's date; UNKNOWN where one is not stated.", b.ontologyEnum("Status"), func(x *courseRef, dst []byte) []byte {
		if e != nil && !e.Has(x.Status) {
			return dst
		}
		return gql.AppendString(dst, x.Status)
	})
}

func (b *Builder) courseEntities(name, about string, read func(x *courseRef) []uint32) output.Field {
	return output.Field{Name: name, About: about, Type: output.List(b.Entity), Read: gql.Binding{
		List: func(c *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
			x, err := b.course(c, src)
			if err != nil {
				return nil, false, err
			}
			for _, e := range read(x) {
				dst = append(dst, gql.Ref{Obj: x.view, Index: uint64(e)})
			}
			return dst, true, nil
		}}}
}

func (b *Builder) courseLegs(name, about string, read func(x *courseRef) []routes.Leg) output.Field {
	return output.Field{Name: name, About: about, Type: output.List(b.legType()), Read: gql.Binding{
		List: func(c *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
			x, err := b.course(c, src)
			if err != nil {
				return nil, false, err
			}
			return legRefs(x.view, read(x), dst), true, nil
		}}}
}

func legRefs(v *snapshot.View, legs []routes.Leg, dst []gql.Ref) []gql.Ref {
	for i := range legs {
		dst = append(dst, gql.Ref{Obj: &legRef{v, &legs[i]}})
	}
	return dst
}

func courseList[T any](b *Builder, name, about string, typ graphql.Type, read func(x *courseRef) []T) output.Field {
	return output.Field{Name: name, About: about, Type: output.List(typ), Read: gql.Binding{
		List: func(c *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
			x, err := b.course(c, src)
			if err != nil {
				return nil, false, err
			}
			items := read(x)
			for i := range items {
				dst = append(dst, gql.Ref{Obj: &courseItem[T]{x.view, &items[i]}})
			}
			return dst, true, nil
		}}}
}

func (b *Builder) leastCapacity() output.Field {
	b.defaults("Variant.leastCapacity", map[string]string{"planned": "false"})
	f := output.Field{Name: "leastCapacity", Type: output.List(b.leastCapacityType()),
		About: "The least capacity along it, one for each dimension in which that of any leg or node is stated.",
		Args:  graphql.FieldConfigArgument{"planned": {Type: graphql.Boolean, Description: "Counts planned capacities as well."}},
	}
	f.Read.List = func(c *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
		x, err := b.course(c, src)
		if err != nil {
			return nil, false, err
		}
		planned, _ := c.Args.(map[string]any)["planned"].(bool)
		items := x.LeastCapacities(planned)
		for i := range items {
			dst = append(dst, gql.Ref{Obj: &courseItem[routes.LeastCapacity]{x.view, &items[i]}})
		}
		return dst, true, nil
	}
	return f
}

func (b *Builder) obstacleType() *graphql.Object {
	of := func(src gql.Ref) *courseItem[routes.Obstacle] { return src.Obj.(*courseItem[routes.Obstacle]) }
	e := b.Ontology.Enum("Status")
	return b.Object("Obstacle", "A leg or a node that keeps a variant closed.", func() []output.Field {
		return []output.Field{
			{Name: "entity", Type: output.Must(b.Entity), About: "The segment or the node.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: of(src).view, Index: uint64(of(src).item.Entity)}, true, nil
				}}},
			{Name: "leg", Type: output.Must(b.legType()), About: "The leg that it closes.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: &legRef{of(src).view, &of(src).item.Leg}}, true, nil
				}}},
			{Name: "status", Type: b.ontologyEnum("Status"), About: "Its status on the view's date; UNKNOWN where nobody states it, or where it was not in service yet.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					if status := of(src).item.Status; e == nil || e.Has(status) {
						dst = gql.AppendString(dst, status)
					}
					return dst, nil
				}}},
			{Name: "claim", Type: b.Claim, About: "The claim that states it, or since when it is in service; null where there is none.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					n := of(src).item.Claim
					return gql.Ref{Obj: of(src).view, Index: uint64(n)}, n != snapshot.None, nil
				}}},
		}
	})
}

func (b *Builder) sinceType() *graphql.Object {
	of := func(src gql.Ref) *courseRef { return src.Obj.(*courseRef) }
	return b.Object("InServiceSince", "Since when all legs of a variant have been in service, as far as claims state it.", func() []output.Field {
		return []output.Field{
			{Name: "date", Type: output.Must(b.ScalarType(schema.Date, nil)), About: "The latest of the dates of its legs.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return output.AppendValue(dst, of(src).view.Snapshot().Value(of(src).Since.Claim), schema.Date)
				}}},
			{Name: "leg", Type: output.Must(b.legType()), About: "The leg that came into service then.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: &legRef{of(src).view, &of(src).Since.Leg}}, true, nil
				}}},
			{Name: "claim", Type: output.Must(b.Claim), About: "The claim that states it.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: of(src).view, Index: uint64(of(src).Since.Claim)}, true, nil
				}}},
			{Name: "unknown", Type: output.List(b.legType()), About: "The legs of which nobody states a date: they may be younger.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					return legRefs(of(src).view, of(src).Since.Unknown, dst), true, nil
				}}},
		}
	})
}

func (b *Builder) gaugeBreakType() *graphql.Object {
	of := func(src gql.Ref) *courseItem[routes.GaugeBreak] { return src.Obj.(*courseItem[routes.GaugeBreak]) }
	text := func(pick func(x *routes.GaugeBreak) string) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return gql.AppendString(dst, pick(of(src).item)), nil
		}}
	}
	return b.Object("GaugeBreak", "A change of gauge on the way.", func() []output.Field {
		return []output.Field{
			b.entityListField("places", "The nodes, and the segments with both gauges, at which the change is or may be made; one break may have stations on both sides of a border.",
				func(src gql.Ref) (*snapshot.View, []uint32) { return of(src).view, of(src).item.Places }),
			{Name: "from", Type: output.Must(graphql.String), About: "The gauge before it, in millimetres.", Read: text(func(x *routes.GaugeBreak) string { return x.From })},
			{Name: "to", Type: output.Must(graphql.String), About: "The gauge after it, in millimetres.", Read: text(func(x *routes.GaugeBreak) string { return x.To })},
			{Name: "claims", Type: output.List(b.Claim), About: "The claims that state it.",
				Read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) { return of(src).view, of(src).item.Claims })},
		}
	})
}

func (b *Builder) leastCapacityType() *graphql.Object {
	of := func(src gql.Ref) *courseItem[routes.LeastCapacity] {
		return src.Obj.(*courseItem[routes.LeastCapacity])
	}
	quantity := func(pick func(x *routes.LeastCapacity) float64) gql.Binding {
		return gql.Binding{Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			x := of(src).item
			r := graph.Range{Min: pick(x), Max: pick(x)}
			if math.IsInf(r.Max, 1) { // a range without an upper bound
				r.Min = x.Stated.Low
			}
			return b.Literal(graph.RangeValue(r, x.Unit.Code)), true, nil
		}}
	}
	return b.Object("LeastCapacity", "The narrowest place of a variant, as far as claims state it.", func() []output.Field {
		return []output.Field{
			{Name: "low", Type: output.Must(b.QuantityType()), About: "The least figure that is stated of any leg or node.", Read: quantity(func(x *routes.LeastCapacity) float64 { return x.Stated.Low })},
			{Name: "high", Type: output.Must(b.QuantityType()), About: "No more than this can pass, by the largest figure that is stated of each; equal to low where sources agree, and without a number where the figures have no upper end.", Read: quantity(func(x *routes.LeastCapacity) float64 { return x.Stated.High })},
			b.entityListField("at", "The legs and nodes that may be the narrowest, in order.", func(src gql.Ref) (*snapshot.View, []uint32) { return of(src).view, of(src).item.At }),
			{Name: "claims", Type: output.List(b.Claim), About: "The claims that state the figures.",
				Read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) { return of(src).view, of(src).item.Claims })},
			b.entityListField("unstated", "The legs of which nobody states such a capacity: less may pass.", func(src gql.Ref) (*snapshot.View, []uint32) { return of(src).view, of(src).item.Unstated }),
		}
	})
}

func (b *Builder) lengthsType() *graphql.Object {
	leaf := output.LeafOf[routes.Lengths]
	number := func(read func(x *routes.Lengths) float64) gql.Binding {
		return leaf(func(x *routes.Lengths, dst []byte) []byte { return gql.AppendFloat(dst, read(x)) })
	}
	return b.Object("Lengths", "The sums of the lengths of legs, by who says so. A sum is of a part of the way unless all legs are in it.", func() []output.Field {
		return []output.Field{
			{Name: "statedKm", Type: output.Must(graphql.Float), About: "The sum of the lengths that a source states.", Read: number(func(x *routes.Lengths) float64 { return x.StatedKm })},
			output.Number("statedLegs", "The number of legs in it.", func(x *routes.Lengths) int { return x.Stated }),
			{Name: "guessedKm", Type: output.Must(graphql.Float), About: "The sum of the lengths that a source only estimates.", Read: number(func(x *routes.Lengths) float64 { return x.GuessedKm })},
			output.Number("guessedLegs", "The number of legs in it.", func(x *routes.Lengths) int { return x.Guessed }),
			output.Number("unknownLegs", "The number of legs whose length nobody states.", func(x *routes.Lengths) int { return x.Unknown }),
			{Name: "complete", Type: output.Must(graphql.Boolean), About: "Whether the two sums together are of the whole way.",
				Read: leaf(func(x *routes.Lengths, dst []byte) []byte {
					return gql.AppendBool(dst, x.Unknown == 0 && x.Stated+x.Guessed > 0)
				})},
		}
	})
}
