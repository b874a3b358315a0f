package api

import (
	"strings"

	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/schema"
)

// builder makes the types of the API, each once, and notes how their fields
// are read. Types refer to one another in circles, so that fields are made
// when graphql-go asks for them.
type builder struct {
	o        *schema.Ontology
	bindings map[string]map[string]gql.Binding
	meta     gql.Meta

	objects map[string]*graphql.Object
	inputs  map[string]*graphql.InputObject
	enums   map[string]*graphql.Enum
	types   map[string]graphql.Output // of the ontology, by name
}

func newBuilder(o *schema.Ontology) *builder {
	b := &builder{
		o: o, bindings: map[string]map[string]gql.Binding{},
		objects: map[string]*graphql.Object{}, inputs: map[string]*graphql.InputObject{}, enums: map[string]*graphql.Enum{},
		types: map[string]graphql.Output{},
		meta: gql.Meta{
			Description: "Caspian: who says what about nations, leaders, resources and corridors, since when, and how surely.",
			SpecifiedBy: map[string]string{}, Defaults: map[string]string{}, Interfaces: map[string][]string{},
			Scalars: map[string]func(any) (any, error){},
		},
	}
	b.scalars()
	return b
}

// field is one field of an object with how it is read.
type field struct {
	name, about string
	typ         graphql.Output
	args        graphql.FieldConfigArgument
	read        gql.Binding
}

// object makes an object type, or returns the one of that name.
func (b *builder) object(name, about string, fields func() []field) *graphql.Object {
	if o := b.objects[name]; o != nil {
		return o
	}
	o := graphql.NewObject(graphql.ObjectConfig{
		Name: name, Description: about,
		Fields: graphql.FieldsThunk(func() graphql.Fields { return b.fieldsOf(name, fields()) }),
	})
	b.objects[name] = o
	return o
}

func (b *builder) fieldsOf(owner string, list []field) graphql.Fields {
	fs := graphql.Fields{}
	bind := map[string]gql.Binding{}
	for _, f := range list {
		if _, ok := f.args["where"]; ok {
			f.read.Prepare = bounded(f.read.Prepare)
		}
		fs[f.name] = &graphql.Field{Type: f.typ, Args: f.args, Description: f.about}
		bind[f.name] = f.read
		if _, ok := f.args["view"]; ok {
			b.meta.Defaults[owner+"."+f.name+"(view:)"] = "{}"
		}
	}
	b.bindings[owner] = bind
	return fs
}

// inputField is one field of an input object.
type inputField struct {
	name, about string
	typ         graphql.Input
}

// input makes an input object, or returns the one of that name.
func (b *builder) input(name, about string, fields func() []inputField) *graphql.InputObject {
	if i := b.inputs[name]; i != nil {
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
	b.inputs[name] = i
	return i
}

// oneOf makes an input object of which exactly one field is given.
func (b *builder) oneOf(name, about string, fields func() []inputField) *graphql.InputObject {
	if i := b.inputs[name]; i != nil {
		return i
	}
	b.meta.OneOf = append(b.meta.OneOf, name)
	return b.input(name, about, fields)
}

// enum makes an enum, or returns the one of that name.
func (b *builder) enum(name, about string, values ...schema.EnumMember) *graphql.Enum {
	if e := b.enums[name]; e != nil {
		return e
	}
	m := graphql.EnumValueConfigMap{}
	for _, v := range values {
		m[v.Name] = &graphql.EnumValueConfig{Value: v.Name, Description: v.Description}
	}
	e := graphql.NewEnum(graphql.EnumConfig{Name: name, Description: about, Values: m})
	b.enums[name] = e
	return e
}

func members(names ...string) []schema.EnumMember {
	ms := make([]schema.EnumMember, len(names))
	for i, n := range names {
		ms[i].Name = n
	}
	return ms
}

func list(t graphql.Type) *graphql.NonNull { return graphql.NewNonNull(graphql.NewList(must(t))) }

func must(t graphql.Type) *graphql.NonNull { return graphql.NewNonNull(t) }

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// allTypes are the types that no field may lead to.
func (b *builder) allTypes() []graphql.Type {
	var ts []graphql.Type
	for _, t := range b.o.Types {
		ts = append(ts, b.entityType(t).(graphql.Type))
	}
	return ts
}
