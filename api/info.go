package api

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
)

// info is what the field graph tells of a session.
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
	leaf := leafOf[info]
	count := b.object("TypeCount", "How many entities of a type the view shows.", func() []field {
		return []field{
			{name: "type", typ: must(graphql.String), read: gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				return gql.AppendString(dst, src.Obj.(*typeCount).name), nil
			}}},
			{name: "count", typ: must(graphql.Int), read: gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
				return gql.AppendInt(dst, int64(src.Obj.(*typeCount).n)), nil
			}}},
		}
	})
	typ := b.object("Graph", "The graph as this request reads it.", func() []field {
		return []field{
			{name: "sequence", typ: must(graphql.Int), about: "The sequence number of the snapshot.",
				read: leaf(func(i *info, dst []byte) []byte { return gql.AppendInt(dst, int64(i.session.Seq())) })},
			{name: "recordedAt", typ: input.DateTime, about: "When its last commit was made.",
				read: leaf(func(i *info, dst []byte) []byte {
					if t := instant(i.session.snapshot.RecordedAt(i.session.Seq())); t != "" {
						dst = gql.AppendString(dst, t)
					}
					return dst
				})},
			{name: "asOf", typ: must(input.Date), about: "The first day the view looks at.",
				read: leaf(func(i *info, dst []byte) []byte { return gql.AppendString(dst, i.view.On().First.String()) })},
			{name: "claims", typ: must(graphql.Int), about: "How many claims the view shows.",
				read: leaf(func(i *info, dst []byte) []byte {
					n := 0
					i.view.AllClaims(func(uint32) bool { n++; return true })
					return gql.AppendInt(dst, int64(n))
				})},
			{name: "recordedClaims", typ: must(graphql.Int), about: "How many claims the store ever learned.",
				read: leaf(func(i *info, dst []byte) []byte { return gql.AppendInt(dst, int64(i.session.snapshot.ClaimCount())) })},
			{name: "entities", typ: must(graphql.Int), about: "How many entities the view shows.",
				read: leaf(func(i *info, dst []byte) []byte {
					n := 0
					for _, c := range i.counts(b) {
						n += c.n
					}
					return gql.AppendInt(dst, int64(n))
				})},
			{name: "types", typ: list(count), about: "How many entities of each concrete type the view shows.", read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					for _, c := range src.Obj.(*info).counts(b) {
						dst = append(dst, gql.Ref{Obj: c})
					}
					return dst, true, nil
				}}},
			{name: "digest", typ: must(graphql.String), about: "Identifies what the graph holds, whatever the order in which it learned it.",
				read: leaf(func(i *info, dst []byte) []byte { return gql.AppendString(dst, i.session.snapshot.Digest()) })},
			{name: "ontology", typ: must(graphql.String), about: "Identifies the ontology.",
				read: leaf(func(i *info, dst []byte) []byte { return gql.AppendString(dst, b.o.Hash()) })},
			{name: "version", typ: must(graphql.String), about: "The version of the service.",
				read: leaf(func(i *info, dst []byte) []byte { return gql.AppendString(dst, i.session.api.opts.Version) })},
		}
	})
	return field{name: "graph", about: "The graph itself: where it stands and how much it holds.", typ: must(typ),
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

func (i *info) counts(b *builder) []*typeCount {
	var list []*typeCount
	for _, t := range b.o.Types {
		if !t.Abstract {
			list = append(list, &typeCount{t.Name, len(i.view.OfTypes(t.Concrete).Select(&filter.Query{}, nil))})
		}
	}
	return list
}
