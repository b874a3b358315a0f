package api

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

// logEntries is the default of the argument first.
const logEntries = 50

// logArgs are the prepared arguments of log.
type logArgs struct {
	since graph.Seq
	first int
}

// logEntry is one entry, with the view that its claims are read through.
type logEntry struct {
	view *snapshot.View
	analysis.LogEntry
}

func (b *builder) log() output.Field {
	return output.Field{Name: "log", Type: output.List(b.logEntryType()),
		About: "What the store recorded after a sequence number, in order. To continue, give the sequence of the last entry as sinceSequence.",
		Args: graphql.FieldConfigArgument{
			"sinceSequence": {Type: output.Must(graphql.Int), Description: "Starts after this sequence number; 0 is the empty store."},
			"first":         {Type: graphql.Int, Description: "Returns at most this many entries, from the start; 50 by default."},
		},
		Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				p, err := input.ReadPage(args)
				if err != nil {
					return nil, err
				}
				a := &logArgs{first: logEntries}
				if p.First != nil {
					a.first = *p.First
				}
				since := args["sinceSequence"].(int)
				if since < 0 {
					return nil, &gql.ArgumentError{Argument: "sinceSequence", Err: graph.Errorf(graph.BadInput, "sinceSequence: %d is below 0", since)}
				}
				a.since = graph.Seq(since)
				return a, nil
			},
			List: func(c *gql.Call, _ gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
				a := c.Args.(*logArgs)
				v, err := c.Request.(*Session).Resolve(c.Ctx, input.View{Plain: true})
				if err != nil {
					return nil, false, err
				}
				entries, err := readLog(c.Ctx, v, a.since, a.first)
				for _, e := range entries {
					dst = append(dst, gql.Ref{Obj: e})
				}
				return dst, err == nil, err
			},
		}}
}

// readLog returns entries of the log, whose claims are read through the view.
func readLog(ctx context.Context, v *snapshot.View, since graph.Seq, first int) ([]*logEntry, error) {
	entries, err := analysis.Log(ctx, v.Snapshot(), since, first)
	list := make([]*logEntry, len(entries))
	for i, e := range entries {
		list[i] = &logEntry{v, e}
	}
	return list, err
}

// claims lists claims of the entry.
func (e *logEntry) claims(c *gql.Call, claims []uint32) gql.Ref {
	return gql.Ref{Obj: c.Request.(*Session).claimListing(e.view, e.view.OnlyClaims(claims), &c.Args.(*input.Claims).Query)}
}

// entities appends entities to a list.
func (e *logEntry) entities(dst []gql.Ref, list []uint32) []gql.Ref {
	for _, x := range list {
		dst = append(dst, gql.Ref{Obj: e.view, Index: uint64(x)})
	}
	return dst
}

func (b *builder) logEntryType() *graphql.Object {
	claims := func(read func(e *logEntry) []uint32) gql.Binding {
		return gql.Binding{
			Prepare: b.readClaims,
			Object: func(c *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
				e := src.Obj.(*logEntry)
				return e.claims(c, read(e)), true, nil
			}}
	}
	return b.Object("LogEntry", "What one commit recorded.", func() []output.Field {
		return []output.Field{
			{Name: "sequence", Type: output.Must(graphql.Int), About: "The sequence number of the commit.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendInt(dst, int64(src.Obj.(*logEntry).Seq)), nil
				}}},
			{Name: "recordedAt", Type: output.Must(input.DateTime), About: "When it was recorded.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					e := src.Obj.(*logEntry)
					return gql.AppendString(dst, instant(e.view.Snapshot().RecordedAt(e.Seq))), nil
				}}},
			{Name: "added", Type: output.Must(b.claimConnectionType()), Args: b.ClaimArgs(), About: "The claims that it recorded.",
				Read: claims(func(e *logEntry) []uint32 { return e.Added })},
			{Name: "withdrawn", Type: output.Must(b.claimConnectionType()), Args: b.ClaimArgs(), About: "The claims that it retracted or superseded.",
				Read: claims(func(e *logEntry) []uint32 { return e.Withdrawn })},
			{Name: "entities", Type: output.List(b.entityType(b.Ontology.Type(schema.EntityType))), About: "The subjects and objects of those claims, by id.", Read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					e := src.Obj.(*logEntry)
					return e.entities(dst, e.Entities(e.view.Snapshot())), true, nil
				}}},
		}
	})
}
