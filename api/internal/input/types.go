// Package input has the arguments of the API: it declares the input types, enums and scalars of an
// ontology, and converts their values for the graph.
//
// Read Types first. A method XType or XArgs declares an input to graphql-go; ReadX, next to it,
// turns the values that the engine coerced by that declaration into the domain's form: a view, a
// query, a filter, a change. The package must not know how fields are read, nor the live graph.
package input

import (
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/schema"
)

// Types creates the input types and enums of an ontology, each once, and reads their values. It is
// complete when graphql-go has built the schema; from then on it is safe for concurrent use.
type Types struct {
	ontology *schema.Ontology
	meta     *gql.Meta

	inputs map[string]*graphql.InputObject
	enums  map[string]*graphql.Enum
}

// New returns the Types of an ontology. It adds to meta what graphql-go cannot hold, a part of it
// only when the schema is built.
func New(o *schema.Ontology, meta *gql.Meta) *Types {
	ts := &Types{ontology: o, meta: meta, inputs: map[string]*graphql.InputObject{}, enums: map[string]*graphql.Enum{}}
	meta.SpecifiedBy, meta.Scalars = map[string]string{}, map[string]func(any) (any, error){}
	ts.scalars()
	return ts
}

// inputField is one field of an input object.
type inputField struct {
	name, about string
	typ         graphql.Input
}

// object returns the input object with a name, and creates it if it does not exist yet.
func (ts *Types) object(name, about string, fields func() []inputField) *graphql.InputObject {
	if i := ts.inputs[name]; i != nil {
		return i
	}
	i := graphql.NewInputObject(graphql.InputObjectConfig{
		Name: name, Description: about,
		Fields: graphql.InputObjectConfigFieldMapThunk(func() graphql.InputObjectConfigFieldMap {
			m := graphql.InputObjectConfigFieldMap{}
			for _, f := range fields() {
				m[f.name] = &graphql.InputObjectFieldConfig{Type: f.typ, Description: f.about}
			}
			return m
		}),
	})
	ts.inputs[name] = i
	return i
}

// oneOf is like object, for an input object of which exactly one field must be given.
func (ts *Types) oneOf(name, about string, fields func() []inputField) *graphql.InputObject {
	if i := ts.inputs[name]; i != nil {
		return i
	}
	ts.meta.OneOf = append(ts.meta.OneOf, name)
	return ts.object(name, about, fields)
}

// Enum returns the enum with a name, and creates it if it does not exist yet. The values of its
// members are their names.
func (ts *Types) Enum(name, about string, values ...schema.EnumMember) *graphql.Enum {
	if e := ts.enums[name]; e != nil {
		return e
	}
	m := graphql.EnumValueConfigMap{}
	for _, v := range values {
		m[v.Name] = &graphql.EnumValueConfig{Value: v.Name, Description: v.Description}
	}
	e := graphql.NewEnum(graphql.EnumConfig{Name: name, Description: about, Values: m})
	ts.enums[name] = e
	return e
}

// members returns members of an enum, without descriptions.
func members(names ...string) []schema.EnumMember {
	ms := make([]schema.EnumMember, len(names))
	for i, n := range names {
		ms[i].Name = n
	}
	return ms
}

// Fields returns the fields that a type of the ontology has in the API; a union has the fields of
// Entity.
func (ts *Types) Fields(t *schema.Type) []*schema.Field {
	if t.Union {
		return ts.ontology.Type(schema.EntityType).Fields
	}
	return t.Fields
}

// field returns the field with a name that a type has in the API.
func (ts *Types) field(t *schema.Type, name string) *schema.Field {
	if t.Union {
		t = ts.ontology.Type(schema.EntityType)
	}
	return t.Field(name)
}

func list(t graphql.Type) *graphql.NonNull { return graphql.NewNonNull(graphql.NewList(must(t))) }

func must(t graphql.Type) *graphql.NonNull { return graphql.NewNonNull(t) }

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
