package analyses

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/output"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
)

// analysisPage is one page of the results of an analysis. It lives for one request.
type analysisPage struct {
	n          int
	next, prev bool
	node       func(i int) gql.Ref
	cursor     func(i int) string
	total      func() (int, error)
	// rest is the cursor with which to continue a search that ended at its limit of work. It is ""
	// if the search did not, or cannot be continued.
	rest    string
	partial bool
}

// countedOut returns the error of a totalCount that takes more work than one request may do.
func countedOut() error {
	return graph.Errorf(graph.LimitWork, "totalCount: the count ended at its limit of work; leave totalCount out and follow the pages by endCursor, or give a subject")
}

func (p *analysisPage) pageInfo() *output.PageInfo {
	info := &output.PageInfo{Next: p.next || p.rest != "", Prev: p.prev, Count: p.n, Cursor: p.cursor}
	if p.rest != "" {
		// The page ends where the search ended, which may be after the last item.
		info.Count = max(1, p.n)
		info.Cursor = func(i int) string {
			if i == info.Count-1 {
				return p.rest
			}
			return p.cursor(i)
		}
	}
	return info
}

// analysisConnection returns the Relay connection type of an analysis.
func (b *Builder) analysisConnection(name, about string, node graphql.Output) *graphql.Object {
	each := func(item func(p *analysisPage, i int) gql.Ref) gql.Binding {
		return output.EachOf(func(p *analysisPage) int { return p.n }, item)
	}
	edge := b.Object(name+"Edge", "One item of a list, with its cursor.", func() []output.Field {
		return []output.Field{
			{Name: "cursor", Type: output.Must(graphql.String), About: "The position of the item in the list, opaque: a value for the argument after.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, src.Obj.(*analysisPage).cursor(int(src.Index))), nil
				}}},
			{Name: "node", Type: output.Must(node), About: "The item.", Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return src.Obj.(*analysisPage).node(int(src.Index)), true, nil
				}}},
		}
	})
	return b.Object(name+"Connection", about, func() []output.Field {
		return []output.Field{
			{Name: "edges", Type: output.List(edge), About: "The items of the page, each with its cursor.", Read: each(func(p *analysisPage, i int) gql.Ref { return gql.Ref{Obj: p, Index: uint64(i)} })},
			{Name: "nodes", Type: output.List(node), About: "The items of the page.", Read: each(func(p *analysisPage, i int) gql.Ref { return p.node(i) })},
			{Name: "pageInfo", Type: output.Must(b.PageInfoType()), About: output.AboutPageInfo, Read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					return gql.Ref{Obj: src.Obj.(*analysisPage).pageInfo()}, true, nil
				}}},
			{Name: "partial", Type: output.Must(graphql.Boolean), About: "Whether the search ended at its limit of work before the page was full, so that there may be more. If pageInfo.hasNextPage is true, the search continues after its endCursor.", Read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendBool(dst, src.Obj.(*analysisPage).partial), nil
				}}},
			{Name: "totalCount", Type: output.Must(graphql.Int), About: output.AboutTotal, Read: gql.Binding{
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

// withPage adds the arguments that choose a page of an analysis.
func withPage(args graphql.FieldConfigArgument) graphql.FieldConfigArgument {
	args["first"] = &graphql.ArgumentConfig{Type: graphql.Int, Description: "Returns at most this many; all by default."}
	args["after"] = &graphql.ArgumentConfig{Type: graphql.String, Description: "Starts after this cursor."}
	return args
}
