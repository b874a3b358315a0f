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

// cell reads a value that is stored as one cell; ok is false for others.
func (r *reader) cell(v *View, e Edge) (c cell, ok bool) {
	switch {
	case r.Own != "" || r.Claim != "":
		return cell{}, false
	case r.Qualifier != "":
		if r.known {
			c = v.s.qualifier(e, r.qualifier)
		}
	case r.Property.Kind != schema.Property:
		if to, ok := v.One(e.Node, r.Property); ok {
			c = cell{bits: uint64(to.Node), kind: graph.EntityKind}
		}
	case r.Property.Many:
		if claims := v.Values(e.Node, r.Property, nil); len(claims) > 0 {
			c = v.s.rows.Ref(claims[0]).cell()
		}
	default:
		if n := v.bestClaim(e.Node, r.Property); n != None {
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
	case r.Own == "id":
		return graph.StringValue(v.s.ids.At(e.Node))
	case r.Own == "type":
		return graph.StringValue(v.s.TypeName(e.Node))
	case r.Own == "name":
		return graph.StringValue(v.Name(e.Node))
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
