package analyses

import (
	"context"
	"slices"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/analysis"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// timelineArgs are the prepared arguments of timeline.
type timelineArgs struct {
	view  input.View
	opts  analysis.TimelineOptions
	page  input.Page
	after graph.ClaimID
}

func (b *Builder) timeline() output.Field {
	b.Meta.Defaults["Query.timeline(about:)"] = "true"
	return output.Field{Name: "timeline", Type: output.Must(b.analysisConnection("Timeline", "Claims in order of time, undated ones last, and one page of them.", b.momentType())),
		About: "The claims about an entity in order of time, up to the view's date: those that hold then and those that ended before.",
		Args: b.WithView(withPage(graphql.FieldConfigArgument{
			"entity": {Type: output.Must(graphql.ID), Description: "The entity's id."},
			"about":  {Type: graphql.Boolean, Description: "Whether to list the claims that have the entity as their object as well."},
		})),
		Read: gql.Binding{
			Prepare: prepareTimeline,
			Object:  inView(func(a *timelineArgs) input.View { return a.view }, pageTimeline),
		}}
}

func prepareTimeline(args map[string]any) (any, error) {
	a := &timelineArgs{opts: analysis.TimelineOptions{Entity: graph.ID(args["entity"].(string)), SubjectOnly: args["about"] == false}}
	var err error
	if a.view, err = input.ReadView(args); err != nil {
		return nil, err
	}
	if a.page, err = input.ReadPage(args); err != nil || a.page.After == "" {
		return a, err
	}
	w, err := input.ReadCursor(a.page.After, 1)
	if err != nil {
		return nil, err
	}
	if a.after, err = graph.ParseClaimID(w[0]); err != nil {
		return nil, input.ForeignCursor()
	}
	return a, nil
}

type moment struct {
	view *snapshot.View
	analysis.Moment
}

func pageTimeline(ctx context.Context, v *snapshot.View, a *timelineArgs) (*analysisPage, error) {
	s := v.Snapshot()
	all, partial, err := analysis.Timeline(ctx, v, a.opts)
	if err != nil {
		return nil, err
	}
	from := 0
	if a.page.After != "" {
		// The time of a claim never changes, so its cursor remains valid after the claim is
		// withdrawn.
		n, ok := v.ClaimNumber(a.after)
		if !ok {
			return nil, input.ForeignCursor()
		}
		at := analysis.MomentOf(s, n)
		from, _ = slices.BinarySearchFunc(all, at, func(m, at analysis.Moment) int {
			if m.Compare(s, at) <= 0 {
				return -1
			}
			return 1
		})
	}
	shown := all[from:]
	if a.page.First != nil && len(shown) > *a.page.First {
		shown = shown[:*a.page.First]
	}
	return &analysisPage{
		partial: partial,
		n:       len(shown), prev: from > 0, next: from+len(shown) < len(all),
		node:   func(i int) gql.Ref { return gql.Ref{Obj: &moment{v, shown[i]}} },
		cursor: func(i int) string { return input.WriteCursor(s.ClaimID(shown[i].Claim).String()) },
		total:  func() (int, error) { return len(all), nil },
	}, nil
}

func (b *Builder) momentType() *graphql.Object {
	return b.Object("Moment", "A claim with its time.", func() []output.Field {
		return []output.Field{
			{Name: "claim", Type: output.Must(b.Claim), About: "The claim.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					m := src.Obj.(*moment)
					return gql.Ref{Obj: m.view, Index: uint64(m.Claim)}, true, nil
				}}},
			{Name: "start", Type: input.Date, About: "The date from which it holds, or the date that it states; null where nobody states one.",
				Read: dateOf(func(m *moment) graph.Date { return m.Start })},
			{Name: "end", Type: input.Date, About: "The date until which it holds; \"..\" where the source leaves it open, null where nobody states one.",
				Read: dateOf(func(m *moment) graph.Date { return m.End })},
			{Name: "precision", Type: output.Must(b.precisionType()), About: "The precision of start, or of end where nobody states a start.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, src.Obj.(*moment).Precision.String()), nil
				}}},
		}
	})
}

// dateOf binds a field that shows a date of a T.
func dateOf[T any](read func(x *T) graph.Date) gql.Binding {
	return output.LeafOf(func(x *T, dst []byte) []byte {
		if d := read(x).String(); d != "" {
			dst = gql.AppendString(dst, d)
		}
		return dst
	})
}

func (b *Builder) precisionType() *graphql.Enum {
	member := func(p graph.Precision, about string) schema.EnumMember {
		return schema.EnumMember{Name: p.String(), Description: about}
	}
	return b.Enum("DatePrecision", "How exactly a date is known.",
		member(graph.Unknown, "No claim states a date."), member(graph.Century, "To the century: 20XX."), member(graph.Decade, "To the decade: 202X."),
		member(graph.Year, "To the year: 2025."), member(graph.YearPart, "To a season, a quarter, a third or a half of a year: 2025-33."), member(graph.Month, "To the month: 2025-06."), member(graph.DayPrecision, "To the day: 2025-06-18."))
}
