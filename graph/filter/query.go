package filter

import "github.com/caspian-kg/caspian/schema"

// Query filters, orders and cuts a list of edges. Ties are broken by the node's id and then by the distinct
// qualifiers, so that an order is total.
type Query struct {
	Nodes *Node
	Edges *Edge
	Order []Key
	// First and Last limit the length from the front and from the back; nil means no limit.
	First, Last *int
	// After and Before are cursors; "" means none.
	After, Before string
}

// Cut applies First and Last to the part of a list between the cursors.
func (q *Query) Cut(from, to int) (int, int) {
	to = max(to, from)
	if q.First != nil && to-from > *q.First {
		to = from + *q.First
	}
	if q.Last != nil && to-from > *q.Last {
		from = to - *q.Last
	}
	return from, to
}

// Key is one key of an order. Missing values come last in both directions.
type Key struct {
	By         Reading
	Descending bool
}

// End is an entity that an edge or its claim names.
type End uint8

// The ends of an edge. Subject is as in Edge; Object and Source are those of the claim.
const (
	OfNode End = iota
	OfSubject
	OfObject
	OfSource
)

// Reading says which value to read from an edge: a property of one of its ends, a qualifier or a field of its
// claim. Exactly one of Property, Qualifier, Own, Claim and Figure is set.
type Reading struct {
	// Of is the end from which Property and Own are read.
	Of End
	// Property is a field of the end: a property, or a relation of one value, which reads as the id to which it
	// leads. A property of many values reads as its first value.
	Property *schema.Field
	// Qualifier is the name of a qualifier of the edge's claim.
	Qualifier string
	// Code is true if the texts of the qualifier are codes, which are ordered by bytes.
	Code bool
	// Own is "id", "type" or "name", to be read from the end.
	Own string
	// Claim is a field of the edge's claim.
	Claim ClaimField
	// Figure is a count or a sum over the edges of a relation of the end.
	Figure *Figure
}

// Same reports whether two readings take the same from every edge.
func (r Reading) Same(x Reading) bool {
	f, g := r.Figure, x.Figure
	if f == nil || g == nil {
		return r == x
	}
	r.Figure, x.Figure = nil, nil
	return r == x && f.Field == g.Field && f.Op == g.Op && f.By.Same(g.By) && f.Query.Edges == g.Query.Edges
}

// ReadQualifier returns the reading of a qualifier.
func ReadQualifier(q *schema.Qualifier) Reading {
	return Reading{Qualifier: q.Name, Code: q.Code != nil}
}

// ByBytes reports whether the reading's texts are ids or codes, which are ordered by bytes.
func (r Reading) ByBytes() bool {
	return r.Code || r.Own == "id" || r.Own == "type" || r.Property != nil && r.Property.Code != nil || r.Claim != "" && r.Claim.ByBytes()
}
