package output

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
)

// Descriptions that all connections share.
const (
	AboutPageInfo = "Where the page is in the list."
	AboutTotal    = "How many items the whole list has, whatever the page."
)

// PageInfo describes where a page is in its list.
type PageInfo struct {
	Next, Prev bool
	Count      int // the number of items in the page
	Cursor     func(i int) string
}

// PageInfoType returns the type whose fields read a PageInfo.
func (ts *Types) PageInfoType() *graphql.Object {
	leaf := LeafOf[PageInfo]
	return ts.Object("PageInfo", "Where a page is in its list.", func() []Field {
		return []Field{
			{Name: "hasNextPage", Type: Must(graphql.Boolean), About: "Whether the list goes on after the page.", Read: leaf(func(p *PageInfo, dst []byte) []byte { return gql.AppendBool(dst, p.Next) })},
			{Name: "hasPreviousPage", Type: Must(graphql.Boolean), About: "Whether the list has items before the page.", Read: leaf(func(p *PageInfo, dst []byte) []byte { return gql.AppendBool(dst, p.Prev) })},
			{Name: "startCursor", Type: graphql.String, About: "The cursor of the page's first item; null where the page is empty.", Read: leaf(func(p *PageInfo, dst []byte) []byte {
				if p.Count == 0 {
					return dst
				}
				return gql.AppendString(dst, p.Cursor(0))
			})},
			{Name: "endCursor", Type: graphql.String, About: "The cursor to continue after: that of the page's last item; null where the page is empty.", Read: leaf(func(p *PageInfo, dst []byte) []byte {
				if p.Count == 0 {
					return dst
				}
				return gql.AppendString(dst, p.Cursor(p.Count-1))
			})},
		}
	})
}
