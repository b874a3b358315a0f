package value

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/caspian-kg/caspian/codes"
	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/typesys"
)

// Variables holds a request's coerced variables. Operations have few variables, so a linear search
// is faster than a map.
type Variables struct {
	names []string
	vals  []any
	given []any // the decoded value of each declared variable
}

// absent is the value of a variable that the request does not give.
type absent struct{}

// Lookup returns the value of a variable, which may be null, and false if the variable has no
// value.
func (v *Variables) Lookup(name string) (any, bool) {
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

func (v *Variables) set(name string, val any) {
	v.names = append(v.names, name)
	v.vals = append(v.vals, val)
}

// AddAll adds the variables of o.
func (v *Variables) AddAll(o *Variables) {
	v.names = append(v.names, o.names...)
	v.vals = append(v.vals, o.vals...)
}

// Reset removes all variables and keeps the memory for reuse.
func (v *Variables) Reset() {
	clear(v.names)
	clear(v.vals)
	clear(v.given)
	v.names, v.vals, v.given = v.names[:0], v.vals[:0], v.given[:0]
}

// Limits are the gql.Limits that bound variables. A zero means zero here, not a default.
type Limits struct{ Bytes, Values, Depth, Errors int }

// Decode reads the request's variables, an object or null. Coerce then uses them. Decode checks and
// ignores values of variables that the operation does not declare, as the specification requires.
func (v *Variables) Decode(ctx context.Context, raw json.RawMessage, defs []Variable, limits Limits) *failure.Refusal {
	v.given = slices.Grow(v.given[:0], len(defs))
	for range defs {
		v.given = append(v.given, absent{})
	}
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if len(raw) > limits.Bytes {
		return failure.OverLimit(codes.LimitVariables, "the variables' length in bytes", limits.Bytes, len(raw))
	}
	r := jsonReader{src: raw, maxDepth: limits.Depth, maxValues: limits.Values}
	place := placesOf(defs)
	isObject, err := r.members(ctx, func(key []byte, val any) {
		if i := place.of(key); i >= 0 {
			v.given[i] = val
		}
	})
	var other any
	if !isObject && err == nil {
		other, err = Read(ctx, raw, limits.Depth, limits.Values)
	}
	switch {
	case err != nil:
		return undecoded(err, limits)
	case !isObject && other != nil:
		return failure.Refuse(codes.BadUserInput, "Variables must be a JSON object, found %s.", Inspect(other))
	}
	return nil
}

// places finds the index of a declared variable by name.
type places struct {
	defs []Variable
	at   map[string]int // only if there are many variables, since a request may have many unknown names
}

func placesOf(defs []Variable) places {
	const few = 16
	p := places{defs: defs}
	if len(defs) > few {
		p.at = make(map[string]int, len(defs))
		for i := range defs {
			p.at[defs[i].name] = i
		}
	}
	return p
}

// of returns the index of the variable in defs, or -1 if none has the name.
func (p *places) of(name []byte) int {
	if p.at != nil {
		if i, ok := p.at[string(name)]; ok {
			return i
		}
		return -1
	}
	for i := range p.defs {
		if p.defs[i].name == string(name) {
			return i
		}
	}
	return -1
}

// undecoded returns the refusal for variables that could not be read.
func undecoded(err error, limits Limits) *failure.Refusal {
	var deep errDepth
	var many errValues
	switch {
	case errors.As(err, &deep):
		return failure.OverLimit(codes.LimitVariables, "the variables' nesting", limits.Depth, deep.depth)
	case errors.As(err, &many):
		return failure.OverLimit(codes.LimitVariables, "the number of values in the variables", limits.Values, many.values)
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return failure.Ended(err)
	}
	return failure.Refuse(codes.BadUserInput, "Variables are not valid JSON: %s.", err.Error())
}

// Variable is a declared variable. It is resolved once for all requests.
type Variable struct {
	name      string
	typ       *typesys.TypeRef
	positions []failure.Position
	// HasDefault is true if there is a default. The value of the default is coerced already, and
	// requests share it.
	hasDefault   bool
	defaultValue any
}

// Declare resolves the variables that an operation declares. Their types must exist in the schema.
func Declare(s *typesys.Schema, op *ast.OperationDefinition) ([]Variable, *failure.Refusal) {
	var out []Variable
	for _, d := range op.VariableDefinitions {
		v := Variable{name: d.Variable, typ: s.Ref(d.Type), positions: failure.At(d.Position)}
		if d.DefaultValue != nil {
			var err error
			v.hasDefault = true
			if v.defaultValue, err = CoerceConstant(d.DefaultValue, v.typ); err != nil {
				e := failure.Refuse(codes.BadUserInput, "Variable \"$%s\" has an invalid default value: %s", d.Variable, err)
				e.Errors[0].Locations = v.positions
				return nil, e
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// Coerce coerces the values that Decode read to the types of the operation's variables.
func (v *Variables) Coerce(ctx context.Context, defs []Variable, maxErrors int) *failure.Refusal {
	var errs []failure.Error
	fail := func(d *Variable, format string, args ...any) {
		if len(errs) < maxErrors {
			errs = append(errs, failure.Error{Message: fmt.Sprintf(format, args...), Locations: d.positions})
		}
	}
	for i := range defs {
		d := &defs[i]
		val := v.given[i]
		_, missing := val.(absent)
		ok := !missing
		switch {
		case !ok && d.hasDefault:
			v.set(d.name, d.defaultValue)
		case !ok && d.typ.NonNull:
			fail(d, "Variable \"$%s\" of required type %q was not provided.", d.name, d.typ.Text)
		case !ok:
		case val == nil && d.typ.NonNull:
			fail(d, "Variable \"$%s\" of non-null type %q must not be null.", d.name, d.typ.Text)
		default:
			in := coercion{ctx: ctx, max: maxErrors - len(errs)}
			coerced := coerceInput(val, d.typ, &inputPath{name: d.name}, &in)
			if in.ended != nil {
				return failure.Ended(in.ended)
			}
			for _, f := range in.errs {
				where := ""
				if f.path != d.name {
					where = fmt.Sprintf(" at %q", failure.Abbreviate(f.path))
				}
				fail(d, "Variable \"$%s\" got invalid value %s%s; %s", d.name, Inspect(f.value), where, f.msg)
			}
			v.set(d.name, coerced)
		}
	}
	if len(errs) > 0 {
		return &failure.Refusal{Code: codes.BadUserInput, Errors: errs}
	}
	return nil
}
