// Package typesys is the type system of a schema as the engine uses it: resolved, sorted by
// name and never changed once built, so that any number of requests may read it.
//
// Read first: [Schema], [Type] and [TypeRef]. Package gql builds them from graphql-go's types,
// which fill caches lazily and are a data race when shared. The package must not know how
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

// KindNames are the kinds as introspection names them.
var KindNames = [...]string{"SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT"}

// KindWords are the kinds in messages.
var KindWords = [...]string{"scalar", "object type", "interface", "union", "enum", "input object"}

// Schema is all types and directives of a schema.
type Schema struct {
	Description                   string
	Types                         []*Type // sorted by name
	ByName                        map[string]*Type
	Query, Mutation, Subscription *Type
	Directives                    []*Directive // sorted by name
	DirectiveByName               map[string]*Directive
	TypenameField                 *Field // __typename, of every composite type
	SchemaField, TypeField        *Field // __schema and __type, of the query root
}

// Root returns the type of an operation's root, or nil if the schema has none.
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
	Builtin           bool // a specified scalar or a type of the introspection schema
	Silent            bool // no message shows names of it, see Limits.NoIntrospection

	Fields      []*Field
	FieldByName map[string]*Field
	Interfaces  []*Type
	Possible    []*Type // for an interface or union: its object types; for an object: itself
	PossibleSet map[*Type]bool

	EnumValues  []*EnumValue
	EnumByName  map[string]*EnumValue
	EnumByValue map[any]*EnumValue

	Inputs      []*Input
	InputByName map[string]*Input
	OneOf       bool

	ScalarCode  ScalarCode
	Parse       func(any) (any, error) // input of a custom scalar, in Go form
	Serialize   func(any) any          // a default of a custom scalar given in Go
	SpecifiedBy string

	Ref *TypeRef // the type in a nullable position, for introspection
}

// Hidden replaces, in messages, a name of the schema that they must not show.
const Hidden = "…"

// Shown returns the type's name in messages to clients. The types of the
// specification are not a secret.
func (t *Type) Shown() string {
	if t.Builtin {
		return t.Name
	}
	return t.ShownMember(t.Name)
}

// ShownMember returns the name of a field or value of the type in messages to
// clients.
func (t *Type) ShownMember(name string) string {
	if t.Silent {
		return Hidden
	}
	return name
}

// Composite reports whether values of the type have fields to select.
func (t *Type) Composite() bool {
	return t.Kind == KindObject || t.Kind == KindInterface || t.Kind == KindUnion
}

// Abstract reports whether the type is an interface or a union.
func (t *Type) Abstract() bool { return t.Kind == KindInterface || t.Kind == KindUnion }

// Leaf reports whether the type is a scalar or an enum.
func (t *Type) Leaf() bool { return t.Kind == KindScalar || t.Kind == KindEnum }

// Input reports whether arguments may have the type.
func (t *Type) Input() bool { return t.Leaf() || t.Kind == KindInput }

// ScalarCode identifies the five specified scalars; all others are custom.
type ScalarCode uint8

// The specified scalars, and ScalarCustom for all others.
const (
	ScalarCustom ScalarCode = iota
	ScalarInt
	ScalarFloat
	ScalarString
	ScalarBoolean
	ScalarID
)

// SpecifiedScalars are the scalars of the specification by name.
var SpecifiedScalars = map[string]ScalarCode{
	"Int": ScalarInt, "Float": ScalarFloat, "String": ScalarString, "Boolean": ScalarBoolean, "ID": ScalarID,
}

// TypeRef is a type in a position: named, list or non-null.
type TypeRef struct {
	NonNull bool
	Elem    *TypeRef // of a list
	Named   *Type    // of anything else
	Text    string   // as printed
	Inner   *TypeRef // the nullable form where NonNull, for introspection
}

// NewRef returns the nullable use of a named type.
func NewRef(named *Type) *TypeRef { return &TypeRef{Named: named, Text: named.Name} }

// ListOf returns the nullable list of elem.
func ListOf(elem *TypeRef) *TypeRef { return &TypeRef{Elem: elem, Text: "[" + elem.Text + "]"} }

// NonNull returns the non-null form of a nullable type.
func NonNull(of *TypeRef) *TypeRef {
	return &TypeRef{NonNull: true, Elem: of.Elem, Named: of.Named, Text: of.Text + "!", Inner: of}
}

// Shown returns the type's text in messages to clients.
func (r *TypeRef) Shown() string {
	t := r.Base()
	return strings.Replace(r.Text, t.Name, t.Shown(), 1)
}

// Base returns the named type under all lists.
func (r *TypeRef) Base() *Type {
	for r.Elem != nil {
		r = r.Elem
	}
	return r.Named
}

// Field is a field of an object type or interface.
type Field struct {
	ID                int // dense over all fields of the schema, for tables about them
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
	DefaultValue      any        // coerced
	DefaultAST        *ast.Value // what introspection and the SDL print
	Deprecated        *string
}

// Required reports whether a value must be given.
func (d *Input) Required() bool { return d.Type.NonNull && !d.HasDefault }

// EnumValue is a value of an enum; Value is what coercion makes of its name.
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

// Ref resolves a type of the document; its named type must be known.
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

// IsSubtype reports whether an input of type a may be given where b is expected.
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

// Field finds a field of a composite type, the meta fields included.
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

// Overlap reports whether an object can be of both types.
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

// SameShape reports whether values of both types look alike in an answer, as fields of one
// response name must.
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

// InputNames returns the names that may be suggested of an input object's fields.
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

// EnumNames returns the names that may be suggested of an enum's values.
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
