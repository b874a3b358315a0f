package gql

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/vektah/gqlparser/v2/ast"
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

// toMap copies the variables for a Resolve function.
func (v *variables) toMap() map[string]any {
	m := make(map[string]any, len(v.names))
	for i, n := range v.names {
		m[n] = v.vals[i]
	}
	return m
}

// decodeVariables reads the request's variables, an object or null.
func decodeVariables(raw json.RawMessage, limits Limits) (map[string]any, *requestError) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if len(raw) > limits.VariableBytes {
		return nil, limitError("LIMIT_VARIABLES", "the variables' length in bytes", limits.VariableBytes, len(raw))
	}
	if d := jsonDepth(raw); d > limits.VariableDepth {
		return nil, limitError("LIMIT_VARIABLES", "the variables' nesting", limits.VariableDepth, d)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	if err == nil {
		if _, end := dec.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("text after the value")
		}
	}
	if err != nil {
		return nil, refuse(CodeInput, "Variables are not valid JSON: %s.", abbreviate(err.Error()))
	}
	if v == nil {
		return nil, nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, refuse(CodeInput, "Variables must be a JSON object, found %s.", inspect(v))
	}
	return m, nil
}

// jsonDepth is the deepest nesting of brackets outside of strings.
func jsonDepth(raw []byte) int {
	depth, deepest := 0, 0
	inString := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inString:
			if c == '\\' {
				i++
			} else if c == '"' {
				inString = false
			}
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// coerceVariables fills vars for an operation. Values of variables that the operation does
// not declare are ignored, as the specification has it.
func (e *Engine) coerceVariables(op *ast.OperationDefinition, given map[string]any, vars *variables) *requestError {
	var errs []gqlError
	fail := func(d *ast.VariableDefinition, format string, args ...any) {
		if len(errs) < e.limits.Errors {
			errs = append(errs, gqlError{message: fmt.Sprintf(format, args...), locations: at(d.Position)})
		}
	}
	for _, d := range op.VariableDefinitions {
		typ := e.schema.ref(d.Type)
		val, ok := given[d.Variable]
		switch {
		case !ok && d.DefaultValue != nil:
			def, err := coerceLiteral(d.DefaultValue, typ)
			if err != nil {
				fail(d, "Variable \"$%s\" has an invalid default value: %s", d.Variable, err)
				continue
			}
			vars.set(d.Variable, def)
		case !ok && typ.nonNull:
			fail(d, "Variable \"$%s\" of required type %q was not provided.", d.Variable, typ.text)
		case !ok:
		case val == nil && typ.nonNull:
			fail(d, "Variable \"$%s\" of non-null type %q must not be null.", d.Variable, typ.text)
		default:
			in := &inputFaults{max: e.limits.Errors - len(errs)}
			coerced := coerceInput(val, typ, d.Variable, in)
			for _, f := range in.errs {
				where := ""
				if f.path != d.Variable {
					where = fmt.Sprintf(" at %q", abbreviate(f.path))
				}
				fail(d, "Variable \"$%s\" got invalid value %s%s; %s", d.Variable, inspect(f.value), where, f.msg)
			}
			vars.set(d.Variable, coerced)
		}
	}
	if len(errs) > 0 {
		return &requestError{code: CodeInput, errs: errs}
	}
	return nil
}
