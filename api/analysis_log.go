package api

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
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

func (b *builder) log() field {
	return field{name: "log", typ: list(b.logEntryType()),
		about: "What the store recorded after a sequence number, in order. To continue, give the sequence of the last entry as sinceSequence.",
		args: graphql.FieldConfigArgument{
			"sinceSequence": {Type: must(graphql.Int), Description: "Starts after this sequence number; 0 is the empty store."},
			"first":         {Type: graphql.Int, Description: "Returns at most this many entries, from the start; 50 by default."},
		},
		read: gql.Binding{
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
				v, err := c.Request.(*Session).resolve(c.Ctx, input.View{Plain: true})
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

func (b *builder) logEntryType() *graphql.Object {
	claims := func(read func(e *logEntry) []uint32) gql.Binding {
		return gql.Binding{
			Prepare: b.readClaims,
			Object: func(c *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
				e := src.Obj.(*logEntry)
				list := e.view.OnlyClaims(read(e))
				return gql.Ref{Obj: c.Request.(*Session).claimListing(e.view, list, &c.Args.(*input.Claims).Query)}, true, nil
			}}
	}
	return b.object("LogEntry", "What one commit recorded.", func() []field {
		return []field{
			{name: "sequence", typ: must(graphql.Int), about: "The sequence number of the commit.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendInt(dst, int64(src.Obj.(*logEntry).Seq)), nil
				}}},
			{name: "recordedAt", typ: must(input.DateTime), about: "When it was recorded.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					e := src.Obj.(*logEntry)
					return gql.AppendString(dst, instant(e.view.Snapshot().RecordedAt(e.Seq))), nil
				}}},
			{name: "added", typ: must(b.claimConnectionType()), args: b.ClaimArgs(), about: "The claims that it recorded.",
				read: claims(func(e *logEntry) []uint32 { return e.Added })},
			{name: "withdrawn", typ: must(b.claimConnectionType()), args: b.ClaimArgs(), about: "The claims that it retracted or superseded.",
				read: claims(func(e *logEntry) []uint32 { return e.Withdrawn })},
			{name: "entities", typ: list(b.entityType(b.o.Type(schema.EntityType))), about: "The subjects and objects of those claims, by id.", read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					e := src.Obj.(*logEntry)
					for _, x := range e.Entities(e.view.Snapshot()) {
						dst = append(dst, gql.Ref{Obj: e.view, Index: uint64(x)})
					}
					return dst, true, nil
				}}},
		}
	})
}
