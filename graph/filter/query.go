package filter

import "github.com/caspian-kg/caspian/schema"

// Query selects, orders and cuts a list of edges. Ties are broken by the
// node's id and then by the distinct qualifiers, so that an order is total.
type Query struct {
	Nodes *Node
	Edges *Edge
	Order []Key
	// First and Last cut from the front and the back; nil does not cut.
	First, Last *int
	// After and Before are cursors; "" does not cut.
	After, Before string
}

// Cut applies First and Last to the part of a list that the cursors leave.
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

// Key is one key of an order. Missing values come last either way.
type Key struct {
	By         Reading
	Descending bool
}

// End is an entity that an edge or its claim names.
type End uint8

// The ends of an edge. Subject is as in Edge; Object and Source are those of the
// claim.
const (
	OfNode End = iota
	OfSubject
	OfObject
	OfSource
)

// Reading names the one value to take from an edge: a property of one of its ends or
// a qualifier of its claim. Exactly one of Property, Qualifier, Own and Claim is set.
type Reading struct {
	// Of is the end of which Property and Own are read.
	Of End
	// Property is a field of the end: a property, or a relation of one, read
	// as the id it leads to. A property of many values reads as the first of them.
	Property *schema.Field
	// Qualifier is the name of a qualifier of the edge's claim.
	Qualifier string
	// Code says that the texts of the qualifier are codes, which are ordered by
	// their bytes.
	Code bool
	// Own is "id", "type" or "name" of the end.
	Own string
	// Claim is a field of the edge's claim.
	Claim ClaimField
}

// ReadQualifier reads a qualifier.
func ReadQualifier(q *schema.Qualifier) Reading {
	return Reading{Qualifier: q.Name, Code: q.Code != nil}
}

// ByBytes reports whether the texts that are read are ids or codes, which are
// ordered by their bytes.
func (r Reading) ByBytes() bool {
	return r.Code || r.Own == "id" || r.Own == "type" || r.Property != nil && r.Property.Code != nil || r.Claim != "" && r.Claim.ByBytes()
}
