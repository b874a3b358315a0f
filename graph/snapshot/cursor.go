package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/memory"
)

// Cursor returns the cursor of edge i of the page.
func (p *Page) Cursor(i int) string {
	if p.readers == nil {
		p.readers = p.view.readers(p.order)
	}
	x := p.view.place(p.readers, p.Edges[i])
	c := filter.Cursor{Keys: x.Keys, ID: x.id, Tie: p.view.tieOf(&x)}
	c.Claim, _ = p.view.claimOf(&x)
	return c.String()
}

// parseCursor parses a cursor into the position that it names in an order.
func (v *View) parseCursor(text string, order []filter.Key) (*placed, error) {
	c, err := filter.ParseCursor(text, len(order))
	if err != nil {
		return nil, err
	}
	p := &placed{edge: Edge{Node: memory.None, Claim: memory.None}, Ordered: filter.Ordered{Keys: c.Keys}, id: c.ID, cursor: true, tie: c.Tie, claimID: c.Claim}
	if n, ok := v.ClaimNumber(c.Claim); ok {
		p.edge.Claim = n
	}
	return p, nil
}

// placeOf returns the position in a query's order that a cursor names, or nil for "".
func (l *List) placeOf(q *filter.Query, cursor string) (*placed, error) {
	if cursor == "" {
		return nil, nil
	}
	at, err := l.view.parseCursor(cursor, q.Order)
	if err == nil && l.claims != nil && at.edge.Claim == memory.None && len(q.Order) == 0 {
		err = filter.ErrCursor
	}
	if err != nil {
		name := "before"
		if cursor == q.After {
			name = "after"
		}
		return nil, graph.Errorf(graph.BadInput, "%s: %v", name, err)
	}
	return at, nil
}
