package gql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// errAbsent says that a variable without a value stands where a value is needed.
var errAbsent = errors.New("variable without a value")

// coerceLiteral coerces a constant.
func coerceLiteral(v *ast.Value, typ *typeRef) (any, error) { return coerceAST(v, typ, nil) }

// coerceAST coerces a literal that may hold variables. It assumes a validated document and
// still refuses whatever does not fit, because variables bring values at run time.
func coerceAST(v *ast.Value, typ *typeRef, vars *variables) (any, error) {
	if v.Kind == ast.Variable {
		val, ok := vars.lookup(v.Raw)
		if !ok {
			return nil, errAbsent
		}
		if val == nil && typ.nonNull {
			return nil, fmt.Errorf("variable $%s is null where %s is expected", v.Raw, typ.shown())
		}
		return val, nil
	}
	if v.Kind == ast.NullValue {
		if typ.nonNull {
			return nil, fmt.Errorf("null where %s is expected", typ.shown())
		}
		return nil, nil
	}
	if typ.elem != nil {
		if v.Kind != ast.ListValue { // a single value stands for a list of one
			item, err := coerceAST(v, typ.elem, vars)
			if err != nil {
				return nil, err
			}
			return []any{item}, nil
		}
		list := make([]any, 0, len(v.Children))
		for _, c := range v.Children {
			item, err := coerceAST(c.Value, typ.elem, vars)
			if err == errAbsent && !typ.elem.nonNull {
				item, err = nil, nil
			}
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		return list, nil
	}
	if typ.named.kind == kindInput {
		return coerceObjectAST(v, typ.named, vars)
	}
	return coerceLeafAST(v, typ.named, vars)
}

func coerceObjectAST(v *ast.Value, t *typeDef, vars *variables) (any, error) {
	if v.Kind != ast.ObjectValue {
		return nil, fmt.Errorf("expected an object for input %s, found %s", t.shown(), v.String())
	}
	obj := make(map[string]any, len(t.inputs))
	for _, c := range v.Children {
		d := t.inputByName[c.Name]
		if d == nil {
			return nil, fmt.Errorf("field %q is not defined by type %q", c.Name, t.shown())
		}
		val, err := coerceAST(c.Value, d.typ, vars)
		if err == errAbsent && !d.required() {
			continue
		}
		if err != nil {
			return nil, err
		}
		obj[c.Name] = val
	}
	for _, d := range t.inputs {
		if _, ok := obj[d.name]; ok {
			continue
		}
		if d.hasDefault {
			obj[d.name] = d.defaultValue
		} else if d.typ.nonNull {
			return nil, fmt.Errorf("field %q of required type %q was not provided", t.shown()+"."+t.shownMember(d.name), d.typ.shown())
		}
	}
	if t.oneOf {
		if err := checkOneOf(t, obj); err != nil {
			return nil, err
		}
	}
	return obj, nil
}

func checkOneOf(t *typeDef, obj map[string]any) error {
	if len(obj) != 1 {
		return fmt.Errorf("Exactly one key must be specified for OneOf type %q.", t.shown())
	}
	for k, v := range obj {
		if v == nil {
			return fmt.Errorf("Field %q must be non-null.", k)
		}
	}
	return nil
}

// coerceLeafAST coerces a literal of a scalar or enum. Its errors are the reference
// implementation's sentences, since clients show them.
func coerceLeafAST(v *ast.Value, t *typeDef, vars *variables) (any, error) {
	if t.kind == kindEnum {
		if v.Kind != ast.EnumValue {
			return nil, fmt.Errorf("Enum %q cannot represent non-enum value: %s.", t.shown(), abbreviate(v.String()))
		}
		e := t.enumByName[v.Raw]
		if e == nil {
			return nil, fmt.Errorf("Value %q does not exist in %q enum.", v.Raw, t.shown())
		}
		return e.value, nil
	}
	switch t.scalarCode {
	case scalarInt:
		if v.Kind != ast.IntValue {
			return nil, fmt.Errorf("Int cannot represent non-integer value: %s", abbreviate(v.String()))
		}
		n, err := strconv.ParseInt(v.Raw, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("Int cannot represent non 32-bit signed integer value: %s", abbreviate(v.Raw))
		}
		return int(n), nil
	case scalarFloat:
		if v.Kind != ast.IntValue && v.Kind != ast.FloatValue {
			return nil, fmt.Errorf("Float cannot represent non numeric value: %s", abbreviate(v.String()))
		}
		f, err := strconv.ParseFloat(v.Raw, 64)
		if err != nil {
			return nil, fmt.Errorf("Float cannot represent a value beyond double precision: %s", abbreviate(v.Raw))
		}
		return f, nil
	case scalarString:
		if v.Kind != ast.StringValue && v.Kind != ast.BlockValue {
			return nil, fmt.Errorf("String cannot represent a non string value: %s", abbreviate(v.String()))
		}
		return v.Raw, nil
	case scalarBoolean:
		if v.Kind != ast.BooleanValue {
			return nil, fmt.Errorf("Boolean cannot represent a non boolean value: %s", abbreviate(v.String()))
		}
		return v.Raw == "true", nil
	case scalarID:
		if v.Kind != ast.StringValue && v.Kind != ast.BlockValue && v.Kind != ast.IntValue {
			return nil, fmt.Errorf("ID cannot represent a non-string and non-integer value: %s", abbreviate(v.String()))
		}
		return v.Raw, nil
	}
	plain, err := untyped(v, vars)
	if err != nil {
		return nil, err
	}
	return callParse(t, plain)
}

// callParse has a custom scalar read its input, which is not null.
func callParse(t *typeDef, v any) (out any, err error) {
	defer func() {
		if recover() != nil {
			out, err = nil, fmt.Errorf("Expected value of type %q, found %s.", t.shown(), inspect(v))
		}
	}()
	return t.parse(v)
}

// untyped is the Go form of a literal of a custom scalar.
func untyped(v *ast.Value, vars *variables) (any, error) {
	switch v.Kind {
	case ast.Variable:
		val, _ := vars.lookup(v.Raw)
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

// inputError is one fault of a variable's value.
type inputError struct {
	path  string
	value any
	msg   string
}

// inputPath is where in a variable's value coercion is. It is spelled out for faults only.
type inputPath struct {
	prev  *inputPath
	name  string // of a variable or field; empty for an item
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

// coercion is that of one variable's value. It gathers faults, up to max, and gives up
// where the request has ended.
type coercion struct {
	ctx   context.Context
	steps int
	ended error // the context's
	errs  []inputError
	max   int
}

// over tells that the rest of the value need not be looked at.
func (in *coercion) over() bool { return len(in.errs) >= in.max || in.ended != nil }

func (in *coercion) fail(e inputError) {
	if !in.over() {
		in.errs = append(in.errs, e)
	}
}

func (in *coercion) step() {
	if in.steps++; in.steps%checkValues == 0 && in.ended == nil {
		in.ended = in.ctx.Err()
	}
}

func unknownFields(given map[string]any, t *typeDef) bool {
	for name := range given {
		if t.inputByName[name] == nil {
			return true
		}
	}
	return false
}

// coerceInput coerces a JSON value (decoded with json.Number) and reports every fault.
func coerceInput(v any, typ *typeRef, path *inputPath, in *coercion) any {
	in.step()
	if v == nil {
		if typ.nonNull {
			in.fail(inputError{path.String(), v, fmt.Sprintf("Expected non-nullable type %q not to be null.", typ.shown())})
		}
		return nil
	}
	if typ.elem != nil {
		list, ok := v.([]any)
		if !ok {
			return []any{coerceInput(v, typ.elem, path, in)}
		}
		out := make([]any, len(list))
		at := &inputPath{prev: path}
		for i, item := range list {
			if in.over() {
				break
			}
			at.index = i
			out[i] = coerceInput(item, typ.elem, at, in)
		}
		return out
	}
	t := typ.named
	if t.kind == kindInput {
		return coerceInputObject(v, t, path, in)
	}
	out, err := coerceLeaf(v, t)
	if err != nil {
		in.fail(inputError{path.String(), v, err.Error()})
	}
	return out
}

func coerceInputObject(v any, t *typeDef, path *inputPath, in *coercion) any {
	given, ok := v.(map[string]any)
	if !ok {
		in.fail(inputError{path.String(), v, fmt.Sprintf("Expected type %q to be an object.", t.shown())})
		return nil
	}
	// Not with room for all that the type has: a short text can hold a million empty objects.
	out := make(map[string]any, min(len(given), len(t.inputs)))
	at := &inputPath{prev: path}
	for _, d := range t.inputs {
		field, ok := given[d.name]
		switch {
		case ok:
			at.name = d.name
			out[d.name] = coerceInput(field, d.typ, at, in)
		case d.hasDefault:
			out[d.name] = d.defaultValue
		case d.typ.nonNull:
			in.fail(inputError{path.String(), v, fmt.Sprintf("Field %q of required type %q was not provided.", t.shownMember(d.name), d.typ.shown())})
		}
	}
	if len(given) > 0 && unknownFields(given, t) {
		for _, name := range slices.Sorted(maps.Keys(given)) {
			if t.inputByName[name] != nil {
				continue
			}
			if in.over() {
				break
			}
			in.fail(inputError{path.String(), v, fmt.Sprintf("Field %q is not defined by type %q.%s", abbreviate(name), t.shown(), didYouMean(name, inputNames(t)))})
		}
	}
	if t.oneOf && !in.over() {
		if err := checkOneOf(t, out); err != nil {
			in.fail(inputError{path.String(), v, err.Error()})
		}
	}
	return out
}

func coerceLeaf(v any, t *typeDef) (any, error) {
	if t.kind == kindEnum {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("Enum %q cannot represent non-string value: %s.", t.shown(), inspect(v))
		}
		e := t.enumByName[s]
		if e == nil {
			return nil, fmt.Errorf("Value %q does not exist in %q enum.%s", abbreviate(s), t.shown(), didYouMean(s, enumNames(t)))
		}
		return e.value, nil
	}
	num, isNum := v.(json.Number)
	switch t.scalarCode {
	case scalarInt:
		f, err := num.Float64()
		if !isNum || err != nil || f != math.Trunc(f) {
			return nil, fmt.Errorf("Int cannot represent non-integer value: %s", inspect(v))
		}
		if f < math.MinInt32 || f > math.MaxInt32 {
			return nil, fmt.Errorf("Int cannot represent non 32-bit signed integer value: %s", inspect(v))
		}
		return int(f), nil
	case scalarFloat:
		f, err := num.Float64()
		if !isNum || err != nil {
			return nil, fmt.Errorf("Float cannot represent non numeric value: %s", inspect(v))
		}
		return f, nil
	case scalarString:
		if s, ok := v.(string); ok {
			return s, nil
		}
		return nil, fmt.Errorf("String cannot represent a non string value: %s", inspect(v))
	case scalarBoolean:
		if b, ok := v.(bool); ok {
			return b, nil
		}
		return nil, fmt.Errorf("Boolean cannot represent a non boolean value: %s", inspect(v))
	case scalarID:
		if s, ok := v.(string); ok {
			return s, nil
		}
		if id, ok := integerText(num); isNum && ok {
			return id, nil
		}
		return nil, fmt.Errorf("ID cannot represent value: %s", inspect(v))
	}
	plain, err := plainValue(v)
	if err != nil {
		return nil, err
	}
	return callParse(t, plain)
}

// integerText is the text of an integral number. Digits are kept as they came: an ID of
// twenty digits is not rounded, as JavaScript would.
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

// plainNumber is the number as int where it is one and fits, else as float64.
func plainNumber(n json.Number) (any, error) {
	if i, err := strconv.Atoi(string(n)); err == nil {
		return i, nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil, fmt.Errorf("number beyond double precision: %s", abbreviate(string(n)))
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

// inspect prints a value for a message, cut to a length that a log can bear: a large value
// is never rendered whole.
func inspect(v any) string { return abbreviate(string(appendInspect(nil, v))) }

func appendInspect(dst []byte, v any) []byte {
	if len(dst) > messageValueBytes {
		return dst
	}
	switch v := v.(type) {
	case string:
		return AppendString(dst, abbreviate(v))
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			if dst = appendInspect(dst, e); len(dst) > messageValueBytes {
				return dst
			}
		}
		return append(dst, ']')
	case map[string]any:
		if len(v) > inspectKeys {
			return append(dst, "{ … }"...)
		}
		dst = append(dst, '{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(append(dst, ' '), abbreviate(k)...), ": "...)
			if dst = appendInspect(dst, v[k]); len(dst) > messageValueBytes {
				return dst
			}
		}
		if len(v) > 0 {
			dst = append(dst, ' ')
		}
		return append(dst, '}')
	}
	return appendJSON(dst, v)
}

const (
	messageValueBytes = 120
	inspectKeys       = 16 // keys of an object above which it is not worth sorting them
)

// abbreviate cuts text from the client to what a message can bear.
func abbreviate(s string) string {
	if len(s) <= messageValueBytes {
		return s
	}
	cut := messageValueBytes
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}
