package value

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/gql/internal/typesys"
)

// LiteralOf returns the literal that coerces to v. In graphql-go, v is the default value of an argument or an
// input field.
func LiteralOf(v any, typ *typesys.TypeRef) (*ast.Value, error) {
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Interface {
		rv = rv.Elem()
	}
	if !rv.IsValid() {
		return &ast.Value{Kind: ast.NullValue, Raw: "null"}, nil
	}
	if typ.Elem != nil {
		if rv.Kind() != reflect.Slice && rv.Kind() != reflect.Array {
			return LiteralOf(v, typ.Elem)
		}
		list := &ast.Value{Kind: ast.ListValue}
		for i := range rv.Len() {
			item, err := LiteralOf(rv.Index(i).Interface(), typ.Elem)
			if err != nil {
				return nil, err
			}
			list.Children = append(list.Children, &ast.ChildValue{Value: item})
		}
		return list, nil
	}
	switch t := typ.Named; t.Kind {
	case typesys.KindInput:
		if rv.Kind() != reflect.Map || rv.Type().Key().Kind() != reflect.String {
			return nil, fmt.Errorf("%T is not a value of input %s: give a map[string]any", v, t.Name)
		}
		obj := &ast.Value{Kind: ast.ObjectValue}
		given := map[string]any{}
		for _, k := range rv.MapKeys() {
			given[k.String()] = rv.MapIndex(k).Interface()
		}
		for _, name := range slices.Sorted(maps.Keys(given)) {
			d := t.InputByName[name]
			if d == nil {
				return nil, fmt.Errorf("input %s has no field %q", t.Name, name)
			}
			item, err := LiteralOf(given[name], d.Type)
			if err != nil {
				return nil, err
			}
			obj.Children = append(obj.Children, &ast.ChildValue{Name: name, Value: item})
		}
		return obj, nil
	case typesys.KindEnum:
		if Hashable(v) {
			if e := t.EnumByValue[v]; e != nil {
				return &ast.Value{Kind: ast.EnumValue, Raw: e.Name}, nil
			}
		}
		return nil, fmt.Errorf("%v is not a value of enum %s", v, t.Name)
	case typesys.KindScalar:
		if t.Serialize != nil {
			return untypedLiteral(reflect.ValueOf(t.Serialize(v)))
		}
		return untypedLiteral(rv)
	default:
		return nil, fmt.Errorf("%s is not an input type", t.Name)
	}
}

// untypedLiteral returns the literal of a plain Go value.
func untypedLiteral(rv reflect.Value) (*ast.Value, error) {
	for rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Interface {
		rv = rv.Elem()
	}
	switch rv.Kind() {
	case reflect.Invalid:
		return &ast.Value{Kind: ast.NullValue, Raw: "null"}, nil
	case reflect.String:
		return &ast.Value{Kind: ast.StringValue, Raw: rv.String()}, nil
	case reflect.Bool:
		return &ast.Value{Kind: ast.BooleanValue, Raw: strconv.FormatBool(rv.Bool())}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &ast.Value{Kind: ast.IntValue, Raw: strconv.FormatInt(rv.Int(), 10)}, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &ast.Value{Kind: ast.IntValue, Raw: strconv.FormatUint(rv.Uint(), 10)}, nil
	case reflect.Float32, reflect.Float64:
		f := rv.Float()
		if math.IsInf(f, 0) || math.IsNaN(f) {
			return nil, fmt.Errorf("%v has no GraphQL literal", f)
		}
		if f == math.Trunc(f) && math.Abs(f) < 1e15 {
			return &ast.Value{Kind: ast.IntValue, Raw: strconv.FormatInt(int64(f), 10)}, nil
		}
		return &ast.Value{Kind: ast.FloatValue, Raw: strconv.FormatFloat(f, 'g', -1, 64)}, nil
	case reflect.Slice, reflect.Array:
		list := &ast.Value{Kind: ast.ListValue}
		for i := range rv.Len() {
			item, err := untypedLiteral(rv.Index(i))
			if err != nil {
				return nil, err
			}
			list.Children = append(list.Children, &ast.ChildValue{Value: item})
		}
		return list, nil
	case reflect.Map:
		if rv.Type().Key().Kind() == reflect.String {
			obj := &ast.Value{Kind: ast.ObjectValue}
			keys := rv.MapKeys()
			slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
			for _, k := range keys {
				item, err := untypedLiteral(rv.MapIndex(k))
				if err != nil {
					return nil, err
				}
				obj.Children = append(obj.Children, &ast.ChildValue{Name: k.String(), Value: item})
			}
			return obj, nil
		}
	}
	return nil, fmt.Errorf("%s has no GraphQL literal", rv.Type())
}

// Print prints a value as graphql-js does.
func Print(v *ast.Value) string {
	var b strings.Builder
	writeLiteral(&b, v)
	return b.String()
}

func writeLiteral(b *strings.Builder, v *ast.Value) {
	switch v.Kind {
	case ast.ListValue:
		b.WriteByte('[')
		for i, c := range v.Children {
			if i > 0 {
				b.WriteString(", ")
			}
			writeLiteral(b, c.Value)
		}
		b.WriteByte(']')
	case ast.ObjectValue:
		b.WriteByte('{')
		for i, c := range v.Children {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(c.Name)
			b.WriteString(": ")
			writeLiteral(b, c.Value)
		}
		b.WriteByte('}')
	default:
		b.WriteString(v.String()) // gqlparser quotes strings as graphql-js does
	}
}

// Hashable reports whether v can be the key of a map.
func Hashable(v any) bool {
	return v == nil || reflect.TypeOf(v).Comparable() && reflect.ValueOf(v).Comparable()
}

// Quote returns s as a GraphQL string in quotes.
func Quote(s string) string { return (&ast.Value{Kind: ast.StringValue, Raw: s}).String() }

// HasVariable reports whether a literal contains a variable.
func HasVariable(val *ast.Value) bool {
	if val.Kind == ast.Variable {
		return true
	}
	for _, c := range val.Children {
		if HasVariable(c.Value) {
			return true
		}
	}
	return false
}
