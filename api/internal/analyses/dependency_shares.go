package analyses

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// ReportType returns the enum that says which end of a relation reports a fact.
func (b *Builder) ReportType() *graphql.Enum {
	return b.Enum("Report", "Which end of a relation reports it, as importer and exporter both report their trade.",
		schema.EnumMember{Name: "OWN", Description: "The entity itself: a claim with it as subject."},
		schema.EnumMember{Name: "MIRROR", Description: "The other end, since the entity itself reports nothing about it. Shares of the reporter's whole are left out."})
}

// AppendReport appends a member of the enum Report as JSON.
func AppendReport(dst []byte, r analysis.Report) []byte {
	if r == analysis.MirrorReport {
		return gql.AppendString(dst, "MIRROR")
	}
	return gql.AppendString(dst, "OWN")
}

func (b *Builder) shareType() *graphql.Object {
	share := func(src gql.Ref) (*dependencyAnswer, *analysis.PartnerShare) {
		d := src.Obj.(*dependencyAnswer)
		return d, &d.Partners[src.Index]
	}
	return b.Object("Share", "What is known about one partner's share.", func() []output.Field {
		any := b.Entity
		return []output.Field{
			{Name: "partner", Type: output.Must(any), About: "The partner.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					d, p := share(src)
					return gql.Ref{Obj: d.view, Index: uint64(p.Partner)}, true, nil
				}}},
			{Name: "share", Type: output.Must(b.intervalType()), About: "Its share, from 0 to 1: at least the known part, at most the known part and all that is unknown.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					_, p := share(src)
					return gql.Ref{Obj: &p.Share}, true, nil
				}}},
			{Name: "stated", Type: b.intervalType(), About: "The least and the largest share that claims state; null where nobody states its share.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					_, p := share(src)
					return gql.Ref{Obj: p.Stated}, p.Stated != nil, nil
				}}},
			{Name: "computed", Type: b.intervalType(), About: "The least and the largest share that follow from amounts and stated totals of the same period and measure; null where there are none.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					_, p := share(src)
					return gql.Ref{Obj: p.Computed}, p.Computed != nil, nil
				}}},
			{Name: "report", Type: output.Must(b.ReportType()), About: "MIRROR if only the partner reports the trade.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					_, p := share(src)
					return AppendReport(dst, p.Report), nil
				}}},
			{Name: "claims", Type: output.List(b.Claim), About: "The claims that name it as a partner or state its share.",
				Read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) { d, p := share(src); return d.view, p.Claims })},
			{Name: "through", Type: output.List(b.throughShareType()), About: "The parts of the share that are known to pass through a country, a corridor or another entity; they may overlap.", Read: gql.Binding{
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

func (b *Builder) throughShareType() *graphql.Object {
	return b.Object("ThroughShare", "A part of a partner's share that passes through a country, a corridor or another entity.", func() []output.Field {
		return []output.Field{
			{Name: "entity", Type: output.Must(b.Entity), About: "The entity that it passes through.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					t := src.Obj.(*throughShare)
					return gql.Ref{Obj: t.view, Index: uint64(t.Entity)}, true, nil
				}}},
			{Name: "stated", Type: b.intervalType(), About: "The least and the largest share of the whole trade that claims state, from 0 to 1; null where nobody states one.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					t := src.Obj.(*throughShare)
					return gql.Ref{Obj: t.Stated}, t.Stated != nil, nil
				}}},
			{Name: "computed", Type: b.intervalType(), About: "The least and the largest share that follow from amounts and stated totals; null where there are none.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					t := src.Obj.(*throughShare)
					return gql.Ref{Obj: t.Computed}, t.Computed != nil, nil
				}}},
			{Name: "claims", Type: output.List(b.Claim), About: "The claims that state it.",
				Read: claimsOf(func(src gql.Ref) (*snapshot.View, []uint32) { t := src.Obj.(*throughShare); return t.view, t.Claims })},
		}
	})
}
