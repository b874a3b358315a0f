package gql

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"strings"

	"github.com/graphql-go/graphql"
)

// This file reads fields that have no binding: by graphql-go's Resolve function or the
// default resolver, with reflection. It makes any graphql-go schema work, at the speed
// that reflection allows.

func (r *run) readResolve(f *field, src Ref) bool {
	var source any = src.Obj
	if f.bound {
		source = src
	}
	raw := f.raw
	if f.slot >= 0 {
		raw = r.slots[f.slot].raw
	}
	args := maps.Clone(raw) // a resolver may change its arguments
	if args == nil {
		args = map[string]any{}
	}
	p := graphql.ResolveParams{Source: source, Args: args, Context: r.call.Ctx, Info: r.info(f)}
	var (
		val any
		err error
	)
	if f.def.resolve != nil {
		val, err = f.def.resolve(p)
	} else {
		val, err = defaultResolve(p)
	}
	if err == nil {
		if thunk, ok := val.(func() (any, error)); ok {
			val, err = thunk()
		}
	}
	if err != nil {
		r.errorHere(f, err)
		return false
	}
	return r.value(f, f.def.typ, val)
}

func (r *run) info(f *field) graphql.ResolveInfo {
	var path *graphql.ResponsePath
	for _, p := range r.path {
		if p.index < 0 {
			path = path.WithKey(p.name)
		} else {
			path = path.WithKey(p.index)
		}
	}
	info := graphql.ResolveInfo{
		FieldName: f.def.name, FieldASTs: f.asts, Path: path, ReturnType: f.def.returnType,
		Schema: r.e.schema.source, RootValue: r.root, VariableValues: r.vars.toMap(),
	}
	if f.def.parent != nil {
		info.ParentType, _ = f.def.parent.source.(graphql.Composite)
	}
	return info
}

// value completes a resolver's value of a type; false after an error or a null that must
// take its place further up.
func (r *run) value(f *field, typ *typeRef, val any) bool {
	if isNil(val) {
		return r.nullHere(f, typ.nonNull)
	}
	if err, ok := val.(error); ok { // so that an item of a list can fail alone
		r.errorHere(f, err)
		return false
	}
	if typ.elem != nil {
		return r.valueList(f, typ, val)
	}
	if typ.named.leaf() {
		return r.valueLeaf(f, typ, val)
	}
	ref, ok := val.(Ref)
	if !ok {
		ref = Ref{Obj: val}
	}
	if !r.isTypeOf(f, ref) {
		return false
	}
	return r.complete(f, ref)
}

func (r *run) valueList(f *field, typ *typeRef, val any) bool {
	rv := reflect.ValueOf(val)
	for rv.Kind() == reflect.Pointer {
		rv = rv.Elem()
	}
	if rv.Kind() != reflect.Slice && rv.Kind() != reflect.Array {
		r.errorHere(f, fmt.Errorf("expected a list for field %s.%s, found %T", f.def.parent.name, f.def.name, val))
		return false
	}
	r.buf = append(r.buf, '[')
	r.path = append(r.path, pathElem{"", 0})
	last := len(r.path) - 1
	for i := range rv.Len() {
		if r.steps++; r.steps%checkEvery == 0 && !r.alive() {
			return false
		}
		if len(r.buf) > r.mark && !r.room() {
			return false
		}
		if i > 0 {
			r.buf = append(r.buf, ',')
		}
		r.path = append(r.path[:last], pathElem{"", i})
		start := len(r.buf)
		if r.value(f, typ.elem, rv.Index(i).Interface()) {
			continue
		}
		if typ.elem.nonNull || r.abort != nil {
			r.path = r.path[:last]
			return false
		}
		r.buf = append(r.buf[:start], "null"...)
	}
	r.path = r.path[:last]
	r.buf = append(r.buf, ']')
	return true
}

func (r *run) valueLeaf(f *field, typ *typeRef, val any) bool {
	start := len(r.buf)
	out, err := serialize(r.buf, typ.named, val)
	if err != nil {
		r.errorHere(f, err)
		return false
	}
	if r.buf = out; len(out) == start {
		return r.nullHere(f, typ.nonNull)
	}
	return true
}

// serialize appends a leaf value; nothing means null. The specified scalars follow the
// specification; graphql-go's would turn 1.5 into the Int 1.
func serialize(dst []byte, t *typeDef, val any) ([]byte, error) {
	if t.kind == kindEnum {
		v := val
		if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer {
			v = rv.Elem().Interface()
		}
		if hashable(v) {
			if e := t.enumByValue[v]; e != nil {
				return append(dst, e.json...), nil
			}
		}
		return dst, fmt.Errorf("Enum %q cannot represent value: %s", t.name, abbreviate(fmt.Sprint(v)))
	}
	if t.scalarCode == scalarCustom {
		if t.scalar != nil {
			val = t.scalar.Serialize(val)
		}
		if isNil(val) {
			return dst, nil
		}
		return appendJSON(dst, val), nil
	}
	rv := reflect.ValueOf(val)
	for rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Interface {
		rv = rv.Elem()
	}
	switch t.scalarCode {
	case scalarInt:
		if n, ok := integer(rv); ok && n >= math.MinInt32 && n <= math.MaxInt32 {
			return AppendInt(dst, n), nil
		}
		return dst, fmt.Errorf("Int cannot represent non 32-bit signed integer value: %s", inspect(val))
	case scalarFloat:
		if f, ok := number(rv); ok {
			return AppendFloat(dst, f), nil
		}
		return dst, fmt.Errorf("Float cannot represent non numeric value: %s", inspect(val))
	case scalarBoolean:
		switch {
		case rv.Kind() == reflect.Bool:
			return AppendBool(dst, rv.Bool()), nil
		case isNumber(rv):
			f, _ := number(rv)
			return AppendBool(dst, f != 0), nil
		}
		return dst, fmt.Errorf("Boolean cannot represent a non boolean value: %s", inspect(val))
	}
	switch { // String and ID
	case rv.Kind() == reflect.String:
		return AppendString(dst, rv.String()), nil
	case t.scalarCode == scalarString && rv.Kind() == reflect.Bool:
		return append(AppendBool(append(dst, '"'), rv.Bool()), '"'), nil
	case isNumber(rv):
		if n, ok := integer(rv); ok {
			return append(AppendInt(append(dst, '"'), n), '"'), nil
		}
		if f, _ := number(rv); t.scalarCode == scalarString && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return append(AppendFloat(append(dst, '"'), f), '"'), nil
		}
	}
	if s, ok := val.(fmt.Stringer); ok {
		return AppendString(dst, s.String()), nil
	}
	return dst, fmt.Errorf("%s cannot represent value: %s", t.name, inspect(val))
}

