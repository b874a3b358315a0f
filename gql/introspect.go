package gql

import (
	_ "embed"
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

//go:embed introspection.graphql
var introspectionSDL string

// specifiedScalarText describes the scalars of the specification. graphql-go's own texts
// differ from the reference implementation's, which clients compare against.
var specifiedScalarText = map[string]string{
	"Int":     "The `Int` scalar type represents non-fractional signed whole numeric values. Int can represent values between -(2^31) and 2^31 - 1.",
	"Float":   "The `Float` scalar type represents signed double-precision fractional values as specified by [IEEE 754](https://en.wikipedia.org/wiki/IEEE_floating_point).",
	"String":  "The `String` scalar type represents textual data, represented as UTF-8 character sequences. The String type is most often used by GraphQL to represent free-form human-readable text.",
	"Boolean": "The `Boolean` scalar type represents `true` or `false`.",
	"ID":      "The `ID` scalar type represents a unique identifier, often used to refetch an object or as key for a cache. The ID type appears in a JSON response as a String; however, it is not intended to be human-readable. When expected as an input type, any string (such as `\"4\"`) or integer (such as `4`) input value will be accepted as an ID.",
}

func (b *builder) specifiedScalar(name string) *typeDef {
	t := b.s.byName[name]
	if t == nil {
		t = &typeDef{name: name, description: specifiedScalarText[name], kind: kindScalar, builtin: true, scalarCode: specifiedScalars[name]}
		t.ref = newRef(t)
		b.s.byName[name] = t
	}
	return t
}

// loadIntrospection adds the introspection types and specified directives.
func (b *builder) loadIntrospection() error {
	doc, err := parser.ParseSchema(&ast.Source{Name: "introspection.graphql", Input: introspectionSDL})
	if err != nil {
		return fmt.Errorf("gql: introspection schema: %w", err)
	}
	b.specifiedScalar("String")
	b.specifiedScalar("Boolean")
	for _, d := range doc.Definitions {
		t := &typeDef{name: d.Name, description: d.Description, builtin: true, kind: kindObject}
		t.ref = newRef(t)
		b.s.byName[d.Name] = t
	}
	for _, d := range doc.Definitions {
		t := b.s.byName[d.Name]
		if d.Kind == ast.Enum {
			t.kind = kindEnum
			t.enumByName, t.enumByValue = map[string]*enumValue{}, map[any]*enumValue{}
			for _, v := range d.EnumValues {
				e := &enumValue{name: v.Name, description: v.Description, value: v.Name}
				t.enumValues = append(t.enumValues, e)
				t.enumByName[v.Name], t.enumByValue[v.Name] = e, e
			}
			continue
		}
		t.possible = []*typeDef{t}
		t.fieldByName = map[string]*fieldDef{}
		for _, fd := range d.Fields {
			binding, ok := introspectionReaders[t.name][fd.Name]
			if !ok {
				return fmt.Errorf("gql: introspection schema: no reader for %s.%s", t.name, fd.Name)
			}
			f := &fieldDef{name: fd.Name, description: fd.Description, parent: t, typ: b.refOf(fd.Type)}
			b.readers.fields[f] = &boundField{Binding: binding}
			f.args, f.argByName = b.argsOf(fd.Arguments)
			t.fields = append(t.fields, f)
			t.fieldByName[f.name] = f
		}
	}
	for _, d := range doc.Directives {
		dir := &directiveDef{name: d.Name, description: d.Description, repeatable: d.IsRepeatable, specified: true}
		for _, l := range d.Locations {
			dir.locations = append(dir.locations, string(l))
		}
		dir.args, dir.argByName = b.argsOf(d.Arguments)
		b.s.directiveByName[d.Name] = dir
	}
	str := b.s.byName["String"]
	b.s.typenameField = &fieldDef{name: "__typename", description: "The name of the current Object type at runtime.", typ: nonNull(str.ref), argByName: map[string]*inputDef{}}
	s := b.s
	b.s.schemaField = &fieldDef{
		name: "__schema", description: "Access the current type schema of this server.", typ: nonNull(b.s.byName["__Schema"].ref), argByName: map[string]*inputDef{},
	}
	b.readers.fields[s.schemaField] = &boundField{Binding: Binding{Object: func(*Call, Ref) (Ref, bool, error) { return Ref{Obj: s}, true, nil }}}
	name := &inputDef{name: "name", typ: nonNull(str.ref)}
	b.s.typeField = &fieldDef{
		name: "__type", description: "Request the type information of a single type.", typ: b.s.byName["__Type"].ref,
		args: []*inputDef{name}, argByName: map[string]*inputDef{"name": name},
	}
	b.readers.fields[s.typeField] = &boundField{Binding: Binding{Object: func(c *Call, _ Ref) (Ref, bool, error) {
		t := s.byName[c.Args.(map[string]any)["name"].(string)]
		if t == nil {
			return Ref{}, false, nil
		}
		return Ref{Obj: t.ref}, true, nil
	}}}
	return nil
}

func (b *builder) refOf(t *ast.Type) *typeRef {
	var r *typeRef
	if t.Elem != nil {
		r = listOf(b.refOf(t.Elem))
	} else {
		r = b.s.byName[t.NamedType].ref
	}
	if t.NonNull {
		r = nonNull(r)
	}
	return r
}

func (b *builder) argsOf(defs ast.ArgumentDefinitionList) ([]*inputDef, map[string]*inputDef) {
	byName := map[string]*inputDef{}
	var args []*inputDef
	for _, a := range defs {
		d := &inputDef{name: a.Name, description: a.Description, typ: b.refOf(a.Type)}
		if a.DefaultValue != nil {
			d.hasDefault, d.defaultAST = true, a.DefaultValue
			// The introspection schema's defaults are booleans and strings.
			d.defaultValue, _ = a.DefaultValue.Value(nil)
		}
		args = append(args, d)
		byName[d.name] = d
	}
	return args, byName
}

func leafOf[T any](read func(T) *string) Binding {
	return Binding{Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
		if s := read(src.Obj.(T)); s != nil {
			dst = AppendString(dst, *s)
		}
		return dst, nil
	}}
}

