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

// logEntries is how many entries log shows where nobody says.
const logEntries = 50

// logArgs are the prepared arguments of log.
type logArgs struct {
	since graph.Seq
	first int
}

// logEntry is one entry with the view that its claims are read through.
type logEntry struct {
	view *snapshot.View
	analysis.LogEntry
}

func (b *builder) log() field {
	return field{name: "log", typ: list(b.logEntryType()),
		about: "What the store learned behind a sequence number, in order; to go on, ask behind the last entry's sequence.",
		args: graphql.FieldConfigArgument{
			"sinceSequence": {Type: must(graphql.Int), Description: "Only what was learned after this number; 0 is the empty store."},
			"first":         {Type: graphql.Int, Description: "At most so many entries; 50 where it is absent."},
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

// readLog returns entries of the log, their claims to be read through the view.
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
				l := &claimListing{view: e.view, query: &c.Args.(*input.Claims).Query}
				for _, n := range read(e) {
					l.list = append(l.list, snapshot.Edge{Node: e.view.Snapshot().Subject(n), Claim: n})
				}
				return gql.Ref{Obj: l}, true, nil
			}}
	}
	return b.object("LogEntry", "What the store learned at one sequence number.", func() []field {
		return []field{
			{name: "sequence", typ: must(graphql.Int), read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendInt(dst, int64(src.Obj.(*logEntry).Seq)), nil
				}}},
			{name: "recordedAt", typ: must(input.DateTime), read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					e := src.Obj.(*logEntry)
					return gql.AppendString(dst, instant(e.view.Snapshot().RecordedAt(e.Seq))), nil
				}}},
			{name: "added", typ: must(b.claimConnectionType()), args: b.ClaimArgs(), about: "The claims recorded.",
				read: claims(func(e *logEntry) []uint32 { return e.Added })},
			{name: "withdrawn", typ: must(b.claimConnectionType()), args: b.ClaimArgs(), about: "The claims retracted or superseded.",
				read: claims(func(e *logEntry) []uint32 { return e.Withdrawn })},
			{name: "entities", typ: list(b.entityType(b.o.Type(schema.EntityType))), about: "What those claims are about, as subjects or objects, by id.", read: gql.Binding{
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
