package api

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/snapshot"
	"github.com/caspian-kg/caspian/schema"
)

// The scalars of the API's own. Their input is read by meta.Scalars; output
// goes through bound readers only.
var (
	dateType     = scalar("Date", "A date of the Extended Date/Time Format with its precision: 2025, 2025-06, 2025-06-18, 201X, with ?, ~ or % for doubt.")
	dateTimeType = scalar("DateTime", "An instant as RFC 3339 writes it, in UTC: 2025-12-20T09:00:00Z.")
	longType     = scalar("Long", "A whole number of up to 53 bits, as a JSON number: 3000000000. An Int has 32.")
	valueType    = scalar("Value", "A literal of whatever kind the ontology wants: a text, a number or a boolean. A quantity is \"3 bcm\", a point \"48,68\", a date as Date writes it.")
)

func scalar(name, about string) *graphql.Scalar {
	return graphql.NewScalar(graphql.ScalarConfig{
		Name: name, Description: about,
		Serialize: func(v any) any { return v },
	})
}

func (b *builder) scalars() {
	b.meta.SpecifiedBy["DateTime"] = "https://scalars.graphql.org/andimarek/date-time.html"
	b.meta.SpecifiedBy["Date"] = "https://www.loc.gov/standards/datetime/"
	b.meta.Scalars["Date"] = func(v any) (any, error) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("a Date is a text such as \"2025-06-18\"")
		}
		d, err := graph.ParseDate(s)
		if err == nil && !d.Known() {
			err = fmt.Errorf("%q names no date", s)
		}
		return d, err
	}
	b.meta.Scalars["DateTime"] = func(v any) (any, error) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("a DateTime is a text such as \"2025-12-20T09:00:00Z\"")
		}
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return nil, fmt.Errorf("%q is no instant; write it as 2025-12-20T09:00:00Z", s)
		}
		return t, nil
	}
	b.meta.Scalars["Value"] = func(v any) (any, error) {
		switch x := v.(type) {
		case string:
			return graph.LooseValue(x), nil
		case bool:
			return graph.LooseValue(strconv.FormatBool(x)), nil
		case int:
			return graph.LooseValue(strconv.Itoa(x)), nil
		case float64:
			if math.IsInf(x, 0) || math.IsNaN(x) {
				return nil, fmt.Errorf("the number is out of range")
			}
			return graph.LooseValue(graph.FloatValue(x).String()), nil
		}
		return nil, fmt.Errorf("a Value is a text, a number or a boolean")
	}
}

// long is the scalar of whole numbers beyond 32 bits, where an ontology has any.
func (b *builder) long() *graphql.Scalar {
	b.meta.Scalars["Long"] = func(v any) (any, error) {
		n, whole := 0, false
		switch x := v.(type) {
		case int:
			n, whole = x, true
		case float64:
			// In the range first: beyond it the conversion is anything.
			if whole = x == math.Trunc(x) && math.Abs(x) <= schema.MaxLong+1; whole {
				n = int(x)
			}
		}
		if !whole || n < -schema.MaxLong || n > schema.MaxLong {
			return nil, fmt.Errorf("a Long is a whole number of at most %d either way", schema.MaxLong)
		}
		return n, nil
	}
	return longType
}

func (b *builder) direction() *graphql.Enum {
	return b.enum("OrderDirection", "Missing values come last either way.", members("ASC", "DESC")...)
}

func (b *builder) holdsType() *graphql.Enum {
	return b.enum("Holds", "How surely a claim holds at the view's date.",
		schema.EnumMember{Name: "YES", Description: "The source attests it for that date."},
		schema.EnumMember{Name: "POSSIBLY", Description: "An open or unknown end leaves room for it."},
		schema.EnumMember{Name: "NO", Description: "It does not; a claim asked for by its id may be so."})
}

func (b *builder) rankType() *graphql.Enum {
	return b.enum("Rank", "Which of several claims is to be shown, beyond their confidence.", members(graph.RankNames[:]...)...)
}

func (b *builder) attributionType() *graphql.Enum {
	return b.enum("Attribution", "In whose voice the source makes the claim.",
		schema.EnumMember{Name: "ASSERTED", Description: "The source says so itself."},
		schema.EnumMember{Name: "REPORTED", Description: "The source reports what another says: attributedTo."},
		schema.EnumMember{Name: "ESTIMATED", Description: "The source calls it an estimate."},
		schema.EnumMember{Name: "INFERRED", Description: "The curator's reading of the source."})
}

// scalarType is the output type of a property or a qualifier.
func (b *builder) scalarType(s schema.Scalar, e *schema.Enum) graphql.Output {
	switch s {
	case schema.Int:
		return graphql.Int
	case schema.Long:
		return b.long()
	case schema.Float:
		return graphql.Float
	case schema.Boolean:
		return graphql.Boolean
	case schema.Date:
		return dateType
	case schema.EnumValue:
		return b.enum(e.Name, e.Description, e.Values...)
	case schema.Quantity:
		return b.quantityType()
	case schema.Coordinates:
		return b.coordinatesType()
	}
	return graphql.String
}

// literal is a value with parts; it is what Quantity and Coordinates read.
type literal struct {
	value graph.Value
	unit  *schema.Unit
}

func (b *builder) literal(v graph.Value) gql.Ref {
	return gql.Ref{Obj: &literal{v, b.o.Units[v.Text()]}}
}

func (b *builder) quantityType() *graphql.Object {
	leaf := leafOf[literal]
	return b.object("Quantity", "A number with its unit.", func() []field {
		return []field{
			{name: "value", typ: must(graphql.Float), about: "The number, in the unit.",
				read: leaf(func(l *literal, dst []byte) []byte { return gql.AppendFloat(dst, l.value.Float()) })},
			{name: "unit", typ: must(graphql.String), about: "The unit's code, one of the enum Unit of the ontology.",
				read: leaf(func(l *literal, dst []byte) []byte { return gql.AppendString(dst, l.value.Text()) })},
			{name: "text", typ: must(graphql.String), about: "Both, for people.",
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
	return b.object("Coordinates", "A point on the Earth, WGS 84.", func() []field {
		return []field{
			{name: "latitude", typ: must(graphql.Float), about: "Degrees north.", read: leaf(func(lat, _ float64) float64 { return lat })},
			{name: "longitude", typ: must(graphql.Float), about: "Degrees east.", read: leaf(func(_, lon float64) float64 { return lon })},
		}
	})
}

// appendClaim writes the value of a claim of a scalar field as JSON.
func appendClaim(dst []byte, s *snapshot.Snapshot, n uint32, as schema.Scalar) ([]byte, error) {
	// Most values are texts, which need not be made into a Value first.
	if text, ok := s.Text(n); ok {
		return gql.AppendString(dst, text), nil
	}
	return appendValue(dst, s.Value(n), as)
}

// appendValue writes a value of a scalar as JSON. A store may hold whole numbers
// from before the ontology called them Int, which no client could read as one.
func appendValue(dst []byte, v graph.Value, as schema.Scalar) ([]byte, error) {
	switch v.Kind() {
	case graph.IntKind:
		if n := v.Int(); as == schema.Int && (n < schema.MinInt || n > schema.MaxInt) {
			return dst, graph.Errorf(graph.WrongType, "the value %d is beyond the 32 bits of an Int; the ontology must declare the field a Long", n)
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

// leafOf is a field of one text or number, read from what a Ref points to.
func leafOf[T any](read func(x *T, dst []byte) []byte) gql.Binding {
	return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
		return read(src.Obj.(*T), dst), nil
	}}
}
