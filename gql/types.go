package gql

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

type kind uint8

const (
	kindScalar kind = iota
	kindObject
	kindInterface
	kindUnion
	kindEnum
	kindInput
)

var kindNames = [...]string{"SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT"}

var kindWords = [...]string{"scalar", "object type", "interface", "union", "enum", "input object"}

// schema is the engine's own form of the type system: resolved, sorted by name and never
// changed after New, so that any number of requests may read it. graphql-go's types
// fill caches lazily and are a data race when shared.
type schema struct {
	description                   string
	types                         []*typeDef // sorted by name
	byName                        map[string]*typeDef
	query, mutation, subscription *typeDef
	directives                    []*directiveDef // sorted by name
	directiveByName               map[string]*directiveDef
	typenameField                 *fieldDef // __typename, of every composite type
	schemaField, typeField        *fieldDef // __schema and __type, of the query root
}

// root is the type of an operation's root, nil where the schema has none.
func (s *schema) root(op ast.Operation) *typeDef {
	switch op {
	case ast.Mutation:
		return s.mutation
	case ast.Subscription:
		return s.subscription
	}
	return s.query
}

// typeDef is one named type.
type typeDef struct {
	name, description string
	kind              kind
	builtin           bool // a specified scalar or a type of the introspection schema
	silent            bool // no message shows names of it, see Limits.NoIntrospection

	fields      []*fieldDef
	fieldByName map[string]*fieldDef
	interfaces  []*typeDef
	possible    []*typeDef // of an interface or union: its object types; of an object: itself
	possibleSet map[*typeDef]bool

	enumValues  []*enumValue
	enumByName  map[string]*enumValue
	enumByValue map[any]*enumValue

	inputs      []*inputDef
	inputByName map[string]*inputDef
	oneOf       bool

	scalarCode  scalarCode
	parse       func(any) (any, error) // input of a custom scalar, in Go form
	serialize   func(any) any          // a default of a custom scalar given in Go
	specifiedBy string

	ref *typeRef // the type in a nullable position, for introspection
}

// hidden stands in messages for a name of the schema that they must not show.
const hidden = "…"

// shown is the type's name in messages to clients. The specification's own types are no
// secret.
func (t *typeDef) shown() string {
	if t.builtin {
		return t.name
	}
	return t.shownMember(t.name)
}

// shownMember is the name of a field or value of the type in messages to clients.
func (t *typeDef) shownMember(name string) string {
	if t.silent {
		return hidden
	}
	return name
}

func (t *typeDef) composite() bool {
	return t.kind == kindObject || t.kind == kindInterface || t.kind == kindUnion
}
func (t *typeDef) abstract() bool { return t.kind == kindInterface || t.kind == kindUnion }
func (t *typeDef) leaf() bool     { return t.kind == kindScalar || t.kind == kindEnum }
func (t *typeDef) input() bool    { return t.leaf() || t.kind == kindInput }

// scalarCode tells the five specified scalars from custom ones.
type scalarCode uint8

const (
	scalarCustom scalarCode = iota
	scalarInt
	scalarFloat
	scalarString
	scalarBoolean
	scalarID
)

var specifiedScalars = map[string]scalarCode{
	"Int": scalarInt, "Float": scalarFloat, "String": scalarString, "Boolean": scalarBoolean, "ID": scalarID,
}

// typeRef is a type in a position: named, list or non-null.
type typeRef struct {
	nonNull bool
	elem    *typeRef // of a list
	named   *typeDef // of anything else
	text    string   // as printed
	inner   *typeRef // the nullable form where nonNull, for introspection
}

func newRef(named *typeDef) *typeRef { return &typeRef{named: named, text: named.name} }
func listOf(elem *typeRef) *typeRef  { return &typeRef{elem: elem, text: "[" + elem.text + "]"} }
func nonNull(of *typeRef) *typeRef {
	return &typeRef{nonNull: true, elem: of.elem, named: of.named, text: of.text + "!", inner: of}
}

// shown is the type's text in messages to clients.
func (r *typeRef) shown() string {
	t := r.base()
	return strings.Replace(r.text, t.name, t.shown(), 1)
}

// base is the named type under all lists.
func (r *typeRef) base() *typeDef {
	for r.elem != nil {
		r = r.elem
	}
	return r.named
}

type fieldDef struct {
	name, description string
	parent            *typeDef
	args              []*inputDef
	argByName         map[string]*inputDef
	typ               *typeRef
	deprecated        *string
}

// inputDef is an argument or an input field.
type inputDef struct {
	name, description string
	typ               *typeRef
	hasDefault        bool
	defaultValue      any        // coerced
	defaultAST        *ast.Value // what introspection and the SDL print
	deprecated        *string
}

func (d *inputDef) required() bool { return d.typ.nonNull && !d.hasDefault }

type enumValue struct {
	name, description string
	deprecated        *string
	value             any
}

type directiveDef struct {
	name, description string
	locations         []string
	args              []*inputDef
	argByName         map[string]*inputDef
	repeatable        bool
	specified         bool
}