func isNumber(rv reflect.Value) bool { return rv.CanInt() || rv.CanUint() || rv.CanFloat() }

func integer(rv reflect.Value) (int64, bool) {
	switch {
	case rv.CanInt():
		return rv.Int(), true
	case rv.CanUint():
		return int64(rv.Uint()), rv.Uint() <= math.MaxInt64
	case rv.CanFloat():
		f := rv.Float()
		return int64(f), f == math.Trunc(f) && math.Abs(f) < 1<<53
	case rv.Kind() == reflect.Bool:
		if rv.Bool() {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

func number(rv reflect.Value) (float64, bool) {
	switch {
	case rv.CanFloat():
		f := rv.Float()
		return f, !math.IsInf(f, 0) && !math.IsNaN(f)
	case rv.CanUint():
		return float64(rv.Uint()), true
	}
	n, ok := integer(rv)
	return float64(n), ok
}

func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface, reflect.Func, reflect.Chan:
		return rv.IsNil()
	}
	return false
}

// resolveType asks graphql-go's own means for the type of a value.
func (r *run) resolveType(f *field, ref Ref) (string, error) {
	var val any = ref.Obj
	if f.read != readResolve {
		val = ref
	}
	info := r.info(f)
	var resolve graphql.ResolveTypeFn
	switch t := f.sub.abstract.source.(type) {
	case *graphql.Interface:
		resolve = t.ResolveType
	case *graphql.Union:
		resolve = t.ResolveType
	}
	if resolve != nil {
		if o := resolve(graphql.ResolveTypeParams{Value: val, Info: info, Context: r.call.Ctx}); o != nil {
			return o.Name(), nil
		}
	}
	for _, t := range f.sub.abstract.possible {
		o, ok := t.source.(*graphql.Object)
		if ok && o.IsTypeOf != nil && o.IsTypeOf(graphql.IsTypeOfParams{Value: val, Info: info, Context: r.call.Ctx}) {
			return t.name, nil
		}
	}
	return "", fmt.Errorf("abstract type %q must resolve to an object type at run time: give it a TypeOf or ResolveType", f.sub.abstract.name)
}

// isTypeOf runs the check that an object type may have for resolved values.
func (r *run) isTypeOf(f *field, ref Ref) bool {
	if f.sub.single == nil {
		return true
	}
	o, ok := f.sub.single.typ.source.(*graphql.Object)
	if !ok || o.IsTypeOf == nil || o.IsTypeOf(graphql.IsTypeOfParams{Value: ref.Obj, Info: r.info(f), Context: r.call.Ctx}) {
		return true
	}
	r.errorHere(f, fmt.Errorf("expected value of type %q but got: %T", f.sub.single.typ.name, ref.Obj))
	return false
}

var errUnreadable = errors.New("no Resolve function, and the value is neither a map nor a struct")

// defaultResolve reads a map's key or a struct's field, by its json tag or name.
func defaultResolve(p graphql.ResolveParams) (any, error) {
	if x, ok := p.Source.(graphql.FieldResolver); ok {
		return x.Resolve(p)
	}
	name := p.Info.FieldName
	rv := reflect.ValueOf(p.Source)
	for rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Interface {
		rv = rv.Elem()
	}
	switch rv.Kind() {
	case reflect.Invalid:
		return nil, nil
	case reflect.Map:
		if rv.Type().Key().Kind() != reflect.String {
			break
		}
		item := rv.MapIndex(reflect.ValueOf(name).Convert(rv.Type().Key()))
		if !item.IsValid() {
			return nil, nil
		}
		return called(item.Interface())
	case reflect.Struct:
		return structField(rv, name), nil
	}
	return nil, fmt.Errorf("field %q: %w: %T", name, errUnreadable, p.Source)
}

// called is the result of a function held in a map, as graphql-go allows.
func called(v any) (any, error) {
	switch fn := v.(type) {
	case func() any:
		return fn(), nil
	case func() (any, error):
		return fn()
	}
	return v, nil
}

func structField(rv reflect.Value, name string) any {
	t := rv.Type()
	fold := -1
	for i := range t.NumField() {
		sf := t.Field(i)
		if !sf.IsExported() {
			continue
		}
		tag, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if tag == name || sf.Name == name {
			return rv.Field(i).Interface()
		}
		if fold < 0 && tag == "" && strings.EqualFold(sf.Name, name) {
			fold = i
		}
	}
	if fold >= 0 {
		return rv.Field(fold).Interface()
	}
	return nil
}