func boolOf[T any](read func(T) bool) Binding {
	return Binding{Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
		return strconv.AppendBool(dst, read(src.Obj.(T))), nil
	}}
}

func typeOf[T any](read func(T) *typeRef) Binding {
	return Binding{Object: func(_ *Call, src Ref) (Ref, bool, error) {
		t := read(src.Obj.(T))
		return Ref{Obj: t}, t != nil, nil
	}}
}

// listOfItems reads a list; nil means null. keep filters by includeDeprecated.
func listOfItems[T, E any](read func(T) []E, deprecated func(E) *string) Binding {
	return Binding{List: func(c *Call, src Ref, dst []Ref) ([]Ref, bool, error) {
		items := read(src.Obj.(T))
		args, _ := c.Args.(map[string]any)
		all, _ := args["includeDeprecated"].(bool)
		for _, e := range items {
			if deprecated == nil || all || deprecated(e) == nil {
				dst = append(dst, Ref{Obj: e})
			}
		}
		return dst, items != nil, nil
	}}
}

// optional is the string, or null where it is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func refs(types []*typeDef) []*typeRef {
	out := make([]*typeRef, 0, len(types))
	for _, t := range types {
		out = append(out, t.ref)
	}
	return out
}

// named is the named type of a reference that is neither list nor non-null.
func named(r *typeRef) *typeDef {
	if r.nonNull || r.elem != nil {
		return nil
	}
	return r.named
}

func namedOr[T any](zero T, read func(*typeDef) T) func(*typeRef) T {
	return func(r *typeRef) T {
		if t := named(r); t != nil {
			return read(t)
		}
		return zero
	}
}

func rootRef(read func(*schema) *typeDef) Binding {
	return typeOf(func(s *schema) *typeRef {
		if t := read(s); t != nil {
			return t.ref
		}
		return nil
	})
}

// presentList turns nil into an empty list, for kinds that always have one.
func presentList[E any](has bool, list []E) []E {
	if !has {
		return nil
	}
	if list == nil {
		return []E{}
	}
	return list
}

