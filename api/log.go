package api

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

// logEntries is how many entries a list has by default.
const logEntries = 50

// logEntry is one entry of the log, with the view through which its claims are read.
type logEntry struct {
	view *snapshot.View
	analysis.LogEntry
}

func (b *builder) log() output.Field {
	return output.Field{Name: "log", Type: output.List(b.logEntryType()),
		About: "What the store recorded, commit by commit, the oldest first. To continue, give the sequence of the last entry as sinceSequence, or as beforeSequence if the newest come first.",
		Args: graphql.FieldConfigArgument{
			"sinceSequence":  {Type: graphql.Int, Description: "Leaves out the commits up to this sequence number; none by default."},
			"beforeSequence": {Type: graphql.Int, Description: "Leaves out the commits from this sequence number on; none by default."},
			"first":          {Type: graphql.Int, Description: "Returns at most this many entries, from the start of the list; 50 by default."},
			"last":           {Type: graphql.Int, Description: "Returns at most this many entries, from the end of the list, instead of first."},
			"newestFirst":    {Type: graphql.Boolean, Description: "Lists the newest commit first."},
		},
		Read: recorded("sinceSequence", "beforeSequence", func(ctx context.Context, v *snapshot.View, p *recordedPage, dst []gql.Ref) ([]gql.Ref, error) {
			entries, err := readLog(ctx, v, p.Part)
			for _, e := range entries {
				dst = append(dst, gql.Ref{Obj: e})
			}
			if p.newestFirst {
				slices.Reverse(dst)
			}
			return dst, err
		})}
}

// recordedPage has the prepared arguments of a list of what the store recorded.
type recordedPage struct {
	analysis.Part
	newestFirst bool
}

// recorded binds a list of what the store recorded. The arguments since and before have the sequence numbers
// between which the list is; a list without the first one begins with the newest.
func recorded(since, before string, read func(ctx context.Context, v *snapshot.View, p *recordedPage, dst []gql.Ref) ([]gql.Ref, error)) gql.Binding {
	return gql.Binding{
		Prepare: func(args map[string]any) (any, error) {
			p, err := input.ReadPage(args)
			if err != nil {
				return nil, err
			}
			r := &recordedPage{Part: analysis.Part{Most: logEntries}}
			r.newestFirst, _ = args["newestFirst"].(bool)
			r.Newest = r.newestFirst != (p.Last != nil)
			switch {
			case p.First != nil && p.Last != nil:
				return nil, &gql.ArgumentError{Argument: "last", Err: graph.Errorf(graph.BadInput, "last: give first or last, not both")}
			case p.First != nil:
				r.Most = *p.First
			case p.Last != nil:
				r.Most = *p.Last
			}
			for _, x := range []struct {
				name   string
				lowest int
				to     *graph.Seq
			}{{since, 0, &r.Since}, {before, 1, &r.Before}} {
				n, given := args[x.name].(int)
				if given && n < x.lowest {
					return nil, &gql.ArgumentError{Argument: x.name, Err: graph.Errorf(graph.BadInput, "%s: %d is below %d", x.name, n, x.lowest)}
				}
				*x.to = graph.Seq(n)
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

// readLog returns a part of the log, to be read through the view.
func readLog(ctx context.Context, v *snapshot.View, p analysis.Part) ([]*logEntry, error) {
	entries, err := analysis.Log(ctx, v.Snapshot(), p)
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
