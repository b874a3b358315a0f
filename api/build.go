package api

import (
	"github.com/graphql-go/graphql"

	"github.com/caspian-kg/caspian/api/internal/input"
	"github.com/caspian-kg/caspian/gql"
	"github.com/caspian-kg/caspian/graph/routes"
	"github.com/caspian-kg/caspian/schema"
)

// builder makes the types of the API, each once, and keeps how their fields are read. Types
// refer to one another in cycles, so fields are made only when graphql-go asks for them.
type builder struct {
	*input.Types // inputs and enums
	o            *schema.Ontology
	bindings     map[string]map[string]gql.Binding
	meta         *gql.Meta
	networks     *routes.Networks // shared by the analyses and the computed fields

	objects map[string]*graphql.Object
	types   map[string]graphql.Output // of the ontology, by name
}

func newBuilder(o *schema.Ontology) *builder {
	meta := &gql.Meta{
		Description: "Caspian: sourced claims about nations, leaders, resources and corridors, with the time they hold, the time they were recorded, and their confidence.",
		Defaults:    map[string]string{}, Interfaces: map[string][]string{},
	}
	return &builder{
		Types: input.New(o, meta), o: o, bindings: map[string]map[string]gql.Binding{}, meta: meta,
		networks: new(routes.Networks), objects: map[string]*graphql.Object{}, types: map[string]graphql.Output{},
	}
}

// field is one field of an object, with its reader.
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
			f.read.Prepare = input.Bounded(f.read.Prepare)
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

func list(t graphql.Type) *graphql.NonNull { return graphql.NewNonNull(graphql.NewList(must(t))) }

func must(t graphql.Type) *graphql.NonNull { return graphql.NewNonNull(t) }

// allTypes returns also the types that no field refers to.
func (b *builder) allTypes() []graphql.Type {
	var ts []graphql.Type
	for _, t := range b.o.Types {
		ts = append(ts, b.entityType(t).(graphql.Type))
	}
	return ts
}