var introspectionReaders = map[string]map[string]Binding{
	"__Schema": {
		"description":      leafOf(func(s *schema) *string { return optional(s.description) }),
		"types":            listOfItems(func(s *schema) []*typeRef { return refs(s.types) }, nil),
		"queryType":        rootRef(func(s *schema) *typeDef { return s.query }),
		"mutationType":     rootRef(func(s *schema) *typeDef { return s.mutation }),
		"subscriptionType": rootRef(func(s *schema) *typeDef { return s.subscription }),
		"directives":       listOfItems(func(s *schema) []*directiveDef { return s.directives }, nil),
	},
	"__Type": {
		"kind": leafOf(func(r *typeRef) *string {
			switch {
			case r.nonNull:
				return optional("NON_NULL")
			case r.elem != nil:
				return optional("LIST")
			}
			return &kindNames[r.named.kind]
		}),
		"name":           leafOf(namedOr(nil, func(t *typeDef) *string { return &t.name })),
		"description":    leafOf(namedOr(nil, func(t *typeDef) *string { return optional(t.description) })),
		"specifiedByURL": leafOf(namedOr(nil, func(t *typeDef) *string { return optional(t.specifiedBy) })),
		"fields": listOfItems(namedOr(nil, func(t *typeDef) []*fieldDef {
			return presentList(t.kind == kindObject || t.kind == kindInterface, t.fields)
		}), func(f *fieldDef) *string { return f.deprecated }),
		"interfaces": listOfItems(namedOr(nil, func(t *typeDef) []*typeRef {
			return presentList(t.kind == kindObject || t.kind == kindInterface, refs(t.interfaces))
		}), nil),
		"possibleTypes": listOfItems(namedOr(nil, func(t *typeDef) []*typeRef {
			return presentList(t.abstract(), refs(t.possible))
		}), nil),
		"enumValues": listOfItems(namedOr(nil, func(t *typeDef) []*enumValue {
			return presentList(t.kind == kindEnum, t.enumValues)
		}), func(v *enumValue) *string { return v.deprecated }),
		"inputFields": listOfItems(namedOr(nil, func(t *typeDef) []*inputDef {
			return presentList(t.kind == kindInput, t.inputs)
		}), func(d *inputDef) *string { return d.deprecated }),
		"ofType": typeOf(func(r *typeRef) *typeRef {
			if r.nonNull {
				return r.inner
			}
			return r.elem
		}),
		"isOneOf": {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
			if t := named(src.Obj.(*typeRef)); t != nil && t.kind == kindInput {
				dst = strconv.AppendBool(dst, t.oneOf)
			}
			return dst, nil
		}},
	},
	"__Field": {
		"name":              leafOf(func(f *fieldDef) *string { return &f.name }),
		"description":       leafOf(func(f *fieldDef) *string { return optional(f.description) }),
		"args":              listOfItems(func(f *fieldDef) []*inputDef { return presentList(true, f.args) }, func(d *inputDef) *string { return d.deprecated }),
		"type":              typeOf(func(f *fieldDef) *typeRef { return f.typ }),
		"isDeprecated":      boolOf(func(f *fieldDef) bool { return f.deprecated != nil }),
		"deprecationReason": leafOf(func(f *fieldDef) *string { return f.deprecated }),
	},
	"__InputValue": {
		"name":        leafOf(func(d *inputDef) *string { return &d.name }),
		"description": leafOf(func(d *inputDef) *string { return optional(d.description) }),
		"type":        typeOf(func(d *inputDef) *typeRef { return d.typ }),
		"defaultValue": leafOf(func(d *inputDef) *string {
			if !d.hasDefault {
				return nil
			}
			return optional(printLiteral(d.defaultAST))
		}),
		"isDeprecated":      boolOf(func(d *inputDef) bool { return d.deprecated != nil }),
		"deprecationReason": leafOf(func(d *inputDef) *string { return d.deprecated }),
	},
	"__EnumValue": {
		"name":              leafOf(func(v *enumValue) *string { return &v.name }),
		"description":       leafOf(func(v *enumValue) *string { return optional(v.description) }),
		"isDeprecated":      boolOf(func(v *enumValue) bool { return v.deprecated != nil }),
		"deprecationReason": leafOf(func(v *enumValue) *string { return v.deprecated }),
	},
	"__Directive": {
		"name":         leafOf(func(d *directiveDef) *string { return &d.name }),
		"description":  leafOf(func(d *directiveDef) *string { return optional(d.description) }),
		"isRepeatable": boolOf(func(d *directiveDef) bool { return d.repeatable }),
		"locations": {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
			dst = append(dst, '[')
			for i, l := range src.Obj.(*directiveDef).locations {
				if i > 0 {
					dst = append(dst, ',')
				}
				dst = AppendString(dst, l)
			}
			return append(dst, ']'), nil
		}},
		"args": listOfItems(func(d *directiveDef) []*inputDef { return presentList(true, d.args) }, func(d *inputDef) *string { return d.deprecated }),
	},
}
