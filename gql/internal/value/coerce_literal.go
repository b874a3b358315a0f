package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/typesys"
)

// ErrAbsent says that a value is required but its variable has none.
var ErrAbsent = errors.New("variable without a value")

// CoerceConstant coerces a literal without variables.
func CoerceConstant(v *ast.Value, typ *typesys.TypeRef) (any, error) {
	return CoerceLiteral(v, typ, nil)
}

// CoerceLiteral coerces a literal that may contain variables. The document must be valid.
// CoerceLiteral still refuses values that do not fit, because the values of variables are known
// only at run time.
func CoerceLiteral(v *ast.Value, typ *typesys.TypeRef, vars *Variables) (any, error) {
	if v.Kind == ast.Variable {
		val, ok := vars.Lookup(v.Raw)
		if !ok {
			return nil, ErrAbsent
		}
		if val == nil && typ.NonNull {
			return nil, fmt.Errorf("variable $%s is null where %s is expected", v.Raw, typ.Shown())
		}
		return val, nil
	}
	if v.Kind == ast.NullValue {
		if typ.NonNull {
			return nil, fmt.Errorf("null where %s is expected", typ.Shown())
		}
		return nil, nil
	}
	if typ.Elem != nil {
		if v.Kind != ast.ListValue { // a single value means a list of one
			item, err := CoerceLiteral(v, typ.Elem, vars)
			if err != nil {
				return nil, err
			}
			return []any{item}, nil
		}
		list := make([]any, 0, len(v.Children))
		for _, c := range v.Children {
			item, err := CoerceLiteral(c.Value, typ.Elem, vars)
			if err == ErrAbsent && !typ.Elem.NonNull {
				item, err = nil, nil
			}
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		return list, nil
	}
	if typ.Named.Kind == typesys.KindInput {
		return coerceObjectAST(v, typ.Named, vars)
	}
	return CoerceLeaf(v, typ.Named, vars)
}

func coerceObjectAST(v *ast.Value, t *typesys.Type, vars *Variables) (any, error) {
	if v.Kind != ast.ObjectValue {
		return nil, fmt.Errorf("expected an object for input %s, found %s", t.Shown(), v.String())
	}
	obj := make(map[string]any, len(v.Children)) // not len(t.Inputs), because filter types have many more
	for _, c := range v.Children {
		d := t.InputByName[c.Name]
		if d == nil {
			return nil, fmt.Errorf("field %q is not defined by type %q", c.Name, t.Shown())
		}
		val, err := CoerceLiteral(c.Value, d.Type, vars)
		if err == ErrAbsent && !d.Required() {
			continue
		}
		if err != nil {
			return nil, err
		}
		obj[c.Name] = val
	}
	for _, d := range t.Inputs {
		if !d.HasDefault && !d.Type.NonNull {
			continue
		}
		if _, ok := obj[d.Name]; ok {
			continue
		}
		if d.HasDefault {
			obj[d.Name] = d.DefaultValue
		} else {
			return nil, fmt.Errorf("field %q of required type %q was not provided", t.Shown()+"."+t.ShownMember(d.Name), d.Type.Shown())
		}
	}
	if t.OneOf {
		if err := checkOneOf(t, obj); err != nil {
			return nil, err
		}
	}
	return obj, nil
}

func checkOneOf(t *typesys.Type, obj map[string]any) error {
	if len(obj) != 1 {
		return fmt.Errorf("Exactly one key must be specified for OneOf type %q.", t.Shown())
	}
	for k, v := range obj {
		if v == nil {
			return fmt.Errorf("Field %q must be non-null.", k)
		}
	}
	return nil
}

// CoerceLeaf coerces a literal of a scalar or enum. Its errors have the wording of graphql-js,
// because clients show them.
func CoerceLeaf(v *ast.Value, t *typesys.Type, vars *Variables) (any, error) {
	if t.Kind == typesys.KindEnum {
		if v.Kind != ast.EnumValue {
			return nil, fmt.Errorf("Enum %q cannot represent non-enum value: %s.", t.Shown(), failure.Abbreviate(v.String()))
		}
		e := t.EnumByName[v.Raw]
		if e == nil {
			return nil, fmt.Errorf("Value %q does not exist in %q enum.", v.Raw, t.Shown())
		}
		return e.Value, nil
	}
	switch t.ScalarCode {
	case typesys.ScalarInt:
		if v.Kind != ast.IntValue {
			return nil, fmt.Errorf("Int cannot represent non-integer value: %s", failure.Abbreviate(v.String()))
		}
		n, err := strconv.ParseInt(v.Raw, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("Int cannot represent non 32-bit signed integer value: %s", failure.Abbreviate(v.Raw))
		}
		return int(n), nil
	case typesys.ScalarFloat:
		if v.Kind != ast.IntValue && v.Kind != ast.FloatValue {
			return nil, fmt.Errorf("Float cannot represent non numeric value: %s", failure.Abbreviate(v.String()))
		}
		f, err := strconv.ParseFloat(v.Raw, 64)
		if err != nil {
			return nil, fmt.Errorf("Float cannot represent a value beyond double precision: %s", failure.Abbreviate(v.Raw))
		}
		return f, nil
	case typesys.ScalarString:
		if v.Kind != ast.StringValue && v.Kind != ast.BlockValue {
			return nil, fmt.Errorf("String cannot represent a non string value: %s", failure.Abbreviate(v.String()))
		}
		return v.Raw, nil
	case typesys.ScalarBoolean:
		if v.Kind != ast.BooleanValue {
			return nil, fmt.Errorf("Boolean cannot represent a non boolean value: %s", failure.Abbreviate(v.String()))
		}
		return v.Raw == "true", nil
	case typesys.ScalarID:
		if v.Kind != ast.StringValue && v.Kind != ast.BlockValue && v.Kind != ast.IntValue {
			return nil, fmt.Errorf("ID cannot represent a non-string and non-integer value: %s", failure.Abbreviate(v.String()))
		}
		return v.Raw, nil
	}
	plain, err := untyped(v, vars)
	if err != nil {
		return nil, err
	}
	return callParse(t, plain)
}

// callParse calls Parse of a custom scalar with its input, which must not be nil.
func callParse(t *typesys.Type, v any) (out any, err error) {
	unfit := func() error {
		return fmt.Errorf("Expected value of type %q, found %s.", t.Shown(), Inspect(v))
	}
	defer func() {
		if recover() != nil {
			out, err = nil, unfit()
		}
	}()
	if out, err = t.Parse(v); out == nil && err == nil {
		err = unfit()
	}
	return out, err
}

// untyped returns the Go form of a literal of a custom scalar.
func untyped(v *ast.Value, vars *Variables) (any, error) {
	switch v.Kind {
	case ast.Variable:
		val, _ := vars.Lookup(v.Raw)
		return val, nil
	case ast.NullValue:
		return nil, nil
	case ast.BooleanValue:
		return v.Raw == "true", nil
	case ast.IntValue, ast.FloatValue:
		return plainNumber(json.Number(v.Raw))
	case ast.ListValue:
		list := make([]any, 0, len(v.Children))
		for _, c := range v.Children {
			item, err := untyped(c.Value, vars)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		return list, nil
	case ast.ObjectValue:
		obj := make(map[string]any, len(v.Children))
		for _, c := range v.Children {
			item, err := untyped(c.Value, vars)
			if err != nil {
				return nil, err
			}
			obj[c.Name] = item
		}
		return obj, nil
	default:
		return v.Raw, nil
	}
}
