package output

import (
	"math"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/figures"
	"github.com/caspian-kg/caspian/schema"
)

// ScalarType returns the output type of a property or a qualifier.
func (ts *Types) ScalarType(s schema.Scalar, e *schema.Enum) graphql.Output {
	switch s {
	case schema.Int:
		return graphql.Int
	case schema.Long:
		return ts.Long()
	case schema.Float:
		return graphql.Float
	case schema.Boolean:
		return graphql.Boolean
	case schema.Date:
		return input.Date
	case schema.EnumValue:
		return ts.Enum(e.Name, e.Description, e.Values...)
	case schema.Quantity:
		return ts.QuantityType()
	case schema.Coordinates:
		return ts.coordinatesType()
	}
	return graphql.String
}

// literal is a value of several parts, which the fields of Quantity and Coordinates read.
type literal struct {
	value graph.Value
	unit  *schema.Unit
}

// Literal returns a Ref to a value of type Quantity or Coordinates, for the fields of these types
// to read.
func (ts *Types) Literal(v graph.Value) gql.Ref {
	return gql.Ref{Obj: &literal{v, ts.Ontology.Units[v.Text()]}}
}

// QuantityType returns the type Quantity, whose fields read a Ref from Literal.
func (ts *Types) QuantityType() *graphql.Object {
	leaf := LeafOf[literal]
	return ts.Object("Quantity", "A quantity: a number and its unit.", func() []Field {
		return append([]Field{
			{Name: "value", Type: graphql.Float, About: "The number, in the unit below; null for a range, such as 10 to 15, which has min and max.",
				Read: leaf(func(l *literal, dst []byte) []byte {
					if l.value.Kind() == graph.RangeKind {
						return dst
					}
					return gql.AppendFloat(dst, l.value.Float())
				})},
			{Name: "unit", Type: Must(graphql.String), About: "The code of the unit: a member of the ontology's enum Unit.",
				Read: leaf(func(l *literal, dst []byte) []byte { return gql.AppendString(dst, l.value.Text()) })},
			{Name: "text", Type: Must(graphql.String), About: "Number and unit as people write them, such as 3 km.",
				Read: leaf(func(l *literal, dst []byte) []byte { return gql.AppendString(dst, NumberText(l.value, l.unit)) })},
			{Name: "in", Type: ts.QuantityType(), About: "The same quantity in another unit; null where it cannot be given in it, because the unit measures something else or is another currency.",
				Args: graphql.FieldConfigArgument{"unit": {Type: Must(graphql.String), Description: "A member of the ontology's enum Unit."}},
				Read: gql.Binding{Prepare: ts.readUnit, Object: func(c *gql.Call, src gql.Ref) (gql.Ref, bool, error) {
					l, to := src.Obj.(*literal), c.Args.(*schema.Unit)
					if !l.unit.Converts(to) {
						return gql.Ref{}, false, nil
					}
					return gql.Ref{Obj: &literal{inUnit(l, to), to}}, true, nil
				}}},
		}, BoundFields(func(l *literal) graph.Value { return l.value })...)
	})
}

// readUnit returns the unit that an argument names.
func (ts *Types) readUnit(args map[string]any) (any, error) {
	code := args["unit"].(string)
	if u := ts.Ontology.Units[code]; u != nil {
		return u, nil
	}
	return nil, graph.Errorf(graph.UnknownName, "the ontology has no unit %q; its enum Unit lists them", code)
}

// inUnit returns a quantity, or a range of quantities, in a unit that its own converts to.
func inUnit(l *literal, to *schema.Unit) graph.Value {
	r, _ := l.value.Range()
	r.Min, r.Max = graph.Convert(r.Min, l.unit, to), graph.Convert(r.Max, l.unit, to)
	return graph.RangeValue(r, to.Code)
}

