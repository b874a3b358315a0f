package api

import (
	"fmt"
	"sync"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// connection is one list of the API in the Relay form: what it lists, and the
// page once somebody asks for it. It lives for one request.
type connection struct {
	view  *snapshot.View
	list  snapshot.List
	query *filter.Query

	page   snapshot.Page
	loaded bool
	err    error
	room   [12]snapshot.Edge // for the edges of a short page
}

// connections hands out connections that live until its release: a nested
// document has thousands, and they are the most of what a request allocates.
type connections struct {
	blocks []*[connectionBlock]connection
	used   int
	sums   []*gathered
	summed int // how many of them are in use
	held   int // the edges of all but the last of either
}

const (
	connectionBlock = 16
	// keepBlocks bounds what is kept for the next request.
	keepBlocks = 64
	keepSums   = 8
	// maxHeld bounds the edges that live until the release: a document may ask for
	// many long lists, one after the other. Later ones are left to the collector.
	maxHeld = 1 << 18
)

var connectionPool = sync.Pool{New: func() any { return new(connections) }}

// next is nil where enough is held.
func (p *connections) next() *connection {
	if p.used > 0 {
		last := &p.blocks[(p.used-1)/connectionBlock][(p.used-1)%connectionBlock]
		p.held += cap(last.page.Edges)
	}
	if p.held > maxHeld {
		return nil
	}
	if p.used == len(p.blocks)*connectionBlock {
		p.blocks = append(p.blocks, new([connectionBlock]connection))
	}
	c := &p.blocks[p.used/connectionBlock][p.used%connectionBlock]
	p.used++
	return c
}

// nextGathered is nil where enough is held.
func (p *connections) nextGathered() *gathered {
	if p.summed > 0 {
		p.held += len(p.sums[p.summed-1].edges)
	}
	if p.held > maxHeld {
		return nil
	}
	if p.summed == len(p.sums) {
		p.sums = append(p.sums, new(gathered))
	}
	p.summed++
	return p.sums[p.summed-1]
}

// release gives all connections back. Clearing them lets go of the snapshot.
func (p *connections) release() {
	keep := min(len(p.blocks), keepBlocks)
	clear(p.blocks[keep:])
	p.blocks = p.blocks[:keep]
	for i := range p.blocks {
		if i*connectionBlock < p.used {
			clear(p.blocks[i][:])
		}
	}
	kept := p.sums[:0]
	for i, g := range p.sums {
		if (i >= p.summed || g.release()) && len(kept) < keepSums {
			kept = append(kept, g)
		}
	}
	clear(p.sums[len(kept):])
	*p = connections{blocks: p.blocks, sums: kept}
	connectionPool.Put(p)
}

// gathered makes an empty list to be summed up, for the rest of the request.
func (s *Session) gathered(v *snapshot.View) *gathered {
	var g *gathered
	if s.connections != nil {
		g = s.connections.nextGathered()
	}
	if g == nil {
		g = new(gathered)
	}
	g.view = v
	return g
}

// connection makes a connection for the rest of the request.
func (s *Session) connection(v *snapshot.View, list *snapshot.List, query *filter.Query) *connection {
	var c *connection
	if s.connections != nil {
		c = s.connections.next()
	}
	if c == nil {
		c = new(connection)
	}
	c.view, c.list, c.query = v, *list, query
	return c
}

func (c *connection) load() (*snapshot.Page, error) {
	if !c.loaded {
		c.loaded = true
		c.page.Edges = c.room[:0]
		c.err = c.list.Run(c.query, &c.page)
	}
	return &c.page, c.err
}

// relation is a field that leads to many entities.
func (b *builder) relation(f *schema.Field) field {
	s := input.LinkShape(f)
	args := b.ListArgs(s)
	if f.Stored() && f.Time == schema.Observation || f.Kind == schema.Inverse && f.InverseOf[0].Time == schema.Observation {
		args["series"] = &graphql.ArgumentConfig{Type: graphql.Boolean, Description: "Show every period and every source, not the latest of each."}
	}
	return field{name: f.Name, about: f.Description, typ: must(b.connectionType(s)), args: args, read: gql.Binding{
		Prepare: func(args map[string]any) (any, error) { return b.ReadList(s, args) },
		Object: func(c *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			v, e := viewOf(src)
			a := c.Args.(*input.List)
			return gql.Ref{Obj: c.Request.(*Session).connection(v, v.Relation(e, f, a.Series), &a.Query)}, true, nil
		},
	}}
}

func (b *builder) connectionType(s input.Shape) *graphql.Object {
	node := b.entityType(s.Target)
	about := fmt.Sprintf("A list of entities of type %s.", s.Target.Name)
	return b.object(s.Name+"Connection", about, func() []field {
		return []field{
			{name: "edges", typ: list(b.edgeType(s)), about: "The page's entities, each with its cursor and what says so.", read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					c := src.Obj.(*connection)
					p, err := c.load()
					if err != nil {
						return nil, false, err
					}
					for i := range p.Edges {
						dst = append(dst, gql.Ref{Obj: c, Index: uint64(i)})
					}
					return dst, true, nil
				}}},
			{name: "nodes", typ: list(node), about: "The page's entities.", read: gql.Binding{
				List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
					c := src.Obj.(*connection)
					p, err := c.load()
					if err != nil {
						return nil, false, err
					}
					c.view.Touch(p.Edges)
					for _, e := range p.Edges {
						dst = append(dst, gql.Ref{Obj: c.view, Index: uint64(e.Node)})
					}
					return dst, true, nil
				}}},
			b.pageInfoField(), b.totalCountField(),
			{name: "aggregate", typ: must(b.aggregateType(s)), about: "Sums over all of them, whatever the page.", read: gql.Binding{
				Object: func(call *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					c := src.Obj.(*connection)
					g := call.Request.(*Session).gathered(c.view)
					g.edges = c.list.Select(c.query, g.edges)
					if err := c.view.Err(); err != nil {
						return gql.Ref{}, false, err
					}
					return gql.Ref{Obj: g.whole()}, true, nil
				}}},
		}
	})
}

