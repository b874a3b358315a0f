package api

import (
	"encoding/base64"
	"encoding/json"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// analysed is one page of what an analysis lists. It lives for one request.
type analysed struct {
	n          int
	next, prev bool
	node       func(i int) gql.Ref
	cursor     func(i int) string
	total      func() (int, error)
	// rest is the cursor from which to go on where the walk ended at its limit
	// of work; "" where it did not, or nothing can.
	rest    string
	partial bool
}

// countedOut is the error of a count that takes more work than a request may do.
func countedOut() error {
	return graph.Errorf(graph.LimitWork, "totalCount: counting them ended at its limit of work; leave it out and follow the pages by endCursor, or name a subject")
}

func (p *analysed) pageInfo() *pageInfo {
	info := &pageInfo{p.next || p.rest != "", p.prev, p.n, p.cursor}
	if p.rest != "" {
		// The page ends where the walk did, be it behind its last item.
		info.n = max(1, p.n)
		info.cursor = func(i int) string {
			if i == info.n-1 {
				return p.rest
			}
			return p.cursor(i)
		}
	}
	return info
}

// analysedType is the connection of an analysis in the Relay form.
func (b *builder) analysedType(name, about string, node graphql.Output) *graphql.Object {
	each := func(item func(p *analysed, i int) gql.Ref) gql.Binding {
		return gql.Binding{List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
			p := src.Obj.(*analysed)
			for i := range p.n {
				dst = append(dst, item(p, i))
			}
			return dst, true, nil
		}}
	}
	edge := b.object(name+"Edge", "One item of a list.", func() []field {
		return []field{
			{name: "cursor", typ: must(graphql.String), about: "The place of the item in the list, for after.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, src.Obj.(*analysed).cursor(int(src.Index))), nil
				}}},
			{name: "node", typ: must(node), read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return src.Obj.(*analysed).node(int(src.Index)), true, nil
				}}},
		}
	})
	return b.object(name+"Connection", about, func() []field {
		return []field{
			{name: "edges", typ: list(edge), read: each(func(p *analysed, i int) gql.Ref { return gql.Ref{Obj: p, Index: uint64(i)} })},
			{name: "nodes", typ: list(node), read: each(func(p *analysed, i int) gql.Ref { return p.node(i) })},
			{name: "pageInfo", typ: must(b.pageInfoType()), read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: src.Obj.(*analysed).pageInfo()}, true, nil
				}}},
			{name: "partial", typ: must(graphql.Boolean), about: "Whether the work ended at its limit before the page was full: there may be more. Where pageInfo has a next page, its endCursor goes on from there.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendBool(dst, src.Obj.(*analysed).partial), nil
				}}},
			{name: "totalCount", typ: must(graphql.Int), about: "How many there are, whatever the page.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					n, err := src.Obj.(*analysed).total()
					if err != nil {
						return dst, err
					}
					return gql.AppendInt(dst, int64(n)), nil
				}}},
		}
	})
}

// analysedArgs adds the arguments that page what an analysis lists.
func analysedArgs(args graphql.FieldConfigArgument) graphql.FieldConfigArgument {
	args["first"] = &graphql.ArgumentConfig{Type: graphql.Int, Description: "At most so many."}
	args["after"] = &graphql.ArgumentConfig{Type: graphql.String, Description: "Behind this cursor."}
	return args
}

// writePlace makes a cursor of the words that name a place in an order.
func writePlace(words ...string) string {
	b, err := json.Marshal(words)
	if err != nil {
		panic(err) // texts only
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// readPlace reads the n words of a cursor.
func readPlace(cursor string, n int) ([]string, error) {
	var words []string
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(b, &words) != nil || len(words) != n {
		return nil, foreignCursor()
	}
	return words, nil
}

func foreignCursor() error {
	return &gql.ArgumentError{Argument: "after", Err: graph.Errorf(graph.BadInput,
		"after: the cursor is not one of this list; pass a cursor or endCursor of the same field")}
}
