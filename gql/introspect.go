package gql

import (
	_ "embed"
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/caspian-kg/caspian/gql/internal/typesys"
	"github.com/caspian-kg/caspian/gql/internal/value"
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

func (b *builder) specifiedScalar(name string) *typesys.Type {
	t := b.s.ByName[name]
	if t == nil {
		t = &typesys.Type{Name: name, Description: specifiedScalarText[name], Kind: typesys.KindScalar, Builtin: true, ScalarCode: typesys.SpecifiedScalars[name]}
		t.Ref = typesys.NewRef(t)
		b.s.ByName[name] = t
	}
	return t
}

// loadIntrospection adds the introspection types and the directives of the specification.
func (b *builder) loadIntrospection() error {
	doc, err := parser.ParseSchema(&ast.Source{Name: "introspection.graphql", Input: introspectionSDL})
	if err != nil {
		return fmt.Errorf("gql: introspection schema: %w", err)
	}
	b.specifiedScalar("String")
	b.specifiedScalar("Boolean")
	for _, d := range doc.Definitions {
		t := &typesys.Type{Name: d.Name, Description: d.Description, Builtin: true, Kind: typesys.KindObject}
		t.Ref = typesys.NewRef(t)
		b.s.ByName[d.Name] = t
	}
	for _, d := range doc.Definitions {
		if err := b.introspectionType(b.s.ByName[d.Name], d); err != nil {
			return err
		}
	}
	for _, d := range doc.Directives {
		dir := &typesys.Directive{Name: d.Name, Description: d.Description, Repeatable: d.IsRepeatable, Specified: true}
		for _, l := range d.Locations {
			dir.Locations = append(dir.Locations, string(l))
		}
		dir.Args, dir.ArgByName = b.argsOf(d.Arguments)
		b.s.DirectiveByName[d.Name] = dir
	}
	b.metaFields()
	return nil
}

// introspectionType fills in one type of the introspection schema.
func (b *builder) introspectionType(t *typesys.Type, d *ast.Definition) error {
	if d.Kind == ast.Enum {
		t.Kind = typesys.KindEnum
		t.EnumByName, t.EnumByValue = map[string]*typesys.EnumValue{}, map[any]*typesys.EnumValue{}
		for _, v := range d.EnumValues {
			e := &typesys.EnumValue{Name: v.Name, Description: v.Description, Value: v.Name}
			t.EnumValues = append(t.EnumValues, e)
			t.EnumByName[v.Name], t.EnumByValue[v.Name] = e, e
		}
		return nil
	}
	t.Possible = []*typesys.Type{t}
	t.FieldByName = map[string]*typesys.Field{}
	for _, fd := range d.Fields {
		binding, ok := introspectionReaders[t.Name][fd.Name]
		if !ok {
			return fmt.Errorf("gql: introspection schema: no reader for %s.%s", t.Name, fd.Name)
		}
		f := b.numbered(&typesys.Field{Name: fd.Name, Description: fd.Description, Parent: t, Type: b.refOf(fd.Type)})
		b.readers.fields[f.ID] = &boundField{Binding: binding}
		f.Args, f.ArgByName = b.argsOf(fd.Arguments)
		t.Fields = append(t.Fields, f)
		t.FieldByName[f.Name] = f
	}
	return nil
}

// metaFields defines __typename, __schema and __type.
func (b *builder) metaFields() {
	s, str := b.s, b.s.ByName["String"]
	meta := func(f *typesys.Field, read *boundField) *typesys.Field {
		b.readers.fields[b.numbered(f).ID] = read
		return f
	}
	s.TypenameField = meta(&typesys.Field{
		Name: "__typename", Description: "The name of the current Object type at runtime.", Type: typesys.NonNull(str.Ref), ArgByName: map[string]*typesys.Input{},
	}, nil)
	s.SchemaField = meta(&typesys.Field{
		Name: "__schema", Description: "Access the current type schema of this server.", Type: typesys.NonNull(s.ByName["__Schema"].Ref), ArgByName: map[string]*typesys.Input{},
	}, &boundField{Binding: Binding{Object: func(*Call, Ref) (Ref, bool, error) { return Ref{Obj: s}, true, nil }}})
	name := &typesys.Input{Name: "name", Type: typesys.NonNull(str.Ref)}
	s.TypeField = meta(&typesys.Field{
		Name: "__type", Description: "Request the type information of a single type.", Type: s.ByName["__Type"].Ref,
		Args: []*typesys.Input{name}, ArgByName: map[string]*typesys.Input{"name": name},
	}, &boundField{Binding: Binding{Object: func(c *Call, _ Ref) (Ref, bool, error) {
		t := s.ByName[c.Args.(map[string]any)["name"].(string)]
		if t == nil {
			return Ref{}, false, nil
		}
		return Ref{Obj: t.Ref}, true, nil
	}}})
}

func (b *builder) refOf(t *ast.Type) *typesys.TypeRef {
	var r *typesys.TypeRef
	if t.Elem != nil {
		r = typesys.ListOf(b.refOf(t.Elem))
	} else {
		r = b.s.ByName[t.NamedType].Ref
	}
	if t.NonNull {
		r = typesys.NonNull(r)
	}
	return r
}

func (b *builder) argsOf(defs ast.ArgumentDefinitionList) ([]*typesys.Input, map[string]*typesys.Input) {
	byName := map[string]*typesys.Input{}
	var args []*typesys.Input
	for _, a := range defs {
		d := &typesys.Input{Name: a.Name, Description: a.Description, Type: b.refOf(a.Type)}
		if a.DefaultValue != nil {
			d.HasDefault, d.DefaultAST = true, a.DefaultValue
			// The defaults in the introspection schema are booleans and strings, which always
			// convert.
			d.DefaultValue, _ = a.DefaultValue.Value(nil)
		}
		args = append(args, d)
		byName[d.Name] = d
	}
	return args, byName
}

func leafOf[T any](read func(T) *string) Binding {
	return Binding{Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
		if s := read(src.Obj.(T)); s != nil {
			dst = value.AppendString(dst, *s)
		}
		return dst, nil
	}}
}

