package snapshot

import (
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/graph/internal/dense"
	"github.com/caspian-kg/caspian/graph/internal/memory"
	"github.com/caspian-kg/caspian/schema"
)

// reader is a Reading with its names resolved, for reading many edges.
type reader struct {
	filter.Reading
	qualifier uint16
	known     bool // whether a claim has or may have a qualifier with that name
	byBytes   bool // its texts are ids or codes, which are ordered by bytes
}

func (v *View) reader(by filter.Reading) reader {
	r := reader{Reading: by}
	r.qualifier, r.known = v.s.QualifierNames.Number(by.Qualifier)
	r.byBytes = by.ByBytes()
	return r
}

// end returns the entity whose property is read, or None if the edge has none.
func (r *reader) end(v *View, e Edge) uint32 {
	switch {
	case r.Of == filter.OfNode:
		return e.Node
	case e.Claim == memory.None:
		return memory.None
	case r.Of == filter.OfSubject:
		return v.SubjectOf(e)
	case r.Of == filter.OfSource:
		return v.s.Source(e.Claim)
	case e.mirror:
		return e.Node
	}
	return v.s.Object(e.Claim)
}

// SubjectOf returns the subject of an edge of a relation: the subject of its claim, or the object
// if the edge is mirrored or a symmetric relation is read from its object.
func (v *View) SubjectOf(e Edge) uint32 {
	r := v.s.Rows.Ref(e.Claim)
	if e.mirror {
		return uint32(r.Value)
	}
	if r.Subject == e.Node && r.Kind == graph.EntityKind {
		if f := v.s.FieldOf(r); f != nil && f.Symmetric {
			return uint32(r.Value)
		}
	}
	return r.Subject
}

// cell returns a value that is stored as one cell; ok is false for other values.
func (r *reader) cell(v *View, e Edge) (c dense.Cell, ok bool) {
	switch {
	case r.Own != "" || r.Claim != "" || r.Figure != nil:
		return dense.Cell{}, false
	case r.Qualifier != "":
		if r.known {
			c = qualifierIn(v.s, e, r.qualifier)
		}
		return c, true
	}
	node := r.end(v, e)
	switch {
	case node == memory.None:
	case r.Property.Kind != schema.Property:
		if to, ok := v.One(node, r.Property); ok {
			c = dense.Cell{Bits: uint64(to.Node), Kind: graph.EntityKind}
		}
	case r.Property.Many:
		if claims := v.Values(node, r.Property, nil); len(claims) > 0 {
			c = v.s.Rows.Ref(claims[0]).Cell()
		}
	default:
		if n := v.bestClaim(node, r.Property); n != memory.None {
			c = v.s.Rows.Ref(n).Cell()
		}
	}
	return c, true
}

func (r *reader) value(v *View, e Edge) graph.Value {
	if c, ok := r.cell(v, e); ok {
		return v.s.ValueOf(c)
	}
	switch {
	case r.Figure != nil:
		return v.figure(r.end(v, e), r.Figure)
	case r.Own != "":
		return v.own(r.Own, r.end(v, e))
	case e.Claim == memory.None:
		return graph.Value{}
	case r.Claim == "value":
		// The value has its type, so that 9 USD precedes 10 USD; filters read it as a text.
		row := v.s.Rows.Ref(e.Claim)
		if row.Kind == graph.EntityKind || row.Kind == graph.NoneKind {
			return graph.Value{}
		}
		return v.s.ValueOf(row.Cell())
	}
	return v.claimValue(e.Claim, r.Claim)
}

// EachValue calls fn with what a reading takes from each edge, by the index of the edge.
func (v *View) EachValue(edges []Edge, by filter.Reading, fn func(i int, val graph.Value)) {
	r := v.reader(by)
	for i := 0; i < len(edges) && !v.stop(); i++ {
		fn(i, r.value(v, edges[i]))
	}
}

// own returns the id, the type or the name of an entity.
func (v *View) own(what string, entity uint32) graph.Value {
	switch {
	case entity == memory.None:
		return graph.Value{}
	case what == "id":
		return graph.StringValue(v.s.IDs.At(entity))
	case what == "type":
		return graph.StringValue(v.s.TypeName(entity))
	}
	return graph.StringValue(v.Name(entity))
}
