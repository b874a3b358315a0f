package api

import (
	"hash/maphash"
	"sync"

	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// listPool hands out connections and aggregations that live until its release, and reuses their
// memory: a nested document has thousands, and most of what a request allocates is theirs.
type listPool struct {
	blocks       []*[connectionBlock]connection
	connections  int // in use
	aggregations []*aggregation
	aggregated   int // aggregations in use
	room         int // for how many edges the aggregations had memory when they were taken back
	edges        int // held by all but the last connection and the last aggregation

	seen  *[seenLists]seenList // the lists of relations that were opened, by a hash of their keys
	noted bool                 // something is in seen
}

// seenLists is how many lists of relations are remembered: a document that leads to the
// same entity by several ways lists the same again.
const seenLists = 512

type seenList struct {
	listKey
	connection *connection
}

var seenSeed = maphash.MakeSeed()

// listKey is what a list of a relation follows from; the query is of one field of a plan.
type listKey struct {
	view   *snapshot.View
	query  *filter.Query
	entity uint32
}

const (
	connectionBlock = 16
	// keepBlocks and keepAggregations bound what is kept for the next request, keepEdges the
	// edges for which the aggregations have memory.
	keepBlocks       = 64
	keepAggregations = 1024
	keepEdges        = 1 << 18
	// maxHeld bounds the edges that live until the release: a document may have many long
	// lists, one after the other. Later ones are left to the garbage collector.
	maxHeld = 1 << 18
)

var listPools = sync.Pool{New: func() any { return new(listPool) }}

// nextConnection returns nil if enough connections are held.
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

// nextAggregation returns nil if enough aggregations are held.
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

// release takes everything back. Clearing it drops the references to the snapshot.
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

// takeBack takes the aggregations back.
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

// relation returns the connection of a list of a relation: the one that another field of
// the request opened for the same, if it is still remembered.
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
	if p.connections > before { // not one too many, which nothing must hold
		*at, p.noted = seenList{key, c}, true
	}
	return c
}

// aggregation returns an empty aggregation for the rest of the request.
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

// claimListing returns a list of claims for the rest of the request.
func (s *Session) claimListing(v *snapshot.View, list *snapshot.List, query *filter.Query) *claimListing {
	c := &claimListing{view: v, list: list, query: query}
	s.listings = append(s.listings, c)
	return c
}

// connection returns a connection for the rest of the request.
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