func boolOf[T any](read func(T) bool) Binding {
	return Binding{Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
		return strconv.AppendBool(dst, read(src.Obj.(T))), nil
	}}
}

func typeOf[T any](read func(T) *typesys.TypeRef) Binding {
	return Binding{Object: func(_ *Call, src Ref) (Ref, bool, error) {
		t := read(src.Obj.(T))
		return Ref{Obj: t}, t != nil, nil
	}}
}

// listOfItems binds a list field; if read returns nil, the list is null. Items for which deprecated
// returns a reason are left out unless includeDeprecated is true. A nil deprecated means that no
// item can be deprecated.
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

// optional returns a pointer to s, or nil if s is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func refs(types []*typesys.Type) []*typesys.TypeRef {
	out := make([]*typesys.TypeRef, 0, len(types))
	for _, t := range types {
		out = append(out, t.Ref)
	}
	return out
}

// named returns the named type of a reference, or nil if the reference is a list or non-null.
func named(r *typesys.TypeRef) *typesys.Type {
	if r.NonNull || r.Elem != nil {
		return nil
	}
	return r.Named
}

func namedOr[T any](zero T, read func(*typesys.Type) T) func(*typesys.TypeRef) T {
	return func(r *typesys.TypeRef) T {
		if t := named(r); t != nil {
			return read(t)
		}
		return zero
	}
}

func rootRef(read func(*typesys.Schema) *typesys.Type) Binding {
	return typeOf(func(s *typesys.Schema) *typesys.TypeRef {
		if t := read(s); t != nil {
			return t.Ref
		}
		return nil
	})
}

