package api

import (
	"context"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// info is the object that the fields of Graph read.
type info struct {
	session *Session
	view    *snapshot.View
}

// typeCount is the number of entities of a type that the view shows.
type typeCount struct {
	name string
	n    int
}

func (b *builder) graphField() output.Field {
	return output.Field{Name: "graph", About: "The graph itself: its sequence number, its size and its identity.", Type: output.Must(b.graphType()),
		Args: b.WithView(graphql.FieldConfigArgument{}), Read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				v, err := input.ReadView(args)
				return &rootArgs{view: v}, err
			},
			Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
				s := c.Request.(*Session)
				v, err := s.Resolve(c.Ctx, c.Args.(*rootArgs).view)
				s.reads = readPresent // some fields ignore the view
				return gql.Ref{Obj: &info{s, v}}, err == nil, err
			},
		}}
}

func (b *builder) graphType() *graphql.Object {
	leaf := output.LeafOf[info]
	number := output.Number[info]
	text := func(name, about string, read func(i *info) string) output.Field {
		return output.Field{Name: name, About: about, Type: output.Must(graphql.String),
			Read: leaf(func(i *info, dst []byte) []byte { return gql.AppendString(dst, read(i)) })}
	}
	return b.Object("Graph", "The graph as this request reads it.", func() []output.Field {
		return []output.Field{
			number("sequence", "The sequence number of the snapshot that this request reads.", func(i *info) int { return int(i.session.Seq()) }),
			text("bookmark", "Names that snapshot: a value for view.bookmark and for the header Caspian-Bookmark, here and at other nodes of the store.", func(i *info) string { return i.session.Bookmark().String() }),
			{Name: "recordedAt", Type: input.DateTime, About: "When the last commit was recorded; null for an empty store.",
				Read: leaf(func(i *info, dst []byte) []byte {
					if t := instant(i.session.snapshot.RecordedAt(i.session.Seq())); t != "" {
						dst = gql.AppendString(dst, t)
					}
					return dst
				})},
			{Name: "asOf", Type: output.Must(input.Date), About: "The first day of the view's date, or of its span of days.",
				Read: leaf(func(i *info, dst []byte) []byte { return gql.AppendString(dst, i.view.On().First.String()) })},
			{Name: "until", Type: output.Must(input.Date), About: "The last day of the view's date, or of its span of days.",
				Read: leaf(func(i *info, dst []byte) []byte { return gql.AppendString(dst, i.view.On().Last.String()) })},
			number("claims", "The number of claims that the view shows.", func(i *info) (n int) {
				i.view.AllClaims(func(uint32) bool { n++; return true })
				return n
			}),
			number("recordedClaims", "The number of claims ever recorded, withdrawn ones included, each once.", func(i *info) int { return i.session.snapshot.Recorded() }),
			{Name: "entities", Type: output.Must(graphql.Int), About: "The number of entities that the view shows.", Read: gql.Binding{
				Leaf: func(call *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					n := 0
					for _, c := range src.Obj.(*info).counts(call.Ctx, b) {
						n += c.n
					}
					return gql.AppendInt(dst, int64(n)), nil
				}}},
			{Name: "types", Type: output.List(b.typeCountType()), About: "The number of entities of each concrete type that the view shows.", Read: gql.Binding{
				List: func(call *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					for _, c := range src.Obj.(*info).counts(call.Ctx, b) {
						dst = append(dst, gql.Ref{Obj: c})
					}
					return dst, true, nil
				}}},
			text("digest", "A hash of what the graph holds, independent of the order in which it was recorded.", func(i *info) string { return i.session.snapshot.Digest() }),
			text("ontology", "A hash of the ontology.", func(*info) string { return b.Ontology.Hash() }),
			text("version", "The version of the service.", func(i *info) string { return i.session.api.opts.Version }),
		}
	})
}

func (b *builder) typeCountType() *graphql.Object {
	leaf := output.LeafOf[typeCount]
	return b.Object("TypeCount", "The number of entities of a type that the view shows.", func() []output.Field {
		return []output.Field{
			{Name: "type", Type: output.Must(graphql.String), About: "The name of the type.",
				Read: leaf(func(c *typeCount, dst []byte) []byte { return gql.AppendString(dst, c.name) })},
			output.Number("count", "The number of entities.", func(c *typeCount) int { return c.n }),
		}
	})
}

func (i *info) counts(ctx context.Context, b *builder) []*typeCount {
	var list []*typeCount
	for _, t := range b.Ontology.Types {
		if !t.Abstract {
			n, _ := i.session.api.totals.Of(ctx, i.view, t.Concrete) // fails only if the request has ended
			list = append(list, &typeCount{t.Name, n})
		}
	}
	return list
}
