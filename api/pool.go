package api

import (
	"hash/maphash"
	"sync"

	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// listPool allocates connections and aggregations, and reuses their memory. They live until release is called.
// A nested document has thousands of them, and they are most of what a request allocates.
type listPool struct {
	blocks       []*[connectionBlock]connection
	connections  int // in use
	aggregations []*aggregation
	aggregated   int // number of aggregations in use
	room         int // the number of edges for which the released aggregations have memory
	edges        int // the number of edges in all connections and aggregations but the last of each

	seen  *[seenLists]seenList // the opened lists of relations, by a hash of their keys
	noted bool                 // seen has an entry
}

// seenLists is the number of lists of relations that are remembered. A document that leads to one
// entity in several ways opens the same list several times.
const seenLists = 512

type seenList struct {
	listKey
	connection *connection
}

var seenSeed = maphash.MakeSeed()

// listKey identifies a list of a relation. Each field of a plan has its own query.
type listKey struct {
	view   *snapshot.View
	query  *filter.Query
	entity uint32
}

const (
	connectionBlock = 16
	// keepBlocks and keepAggregations bound the memory kept for the next request. keepEdges bounds
	// the edges for which kept aggregations have memory.
	keepBlocks       = 64
	keepAggregations = 1024
	keepEdges        = 1 << 18
	// maxHeld bounds the edges that live until the release, because a document may read many long
	// lists one after the other. The lists after that are left to the garbage collector.
	maxHeld = 1 << 18
)

var listPools = sync.Pool{New: func() any { return new(listPool) }}

// nextConnection returns an empty connection, or nil if the connections hold too many edges.
func (p *listPool) nextConnection() *connection {
	if p.connections > 0 {
		last := &p.blocks[(p.connections-1)/connectionBlock][(p.connections-1)%connectionBlock]
		p.edges += cap(last.page.Edges)
	}
	if p.edges > maxHeld {
		return nil
	}
	if p.connections == len(p.blocks)*connectionBlock {
		p.blocks = append(p.blocks, new([connectionBlock]connection))
	}
	c := &p.blocks[p.connections/connectionBlock][p.connections%connectionBlock]
	p.connections++
	return c
}

// nextAggregation returns an empty aggregation, or nil if the lists hold too many edges.
func (p *listPool) nextAggregation() *aggregation {
	if p.aggregated > 0 {
		p.edges += len(p.aggregations[p.aggregated-1].edges)
	}
	if p.edges > maxHeld {
		return nil
	}
	if p.aggregated == len(p.aggregations) {
		p.aggregations = append(p.aggregations, new(aggregation))
	}
	p.aggregated++
	return p.aggregations[p.aggregated-1]
}

// release puts everything back into the pool, cleared of references to the snapshot.
func (p *listPool) release() {
	keep := min(len(p.blocks), keepBlocks)
	clear(p.blocks[keep:])
	p.blocks = p.blocks[:keep]
	for i := range p.blocks {
		if i*connectionBlock < p.connections {
			clear(p.blocks[i][:])
		}
	}
	p.takeBack()
	if p.noted {
		clear(p.seen[:])
	}
	*p = listPool{blocks: p.blocks, aggregations: p.aggregations, room: p.room, seen: p.seen}
	listPools.Put(p)
}

// takeBack releases the aggregations and drops those above the bounds.
func (p *listPool) takeBack() {
	for _, g := range p.aggregations[:p.aggregated] {
		p.room -= g.room
		if g.release(); p.room+g.room > keepEdges {
			*g = aggregation{}
		}
		p.room += g.room
	}
	keep := min(len(p.aggregations), keepAggregations)
	for i, g := range p.aggregations[keep:] {
		p.room -= g.room
		p.aggregations[keep+i] = nil
	}
	p.aggregations = p.aggregations[:keep]
}

// relation returns the connection of a list of a relation. If a field of the request opened the
// same list before and it is still remembered, that connection is returned.
func (s *Session) relation(key listKey, f *schema.Field, series bool) *connection {
	p := s.lists
	if p == nil {
		return s.connection(key.view, key.view.Relation(key.entity, f, series), key.query)
	}
	if p.seen == nil {
		p.seen = new([seenLists]seenList)
	}
	at := &p.seen[maphash.Comparable(seenSeed, key)%seenLists]
	if at.listKey == key {
		return at.connection
	}
	before := p.connections
	c := s.connection(key.view, key.view.Relation(key.entity, f, series), key.query)
	c.field = f
	if p.connections > before { // only a pooled connection: seen must not keep others alive
		*at, p.noted = seenList{key, c}, true
	}
	return c
}

// aggregation returns an empty aggregation that lives until the end of the request.
func (s *Session) aggregation(v *snapshot.View) *aggregation {
	var g *aggregation
	if s.lists != nil {
		g = s.lists.nextAggregation()
	}
	if g == nil {
		g = new(aggregation)
	}
	g.view = v
	return g
}

// claimListing returns a list of claims that lives until the end of the request.
func (s *Session) claimListing(v *snapshot.View, list *snapshot.List, query *filter.Query) *claimListing {
	c := &claimListing{view: v, list: list, query: query}
	s.listings = append(s.listings, c)
	return c
}

// connection returns a connection that lives until the end of the request.
func (s *Session) connection(v *snapshot.View, list *snapshot.List, query *filter.Query) *connection {
	var c *connection
	if s.lists != nil {
		c = s.lists.nextConnection()
	}
	if c == nil {
		c = new(connection)
	}
	c.view, c.list, c.query = v, *list, query
	return c
}
