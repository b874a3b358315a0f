// Package typesys is the type system of a schema as the engine uses it: references are resolved,
// names are sorted, and nothing changes once built, so that any number of requests may read it.
//
// Read first: [Schema], [Type] and [TypeRef]. Package gql builds them from graphql-go's types,
// which are a data race when shared because they fill caches lazily. The package must not know how
// fields are read, graphql-go, or documents beyond the parser's type references.
package typesys

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Kind is the kind of a named type.
type Kind uint8

// The kinds of named types.
const (
	KindScalar Kind = iota
	KindObject
	KindInterface
	KindUnion
	KindEnum
	KindInput
)

// KindNames are the names of the kinds in introspection.
var KindNames = [...]string{"SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT"}

// KindWords are the names of the kinds in messages.
var KindWords = [...]string{"scalar", "object type", "interface", "union", "enum", "input object"}

// Schema has all types and directives of a schema.
type Schema struct {
	Description                   string
	Types                         []*Type // sorted by name
	ByName                        map[string]*Type
	Query, Mutation, Subscription *Type
	Directives                    []*Directive // sorted by name
	DirectiveByName               map[string]*Directive
	TypenameField                 *Field // __typename, a field of every composite type
	SchemaField, TypeField        *Field // __schema and __type, fields of the query root
}

// Root returns the root type of an operation, or nil if the schema has none.
func (s *Schema) Root(op ast.Operation) *Type {
	switch op {
	case ast.Mutation:
		return s.Mutation
	case ast.Subscription:
		return s.Subscription
	}
	return s.Query
}

// Type is one named type.
type Type struct {
	Name, Description string
	Kind              Kind
	Builtin           bool // a scalar of the specification or an introspection type
	Silent            bool // messages must not show names of the type, see Limits.NoIntrospection

	Fields      []*Field
	FieldByName map[string]*Field
	Interfaces  []*Type
	Possible    []*Type // for an interface or union its object types, for an object type itself
	PossibleSet map[*Type]bool

	EnumValues  []*EnumValue
	EnumByName  map[string]*EnumValue
	EnumByValue map[any]*EnumValue

	Inputs      []*Input
	InputByName map[string]*Input
	OneOf       bool

	ScalarCode  ScalarCode
	Parse       func(any) (any, error) // coerces input of a custom scalar, given in Go form
	Serialize   func(any) any          // converts a default of a custom scalar that is given in Go
	SpecifiedBy string

	Ref *TypeRef // a nullable reference to the type, for introspection
}

// Hidden replaces names of the schema that a message must not show.
const Hidden = "…"

// Shown returns the type's name as messages to clients show it. Names in the specification are
// public, so they are never hidden.
func (t *Type) Shown() string {
	if t.Builtin {
		return t.Name
	}
	return t.ShownMember(t.Name)
}

// ShownMember returns the name of a field or value of the type as messages to clients show it.
func (t *Type) ShownMember(name string) string {
	if t.Silent {
		return Hidden
	}
	return name
}

// Composite reports whether the type has fields to select.
func (t *Type) Composite() bool {
	return t.Kind == KindObject || t.Kind == KindInterface || t.Kind == KindUnion
}

// Abstract reports whether the type is an interface or a union.
func (t *Type) Abstract() bool { return t.Kind == KindInterface || t.Kind == KindUnion }

// Leaf reports whether the type is a scalar or an enum.
func (t *Type) Leaf() bool { return t.Kind == KindScalar || t.Kind == KindEnum }

// Input reports whether an argument may be of the type.
func (t *Type) Input() bool { return t.Leaf() || t.Kind == KindInput }

// ScalarCode identifies the five scalars of the specification; all others are custom.
type ScalarCode uint8

// The scalars of the specification, and ScalarCustom for all others.
const (
	ScalarCustom ScalarCode = iota
	ScalarInt
	ScalarFloat
	ScalarString
	ScalarBoolean
	ScalarID
)

// SpecifiedScalars has the scalars of the specification by name.
var SpecifiedScalars = map[string]ScalarCode{
	"Int": ScalarInt, "Float": ScalarFloat, "String": ScalarString, "Boolean": ScalarBoolean, "ID": ScalarID,
}

// TypeRef is a reference to a type: a named type or a list, nullable or not.
type TypeRef struct {
	NonNull bool
	Elem    *TypeRef // the type of the items of a list; else nil
	Named   *Type    // nil for a list
	Text    string   // in GraphQL's notation, such as "[String!]"
	Inner   *TypeRef // the nullable form if NonNull is set, for introspection
}

