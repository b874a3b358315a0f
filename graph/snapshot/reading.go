package snapshot

import (
	"math"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/filter"
	"github.com/caspian-kg/caspian/schema"
)

// reader is a Reading whose names were looked up, for reading many edges.
type reader struct {
	filter.Reading
	qualifier uint16
	known     bool // a claim has a qualifier of that name, or may have
	byBytes   bool // its texts are ids or codes, which go by their bytes
}

func (v *View) reader(by filter.Reading) reader {
	r := reader{Reading: by}
	r.qualifier, r.known = v.s.qualifierNames.Number(by.Qualifier)
	r.byBytes = by.ByBytes()
	return r
}

// end is the entity whose property is read, None where the edge has none.
func (r *reader) end(v *View, e Edge) uint32 {
	switch {
	case r.Of == filter.OfNode:
		return e.Node
	case e.Claim == None:
		return None
	case r.Of == filter.OfSubject:
		return v.SubjectOf(e)
	case r.Of == filter.OfSource:
		return v.s.Source(e.Claim)
	}
	return v.s.Object(e.Claim)
}

// SubjectOf is the subject of an edge of a relation: that of its claim, or, where a symmetric
// relation is read from its object, the object.
func (v *View) SubjectOf(e Edge) uint32 {
	r := v.s.rows.Ref(e.Claim)
	if r.subject == e.Node && r.kind == graph.EntityKind {
		if f := v.s.field(r); f != nil && f.Symmetric {
			return uint32(r.value)
		}
	}
	return r.subject
}

// cell reads a value that is stored as one cell; ok is false for others.
func (r *reader) cell(v *View, e Edge) (c cell, ok bool) {
	switch {
	case r.Own != "" || r.Claim != "":
		return cell{}, false
	case r.Qualifier != "":
		if r.known {
			c = v.s.qualifier(e, r.qualifier)
		}
		return c, true
	}
	node := r.end(v, e)
	switch {
	case node == None:
	case r.Property.Kind != schema.Property:
		if to, ok := v.One(node, r.Property); ok {
			c = cell{bits: uint64(to.Node), kind: graph.EntityKind}
		}
	case r.Property.Many:
		if claims := v.Values(node, r.Property, nil); len(claims) > 0 {
			c = v.s.rows.Ref(claims[0]).cell()
		}
	default:
		if n := v.bestClaim(node, r.Property); n != None {
			c = v.s.rows.Ref(n).cell()
		}
	}
	return c, true
}

func (r *reader) value(v *View, e Edge) graph.Value {
	if c, ok := r.cell(v, e); ok {
		return v.s.value(c)
	}
	switch {
	case r.Own != "":
		return v.own(r.Own, r.end(v, e))
	case e.Claim == None:
		return graph.Value{}
	case r.Claim == "value":
		// Typed, so that 9 USD comes before 10 USD; filters read it as a text.
		row := v.s.rows.Ref(e.Claim)
		if row.kind == graph.EntityKind {
			return graph.Value{}
		}
		return v.s.value(row.cell())
	}
	return v.claimValue(e.Claim, r.Claim)
}

// own is the id, the type or the name of an entity.
func (v *View) own(what string, entity uint32) graph.Value {
	switch {
	case entity == None:
		return graph.Value{}
	case what == "id":
		return graph.StringValue(v.s.ids.At(entity))
	case what == "type":
		return graph.StringValue(v.s.TypeName(entity))
	}
	return graph.StringValue(v.Name(entity))
}

// numberCell is a number as a cell; other values are 0.
func numberCell(val graph.Value) cell {
	switch val.Kind() {
	case graph.NoKind:
		return cell{}
	case graph.IntKind:
		return cell{bits: uint64(val.Int()), kind: graph.IntKind}
	}
	return cell{bits: math.Float64bits(val.Float()), kind: graph.FloatKind}
}
