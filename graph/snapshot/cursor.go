package snapshot

import (
	"encoding/base64"
	"encoding/json"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
)

var errCursor = graph.Errorf(graph.BadInput, "the cursor is not one of this list; pass a cursor or endCursor of the same field and orderBy unchanged")

// cursor is a place in an order: it holds what the order compares, and so
// stays valid while others write.
type cursor struct {
	Keys  [][2]string `json:"k,omitempty"` // kind and text; an empty kind is a missing value
	ID    string      `json:"i"`
	Tie   string      `json:"t,omitempty"`
	Claim string      `json:"c,omitempty"`
}

// Cursor is the cursor of the page's edge with the number.
func (p *Page) Cursor(i int) string {
	x := p.view.place(p.view.readers(p.order), p.Edges[i])
	c := cursor{ID: x.id, Tie: p.view.tieOf(&x)}
	for _, k := range x.keys {
		if k.Kind() == graph.NoKind {
			c.Keys = append(c.Keys, [2]string{})
			continue
		}
		text := k.String()
		if k.Kind() == graph.DateKind && k.Date() == graph.OpenStart {
			text = openStart
		}
		c.Keys = append(c.Keys, [2]string{k.Kind().String(), text})
	}
	if x.edge.Claim != None {
		c.Claim = p.view.s.ClaimID(x.edge.Claim).String()
	}
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // texts only
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// openStart distinguishes an open start from an open end in cursors.
const openStart = "../"

// parseKey reads a key of a cursor; unlike a claim's value it may be an open date.
func parseKey(kind graph.Kind, text string) (graph.Value, error) {
	switch {
	case kind == graph.DateKind && text == openStart:
		return graph.DateValue(graph.OpenStart), nil
	case kind == graph.DateKind && text == graph.OpenDate.String():
		return graph.DateValue(graph.OpenDate), nil
	}
	return graph.ParseValue(kind, text)
}

func (v *View) parseCursor(text string, order []filter.Key) (*placed, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	var c cursor
	if err != nil || json.Unmarshal(b, &c) != nil || len(c.Keys) != len(order) || c.ID == "" {
		return nil, errCursor
	}
	p := &placed{edge: Edge{Node: None, Claim: None}, id: c.ID, cursor: true, tie: c.Tie}
	for _, k := range c.Keys {
		if k[0] == "" {
			p.keys = append(p.keys, graph.Value{})
			continue
		}
		kind, ok := graph.ParseKind(k[0])
		if !ok {
			return nil, errCursor
		}
		val, err := parseKey(kind, k[1])
		if err != nil {
			return nil, errCursor
		}
		p.keys = append(p.keys, val)
	}
	if c.Claim != "" {
		id, err := graph.ParseClaimID(c.Claim)
		if err != nil {
			return nil, errCursor
		}
		p.claimID = id
		if n, ok := v.s.ClaimNumber(id); ok {
			p.edge.Claim = n
		}
	}
	return p, nil
}
