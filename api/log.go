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

// logEntry is one entry of the log, with the view through which its claims are read.
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
		Read: recorded("sinceSequence", 0, func(ctx context.Context, v *snapshot.View, p *recordedPage, dst []gql.Ref) ([]gql.Ref, error) {
			entries, err := readLog(ctx, v, p.from, p.first)
			for _, e := range entries {
				dst = append(dst, gql.Ref{Obj: e})
			}
			return dst, err
		})}
}

// recordedPage has the prepared arguments of a list of what the store recorded: the sequence number from
// which the list continues, and its maximum length.
type recordedPage struct {
	from  graph.Seq
	first int
}

// recorded binds a list of what the store recorded. The argument with the given name has the sequence
// number from which the list continues, and must be lowest or more. A nullable argument may be left
// out.
func recorded(argument string, lowest int, read func(ctx context.Context, v *snapshot.View, p *recordedPage, dst []gql.Ref) ([]gql.Ref, error)) gql.Binding {
	return gql.Binding{
		Prepare: func(args map[string]any) (any, error) {
			p, err := input.ReadPage(args)
			if err != nil {
				return nil, err
			}
			r := &recordedPage{first: logEntries}
			if p.First != nil {
				r.first = *p.First
			}
			if from, given := args[argument].(int); given {
				if from < lowest {
					return nil, &gql.ArgumentError{Argument: argument, Err: graph.Errorf(graph.BadInput, "%s: %d is below %d", argument, from, lowest)}
				}
				r.from = graph.Seq(from)
			}
			return r, nil
		},
		List: func(c *gql.Call, _ gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
			v, err := c.Request.(*Session).Resolve(c.Ctx, input.View{Plain: true})
			if err != nil {
				return nil, false, err
			}
			dst, err = read(c.Ctx, v, c.Args.(*recordedPage), dst)
			return dst, err == nil, err
		},
	}
}

// readLog returns entries of the log after since, to be read through the view.
func readLog(ctx context.Context, v *snapshot.View, since graph.Seq, first int) ([]*logEntry, error) {
	entries, err := analysis.Log(ctx, v.Snapshot(), since, first)
	list := make([]*logEntry, len(entries))
	for i, e := range entries {
		list[i] = &logEntry{v, e}
	}
	return list, err
}

// claimsOf binds a list of an entry's claims. The function entry returns the entry of the Ref.
func (b *builder) claimsOf(entry func(c *gql.Call, src gql.Ref) (*logEntry, error), read func(e *logEntry) []uint32) gql.Binding {
	return gql.Binding{
		Prepare: b.readClaims,
		Object: func(c *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			e, err := entry(c, src)
			if err != nil {
				return gql.Ref{}, false, err
			}
			return gql.Ref{Obj: c.Request.(*Session).claimListing(e.view, e.view.OnlyClaims(read(e)), &c.Args.(*input.Claims).Query)}, true, nil
		}}
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
		return b.claimsOf(func(_ *gql.Call, src gql.Ref) (*logEntry, error) { return src.Obj.(*logEntry), nil }, read)
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
