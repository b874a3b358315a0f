package api

import (
	"context"
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// info is what the fields of Graph read.
type info struct {
	session *Session
	view    *snapshot.View
}

// typeCount is how many entities of a type the view shows.
type typeCount struct {
	name string
	n    int
}

func (b *builder) graphField() field {
	return field{name: "graph", about: "The graph itself: its sequence number, its size and its identity.", typ: must(b.graphType()),
		args: b.WithView(graphql.FieldConfigArgument{}), read: gql.Binding{
			Prepare: func(args map[string]any) (any, error) {
				v, err := input.ReadView(args)
				return &rootArgs{view: v}, err
			},
			Object: func(c *gql.Call, _ gql.Ref) (gql.Ref, bool, error) {
				s := c.Request.(*Session)
				v, err := s.resolve(c.Ctx, c.Args.(*rootArgs).view)
				return gql.Ref{Obj: &info{s, v}}, err == nil, err
			},
		}}
}

func (b *builder) graphType() *graphql.Object {
	leaf := leafOf[info]
	number := func(name, about string, read func(i *info) int) field {
		return field{name: name, about: about, typ: must(graphql.Int),
			read: leaf(func(i *info, dst []byte) []byte { return gql.AppendInt(dst, int64(read(i))) })}
	}
	text := func(name, about string, read func(i *info) string) field {
		return field{name: name, about: about, typ: must(graphql.String),
			read: leaf(func(i *info, dst []byte) []byte { return gql.AppendString(dst, read(i)) })}
	}
	return b.object("Graph", "The graph as this request reads it.", func() []field {
		return []field{
			number("sequence", "The sequence number of the snapshot that this request reads.", func(i *info) int { return int(i.session.Seq()) }),
			{name: "recordedAt", typ: input.DateTime, about: "When the last commit was recorded; null for an empty store.",
				read: leaf(func(i *info, dst []byte) []byte {
					if t := instant(i.session.snapshot.RecordedAt(i.session.Seq())); t != "" {
						dst = gql.AppendString(dst, t)
					}
					return dst
				})},
			{name: "asOf", typ: must(input.Date), about: "The first day of the view's date, or of its span of days.",
				read: leaf(func(i *info, dst []byte) []byte { return gql.AppendString(dst, i.view.On().First.String()) })},
			{name: "until", typ: must(input.Date), about: "The last day of the view's date, or of its span of days.",
				read: leaf(func(i *info, dst []byte) []byte { return gql.AppendString(dst, i.view.On().Last.String()) })},
			number("claims", "The number of claims that the view shows.", func(i *info) (n int) {
				i.view.AllClaims(func(uint32) bool { n++; return true })
				return n
			}),
			number("recordedClaims", "The number of claims ever recorded, withdrawn ones included.", func(i *info) int { return i.session.snapshot.ClaimCount() }),
			{name: "entities", typ: must(graphql.Int), about: "The number of entities that the view shows.", read: gql.Binding{
				Leaf: func(call *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					n := 0
					for _, c := range src.Obj.(*info).counts(call.Ctx, b) {
						n += c.n
					}
					return gql.AppendInt(dst, int64(n)), nil
				}}},
			{name: "types", typ: list(b.typeCountType()), about: "The number of entities of each concrete type that the view shows.", read: gql.Binding{
				List: func(call *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					for _, c := range src.Obj.(*info).counts(call.Ctx, b) {
						dst = append(dst, gql.Ref{Obj: c})
					}
					return dst, true, nil
				}}},
			text("digest", "A hash of what the graph holds, independent of the order in which it was recorded.", func(i *info) string { return i.session.snapshot.Digest() }),
			text("ontology", "A hash of the ontology.", func(*info) string { return b.o.Hash() }),
			text("version", "The version of the service.", func(i *info) string { return i.session.api.opts.Version }),
		}
	})
}

func (b *builder) typeCountType() *graphql.Object {
	leaf := leafOf[typeCount]
	return b.object("TypeCount", "The number of entities of a type that the view shows.", func() []field {
		return []field{
			{name: "type", typ: must(graphql.String), about: "The name of the type.",
				read: leaf(func(c *typeCount, dst []byte) []byte { return gql.AppendString(dst, c.name) })},
			{name: "count", typ: must(graphql.Int), about: "The number of entities.",
				read: leaf(func(c *typeCount, dst []byte) []byte { return gql.AppendInt(dst, int64(c.n)) })},
		}
	})
}

func (i *info) counts(ctx context.Context, b *builder) []*typeCount {
	var list []*typeCount
	for _, t := range b.o.Types {
		if !t.Abstract {
			n, _ := i.session.api.totals.Of(ctx, i.view, t.Concrete) // fails only where the request has ended
			list = append(list, &typeCount{t.Name, n})
		}
	}
	return list
}
