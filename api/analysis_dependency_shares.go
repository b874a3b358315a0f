package api

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// reportType is the enum that says which end of a relation reports a fact.
func (b *builder) reportType() *graphql.Enum {
	return b.Enum("Report", "Which end of a relation reports it, as importer and exporter both report their trade.",
		schema.EnumMember{Name: "OWN", Description: "The entity itself: a claim with it as subject."},
		schema.EnumMember{Name: "MIRROR", Description: "The other end, since the entity itself reports nothing about it. Shares of the reporter's whole are left out."})
}

func appendReport(dst []byte, r analysis.Report) []byte {
	if r == analysis.MirrorReport {
		return gql.AppendString(dst, "MIRROR")
	}
	return gql.AppendString(dst, "OWN")
}

func (b *builder) shareType() *graphql.Object {
	share := func(src gql.Ref) (*dependencyAnswer, *analysis.PartnerShare) {
		d := src.Obj.(*dependencyAnswer)
		return d, &d.Partners[src.Index]
	}
	return b.object("Share", "What is known about one partner's share.", func() []field {
		any := b.entityType(b.o.Type(schema.EntityType))
		return []field{
			{name: "partner", typ: must(any), about: "The partner.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					d, p := share(src)
					return gql.Ref{Obj: d.view, Index: uint64(p.Partner)}, true, nil
				}}},
			{name: "share", typ: must(b.intervalType()), about: "Its share, from 0 to 1: at least the known part, at most the known part and all that is unknown.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					_, p := share(src)
					return gql.Ref{Obj: &p.Share}, true, nil
				}}},
			{name: "stated", typ: b.intervalType(), about: "The least and the largest share that claims state; null where nobody states its share.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					_, p := share(src)
					return gql.Ref{Obj: p.Stated}, p.Stated != nil, nil
				}}},
			{name: "computed", typ: b.intervalType(), about: "The least and the largest share that follow from amounts and stated totals of the same period and measure; null where there are none.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					_, p := share(src)
					return gql.Ref{Obj: p.Computed}, p.Computed != nil, nil
				}}},
			{name: "report", typ: must(b.reportType()), about: "MIRROR if only the partner reports the trade.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					_, p := share(src)
					return appendReport(dst, p.Report), nil
				}}},
			{name: "claims", typ: list(b.claimType()), about: "The claims that name it as a partner or state its share.",
				read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) { d, p := share(src); return d.view, p.Claims })},
			{name: "through", typ: list(b.throughShareType()), about: "The parts of the share that are known to pass through a country, a corridor or another entity; they may overlap.", read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					d, p := share(src)
					for i := range p.Through {
						dst = append(dst, gql.Ref{Obj: &throughShare{d.view, &p.Through[i]}})
					}
					return dst, true, nil
				}}},
		}
	})
}

type throughShare struct {
	view *snapshot.View
	*analysis.ThroughShare
}

func (b *builder) throughShareType() *graphql.Object {
	return b.object("ThroughShare", "A part of a partner's share that passes through a country, a corridor or another entity.", func() []field {
		return []field{
			{name: "entity", typ: must(b.entityType(b.o.Type(schema.EntityType))), about: "The entity that it passes through.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					t := src.Obj.(*throughShare)
					return gql.Ref{Obj: t.view, Index: uint64(t.Entity)}, true, nil
				}}},
			{name: "stated", typ: b.intervalType(), about: "The least and the largest share of the whole trade that claims state, from 0 to 1; null where nobody states one.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					t := src.Obj.(*throughShare)
					return gql.Ref{Obj: t.Stated}, t.Stated != nil, nil
				}}},
			{name: "computed", typ: b.intervalType(), about: "The least and the largest share that follow from amounts and stated totals; null where there are none.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					t := src.Obj.(*throughShare)
					return gql.Ref{Obj: t.Computed}, t.Computed != nil, nil
				}}},
			{name: "claims", typ: list(b.claimType()), about: "The claims that state it.",
				read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) { t := src.Obj.(*throughShare); return t.view, t.Claims })},
		}
	})
}
