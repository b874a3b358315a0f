package value

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/caspian-kg/caspian/gql/internal/failure"
	"github.com/caspian-kg/caspian/gql/internal/typesys"
)

// inputError is one fault of a variable's value.
type inputError struct {
	path  string
	value any
	msg   string
}

// inputPath is the position in a variable's value that coercion has reached. Only faults format it
// as text.
type inputPath struct {
	prev  *inputPath
	name  string // of a variable or field; empty for an item of a list
	index int
}

func (p *inputPath) String() string {
	switch {
	case p.prev == nil:
		return p.name
	case p.name != "":
		return p.prev.String() + "." + p.name
	}
	return p.prev.String() + "[" + strconv.Itoa(p.index) + "]"
}

// coercion coerces one variable's value. It collects up to max faults, and stops if the request
// ends.
type coercion struct {
	ctx   context.Context
	steps int
	ended error // the error of ctx, once it ended
	errs  []inputError
	max   int
}

// over reports whether the rest of the value can be skipped.
func (in *coercion) over() bool { return len(in.errs) >= in.max || in.ended != nil }

func (in *coercion) fail(e inputError) {
	if !in.over() {
		in.errs = append(in.errs, e)
	}
}

func (in *coercion) step() {
	if in.steps++; in.steps%CheckValues == 0 && in.ended == nil {
		in.ended = in.ctx.Err()
	}
}

func unknownFields(given map[string]any, t *typesys.Type) bool {
	for name := range given {
		if t.InputByName[name] == nil {
			return true
		}
	}
	return false
}

// coerceInput coerces a JSON value (decoded with json.Number) and reports every fault.
func coerceInput(v any, typ *typesys.TypeRef, path *inputPath, in *coercion) any {
	in.step()
	if v == nil {
		if typ.NonNull {
			in.fail(inputError{path.String(), v, fmt.Sprintf("Expected non-nullable type %q not to be null.", typ.Shown())})
		}
		return nil
	}
	if typ.Elem != nil {
		list, ok := v.([]any)
		if !ok {
			return []any{coerceInput(v, typ.Elem, path, in)}
		}
		out := make([]any, len(list))
		at := &inputPath{prev: path}
		for i, item := range list {
			if in.over() {
				break
			}
			at.index = i
			out[i] = coerceInput(item, typ.Elem, at, in)
		}
		return out
	}
	t := typ.Named
	if t.Kind == typesys.KindInput {
		return coerceInputObject(v, t, path, in)
	}
	out, err := coerceLeaf(v, t)
	if err != nil {
		in.fail(inputError{path.String(), v, err.Error()})
	}
	return out
}

func coerceInputObject(v any, t *typesys.Type, path *inputPath, in *coercion) any {
	given, ok := v.(map[string]any)
	if !ok {
		in.fail(inputError{path.String(), v, fmt.Sprintf("Expected type %q to be an object.", t.Shown())})
		return nil
	}
	// The map does not reserve room for all fields of the type, because a short text can contain a
	// million empty objects.
	out := make(map[string]any, min(len(given), len(t.Inputs)))
	at := &inputPath{prev: path}
	for _, d := range t.Inputs {
		field, ok := given[d.Name]
		switch {
		case ok:
			at.name = d.Name
			out[d.Name] = coerceInput(field, d.Type, at, in)
		case d.HasDefault:
			out[d.Name] = d.DefaultValue
		case d.Type.NonNull:
			in.fail(inputError{path.String(), v, fmt.Sprintf("Field %q of required type %q was not provided.", t.ShownMember(d.Name), d.Type.Shown())})
		}
	}
	if len(given) > 0 && unknownFields(given, t) {
		for _, name := range slices.Sorted(maps.Keys(given)) {
			if t.InputByName[name] != nil {
				continue
			}
			if in.over() {
				break
			}
			in.fail(inputError{path.String(), v, fmt.Sprintf("Field %q is not defined by type %q.%s", failure.Abbreviate(name), t.Shown(), failure.DidYouMean(name, t.InputNames()))})
		}
	}
	if t.OneOf && !in.over() {
		if err := checkOneOf(t, out); err != nil {
			in.fail(inputError{path.String(), v, err.Error()})
		}
	}
	return out
}

func coerceLeaf(v any, t *typesys.Type) (any, error) {
	if t.Kind == typesys.KindEnum {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("Enum %q cannot represent non-string value: %s.", t.Shown(), Inspect(v))
		}
		e := t.EnumByName[s]
		if e == nil {
			return nil, fmt.Errorf("Value %q does not exist in %q enum.%s", failure.Abbreviate(s), t.Shown(), failure.DidYouMean(s, t.EnumNames()))
		}
		return e.Value, nil
	}
	num, isNum := v.(json.Number)
	switch t.ScalarCode {
	case typesys.ScalarInt:
		f, err := num.Float64()
		if !isNum || err != nil || f != math.Trunc(f) {
			return nil, fmt.Errorf("Int cannot represent non-integer value: %s", Inspect(v))
		}
		if f < math.MinInt32 || f > math.MaxInt32 {
			return nil, fmt.Errorf("Int cannot represent non 32-bit signed integer value: %s", Inspect(v))
		}
		return int(f), nil
	case typesys.ScalarFloat:
		f, err := num.Float64()
		if !isNum || err != nil {
			return nil, fmt.Errorf("Float cannot represent non numeric value: %s", Inspect(v))
		}
		return f, nil
	case typesys.ScalarString:
		if s, ok := v.(string); ok {
			return s, nil
		}
		return nil, fmt.Errorf("String cannot represent a non string value: %s", Inspect(v))
	case typesys.ScalarBoolean:
		if b, ok := v.(bool); ok {
			return b, nil
		}
		return nil, fmt.Errorf("Boolean cannot represent a non boolean value: %s", Inspect(v))
	case typesys.ScalarID:
		if _, ok := v.(string); ok {
			return v, nil // unchanged, because boxing the string again would allocate
		}
		if id, ok := integerText(num); isNum && ok {
			return id, nil
		}
		return nil, fmt.Errorf("ID cannot represent value: %s", Inspect(v))
	}
	plain, err := plainValue(v)
	if err != nil {
		return nil, err
	}
	return callParse(t, plain)
}

// integerText returns an integral number as text. The digits remain as they are: an ID of twenty
// digits is not rounded, unlike in JavaScript.
func integerText(n json.Number) (string, bool) {
	s := string(n)
	if !strings.ContainsAny(s, ".eE") {
		if s == "-0" {
			s = "0"
		}
		return s, true
	}
	f, err := n.Float64()
	if err != nil || f != math.Trunc(f) {
		return "", false
	}
	return string(AppendFloat(nil, f)), true
}

// plainNumber returns the number as an int if it is an integer that fits, else as a float64.
func plainNumber(n json.Number) (any, error) {
	if i, err := strconv.Atoi(string(n)); err == nil {
		return i, nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil, fmt.Errorf("number beyond double precision: %s", failure.Abbreviate(string(n)))
	}
	return f, nil
}

// plainValue replaces json.Number in a decoded value by plain Go numbers.
func plainValue(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		return plainNumber(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			var err error
			if out[i], err = plainValue(e); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			var err error
			if out[k], err = plainValue(e); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return v, nil
}
