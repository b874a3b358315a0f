package api

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// scalarType returns the output type of a property or a qualifier.
func (b *builder) scalarType(s schema.Scalar, e *schema.Enum) graphql.Output {
	switch s {
	case schema.Int:
		return graphql.Int
	case schema.Long:
		return b.Long()
	case schema.Float:
		return graphql.Float
	case schema.Boolean:
		return graphql.Boolean
	case schema.Date:
		return input.Date
	case schema.EnumValue:
		return b.Enum(e.Name, e.Description, e.Values...)
	case schema.Quantity:
		return b.quantityType()
	case schema.Coordinates:
		return b.coordinatesType()
	}
	return graphql.String
}

// literal is a value with parts: what the fields of Quantity and Coordinates read.
type literal struct {
	value graph.Value
	unit  *schema.Unit
}

func (b *builder) literal(v graph.Value) gql.Ref {
	return gql.Ref{Obj: &literal{v, b.o.Units[v.Text()]}}
}

func (b *builder) quantityType() *graphql.Object {
	leaf := leafOf[literal]
	return b.object("Quantity", "A quantity: a number and its unit.", func() []field {
		return []field{
			{name: "value", typ: must(graphql.Float), about: "The number, in the unit below.",
				read: leaf(func(l *literal, dst []byte) []byte { return gql.AppendFloat(dst, l.value.Float()) })},
			{name: "unit", typ: must(graphql.String), about: "The code of the unit: a member of the ontology's enum Unit.",
				read: leaf(func(l *literal, dst []byte) []byte { return gql.AppendString(dst, l.value.Text()) })},
			{name: "text", typ: must(graphql.String), about: "Number and unit as people write them, such as 3 km.",
				read: leaf(func(l *literal, dst []byte) []byte { return gql.AppendString(dst, quantityText(l)) })},
		}
	})
}

// quantityText writes a quantity for people.
func quantityText(l *literal) string {
	symbol, currency := l.value.Text(), false
	if l.unit != nil {
		symbol, currency = l.unit.Symbol, l.unit.Dimension == "currency"
	}
	return graph.FormatQuantity(l.value.Float(), symbol, currency)
}

func (b *builder) coordinatesType() *graphql.Object {
	leaf := func(pick func(lat, lon float64) float64) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return gql.AppendFloat(dst, pick(src.Obj.(*literal).value.LatLon())), nil
		}}
	}
	return b.object("Coordinates", "A point on the Earth, in WGS 84.", func() []field {
		return []field{
			{name: "latitude", typ: must(graphql.Float), about: "Degrees north, from -90 to 90.", read: leaf(func(lat, _ float64) float64 { return lat })},
			{name: "longitude", typ: must(graphql.Float), about: "Degrees east, from -180 to 180.", read: leaf(func(_, lon float64) float64 { return lon })},
		}
	})
}

// appendClaim writes the value of a claim of a scalar field as JSON.
func appendClaim(dst []byte, s *snapshot.Snapshot, n uint32, as schema.Scalar) ([]byte, error) {
	// Most values are texts, which need no Value.
	if text, ok := s.Text(n); ok {
		return gql.AppendString(dst, text), nil
	}
	return appendValue(dst, s.Value(n), as)
}

// appendValue writes a value of a scalar as JSON. A store may have whole numbers from before
// the ontology declared an Int, which no client could read as an Int.
func appendValue(dst []byte, v graph.Value, as schema.Scalar) ([]byte, error) {
	switch v.Kind() {
	case graph.IntKind:
		if n := v.Int(); as == schema.Int && (n < schema.MinInt || n > schema.MaxInt) {
			return dst, graph.Errorf(graph.WrongType, "the value %d does not fit the 32 bits of an Int; the ontology must declare the field a Long", n)
		}
		return gql.AppendInt(dst, v.Int()), nil
	case graph.FloatKind:
		return gql.AppendFloat(dst, v.Float()), nil
	case graph.BoolKind:
		return gql.AppendBool(dst, v.Bool()), nil
	case graph.DateKind: // its characters need no escapes
		return append(v.Date().Append(append(dst, '"')), '"'), nil
	}
	return gql.AppendString(dst, v.String()), nil
}

// leafOf returns the reader of a leaf field of a T that a Ref points to.
func leafOf[T any](read func(x *T, dst []byte) []byte) gql.Binding {
	return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
		return read(src.Obj.(*T), dst), nil
	}}
}