// NewRef returns the nullable reference to a named type.
func NewRef(named *Type) *TypeRef { return &TypeRef{Named: named, Text: named.Name} }

// ListOf returns the nullable list of elem.
func ListOf(elem *TypeRef) *TypeRef { return &TypeRef{Elem: elem, Text: "[" + elem.Text + "]"} }

// NonNull returns the non-null form of a nullable type.
func NonNull(of *TypeRef) *TypeRef {
	return &TypeRef{NonNull: true, Elem: of.Elem, Named: of.Named, Text: of.Text + "!", Inner: of}
}

// Shown returns the type's text as messages to clients show it.
func (r *TypeRef) Shown() string {
	t := r.Base()
	return strings.Replace(r.Text, t.Name, t.Shown(), 1)
}

// Base returns the named type inside all lists.
func (r *TypeRef) Base() *Type {
	for r.Elem != nil {
		r = r.Elem
	}
	return r.Named
}

// Field is a field of an object type or interface.
type Field struct {
	ID                int // number of the field in the schema, without gaps, for tables indexed by field
	Name, Description string
	Parent            *Type
	Args              []*Input
	ArgByName         map[string]*Input
	Type              *TypeRef
	Deprecated        *string
}

// Input is an argument or an input field.
type Input struct {
	Name, Description string
	Type              *TypeRef
	HasDefault        bool
	DefaultValue      any        // after coercion
	DefaultAST        *ast.Value // as introspection and the SDL print it
	Deprecated        *string
}

// Required reports whether the caller must give a value.
func (d *Input) Required() bool { return d.Type.NonNull && !d.HasDefault }

// EnumValue is a value of an enum. Name is coerced to Value.
type EnumValue struct {
	Name, Description string
	Deprecated        *string
	Value             any
}

// Directive is the definition of a directive.
type Directive struct {
	Name, Description string
	Locations         []string
	Args              []*Input
	ArgByName         map[string]*Input
	Repeatable        bool
	Specified         bool
}

// Ref converts a type in a document, whose named type must exist in the schema.
func (s *Schema) Ref(t *ast.Type) *TypeRef {
	var r *TypeRef
	if t.Elem != nil {
		r = ListOf(s.Ref(t.Elem))
	} else {
		r = s.ByName[t.NamedType].Ref
	}
	if t.NonNull {
		r = NonNull(r)
	}
	return r
}

// IsSubtype reports whether a variable of type a may be used where type b is expected.
func IsSubtype(a, b *TypeRef) bool {
	if b.NonNull && !a.NonNull {
		return false
	}
	if (a.Elem == nil) != (b.Elem == nil) {
		return false
	}
	if a.Elem != nil {
		return IsSubtype(a.Elem, b.Elem)
	}
	return a.Named == b.Named
}

// Field returns the field of a composite type with a name, including __typename, __schema and
// __type, or nil.
func (s *Schema) Field(parent *Type, name string) *Field {
	if f := parent.FieldByName[name]; f != nil {
		return f
	}
	switch name {
	case "__typename":
		return s.TypenameField
	case "__schema":
		if parent == s.Query {
			return s.SchemaField
		}
	case "__type":
		if parent == s.Query {
			return s.TypeField
		}
	}
	return nil
}

// Overlap reports whether some object can be of both types.
func Overlap(a, b *Type) bool {
	if a == b {
		return true
	}
	if len(a.Possible) > len(b.Possible) {
		a, b = b, a
	}
	for _, t := range a.Possible {
		if b.PossibleSet[t] {
			return true
		}
	}
	return false
}

// SameShape reports whether values of both types have the same form in an answer, as required of
// fields with one response name.
func SameShape(a, b *TypeRef) bool {
	if a.NonNull != b.NonNull || (a.Elem == nil) != (b.Elem == nil) {
		return false
	}
	if a.Elem != nil {
		return SameShape(a.Elem, b.Elem)
	}
	if a.Named.Leaf() || b.Named.Leaf() {
		return a.Named == b.Named
	}
	return true
}

// InputNames returns the names of an input object's fields that messages may suggest.
func (t *Type) InputNames() []string {
	if t.Silent {
		return nil
	}
	return NamesOf(t.Inputs)
}

// NamesOf returns the names of arguments or input fields.
func NamesOf(defs []*Input) []string {
	out := make([]string, len(defs))
	for i, d := range defs {
		out[i] = d.Name
	}
	return out
}

// EnumNames returns the names of an enum's values that messages may suggest.
func (t *Type) EnumNames() []string {
	if t.Silent {
		return nil
	}
	out := make([]string, len(t.EnumValues))
	for i, v := range t.EnumValues {
		out[i] = v.Name
	}
	return out
}