// BoundFields returns the fields for the two ends of a number or a range, which value returns.
func BoundFields[T any](value func(x *T) graph.Value) []Field {
	number := func(pick func(r graph.Range) float64) gql.Binding {
		return LeafOf(func(x *T, dst []byte) []byte {
			r, _ := value(x).Range()
			if end := pick(r); !math.IsInf(end, 0) {
				dst = gql.AppendFloat(dst, end)
			}
			return dst
		})
	}
	without := func(pick func(r graph.Range) bool) gql.Binding {
		return LeafOf(func(x *T, dst []byte) []byte {
			r, _ := value(x).Range()
			return gql.AppendBool(dst, pick(r))
		})
	}
	return []Field{
		{Name: "min", Type: graphql.Float, About: "The lower end of the range, or the number; null where no source states one, as in under 100.", Read: number(func(r graph.Range) float64 { return r.Min })},
		{Name: "max", Type: graphql.Float, About: "The upper end of the range, or the number; null where no source states one, as in over 5.", Read: number(func(r graph.Range) float64 { return r.Max })},
		{Name: "over", Type: Must(graphql.Boolean), About: "Whether it is over min, and not min itself.", Read: without(func(r graph.Range) bool { return r.Over })},
		{Name: "under", Type: Must(graphql.Boolean), About: "Whether it is under max, and not max itself.", Read: without(func(r graph.Range) bool { return r.Under })},
	}
}

// NumberText formats a number, a quantity or a range for people. unit is nil if the value has none,
// or if the ontology does not declare it.
func NumberText(v graph.Value, unit *schema.Unit) string {
	symbol, currency := v.Text(), false
	if unit != nil {
		symbol, currency = unit.Symbol, unit.Dimension == "currency"
	}
	r, _ := v.Range()
	return figures.Range(r, symbol, currency)
}

func (ts *Types) coordinatesType() *graphql.Object {
	leaf := func(pick func(lat, lon float64) float64) gql.Binding {
		return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
			return gql.AppendFloat(dst, pick(src.Obj.(*literal).value.LatLon())), nil
		}}
	}
	return ts.Object("Coordinates", "A point on the Earth, in WGS 84.", func() []Field {
		return []Field{
			{Name: "latitude", Type: Must(graphql.Float), About: "Degrees north, from -90 to 90.", Read: leaf(func(lat, _ float64) float64 { return lat })},
			{Name: "longitude", Type: Must(graphql.Float), About: "Degrees east, from -180 to 180.", Read: leaf(func(_, lon float64) float64 { return lon })},
		}
	})
}

// AppendInt writes a whole number of a scalar as JSON. A store may have larger numbers from before
// the ontology declared the field an Int; AppendInt returns an error for them, because no client
// could read them as Int.
func AppendInt(dst []byte, n int64, as schema.Scalar) ([]byte, error) {
	if as == schema.Int && (n < schema.MinInt || n > schema.MaxInt) {
		return dst, graph.Errorf(graph.WrongType, "the value %d does not fit the 32 bits of an Int; the ontology must declare the field a Long", n)
	}
	return gql.AppendInt(dst, n), nil
}

// AppendValue writes a value of a scalar as JSON.
func AppendValue(dst []byte, v graph.Value, as schema.Scalar) ([]byte, error) {
	switch v.Kind() {
	case graph.RangeKind: // the field ranges shows it
		return dst, nil
	case graph.IntKind:
		return AppendInt(dst, v.Int(), as)
	case graph.FloatKind:
		return gql.AppendFloat(dst, v.Float()), nil
	case graph.BoolKind:
		return gql.AppendBool(dst, v.Bool()), nil
	case graph.DateKind: // dates need no escapes
		return append(v.Date().Append(append(dst, '"')), '"'), nil
	}
	return gql.AppendString(dst, v.String()), nil
}

// LeafOf returns the reader of a leaf field whose Ref points to a T.
func LeafOf[T any](read func(x *T, dst []byte) []byte) gql.Binding {
	return gql.Binding{Leaf: func(_ *gql.Call, src gql.Ref, dst []byte) ([]byte, error) {
		return read(src.Obj.(*T), dst), nil
	}}
}

// Number returns a field of a T whose value is a whole number.
func Number[T any](name, about string, read func(x *T) int) Field {
	return Field{Name: name, About: about, Type: Must(graphql.Int), Read: LeafOf(func(x *T, dst []byte) []byte { return gql.AppendInt(dst, int64(read(x))) })}
}

// EachOf returns the reader of a list with the items of a page. item creates an item from its
// index.
func EachOf[P any](length func(p P) int, item func(p P, i int) gql.Ref) gql.Binding {
	return gql.Binding{List: func(_ *gql.Call, src gql.Ref, dst []gql.Ref) ([]gql.Ref, bool, error) {
		p := src.Obj.(P)
		for i := range length(p) {
			dst = append(dst, item(p, i))
		}
		return dst, true, nil
	}}
}
