package filter

import (
	"encoding/base64"
	"encoding/json"

	"github.com/caspian-kg/caspian/graph"
)

// ErrCursor is the error for a text that is not a cursor of the list to which it is given.
var ErrCursor = graph.Errorf(graph.BadInput, "the cursor is not one of this list; pass a cursor or endCursor of the same field and orderBy unchanged")

// Cursor is a position in an order. It has the values that the order compares, so it remains valid after
// writes.
type Cursor struct {
	Keys  []graph.Value // one for each key of the order; the zero Value means missing
	ID    string        // the id of the node
	Tie   string        // distinguishes edges to one node
	Claim graph.ClaimID // zero if the edge has none
}

// written is the JSON form of a cursor.
type written struct {
	Keys  [][2]string `json:"k,omitempty"` // kind and text; an empty kind means missing
	ID    string      `json:"i"`
	Tie   string      `json:"t,omitempty"`
	Claim string      `json:"c,omitempty"`
}

// openStart distinguishes an open start from an open end in cursors.
const openStart = "../"

func (c *Cursor) String() string {
	w := written{ID: c.ID, Tie: c.Tie}
	for _, k := range c.Keys {
		if k.Kind() == graph.NoKind {
			w.Keys = append(w.Keys, [2]string{})
			continue
		}
		text := k.String()
		if k.Kind() == graph.DateKind && k.Date() == graph.OpenStart {
			text = openStart
		}
		w.Keys = append(w.Keys, [2]string{k.Kind().String(), text})
	}
	if c.Claim != (graph.ClaimID{}) {
		w.Claim = c.Claim.String()
	}
	b, err := json.Marshal(w)
	if err != nil {
		panic(err) // cannot fail: only texts
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParseCursor reads the text of a cursor in an order with the given number of keys. The error is ErrCursor.
func ParseCursor(text string, keys int) (Cursor, error) {
	var w written
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(b, &w) != nil || len(w.Keys) != keys || w.ID == "" {
		return Cursor{}, ErrCursor
	}
	c := Cursor{ID: w.ID, Tie: w.Tie}
	for _, k := range w.Keys {
		if k[0] == "" {
			c.Keys = append(c.Keys, graph.Value{})
			continue
		}
		kind, ok := graph.ParseKind(k[0])
		if !ok {
			return Cursor{}, ErrCursor
		}
		val, err := parseKey(kind, k[1])
		if err != nil {
			return Cursor{}, ErrCursor
		}
		c.Keys = append(c.Keys, val)
	}
	if w.Claim != "" {
		if c.Claim, err = graph.ParseClaimID(w.Claim); err != nil {
			return Cursor{}, ErrCursor
		}
	}
	return c, nil
}

// parseKey reads a key of a cursor. Unlike a claim's value, the key may be an open date.
func parseKey(kind graph.Kind, text string) (graph.Value, error) {
	switch {
	case kind == graph.DateKind && text == openStart:
		return graph.DateValue(graph.OpenStart), nil
	case kind == graph.DateKind && text == graph.OpenDate.String():
		return graph.DateValue(graph.OpenDate), nil
	}
	return graph.ParseValue(kind, text)
}
