package gql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/codes"
)

// variables holds a request's coerced variables. Operations have few of them, so that a
// linear search is faster than a map.
type variables struct {
	names []string
	vals  []any
}

// lookup finds a variable that has a value, which may be null.
func (v *variables) lookup(name string) (any, bool) {
	if v == nil {
		return nil, false
	}
	for i, n := range v.names {
		if n == name {
			return v.vals[i], true
		}
	}
	return nil, false
}

func (v *variables) set(name string, val any) {
	v.names = append(v.names, name)
	v.vals = append(v.vals, val)
}

func (v *variables) reset() {
	clear(v.names)
	clear(v.vals)
	v.names, v.vals = v.names[:0], v.vals[:0]
}

// decodeVariables reads the request's variables, an object or null.
func decodeVariables(ctx context.Context, raw json.RawMessage, limits Limits) (map[string]any, *requestError) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if len(raw) > limits.VariableBytes {
		return nil, limitError(codes.LimitVariables, "the variables' length in bytes", limits.VariableBytes, len(raw))
	}
	v, err := readJSON(ctx, raw, limits.VariableDepth, limits.VariableValues)
	if err != nil {
		return nil, undecoded(err, limits)
	}
	if v == nil {
		return nil, nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, refuse(codes.BadUserInput, "Variables must be a JSON object, found %s.", inspect(v))
	}
	return m, nil
}

// undecoded tells why variables could not be read.
func undecoded(err error, limits Limits) *requestError {
	var deep errDepth
	var many errValues
	switch {
	case errors.As(err, &deep):
		return limitError(codes.LimitVariables, "the variables' nesting", limits.VariableDepth, deep.depth)
	case errors.As(err, &many):
		return limitError(codes.LimitVariables, "the number of values in the variables", limits.VariableValues, many.values)
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return ended(err)
	}
	return refuse(codes.BadUserInput, "Variables are not valid JSON: %s.", err.Error())
}

// variable is a declared variable, resolved once for all requests.
type variable struct {
	name   string
	typ    *typeRef
	places []place
	// hasDefault tells that there is a default; its value is coerced and shared by
	// requests.
	hasDefault   bool
	defaultValue any
}

func declared(s *schema, op *ast.OperationDefinition) ([]variable, *requestError) {
	var out []variable
	for _, d := range op.VariableDefinitions {
		v := variable{name: d.Variable, typ: s.ref(d.Type), places: at(d.Position)}
		if d.DefaultValue != nil {
			var err error
			v.hasDefault = true
			if v.defaultValue, err = coerceLiteral(d.DefaultValue, v.typ); err != nil {
				e := refuse(codes.BadUserInput, "Variable \"$%s\" has an invalid default value: %s", d.Variable, err)
				e.errs[0].locations = v.places
				return nil, e
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// coerceVariables fills vars for an operation. Values of variables that the operation does
// not declare are ignored, as the specification has it.
func (e *Engine) coerceVariables(ctx context.Context, defs []variable, given map[string]any, vars *variables) *requestError {
	var errs []gqlError
	fail := func(d *variable, format string, args ...any) {
		if len(errs) < e.limits.Errors {
			errs = append(errs, gqlError{message: fmt.Sprintf(format, args...), locations: d.places})
		}
	}
	for i := range defs {
		d := &defs[i]
		val, ok := given[d.name]
		switch {
		case !ok && d.hasDefault:
			vars.set(d.name, d.defaultValue)
		case !ok && d.typ.nonNull:
			fail(d, "Variable \"$%s\" of required type %q was not provided.", d.name, d.typ.text)
		case !ok:
		case val == nil && d.typ.nonNull:
			fail(d, "Variable \"$%s\" of non-null type %q must not be null.", d.name, d.typ.text)
		default:
			in := coercion{ctx: ctx, max: e.limits.Errors - len(errs)}
			coerced := coerceInput(val, d.typ, &inputPath{name: d.name}, &in)
			if in.ended != nil {
				return ended(in.ended)
			}
			for _, f := range in.errs {
				where := ""
				if f.path != d.name {
					where = fmt.Sprintf(" at %q", abbreviate(f.path))
				}
				fail(d, "Variable \"$%s\" got invalid value %s%s; %s", d.name, inspect(f.value), where, f.msg)
			}
			vars.set(d.name, coerced)
		}
	}
	if len(errs) > 0 {
		return &requestError{code: codes.BadUserInput, errs: errs}
	}
	return nil
}