// edge returns the connection's edge that a Ref means.
func edgeOf(r gql.Ref) (*connection, snapshot.Edge) {
	c := r.Obj.(*connection)
	return c, c.page.Edges[r.Index]
}

func (b *builder) edgeType(s input.Shape) *graphql.Object {
	return b.object(s.Name+"Edge", "One entity of a list.", func() []field {
		fs := []field{
			{name: "cursor", typ: must(graphql.String), about: "The place of the edge in the list, for after and before.", read: gql.Binding{
				Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
					return gql.AppendString(dst, src.Obj.(*connection).page.Cursor(int(src.Index))), nil
				}}},
			{name: "node", typ: must(b.entityType(s.Target)), read: gql.Binding{
				Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					c, e := edgeOf(src)
					return gql.Ref{Obj: c.view, Index: uint64(e.Node)}, true, nil
				}}},
		}
		if !s.Link {
			return fs
		}
		fs = append(fs, field{name: "claim", typ: must(b.claimType()), about: "The best claim that says so.", read: gql.Binding{
			Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
				c, e := edgeOf(src)
				return gql.Ref{Obj: c.view, Index: uint64(e.Claim)}, true, nil
			}}})
		for _, q := range s.Qualifiers {
			fs = append(fs, b.qualifierField(q))
		}
		return fs
	})
}

func (b *builder) qualifierField(q *schema.Qualifier) field {
	f := field{name: q.Name, about: q.Description}
	switch {
	case q.Target != nil:
		f.typ = b.entityType(q.Target)
		f.read.Object = func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			c, e := edgeOf(src)
			_, n := c.view.Snapshot().QualifierOf(e, q)
			return gql.Ref{Obj: c.view, Index: uint64(n)}, n != snapshot.None, nil
		}
	case q.Scalar == schema.Quantity || q.Scalar == schema.Coordinates:
		f.typ = b.scalarType(q.Scalar, q.Enum)
		f.read.Object = func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			c, e := edgeOf(src)
			val, _ := c.view.Snapshot().QualifierOf(e, q)
			return b.literal(val), val.Kind() != graph.NoKind, nil
		}
	default:
		f.typ = b.scalarType(q.Scalar, q.Enum)
		f.read.Leaf = func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			c, e := edgeOf(src)
			if val, _ := c.view.Snapshot().QualifierOf(e, q); val.Kind() != graph.NoKind {
				return appendValue(dst, val, q.Scalar)
			}
			return dst, nil
		}
	}
	return f
}

// pageInfo is where a page lies in its list.
type pageInfo struct {
	next, prev bool
	n          int
	cursor     func(i int) string
}

// pager is a list whose page is loaded once it is asked for.
type pager interface {
	load() (*snapshot.Page, error)
}

func (b *builder) pageInfoField() field {
	return field{name: "pageInfo", typ: must(b.pageInfoType()), read: gql.Binding{
		Object: func(_ *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
			p, err := src.Obj.(pager).load()
			if err != nil {
				return gql.Ref{}, false, err
			}
			return gql.Ref{Obj: &pageInfo{p.HasNext, p.HasPrev, len(p.Edges), p.Cursor}}, true, nil
		}}}
}

func (b *builder) totalCountField() field {
	return field{name: "totalCount", typ: must(graphql.Int), about: "How many there are, whatever the page.", read: gql.Binding{
		Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			p, err := src.Obj.(pager).load()
			if err != nil {
				return dst, err
			}
			return gql.AppendInt(dst, int64(p.Total())), nil
		}}}
}

func (b *builder) pageInfoType() *graphql.Object {
	leaf := leafOf[pageInfo]
	return b.object("PageInfo", "Where a page lies in its list.", func() []field {
		return []field{
			{name: "hasNextPage", typ: must(graphql.Boolean), read: leaf(func(p *pageInfo, dst []byte) []byte { return gql.AppendBool(dst, p.next) })},
			{name: "hasPreviousPage", typ: must(graphql.Boolean), read: leaf(func(p *pageInfo, dst []byte) []byte { return gql.AppendBool(dst, p.prev) })},
			{name: "startCursor", typ: graphql.String, read: leaf(func(p *pageInfo, dst []byte) []byte {
				if p.n == 0 {
					return dst
				}
				return gql.AppendString(dst, p.cursor(0))
			})},
			{name: "endCursor", typ: graphql.String, read: leaf(func(p *pageInfo, dst []byte) []byte {
				if p.n == 0 {
					return dst
				}
				return gql.AppendString(dst, p.cursor(p.n-1))
			})},
		}
	})
}
