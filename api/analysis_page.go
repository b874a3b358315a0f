package api

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// analysisPage is one page of what an analysis lists. It lives for one request.
type analysisPage struct {
	n          int
	next, prev bool
	node       func(i int) gql.Ref
	cursor     func(i int) string
	total      func() (int, error)
	// rest is the cursor to continue after where the walk ended at its limit of work, or "" if it
	// did not, or cannot be continued.
	rest    string
	partial bool
}

// countedOut returns the error of a count that takes more work than one request
// may do.
func countedOut() error {
	return graph.Errorf(graph.LimitWork, "totalCount: the count ended at its limit of work; leave totalCount out and follow the pages by endCursor, or give a subject")
}

func (p *analysisPage) pageInfo() *pageInfo {
	info := &pageInfo{p.next || p.rest != "", p.prev, p.n, p.cursor}
	if p.rest != "" {
		// The page ends where the walk ended, which may be after its last item.
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

// eachOf reads a list of items from a page, by their index.
func eachOf[P any](length func(p P) int, item func(p P, i int) gql.Ref) gql.Binding {
	return gql.Binding{List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
		p := src.Obj.(P)
		for i := range length(p) {
			dst = append(dst, item(p, i))
		}
		return dst, true, nil
	}}
}

// analysisConnection returns the connection of an analysis in the Relay form.
func (b *builder) analysisConnection(name, about string, node graphql.Output) *graphql.Object {
	each := func(item func(p *analysisPage, i int) gql.Ref) gql.Binding {
		return eachOf(func(p *analysisPage) int { return p.n }, item)
	}
	edge := b.object(name+"Edge", "One item of a list, with its cursor.", func() []field {
		return []field{
			{name: "cursor", typ: must(graphql.String), about: "The position of the item in the list, opaque: a value for the argument after.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, src.Obj.(*analysisPage).cursor(int(src.Index))), nil
				}}},
			{name: "node", typ: must(node), about: "The item.", read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return src.Obj.(*analysisPage).node(int(src.Index)), true, nil
				}}},
		}
	})
	return b.object(name+"Connection", about, func() []field {
		return []field{
			{name: "edges", typ: list(edge), about: "The items of the page, each with its cursor.", read: each(func(p *analysisPage, i int) gql.Ref { return gql.Ref{Obj: p, Index: uint64(i)} })},
			{name: "nodes", typ: list(node), about: "The items of the page.", read: each(func(p *analysisPage, i int) gql.Ref { return p.node(i) })},
			{name: "pageInfo", typ: must(b.pageInfoType()), about: aboutPageInfo, read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: src.Obj.(*analysisPage).pageInfo()}, true, nil
				}}},
			{name: "partial", typ: must(graphql.Boolean), about: "Whether the search ended at its limit of work before the page was full, so that there may be more. If pageInfo.hasNextPage is true, the search continues after its endCursor.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendBool(dst, src.Obj.(*analysisPage).partial), nil
				}}},
			{name: "totalCount", typ: must(graphql.Int), about: aboutTotal, read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					n, err := src.Obj.(*analysisPage).total()
					if err != nil {
						return dst, err
					}
					return gql.AppendInt(dst, int64(n)), nil
				}}},
		}
	})
}

// withPage adds the arguments that choose a page of what an analysis lists.
func withPage(args graphql.FieldConfigArgument) graphql.FieldConfigArgument {
	args["first"] = &graphql.ArgumentConfig{Type: graphql.Int, Description: "Returns at most this many; all by default."}
	args["after"] = &graphql.ArgumentConfig{Type: graphql.String, Description: "Starts after this cursor."}
	return args
}