// presentList returns list, or an empty list instead of nil; if has is false, it returns nil.
// Introspection requires a list, even an empty one, for the kinds that have one.
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
		"description":      leafOf(func(s *typesys.Schema) *string { return optional(s.Description) }),
		"types":            listOfItems(func(s *typesys.Schema) []*typesys.TypeRef { return refs(s.Types) }, nil),
		"queryType":        rootRef(func(s *typesys.Schema) *typesys.Type { return s.Query }),
		"mutationType":     rootRef(func(s *typesys.Schema) *typesys.Type { return s.Mutation }),
		"subscriptionType": rootRef(func(s *typesys.Schema) *typesys.Type { return s.Subscription }),
		"directives":       listOfItems(func(s *typesys.Schema) []*typesys.Directive { return s.Directives }, nil),
	},
	"__Type": {
		"kind": leafOf(func(r *typesys.TypeRef) *string {
			switch {
			case r.NonNull:
				return optional("NON_NULL")
			case r.Elem != nil:
				return optional("LIST")
			}
			return &typesys.KindNames[r.Named.Kind]
		}),
		"name":           leafOf(namedOr(nil, func(t *typesys.Type) *string { return &t.Name })),
		"description":    leafOf(namedOr(nil, func(t *typesys.Type) *string { return optional(t.Description) })),
		"specifiedByURL": leafOf(namedOr(nil, func(t *typesys.Type) *string { return optional(t.SpecifiedBy) })),
		"fields": listOfItems(namedOr(nil, func(t *typesys.Type) []*typesys.Field {
			return presentList(t.Kind == typesys.KindObject || t.Kind == typesys.KindInterface, t.Fields)
		}), func(f *typesys.Field) *string { return f.Deprecated }),
		"interfaces": listOfItems(namedOr(nil, func(t *typesys.Type) []*typesys.TypeRef {
			return presentList(t.Kind == typesys.KindObject || t.Kind == typesys.KindInterface, refs(t.Interfaces))
		}), nil),
		"possibleTypes": listOfItems(namedOr(nil, func(t *typesys.Type) []*typesys.TypeRef {
			return presentList(t.Abstract(), refs(t.Possible))
		}), nil),
		"enumValues": listOfItems(namedOr(nil, func(t *typesys.Type) []*typesys.EnumValue {
			return presentList(t.Kind == typesys.KindEnum, t.EnumValues)
		}), func(v *typesys.EnumValue) *string { return v.Deprecated }),
		"inputFields": listOfItems(namedOr(nil, func(t *typesys.Type) []*typesys.Input {
			return presentList(t.Kind == typesys.KindInput, t.Inputs)
		}), func(d *typesys.Input) *string { return d.Deprecated }),
		"ofType": typeOf(func(r *typesys.TypeRef) *typesys.TypeRef {
			if r.NonNull {
				return r.Inner
			}
			return r.Elem
		}),
		"isOneOf": {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
			if t := named(src.Obj.(*typesys.TypeRef)); t != nil && t.Kind == typesys.KindInput {
				dst = strconv.AppendBool(dst, t.OneOf)
			}
			return dst, nil
		}},
	},
	"__Field": {
		"name":              leafOf(func(f *typesys.Field) *string { return &f.Name }),
		"description":       leafOf(func(f *typesys.Field) *string { return optional(f.Description) }),
		"args":              listOfItems(func(f *typesys.Field) []*typesys.Input { return presentList(true, f.Args) }, func(d *typesys.Input) *string { return d.Deprecated }),
		"type":              typeOf(func(f *typesys.Field) *typesys.TypeRef { return f.Type }),
		"isDeprecated":      boolOf(func(f *typesys.Field) bool { return f.Deprecated != nil }),
		"deprecationReason": leafOf(func(f *typesys.Field) *string { return f.Deprecated }),
	},
	"__InputValue": {
		"name":        leafOf(func(d *typesys.Input) *string { return &d.Name }),
		"description": leafOf(func(d *typesys.Input) *string { return optional(d.Description) }),
		"type":        typeOf(func(d *typesys.Input) *typesys.TypeRef { return d.Type }),
		"defaultValue": leafOf(func(d *typesys.Input) *string {
			if !d.HasDefault {
				return nil
			}
			return optional(value.Print(d.DefaultAST))
		}),
		"isDeprecated":      boolOf(func(d *typesys.Input) bool { return d.Deprecated != nil }),
		"deprecationReason": leafOf(func(d *typesys.Input) *string { return d.Deprecated }),
	},
	"__EnumValue": {
		"name":              leafOf(func(v *typesys.EnumValue) *string { return &v.Name }),
		"description":       leafOf(func(v *typesys.EnumValue) *string { return optional(v.Description) }),
		"isDeprecated":      boolOf(func(v *typesys.EnumValue) bool { return v.Deprecated != nil }),
		"deprecationReason": leafOf(func(v *typesys.EnumValue) *string { return v.Deprecated }),
	},
	"__Directive": {
		"name":         leafOf(func(d *typesys.Directive) *string { return &d.Name }),
		"description":  leafOf(func(d *typesys.Directive) *string { return optional(d.Description) }),
		"isRepeatable": boolOf(func(d *typesys.Directive) bool { return d.Repeatable }),
		"locations": {Leaf: func(_ *Call, src Ref, dst []byte) ([]byte, error) {
			dst = append(dst, '[')
			for i, l := range src.Obj.(*typesys.Directive).Locations {
				if i > 0 {
					dst = append(dst, ',')
				}
				dst = value.AppendString(dst, l)
			}
			return append(dst, ']'), nil
		}},
		"args": listOfItems(func(d *typesys.Directive) []*typesys.Input { return presentList(true, d.Args) }, func(d *typesys.Input) *string { return d.Deprecated }),
	},
}
