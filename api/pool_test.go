package api

import (
	"testing"

	"github.com/caspian-kg/caspian/graph/snapshot"
)

// TestPoolDropsSnapshots: what is kept for the next request neither refers to
// a snapshot nor grows with the longest request there was.
func TestPoolDropsSnapshots(t *testing.T) {
	p := new(listPool)
	s := &Session{lists: p}
	v := new(snapshot.View)
	for range 3 * keepBlocks * connectionBlock {
		s.connection(v, new(snapshot.List), nil)
	}
	for range 3 * keepAggregations {
		s.aggregation(v).edges = make([]snapshot.Edge, 100)
	}
	for range 2 {
		s.aggregation(v).edges = make([]snapshot.Edge, keepEdges*2/3)
	}
	p.release()
	room := 0
	for _, g := range p.aggregations {
		room += cap(g.edges)
	}
	if room > keepEdges || room != p.room {
		t.Fatalf("there is memory for %d edges, %d are counted, want at most %d", room, p.room, keepEdges)
	}
	for i, b := range p.blocks[:cap(p.blocks)] {
		if b != nil && (i >= keepBlocks || b[0].view != nil) {
			t.Fatalf("block %d is kept, of a view %v", i, b[0].view != nil)
		}
	}
	for i, g := range p.aggregations[:cap(p.aggregations)] {
		if g != nil && (i >= keepAggregations || g.view != nil) {
			t.Fatalf("list %d is kept, of a view %v", i, g.view != nil)
		}
	}
}

// TestPoolBounded: a document of many long lists, one after the other,
// does not hold them all until its end.
func TestPoolBounded(t *testing.T) {
	p := new(listPool)
	s := &Session{lists: p}
	v := new(snapshot.View)
	held := func() int {
		n := 0
		for _, g := range p.aggregations {
			n += cap(g.edges)
		}
		for i := range p.connections {
			n += cap(p.blocks[i/connectionBlock][i%connectionBlock].page.Edges)
		}
		return n
	}
	const long = 1 << 15
	for range 100 {
		s.aggregation(v).edges = make([]snapshot.Edge, long)
		s.connection(v, new(snapshot.List), nil).page.Edges = make([]snapshot.Edge, long)
	}
	if n := held(); n > maxHeld+2*long {
		t.Errorf("%d edges are held", n)
	}
}
